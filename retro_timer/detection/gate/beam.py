"""When a beam across the lane is open, and when a reading does not tell."""

from __future__ import annotations

from retro_timer.detection.passages import BeamEntry
from retro_timer.detection.readings import MINIMUM_RANGE_MM, Kind

THIN_DEG = 6.0
"""Between a TF-Luna's 2° (0.28 m wide at 8 m) and the 15° of the narrowest VL53L1X (docs/sources.md): up to 2.3 m a
cone this narrow is no wider than a trunk; a wider one blurs the depth profile, and its cover is fitted instead."""

_DIM_SHARE = 0.4
"""Of the least light that gave a range: four standard deviations of what an empty beam gives a TF-Luna, whose least is
100. More would miss the flank, less take noise for one."""


def is_open(entry: BeamEntry, wall_mm: float | None) -> bool:
    """Whether the beam was seen to be free: its wall, or nothing where there is none.

    Nothing where a wall should be is no open beam: something hides the wall and returns too little. Neither is a
    target beyond the lane where there is no wall: a phantom in a body's place says so as well.
    """
    if entry.hit:
        return False
    return entry.kind is (Kind.NOTHING if wall_mm is None else Kind.TARGET)


def is_dim(entry: BeamEntry, wall_mm: float | None, least_kcps: float) -> bool:
    """Whether a reading in the open field has light of a body and yet too little of it for a range: a thin beam met a
    flank, or dark cloth. `least_kcps`: of those with a range the least light; where it is 0, not known, none is dim."""
    if wall_mm is not None or entry.kind is not Kind.NOTHING or entry.signal_kcps is None or least_kcps <= 0.0:
        return False
    return entry.signal_kcps > _DIM_SHARE * least_kcps


def says_nothing(entry: BeamEntry) -> bool:
    """Whether a reading is neither a break nor a free beam: doubted by the sensor, or too dim for its range."""
    dim = entry.kind is Kind.ABSURD and (entry.range_mm or 0) >= MINIMUM_RANGE_MM
    return dim or entry.kind is Kind.REJECTED
