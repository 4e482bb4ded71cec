"""Whether a sensor can be believed: `ok`, `degraded` or `lost`, from the look of its own readings."""

from __future__ import annotations

from collections import deque

from retro_timer.detection.background import Background
from retro_timer.detection.darkness import Darkness
from retro_timer.detection.events import SensorChange, SensorState
from retro_timer.detection.frost import Frost
from retro_timer.detection.readings import Kind
from retro_timer.ports import RangeSample, RangeStatus

_WINDOW_S = 2.0
_LEAST_SAMPLES = 12
_RECOVERY_NS = 8_000_000_000
_RECONNECT_NS = 500_000_000
_ROUGH_MM = 100.0
"""A body moves evenly: three readings in a row of one lie this close to a line even at 10 Hz."""
_ROUGH_RANGE = 0.08
"""A far target's readings are noisier: so much of its range is no sign of a phantom."""
_ROUGH_SHARE = 0.42
_PHANTOM_SHARE = 0.10
_REJECTED_SHARE = 0.6
_FAULT_SHARE = 0.3
_COVERED_MM = 70
_COVERED_SHARE = 0.9
_BRIGHT_KCPS = 12_000.0
"""Above this the light itself explains rejected readings; strong sun is about 51,200 (see training.safe_speed)."""
_BLINDING_KCPS = 60_000.0
_GONE = "background-gone"


class Health:
    """Feed every reading of one sensor in order; a change of state comes back as an event."""

    def __init__(self, background: Background) -> None:
        self.state = SensorState.OK
        self.reason = ""
        self._background = background
        self._window: deque[int] = deque()
        self._counts = [0] * len(_FLAGS)
        self._size = 40
        self._ambient_kcps: float | None = None
        self._before: tuple[int | None, int | None] = (None, None)
        self._frost = Frost()
        self._darkness = Darkness()
        self._bad_ns = 0
        self._settled_ns = 0

    @property
    def ambient_kcps(self) -> float | None:
        """Smoothed ambient rate; None while none was recorded."""
        return self._ambient_kcps

    @property
    def doubted(self) -> bool:
        """Whether readings are to be doubted: for a gap or a background that is gone none of them is worse."""
        if self.state is SensorState.OK:
            return False
        if self.reason == _GONE or (self.state is SensorState.LOST and self.reason != "frozen"):
            return self._complaint() not in ("", _GONE)
        return True

    def feed(self, sample: RangeSample, kind: Kind, lone: bool, period_ns: int, gap: bool) -> SensorChange | None:
        """Judge one reading. `lone`: a target that nothing beside it agrees with. `gap`: readings were missing."""
        t_ns = sample.t_ns
        self._size = max(_LEAST_SAMPLES, min(400, round(_WINDOW_S * 1e9 / max(1, period_ns))))
        dark = self._darkness.feed(sample, kind, period_ns)
        self._count(self._flags(sample, kind, lone) | (_DARK if dark else 0))
        ambient = sample.ambient_kcps
        if ambient is not None:
            last = self._ambient_kcps
            self._ambient_kcps = ambient if last is None else last + 0.05 * (ambient - last)
        frozen = self._frost.feed(sample, kind)
        if gap:
            return self._lose("gap", t_ns)
        if frozen:
            return self._lose("frozen", t_ns)
        return self._settle(self._complaint(), t_ns)

    def lose(self, reason: str, t_ns: int) -> SensorChange | None:
        """The driver gave no reading: the sensor is lost until readings come again."""
        return self._lose(reason, t_ns)

    def _flags(self, sample: RangeSample, kind: Kind, lone: bool) -> int:
        flags = 0
        older, old = self._before
        now = sample.range_mm if kind is Kind.TARGET else None
        if kind is Kind.ABSURD:
            flags |= _ROUGH | _NEAR
        elif now is not None and old is not None and older is not None:
            bend_mm = abs(now - 2 * old + older)
            flags |= _ROUGH if bend_mm > max(_ROUGH_MM, _ROUGH_RANGE * now) else 0
        self._before = (old, now)
        if lone:
            flags |= _LONE
        if kind is Kind.REJECTED:
            flags |= _REJECTED
            if sample.status == RangeStatus.HARDWARE_FAIL:
                flags |= _FAULT
            elif sample.status == RangeStatus.BELOW_MINIMUM:
                flags |= _NEAR
        elif kind is Kind.NOTHING:
            flags |= _NOTHING
        elif kind is Kind.TARGET and sample.range_mm is not None:
            if sample.range_mm < _COVERED_MM:
                flags |= _NEAR
            elif self._background.beyond(sample.range_mm):
                # Something else, where the background was.
                flags |= _NOTHING
        return flags

    def _count(self, flags: int) -> None:
        window, counts = self._window, self._counts
        window.append(flags)
        if flags:
            for index, flag in enumerate(_FLAGS):
                if flags & flag:
                    counts[index] += 1
        while len(window) > self._size:
            gone = window.popleft()
            if gone:
                for index, flag in enumerate(_FLAGS):
                    if gone & flag:
                        counts[index] -= 1

    def _complaint(self) -> str:
        """Why the readings in the window cannot be believed, or an empty string."""
        total = len(self._window)
        if total < _LEAST_SAMPLES:
            return ""
        rough, lone, rejected, fault, nothing, near, dark = self._counts
        ambient = self._ambient_kcps
        bright = ambient is None or ambient >= _BRIGHT_KCPS
        hold = 0.6 if self.state is SensorState.DEGRADED else 1.0
        if fault > _FAULT_SHARE * total:
            return "hardware"
        if near > _COVERED_SHARE * total or dark > _COVERED_SHARE * total:
            return "covered"
        if ambient is not None and ambient >= _BLINDING_KCPS * hold:
            return "sunlight"
        if near > _COVERED_SHARE * max(rough, rejected) and max(rough, rejected) > _ROUGH_SHARE * hold * total:
            return "covered"
        if rough > _ROUGH_SHARE * hold * total:
            return "sunlight" if bright else "noise"
        if lone > _PHANTOM_SHARE * hold * total and lone >= 3:
            return "sunlight" if bright else "phantoms"
        if rejected > _REJECTED_SHARE * hold * total:
            return "sunlight" if ambient is not None and bright else "rejected"
        if self._background.wall_mm is not None and rejected + nothing > _REJECTED_SHARE * hold * total:
            return "sunlight" if ambient is not None and bright else _GONE
        return ""

    def _lose(self, reason: str, t_ns: int) -> SensorChange | None:
        self._settled_ns = t_ns + _RECONNECT_NS
        if self.state is SensorState.LOST:
            return None
        return self._change(SensorState.LOST, reason, t_ns)

    def _settle(self, complaint: str, t_ns: int) -> SensorChange | None:
        if complaint:
            self._bad_ns = t_ns
        if self.state is SensorState.LOST:
            if t_ns < self._settled_ns:
                return None
            return self._change(SensorState.DEGRADED if complaint else SensorState.OK, complaint, t_ns)
        if complaint and self.state is SensorState.OK:
            return self._change(SensorState.DEGRADED, complaint, t_ns)
        if self.state is SensorState.DEGRADED and t_ns - self._bad_ns >= _RECOVERY_NS:
            return self._change(SensorState.OK, "", t_ns)
        return None

    def _change(self, state: SensorState, reason: str, t_ns: int) -> SensorChange:
        self.state = state
        self.reason = reason
        return SensorChange(state, reason, t_ns)


_ROUGH, _LONE, _REJECTED, _FAULT, _NOTHING, _NEAR, _DARK = (1 << n for n in range(7))
_FLAGS = (_ROUGH, _LONE, _REJECTED, _FAULT, _NOTHING, _NEAR, _DARK)
