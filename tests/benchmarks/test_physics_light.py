"""The benchmark's own physics: light, noise, approaches, scenes and traces."""

from __future__ import annotations

import math
import re
from itertools import groupby, pairwise
from pathlib import Path
from random import Random
from statistics import mean, pstdev

import pytest

import benchmarks.physics
from benchmarks.physics import (
    NOBODY,
    SCENES,
    Light,
    approach,
    warning_scene,
)
from benchmarks.physics.motion import Course, first_root
from benchmarks.physics.people import Runner, draw_build
from benchmarks.physics.rays import RAYS, Board, Circle, Ellipse, Wall, look, make_fans
from benchmarks.physics.scene import film, glance, integrate
from benchmarks.physics.sensor import Sensor
from retro_timer.ports import Placement, RangeSample
from retro_timer.training.gaits import Gait

DARK = Light(20.0)
FANS = make_fans(27.0, 3.0)


def empty(light: Light, rate_hz: float, wall_mm: float | None, seconds: float, seed: int = 1) -> list[RangeSample]:
    """Readings of nobody."""
    sensor = Sensor(Random(seed), rate_hz, Placement.GATE, light, wall_mm=wall_mm, budget_share=0.9)
    return film(sensor, [], 1, 0.0, seconds)


def test_a_board_that_fills_the_cone_returns_its_reflectance_over_the_square_of_its_distance() -> None:
    rate, moment = Board(2000.0, 0.5).cast(FANS[0], [1.0] * RAYS)
    cos_cubed = sum(w * c**3 for w, c in zip(FANS[0].weight, FANS[0].cos, strict=True))
    assert rate == pytest.approx(0.5 / 4.0 * cos_cubed)
    assert 2000.0 < moment / rate < 2060.0


def test_a_round_post_returns_as_its_width_and_the_mean_cosine_over_it() -> None:
    rates = [Circle(0.0, 1000.0, 40.0, 0.5, 1.0, 0).cast(fan, [1.0] * RAYS)[0] for fan in FANS]
    per_radian = FANS[0].weight[RAYS // 2] / (math.radians(27.0) * 1.5 / RAYS)
    by_hand = 0.5 * per_radian * (2.0 * 40.0 / 1000.0) * (math.pi / 4.0) / 0.965**2
    assert mean(rates) == pytest.approx(by_hand, rel=0.05)


@pytest.mark.parametrize("place", [(0.0, 900.0), (150.0, 800.0), (-230.0, 1000.0), (0.0, 60.0)])
def test_a_disc_returns_what_an_ellipse_of_its_shape_does(place: tuple[float, float]) -> None:
    for fan in FANS:
        some, same = [1.0] * RAYS, [1.0] * RAYS
        disc = Circle(*place, 50.0, 0.6, 0.4).cast(fan, some)
        ellipse = Ellipse(*place, 50.0**-2, 0.0, 50.0**-2, 0.6, 0.4).cast(fan, same)
        assert disc == pytest.approx(ellipse)
        assert some == same


def test_what_stands_in_front_hides_what_is_behind() -> None:
    wall = Wall(2000.0, 0.5, FANS)
    alone, hidden = [[0.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]
    look([], FANS[0], 0, wall, alone)
    look([Circle(0.0, 1000.0, 900.0, 0.5, 1.0, 0)], FANS[0], 0, wall, hidden)
    assert alone[1][0] == pytest.approx(wall.total[0][0])
    assert hidden[1][0] == pytest.approx(0.0, abs=1e-12)
    assert hidden[0][0] > 0.0


def test_a_thing_of_half_height_lets_half_of_the_light_by() -> None:
    rest = [1.0] * RAYS
    Circle(0.0, 1000.0, 900.0, 0.5, 0.5, 0).cast(FANS[0], rest)
    assert set(rest) == {0.5}


def test_the_cone_has_half_its_power_at_its_rim() -> None:
    half = math.radians(13.5)
    pairs = [(math.atan(t), w) for fan in FANS for t, w in zip(fan.tan, fan.weight, strict=True)]
    at_rim = min(pairs, key=lambda p: abs(p[0] - half))[1]
    assert at_rim / max(w for _, w in pairs) == pytest.approx(0.5, abs=0.03)


def test_an_empty_beam_before_a_wall_reads_the_wall() -> None:
    readings = [s.range_mm or 0 for s in empty(DARK, 10, 2050.0, 60.0)]
    assert mean(readings) == pytest.approx(2050.0 * 1.01, abs=25.0)


def test_an_empty_field_gives_no_valid_reading() -> None:
    samples = empty(DARK, 41, None, 60.0)
    assert all(s.status not in (0, None) for s in samples)
    assert sum(s.range_mm is None for s in samples) > len(samples) / 2


def test_the_noise_is_that_of_the_recorded_traces() -> None:
    dark = pstdev([s.range_mm or 0 for s in empty(DARK, 10, 2050.0, 200.0)])
    shade = pstdev([s.range_mm or 0 for s in empty(Light(2500.0), 10.7, 1500.0, 200.0)])
    assert 3.0 < dark < 6.0
    assert 6.0 < shade < 12.0


def test_more_light_and_less_time_make_more_noise() -> None:
    spreads = [
        pstdev([s.range_mm or 0 for s in empty(light, rate, 1500.0, 20.0)])
        for rate, light in ((10, DARK), (41, DARK), (41, Light(2500.0)))
    ]
    assert spreads == sorted(spreads)


def test_phantoms_agree_with_their_neighbours_as_often_as_recorded() -> None:
    ranges = [s.range_mm or 0 for s in empty(Light(9000.0, 0.98), 10, None, 300.0) if s.range_mm is not None]
    agree = [abs(a - b) <= 150 for a, b in pairwise(ranges)]
    assert 0.35 < mean(agree) < 0.52
    assert mean(r < 1000 for r in ranges) > 0.9


def test_few_phantoms_are_valid_and_those_are_weak_for_so_near() -> None:
    samples = [s for s in empty(Light(9000.0, 0.9), 41, None, 120.0) if s.status == 0]
    assert 0.005 < len(samples) / (41 * 120) < 0.06
    assert max(s.signal_kcps or 0.0 for s in samples) < 4000.0


def test_bursts_are_runs_of_two_to_four_valid_readings_that_agree_and_make_the_share_that_is_said() -> None:
    samples = empty(Light(300.0, burst_share=0.04), 41, None, 300.0)
    runs = [list(run) for valid, run in groupby(samples, lambda s: s.status == 0) if valid]
    assert {len(run) for run in runs} >= {2, 3, 4}
    assert min(len(run) for run in runs) == 2
    # Two bursts may touch.
    assert mean(len(run) <= 4 for run in runs) > 0.9
    assert sum(len(run) for run in runs) / len(samples) == pytest.approx(0.04, rel=0.25)
    steps = [abs((a.range_mm or 0) - (b.range_mm or 0)) for run in runs for a, b in pairwise(run)]
    assert mean(step <= 150 for step in steps) > 0.9


def test_integration_smears_what_an_instant_would_miss() -> None:
    sensor = Sensor(Random(3), 10, Placement.GATE, DARK, budget_share=0.9)
    runner = Runner(draw_build(Random(1), Gait.RUN), Course(1.0, -700.0, 7000.0), across=True, lateral_mm=800.0)
    start: list[list[float]] = [[0.0, 0.0], [0.0, 0.0]]
    middle: list[list[float]] = [[0.0, 0.0], [0.0, 0.0]]
    glance(sensor, [runner], 1.0, 0, start)
    glance(sensor, [runner], 1.1, 0, middle)
    over = integrate(sensor, [runner], 2, 1.0)
    assert start[0][0] == 0.0
    assert over.first[0][0] < over.second[0][0] < middle[0][0]


def test_the_times_of_the_readings_jitter_without_drift_or_overlap() -> None:
    times = [s.t_ns / 1e9 for s in empty(DARK, 25, None, 100.0)]
    steps = [b - a for a, b in pairwise(times)]
    assert mean(steps) == pytest.approx(0.04, rel=0.02)
    assert 0.005 < pstdev(steps) / 0.04 < 0.05
    assert min(steps) > 0.03


@pytest.mark.parametrize("placement", [Placement.LANE_END, Placement.BELT])
@pytest.mark.parametrize("gait", list(Gait))
def test_readings_about_the_truth_of_an_approach_are_about_the_finish_range(placement: Placement, gait: Gait) -> None:
    for seed in range(6):
        case = approach(seed, placement, gait, 41, light=DARK)
        near = [s for s in case.samples if abs(s.t_ns - case.back_ns) < 0.06e9 and s.status == 0 and s.range_mm]
        line = [(s.range_mm or 0) + (s.t_ns - case.back_ns) / 1e6 * case.speed_mps for s in near]
        if line:
            assert mean(line) == pytest.approx(case.finish_range_m * 1000.0, abs=70.0)


def test_an_approach_comes_from_far_and_stops_in_time() -> None:
    case = approach(1, Placement.LANE_END, Gait.WALK, 41, light=DARK)
    seen = [s.range_mm for s in case.samples if s.status == 0 and s.range_mm is not None]
    assert seen[0] > case.finish_range_m * 1000.0 > seen[-1] > 150
    assert max(seen[-20:]) - min(seen[-20:]) < 80
    assert case.first_report_ns is not None
    assert case.first_report_ns < case.back_ns


def test_a_gait_that_cannot_stop_in_what_the_sensor_sees_is_refused() -> None:
    with pytest.raises(ValueError, match="stops within"):
        approach(1, Placement.LANE_END, Gait.RUN, 41, max_range_m=1.3)


def test_an_obstacle_that_closes_in_does_so_at_its_speed() -> None:
    case = warning_scene("closing", 1, Placement.LANE_END, 41, speed_mps=2.0, max_range_m=3.0, light=DARK)
    closing = [p.closing_mps for p in case.truth if p.range_mm and 500 < p.range_mm < 2800]
    assert min(closing) == pytest.approx(2.0, abs=0.02)
    assert max(closing) == pytest.approx(2.0, abs=0.02)
    assert case.first_sight_ns is not None
    assert case.first_report_ns is not None
    assert case.first_sight_ns <= case.first_report_ns
    at_sight = next(p for p in case.truth if p.t_ns >= case.first_sight_ns)
    assert at_sight.range_mm == pytest.approx(3000.0, abs=80.0)


def test_valid_readings_of_a_near_obstacle_are_its_range() -> None:
    for kind in ("closing", "standing"):
        case = warning_scene(kind, 2, Placement.BELT, 41, speed_mps=1.0, max_range_m=3.0, range_m=1.2, light=DARK)
        pairs = zip(case.samples, case.truth, strict=True)
        errors = [s.range_mm - p.range_mm for s, p in pairs if s.status == 0 and s.range_mm and p.range_mm]
        assert abs(mean(errors[20:])) < 60.0


@pytest.mark.parametrize("kind", list(SCENES))
def test_each_scene_has_a_first_sight_and_nothing_before(kind: str) -> None:
    for seed in range(5):
        case = warning_scene(kind, seed, Placement.LANE_END, 41, light=DARK)
        sight = case.first_sight_ns
        assert sight is not None
        assert all(p.range_mm is None for p in case.truth if p.t_ns < sight - 6_000_000)
        assert not any(s.status == 0 for s in case.samples if s.t_ns < sight - 400_000_000)


@pytest.mark.parametrize("kind", NOBODY)
def test_a_scene_with_nobody_has_ten_minutes_of_light_and_no_truth(kind: str) -> None:
    case = warning_scene(kind, 1, Placement.BELT, 10)
    assert case.samples[-1].t_ns / 1e9 == pytest.approx(600.0, abs=0.5)
    assert case.first_sight_ns is None
    assert all(p.range_mm is None for p in case.truth)


def test_a_root_is_the_first_one() -> None:
    assert first_root(lambda t: math.sin(t), 1.0, 20.0) == pytest.approx(1.0)
    assert first_root(lambda t: math.sin(t), 4.0, 20.0) == pytest.approx(2 * math.pi, abs=1e-9)
    assert first_root(lambda t: -1.0, 0.0, 1.0) is None


def test_a_course_brakes_to_where_the_formula_says() -> None:
    course = Course(0.0, 0.0, 2000.0)
    stands = course.brake(1.0, 2000.0)
    assert stands == pytest.approx(2.0)
    assert course.at(5.0)[0] == pytest.approx(3000.0)
    assert course.at(5.0)[1] == 0.0


def test_the_physics_knows_neither_the_detector_nor_the_simulator() -> None:
    sources = Path(benchmarks.physics.__file__).parent.glob("*.py")
    assert not [p.name for p in sources if re.search(r"retro_timer\.(detection|sim|beacon)", p.read_text("utf-8"))]
