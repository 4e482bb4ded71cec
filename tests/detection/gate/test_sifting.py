"""Which hits of a break are phantoms by their light, or by a range that nothing of a body has."""

from __future__ import annotations

import pytest

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.gate.sifting import sift
from retro_timer.detection.passages import BeamEntry, Break
from retro_timer.detection.readings import Kind

WALL_KCPS = 4400.0


def left(*hits: tuple[int, float | None], wall_mm: float | None = 2000.0) -> list[int | None]:
    """Ranges that are left of hits with their light."""
    entries = [BeamEntry(n * 40_000_000, Kind.TARGET, True, mm, kcps) for n, (mm, kcps) in enumerate(hits)]
    broken = Break(entries, wall_mm, WALL_KCPS, 1.15 * WALL_KCPS, 0.04, 0.02, 4.5, 3.0, 5.5, over=True)
    return [e.range_mm for e in sift(broken, WatchConfig()).entries]


def test_a_hit_with_the_walls_light_is_none_of_a_brighter_body() -> None:
    assert left((400, 4350.0), (960, 9000.0), (955, 10_000.0), (950, 9900.0)) == [960, 955, 950]
    assert left((1900, 4450.0), (960, 9000.0), (955, 10_000.0)) == [960, 955], "a sensor that tells the nearest thing"
    mixed = [(1900, 4450.0), (1500, 6500.0), (955, 10_000.0), (950, 9900.0)]
    assert left(*mixed) == [1900, 1500, 955, 950], "its flank, of one that averages"


def test_of_a_body_as_dim_as_the_wall_one_or_two_far_nearer_hits_are_none() -> None:
    body = [(1650, 4500.0), (1580, 4700.0), (1600, 4600.0)]
    assert left((400, 4350.0), *body) == [1650, 1580, 1600]
    assert left((400, 4350.0), (420, 4400.0), *body) == [1650, 1580, 1600]
    assert left((1300, 4350.0), *body) == [1300, 1650, 1580, 1600], "an arm before it"


@pytest.mark.parametrize(
    ("second", "third", "kept"),
    [((1650, 4600.0), (1580, 4900.0), 2), ((1650, 4600.0), (1400, 4900.0), 3), ((1650, None), (1580, None), 3)],
)
def test_two_that_agree_and_have_their_light_told_outvote_a_third(
    second: tuple[int, float | None], third: tuple[int, float | None], kept: int
) -> None:
    first = (353, 4390.0 if second[1] else None)
    assert len(left(first, second, third)) == kept
