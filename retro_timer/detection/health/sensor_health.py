"""Whether a sensor can be believed: `ok`, `degraded` or `lost`, from the look of its own readings."""

from __future__ import annotations

from collections import deque

from retro_timer.detection.background import Background
from retro_timer.detection.events import SensorChange, SensorState
from retro_timer.detection.health.lens_cap import LensCap
from retro_timer.detection.health.stuck_sensor import StuckSensor
from retro_timer.detection.readings import Kind
from retro_timer.ports import RangeSample, RangeStatus

_WINDOW_S = 2.0
"""Shares of fifty readings at 25 Hz, known to 6 %; longer tells a blinded sensor later."""
_LEAST_SAMPLES = 12
"""Fewer tell no share: one bad reading of five would be a fifth."""
_RECOVERY_NS = 8_000_000_000
"""Leaves and a cloud's edge let the sun through again within seconds: shorter says ok in each gap."""
_LONGEST_RECOVERY_NS = 64_000_000_000
"""Three doublings; longer would withhold a sensor that is well for a whole rest."""
_RELAPSE_NS = 60_000_000_000
"""Who falls ill again this soon is believed only after twice the time."""
_RECONNECT_NS = 500_000_000
"""A loose plug gives single readings; a sensor that is back gives them for half a second without a gap."""
_ROUGH_MM = 150.0
"""Three readings in a row of one thing lie this close to a line, or they pass on in one direction: a body that starts,
stops or turns bends its way, yet phantoms go to and fro."""
_ROUGH_RANGE = 0.1
"""A far target's readings are noisier: so much of its range is no sign of a phantom."""
_ROUGH_SHARE = 0.35
"""Of ranges drawn by chance two in three bends go to and fro, and most of those are rough."""
_LEAST_BENDS = 8
"""Of fewer, two rough ones would do, and a body that turns twice makes them."""
_LEAST_ROUGH = 5
"""A leg that is read before the trunk twice in a passage makes four, and a passage may have few readings besides."""
_BEND_PERIODS = 5
"""Targets farther apart than this say nothing of each other."""
_PHANTOM_SHARE = 0.10
"""At one lone reading in ten a pair agrees every ten seconds at 25 Hz; fewer, and agreement alone sifts them."""
_REJECTED_SHARE = 0.6
"""Motion spoils the status of a body's edges for less; with two readings in five left a body is seen too late."""
_FAULT_SHARE = 0.3
"""Hardware errors come singly on a long cable; a third of them is a fault that does not pass."""
_COVERED_MM = 70
"""Shiny things on the glass read 22 to 27 mm and nothing under 40 is valid (docs/sources.md); no runner is so near."""
_COVERED_SHARE = 0.9
"""Somebody who brushes past leaves gaps; what is on the glass leaves none."""
BRIGHT_KCPS = 12_000.0
"""Above this the light itself explains rejected readings; strong sun is about 51,200 (see training.safe_speed)."""
_BLINDING_KCPS = 60_000.0
"""Above DS12385's strong light (51,200 kcps), for which it states the shortest ranges; beyond, none is promised."""
_GONE = "background-gone"
_LIGHT_EXPLAINS = frozenset(("noise", "phantoms", "rejected", _GONE))
"""What strong light does to a sensor; without a measured light nobody knows that it is the sun."""


class Health:
    """Feed every reading of one sensor in order; a change of state comes back as an event."""

    def __init__(self, background: Background) -> None:
        self.state = SensorState.OK
        self.reason = ""
        self._background = background
        self._window: deque[int] = deque()
        self._counts = [0] * len(_FLAGS)
        self._size = 40
        self._overwhelmed = False
        self._ambient_kcps: float | None = None
        self._targets: deque[tuple[int, int]] = deque(maxlen=2)
        """Time and range of the last two."""
        self._stuck = StuckSensor()
        self._lens_cap = LensCap()
        self._bad_ns = 0
        self._settled_ns = 0
        self._recovery_ns = _RECOVERY_NS
        self._recovered_ns: int | None = None
        self._doubt = ""
        """Why it was degraded last, until it has recovered: a loss in between is no recovery."""

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

    def feed(
        self, sample: RangeSample, kind: Kind, lone: bool, overwhelmed: bool, period_ns: int, gap: bool
    ) -> SensorChange | None:
        """Judge one reading.

        `lone`: a target that nothing beside it agrees with. `overwhelmed`: more readings must agree than an alarm in
        time leaves room for. `gap`: readings were missing.
        """
        t_ns = sample.t_ns
        self._size = max(_LEAST_SAMPLES, min(400, round(_WINDOW_S * 1e9 / max(1, period_ns))))
        dark = self._lens_cap.feed(sample, kind, period_ns)
        self._count(self._flags(sample, kind, lone, period_ns) | (_DARK if dark else 0))
        self._overwhelmed = overwhelmed
        ambient = sample.ambient_kcps
        if ambient is not None:
            last = self._ambient_kcps
            self._ambient_kcps = ambient if last is None else last + 0.05 * (ambient - last)
        frozen = self._stuck.feed(sample)
        if gap:
            return self._lose("gap", t_ns)
        if frozen:
            return self._lose("frozen", t_ns)
        return self._settle(self._complaint(), t_ns)

    def lose(self, reason: str, t_ns: int) -> SensorChange | None:
        """The driver gave no reading: the sensor is lost until readings come again."""
        return self._lose(reason, t_ns)

    def _flags(self, sample: RangeSample, kind: Kind, lone: bool, period_ns: int) -> int:
        flags = 0
        if kind is Kind.ABSURD:
            flags |= _BEND | _ROUGH | _NEAR
        elif kind is Kind.TARGET and sample.range_mm is not None:
            flags |= self._bend(sample.t_ns, sample.range_mm, period_ns)
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

    def _bend(self, t_ns: int, range_mm: int, period_ns: int) -> int:
        """Whether this target and the two before it tell how rough they are, and are rough."""
        targets = self._targets
        if targets and t_ns - targets[-1][0] > _BEND_PERIODS * period_ns:
            targets.clear()
        flags = 0
        if len(targets) == 2:
            (_, older), (_, old) = targets
            bend_mm = abs(range_mm - 2 * old + older)
            to_and_fro = (range_mm - old) * (old - older) < 0
            rough = to_and_fro and bend_mm > max(_ROUGH_MM, _ROUGH_RANGE * range_mm)
            flags = _BEND | (_ROUGH if rough else 0)
        targets.append((t_ns, range_mm))
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
        """Why the readings cannot be believed, or an empty string."""
        ambient = self._ambient_kcps
        # The way back asks for more than the way out.
        hold = 0.6 if self.state is SensorState.DEGRADED else 1.0
        if ambient is not None and ambient >= _BLINDING_KCPS * hold:
            return "sunlight"
        seen = self._complaint_of_window(hold)
        bright = ambient is not None and ambient >= BRIGHT_KCPS
        if bright and seen in _LIGHT_EXPLAINS:
            return "sunlight"
        return seen

    def _complaint_of_window(self, hold: float) -> str:
        total = len(self._window)
        bends, rough, lone, rejected, fault, nothing, near, dark = self._counts
        if total < _LEAST_SAMPLES:
            return "phantoms" if self._overwhelmed else ""
        if fault > _FAULT_SHARE * total:
            return "hardware"
        if near > _COVERED_SHARE * total or dark > _COVERED_SHARE * total:
            return "covered"
        # Only a target tells of noise: without one a body's smooth readings leave the window before the rough last.
        telling = bool(self._window[-1] & _BEND)
        noisy = telling and bends >= _LEAST_BENDS and rough >= _LEAST_ROUGH and rough > _ROUGH_SHARE * hold * bends
        if near > _COVERED_SHARE * max(rough, rejected) and (noisy or rejected > _ROUGH_SHARE * hold * total):
            return "covered"
        if noisy:
            return "noise"
        if self._overwhelmed or (lone > _PHANTOM_SHARE * hold * total and lone >= 3):
            return "phantoms"
        if rejected > _REJECTED_SHARE * hold * total:
            return "rejected"
        if self._background.wall_mm is not None and rejected + nothing > _REJECTED_SHARE * hold * total:
            return _GONE
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
            doubt = complaint or (self._doubt if t_ns - self._bad_ns < self._recovery_ns else "")
            return self._change(SensorState.DEGRADED if doubt else SensorState.OK, doubt, t_ns)
        if complaint and self.state is SensorState.OK:
            relapsed = self._recovered_ns is not None and t_ns - self._recovered_ns < _RELAPSE_NS
            self._recovery_ns = min(_LONGEST_RECOVERY_NS, 2 * self._recovery_ns) if relapsed else _RECOVERY_NS
            return self._change(SensorState.DEGRADED, complaint, t_ns)
        if self.state is SensorState.DEGRADED and t_ns - self._bad_ns >= self._recovery_ns:
            self._recovered_ns = t_ns
            return self._change(SensorState.OK, "", t_ns)
        return None

    def _change(self, state: SensorState, reason: str, t_ns: int) -> SensorChange:
        self.state = state
        self.reason = reason
        if state is not SensorState.LOST:
            self._doubt = reason
        return SensorChange(state, reason, t_ns)


_BEND, _ROUGH, _LONE, _REJECTED, _FAULT, _NOTHING, _NEAR, _DARK = (1 << n for n in range(8))
_FLAGS = (_BEND, _ROUGH, _LONE, _REJECTED, _FAULT, _NOTHING, _NEAR, _DARK)
