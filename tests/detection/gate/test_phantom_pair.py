"""Two phantoms that agree by chance pull no outline of a body, and no body loses two readings to that."""

from __future__ import annotations

import random

import pytest

from retro_timer.detection.gate.occlusion_fit import Cover, Fit, Outline, fit_cover
from retro_timer.detection.gate.phantom_pair import ragged, without_pair
from retro_timer.detection.gate.weighing import Look
from retro_timer.ports import RangeSample
from tests.helpers.passages import WALL_KCPS, Passage, readings, timed

OUTLINE = Outline(0.25, 1.2, 0.3, 0.024, 0.02, 0.5, (-0.2, 0.2), 0.12)
MIDDLE_S = 0.01


def cover(*phantoms: tuple[int, float], noise: float = 0.02) -> Cover:
    """A walker at 1.2 m/s, 41 times a second; `phantoms` name readings before or after the middle, and their cover."""
    rng = random.Random(4)
    shape = Fit(MIDDLE_S, 0.0, 1.2, 0.1, 0.0, 0.0, 0.2, 3.0)
    looks = [Look(n * 0.024, shape.cover_at(n * 0.024) + rng.gauss(0.0, noise)) for n in range(-40, 41)]
    for at, share in phantoms:
        looks[40 + at] = Look(at * 0.024, share)
    return Cover("mixture", looks)


@pytest.mark.parametrize("at", [-14, -11, -3, 0, 6, 11])
def test_without_two_phantoms_in_a_row_the_middle_is_where_it_was(at: int) -> None:
    share = 0.0 if abs(at) < 8 else 0.9
    seen = cover((at, share), (at + 1, share + 0.03))
    fit = fit_cover(seen, OUTLINE)
    rest, found = without_pair(seen, OUTLINE, fit)
    assert len(rest.looks) == len(seen.looks) - 2
    assert {n for n, k in enumerate(seen.looks) if k not in rest.looks} == {40 + at, 41 + at}
    assert abs(found.middle_s - MIDDLE_S) <= 0.01
    assert ragged(rest, found) < 0.1 < ragged(seen, fit)


def test_a_body_by_itself_and_a_single_phantom_stay_as_they_are() -> None:
    for seen in (cover(), cover((12, 0.9)), cover((-3, 0.0))):
        fit = fit_cover(seen, OUTLINE)
        assert without_pair(seen, OUTLINE, fit) == (seen, fit)


def test_what_no_two_readings_spoil_stays_as_it_is() -> None:
    seen = cover(noise=0.3)
    fit = fit_cover(seen, OUTLINE)
    assert ragged(seen, fit) > 0.1
    assert without_pair(seen, OUTLINE, fit) == (seen, fit)


def test_two_readings_of_the_wall_amid_a_body_do_not_part_it_before_a_quick_sensor() -> None:
    """In 73 ms nobody leaves and returns."""
    passage = Passage("walk", 41.0, wall=True, seed=11)
    good = readings(passage)
    at = min(range(len(good)), key=lambda n: abs(good[n].t_ns / 1e9 - passage.back_s - 0.08))
    wall = [RangeSample(good[n].t_ns, 2000, 0, WALL_KCPS, 500.0) for n in (at, at + 1)]
    (whole,), (told,) = timed(passage, good), timed(passage, [*good[:at], *wall, *good[at + 2 :]])
    assert abs(told["time_s"] - whole["time_s"]) <= told["uncertainty_s"]
