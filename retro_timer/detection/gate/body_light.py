"""Whether the light of a reading is a body's.

A phantom, whatever range and status it has, returns what the empty beam returns, or less. So the signal of the empty
beam is followed, and what stands out of it is somebody.
"""

from __future__ import annotations

from retro_timer.detection.passages import BeamEntry
from retro_timer.detection.readings import Kind

_MEMORY = 0.05
"""Twenty readings: a cloud's shadow is followed within a second, and a body's flank hardly counts."""
_STANDS_OUT = 1.15
"""Least signal of a body against the empty beam's: more misses dark cloth, less takes the wall's own light for a
body..."""
_SPREADS = 4.0
"""... and at least so many mean deviations above it: single readings of an empty beam reach three."""
_DIMMED = 0.9
"""Before a wall with less than this share of its light something stands: more takes the wall's noise for it, less
misses a body at the beam's rim."""
AT_WALL = 0.95
"""Nearer than this share of its range is no wall any more: its noise and slant stay within 5 %."""


class OpenLight:
    """Mean and spread of the empty beam's signal."""

    def __init__(self) -> None:
        self.mean_kcps = 0.0
        self._spread_kcps = 0.0
        self._count = 0

    @property
    def known(self) -> bool:
        """Whether the empty beam was seen at all."""
        return self._count > 0

    @property
    def stands_out_kcps(self) -> float:
        """Least signal that an empty beam does not return."""
        return max(_STANDS_OUT * self.mean_kcps, self.mean_kcps + _SPREADS * self._spread_kcps)

    def learn(self, entry: BeamEntry, wall_mm: float | None) -> None:
        """One reading of an empty beam."""
        seen = entry.kind is Kind.TARGET or (entry.kind is Kind.NOTHING and wall_mm is None)
        if entry.signal_kcps is None or not seen:
            return
        self._count += 1
        share = max(_MEMORY, 1.0 / self._count)
        off_kcps = entry.signal_kcps - self.mean_kcps
        self.mean_kcps += share * off_kcps
        if self._count > 1:
            self._spread_kcps += max(_MEMORY, 1.0 / (self._count - 1)) * (abs(off_kcps) - self._spread_kcps)


def is_bodily(entry: BeamEntry, stands_out_kcps: float, least_kcps_m2: float) -> bool:
    """Whether a body's light comes back; True where no signal is recorded, which says nothing against it.

    `least_kcps_m2` is the least signal of a body at one metre with this sensor model, 0 where that is unknown.
    """
    signal = entry.signal_kcps
    if signal is None:
        return True
    if signal < stands_out_kcps:
        return False
    return entry.range_mm is None or signal * (entry.range_mm / 1000.0) ** 2 >= least_kcps_m2


def dims_wall(entry: BeamEntry, wall_mm: float | None, open_kcps: float) -> bool:
    """Whether something hides the wall or a part of it: a sensor that reports the nearest thing that is large enough
    sees a body's edge so, or nothing where it returns too little."""
    if wall_mm is None or entry.hit or entry.signal_kcps is None or entry.signal_kcps >= _DIMMED * open_kcps:
        return False
    at_wall = entry.kind is Kind.TARGET and (entry.range_mm or 0) >= AT_WALL * wall_mm
    return at_wall or entry.kind is Kind.NOTHING
