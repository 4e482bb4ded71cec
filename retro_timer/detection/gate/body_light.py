"""Whether the light of a reading is a body's.

A phantom, whatever range and status it has, returns what the empty beam returns, or less. So the signal of the empty
beam is followed, and what stands out of it is somebody.
"""

from __future__ import annotations

from retro_timer.detection.passages import BeamEntry
from retro_timer.detection.readings import Kind

_MEMORY_S = 0.48
"""Twenty readings at 41 Hz: a cloud's shadow is followed within a second, and a body's flank hardly counts. The sun and
who walks are no faster before a fast sensor."""
_MEMORY = 0.05
"""... and no reading counts for more, however late it comes: fewer than twenty would let single ones move the mean."""
_SETTLED = 20
"""Readings after which the mean is no first guess any more: as many as it remembers at least."""
_SLOWLY = 0.1
"""A wall that loses light is hidden in part by who comes: a slow walker's second moves the mean by a tenth; what stays
is followed within ten. More takes a body's shade for the empty beam, less never learns that a wall got wet."""
_STANDS_OUT = 1.15
"""Least signal of a body against the empty beam's: more misses dark cloth, less takes the wall's own light for a
body..."""
_SPREADS = 4.0
"""... and at least so many mean deviations above it: single readings of an empty beam reach three."""
_DIMMED = 0.9
"""Before a wall with less than this share of its light something stands: more takes the wall's noise for it, less
misses a body at the beam's rim."""
_FAINT = 0.4
"""Share of a wall's light beside the trunk that hides most of it: less takes an empty beam's noise for a wall."""
AT_WALL = 0.95
"""Nearer than this share of its range is no wall any more: its noise and slant stay within 5 %."""


class OpenLight:
    """Mean and spread of the empty beam's signal."""

    def __init__(self) -> None:
        self.mean_kcps = 0.0
        self._spread_kcps = 0.0
        self._count = 0
        self._last_ns = 0

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
        memory = min(_MEMORY, (entry.t_ns - self._last_ns) / (1e9 * _MEMORY_S))
        self._last_ns = entry.t_ns
        off_kcps = entry.signal_kcps - self.mean_kcps
        least_kcps = self.mean_kcps - max(_SPREADS * self._spread_kcps, (1.0 - _DIMMED) * self.mean_kcps)
        slowly = _SLOWLY if self._count > _SETTLED and entry.signal_kcps < least_kcps else 1.0
        self.mean_kcps += slowly * max(memory, 1.0 / self._count) * off_kcps
        if self._count > 1:
            grown_kcps = abs(off_kcps) - self._spread_kcps
            self._spread_kcps += slowly * max(memory, 1.0 / (self._count - 1)) * grown_kcps


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


def shows_wall(entry: BeamEntry, wall_mm: float | None, open_kcps: float) -> bool:
    """Whether a reading without a target is the wall's all the same: its range, and light that is part of its light. A
    body that comes in hides so much of a faint wall that the sensor finds no target."""
    if wall_mm is None or entry.kind is not Kind.NOTHING or entry.range_mm is None or entry.signal_kcps is None:
        return False
    at_wall = AT_WALL <= entry.range_mm / wall_mm <= 1.0 / AT_WALL
    return at_wall and entry.signal_kcps >= _FAINT * open_kcps


def dims_wall(entry: BeamEntry, wall_mm: float | None, open_kcps: float) -> bool:
    """Whether something hides the wall or a part of it: a sensor that reports the nearest thing that is large enough
    sees a body's edge so, or nothing where it returns too little. Motion spoils the status, not the light."""
    if wall_mm is None or entry.hit or entry.signal_kcps is None or entry.signal_kcps >= _DIMMED * open_kcps:
        return False
    range_mm = entry.range_mm or 0
    at_wall = entry.kind is Kind.TARGET and range_mm >= AT_WALL * wall_mm
    doubted = entry.kind is Kind.REJECTED and AT_WALL <= range_mm / wall_mm <= 1.0 / AT_WALL
    return at_wall or doubted or entry.kind is Kind.NOTHING
