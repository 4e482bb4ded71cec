"""Tells a frozen sensor: range, signal and ambient light all repeat, which a living one's noise never lets them do."""

from __future__ import annotations

from retro_timer.ports import RangeSample

_LEAST_READINGS = 8
"""Range, signal and ambient repeat together a few times by chance where light is counted coarsely, not so often."""
_LEAST_NS = 300_000_000
"""As long as an alarm may take (`persistence`): a frozen sensor is told no later than a body."""
_ODDS = 1e-7
"""Once in a month of dark field at 4 Hz, in 11 days at 10 Hz; smaller tells a sensor that froze on nothing later."""
_LEAST_HISTORY = 12.0
"""Before so many empty readings have differed nobody knows how those of this sensor look."""

_Key = tuple[int | None, float, float]


class StuckSensor:
    """Feed every reading in order.

    A range by itself proves nothing: ultrasonic modules repeat theirs for seconds. Where light is not measured a
    frozen sensor is told by its driver, which counts its frames.
    """

    def __init__(self) -> None:
        self._key: _Key | None = None
        self._count = 0
        self._since_ns = 0
        self._repeats = 0.0
        self._changes = 0.0

    def feed(self, sample: RangeSample) -> bool:
        """Whether the sensor is frozen."""
        if not sample.signal_kcps or sample.ambient_kcps is None:
            self._key = None
            return False
        key = (sample.range_mm, sample.signal_kcps, sample.ambient_kcps)
        if key != self._key:
            self._learn_empty(key)
            self._key, self._count, self._since_ns = key, 1, sample.t_ns
            return False
        self._count += 1
        if self._count < _LEAST_READINGS or sample.t_ns - self._since_ns < _LEAST_NS:
            return False
        return key[0] is not None or self._empty_never_repeats()

    def _learn_empty(self, key: _Key) -> None:
        """How often readings without a target repeat: in the dark a few photons come in a register's coarse steps."""
        if key[0] is None and self._key is not None and self._key[0] is None:
            # A long run counts once: a frozen sensor that thaws must not excuse its next stuck.
            self._repeats += min(self._count - 1, 3)
            self._changes += 1.0

    def _empty_never_repeats(self) -> bool:
        odds = (self._repeats + 1.0) / (self._repeats + self._changes + 2.0)
        chance: float = odds ** (self._count - 1)
        return self._changes >= _LEAST_HISTORY and chance < _ODDS
