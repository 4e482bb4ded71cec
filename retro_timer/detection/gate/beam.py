"""When a beam across the lane is open."""

from __future__ import annotations

from retro_timer.detection.passages import BeamEntry
from retro_timer.detection.readings import Kind


def is_open(entry: BeamEntry, wall_mm: float | None) -> bool:
    """Whether the beam was seen to be free: its wall, or nothing where there is none.

    Nothing where a wall should be is no open beam: something hides the wall and returns too little. Neither is a
    target beyond the lane where there is no wall: a phantom in a body's place says so as well.
    """
    if entry.hit:
        return False
    return entry.kind is (Kind.NOTHING if wall_mm is None else Kind.TARGET)
