"""Tells a lens that was capped: where there was light there is none, from one moment to the next, and nothing is seen.

Over an open field a capped sensor reads what a clear one reads: nothing. Only the light tells them apart.
"""

from __future__ import annotations

from retro_timer.detection.readings import Kind
from retro_timer.ports import RangeSample

_LEAST_LIGHT_KCPS = 300.0
"""With less light to begin with, its loss tells nothing: a hall's lamps shine hardly any infrared."""
_DARK_SHARE = 0.02
"""No cloud takes so much of the light away; dusk takes it slowly, and the usual light follows."""
_MEMORY_S = 60.0
"""Dusk takes minutes to halve the light and is followed; a cap comes within a second and is not."""


class LensCap:
    """Feed every reading in order."""

    def __init__(self) -> None:
        self._usual_kcps: float | None = None

    def feed(self, sample: RangeSample, kind: Kind, period_ns: int) -> bool:
        """Whether this reading sees nothing, not even the light that was there."""
        ambient = sample.ambient_kcps
        if ambient is None:
            return False
        usual = self._usual_kcps
        dark = usual is not None and usual >= _LEAST_LIGHT_KCPS and ambient < _DARK_SHARE * usual
        if usual is None or (dark and kind is Kind.TARGET):
            # Whatever shows a target looks through a clear lens: it has come into a darker place.
            self._usual_kcps = ambient
            return False
        if not dark:
            self._usual_kcps = usual + min(1.0, period_ns / 1e9 / _MEMORY_S) * (ambient - usual)
        return dark
