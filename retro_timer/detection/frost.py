"""Tells a frozen sensor by readings that repeat although its own past shows that they never do."""

from __future__ import annotations

from retro_timer.detection.readings import Kind
from retro_timer.ports import RangeSample

_ODDS = 1e-7
_LEAST_RUN = 8
_LEAST_NS = 400_000_000
_LEAST_HISTORY = 12.0
"""Before so many readings have differed nobody knows how this sensor's noise looks."""


class _History:
    """How often readings of one kind repeat the one before them."""

    def __init__(self) -> None:
        self.repeats = 0.0
        self.changes = 0.0

    @property
    def odds(self) -> float:
        """The chance that a living sensor's reading repeats."""
        return (self.repeats + 1.0) / (self.repeats + self.changes + 2.0)


class Frost:
    """Feed every reading in order. Targets and empty readings have a noise of their own each."""

    def __init__(self) -> None:
        self._histories = {Kind.TARGET: _History(), Kind.NOTHING: _History()}
        self._key: tuple[object, ...] | None = None
        self._run = 0
        self._since_ns = 0

    def feed(self, sample: RangeSample, kind: Kind) -> bool:
        """Whether the sensor is frozen."""
        history = self._histories.get(kind)
        if history is None or (kind is Kind.NOTHING and not sample.signal_kcps):
            self._key = None
            return False
        key = (kind, sample.range_mm, sample.signal_kcps, sample.ambient_kcps)
        if key == self._key:
            self._run += 1
            return self._impossible(history, sample.t_ns)
        if self._key is not None and self._key[0] is kind:
            # A long run counts once: a frozen sensor that thaws must not excuse its next frost.
            history.repeats += min(self._run, 3)
            history.changes += 1.0
        self._key = key
        self._run = 0
        self._since_ns = sample.t_ns
        return False

    def _impossible(self, history: _History, t_ns: int) -> bool:
        if self._run < _LEAST_RUN or t_ns - self._since_ns < _LEAST_NS or history.changes < _LEAST_HISTORY:
            return False
        odds: float = history.odds**self._run
        return odds < _ODDS
