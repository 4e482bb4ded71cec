"""The simulated starts by release have the truth that they tell, and the program finds them."""

from __future__ import annotations

import pytest

from benchmarks.physics.departures import ARMED_S, Beam, departure
from benchmarks.starts.figures import time_case
from retro_timer.training.gaits import Gait


@pytest.mark.parametrize("beam", ["wide", "thin"])
def test_the_beam_is_covered_by_the_athlete_until_the_trunk_has_left(beam: Beam) -> None:
    case = departure(5, Gait.JOG, 41.0, beam, "wall")
    assert case.background_mm is not None
    half_way_mm = 0.85 * case.background_mm
    stood = [s for s in case.samples if case.left_ns - 1.5e9 < s.t_ns < case.left_ns - 0.5e9]
    before = [s for s in case.samples if s.t_ns < ARMED_S * 1e9]
    after = [s for s in case.samples if s.t_ns > case.left_ns + 1.0e9]
    near = [sum((s.range_mm or 0) < half_way_mm for s in part) / len(part) for part in (before, stood, after)]
    assert near[0] < 0.05 < 0.9 < near[1]
    assert near[2] < 0.05


def test_the_same_seed_is_the_same_start() -> None:
    assert departure(3, Gait.WALK, 41.0, "wide", "open") == departure(3, Gait.WALK, 41.0, "wide", "open")


def test_a_start_is_found_and_its_error_told() -> None:
    timed = time_case(departure(1, Gait.RUN, 41.0, "wide", "open"), Gait.RUN)
    assert timed.found == 1
    assert timed.error_s is not None
    assert abs(timed.error_s) < 3.0 * timed.stated_s
