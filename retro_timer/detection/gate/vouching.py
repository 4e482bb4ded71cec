"""What stands beside a hit and shows that it is no phantom: readings that are no hits themselves."""

from __future__ import annotations

from collections.abc import Sequence

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.gate.body_light import AT_WALL, dims_wall, is_bodily
from retro_timer.detection.gate.occlusion import NEAREST_SHARE
from retro_timer.detection.passages import BeamEntry
from retro_timer.detection.readings import Kind

AT_BODY_MM, AT_BODY_SHARE = 80.0, 0.08
"""Of one body: four standard deviations of a reading, or a far one's noise; more keeps phantoms, less drops flanks."""
_DOUBTED_BESIDE = 2
"""A moving body's flank is doubted for two or three readings."""


def vouches(
    entry: BeamEntry,
    near_mm: float,
    wall_mm: float | None,
    open_kcps: float,
    stands_out_kcps: float,
    config: WatchConfig,
) -> bool:
    """Whether a reading that is no hit shows that something stands in the beam beside one at `near_mm`.

    The sensor doubts a body in motion (status 7), and then its range may be wrong: its light must be a body's, and its
    range agree or be missing.
    """
    if entry.hit or entry.signal_kcps is None:
        return False
    if dims_wall(entry, wall_mm, open_kcps):
        return True
    if entry.kind is Kind.TARGET or not is_bodily(entry, stands_out_kcps, config.least_body_kcps_m2):
        return False
    return entry.range_mm is None or _agree(entry.range_mm, near_mm, wall_mm)


def _agree(range_mm: float, near_mm: float, wall_mm: float | None) -> bool:
    """Beside it, or where a sensor that averages over all light reads more or less of the same body: on the way from
    it to the wall, or nearer where itself it is a flank."""
    if abs(range_mm - near_mm) <= 2.0 * max(AT_BODY_MM, AT_BODY_SHARE * near_mm):
        return True
    return wall_mm is not None and NEAREST_SHARE * near_mm <= range_mm < AT_WALL * wall_mm


def beside(entries: Sequence[BeamEntry], end: int, step: int) -> list[BeamEntry]:
    """The readings next to one end of a stretch, up to one that the sensor does not doubt: what it doubts may say
    nothing of what is there."""
    found: list[BeamEntry] = []
    for number in range(1, _DOUBTED_BESIDE + 2):
        index = end + step * number
        if not 0 <= index < len(entries) or (found and found[-1].kind is not Kind.REJECTED):
            break
        found.append(entries[index])
    return found


def flanks(entries: Sequence[BeamEntry], first: int, last: int, near_mm: float, wall_mm: float | None) -> int:
    """To how many sides of a stretch a sensor that averages over all light reads the body's edge and the wall behind as
    one, beyond the lane: to both, of a body; two phantoms just before one have its flank to one side only."""
    if wall_mm is None:
        return 0
    from_mm = near_mm + max(AT_BODY_MM, AT_BODY_SHARE * near_mm)
    ends = [found[-1] for found in (beside(entries, first, -1), beside(entries, last, 1)) if found]
    lit = [e for e in ends if e.kind is Kind.TARGET and not e.hit and e.signal_kcps is not None]
    return sum(from_mm < (e.range_mm or 0) < AT_WALL * wall_mm for e in lit)
