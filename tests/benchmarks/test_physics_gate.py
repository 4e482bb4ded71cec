"""The benchmark's own physics at the gate: does it do what a hand computation says?"""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random
from statistics import mean
from typing import Any

import pytest

from benchmarks.physics import HARD_CASES, GateCase, Light, gate_passage, hard_case
from benchmarks.physics.gate import GO_S, passing, truth
from benchmarks.physics.motion import Course
from benchmarks.physics.people import Build, Runner, draw_build
from benchmarks.physics.rays import Round
from retro_timer.ports import RangeStatus
from retro_timer.training.gaits import Gait, finish_window, human_limit_s

DARK = Light(20.0)


def stiff(depth_mm: float = 240.0, **changes: Any) -> Build:
    """A runner who neither sways nor turns, with elbows that let the light by."""
    drawn = draw_build(Random(1), Gait.JOG, depth_mm)
    still = replace(drawn, sway_mm=0.0, yaw=0.0, yaw_swing=0.0, elbow_fill=0.0, rho=0.6)
    return replace(still, **changes)


def foremost(runner: Runner, t: float) -> float:
    """The foremost point of anything of an untwisted runner."""
    return max(s.cx + 1.0 / math.sqrt(s.qa) for s in runner.shapes(t) if isinstance(s, Round))


def valid(case: GateCase) -> list[tuple[float, int]]:
    """Seconds from the truth, and range, of the valid readings."""
    zero = case.back_ns or 0
    return [((s.t_ns - zero) / 1e9, s.range_mm) for s in case.samples if s.status == 0 and s.range_mm is not None]


def test_the_same_seed_gives_the_same_case_and_another_seed_another() -> None:
    first, again = (gate_passage(7, Gait.JOG, 41, "wall") for _ in range(2))
    assert first == again
    assert gate_passage(8, Gait.JOG, 41, "wall").samples != first.samples


def test_a_body_like_a_board_is_at_the_line_half_its_depth_before_its_middle() -> None:
    runner = Runner(stiff(20.0), passing(9.0, 6000.0, 0.0), across=True, lateral_mm=900.0)
    assert truth(runner, 9.0) == pytest.approx(9.0 - 0.010 / 6.0, abs=1e-8)


def test_acceleration_moves_the_truth_as_the_quadratic_says() -> None:
    runner = Runner(stiff(240.0), passing(9.0, 1000.0, 200.0), across=True, lateral_mm=900.0)
    by_hand = (-1000.0 + math.sqrt(1000.0**2 - 2.0 * 200.0 * 120.0)) / 200.0
    assert truth(runner, 9.0) == pytest.approx(9.0 + by_hand, abs=1e-8)


def test_a_trunk_turned_a_quarter_leads_by_half_its_width() -> None:
    runner = Runner(stiff(yaw=math.pi / 2, width_mm=430.0), Course(0.0, 0.0, 0.0), across=True, lateral_mm=900.0)
    assert runner.extent_mm(0.0) == pytest.approx(215.0)


def test_an_elbow_leads_the_back_by_no_more_than_its_lead() -> None:
    build = stiff(elbow_lead_mm=150.0, elbow_fill=0.5)
    runner = Runner(build, Course(0.0, 0.0, 0.0), across=True, lateral_mm=900.0)
    leads = [foremost(runner, i * 0.01) - runner.back_mm(i * 0.01) for i in range(200)]
    assert max(leads) == pytest.approx(150.0, abs=0.5)


def test_the_truth_is_the_first_time_at_the_line_in_spite_of_sway() -> None:
    case = gate_passage(3, Gait.WALK, 10, "open", speed_mps=0.6)
    build = stiff(sway_mm=15.0, step_hz=2.0)
    runner = Runner(build, passing(9.0, 600.0, 0.0), across=True, lateral_mm=900.0)
    back = truth(runner, 9.0)
    assert all(runner.back_mm(back - i * 1e-3) < 0.0 for i in range(1, 900))
    assert case.back_ns is not None


def test_the_gait_decides_when_a_rep_may_end() -> None:
    for gait in Gait:
        for seed in range(8):
            case = gate_passage(seed, gait, 10, "open")
            assert case.back_ns is not None
            window = finish_window(case.distance_m, gait)
            assert window.earliest_s <= (case.back_ns - case.go_ns) / 1e9 <= window.latest_s


def test_the_break_by_the_three_measures_is_what_geometry_says() -> None:
    build = stiff(240.0, width_mm=430.0)
    case = gate_passage(5, Gait.JOG, 25, "open", build=build, speed_mps=2.5, lateral_mm=800.0, light=DARK)
    periods = 1.0 / (case.speed_mps * 1000.0 * case.period_s)
    assert case.axis_periods == pytest.approx(240.0 * periods, rel=0.02)
    middle = 800.0 + build.arm_radius_mm - 30.0 + 215.0
    slope = math.tan(math.radians(13.5))
    by_hand = 2.0 * (slope * middle + math.hypot(120.0, slope * 215.0)) * periods
    assert case.break_periods == pytest.approx(by_hand, rel=0.06)
    assert case.axis_periods < case.seen_periods < 1.3 * case.break_periods


def test_before_a_wall_the_break_lies_evenly_about_the_torsos_middle() -> None:
    errors = []
    for seed in range(12):
        case = gate_passage(seed, Gait.JOG, 100, "wall", build=stiff(), speed_mps=2.0, wall_mm=2000.0, light=DARK)
        pull = [(t, max(2010.0 - r - 50.0, 0.0)) for t, r in valid(case)]
        middle = sum(t * w for t, w in pull) / sum(w for _, w in pull)
        errors.append(middle * 1000.0 * case.speed_mps - 120.0)
    assert abs(mean(errors)) < 4.0
    assert max(map(abs, errors)) < 15.0


def test_the_range_falls_and_rises_through_the_values_between_wall_and_body() -> None:
    case = gate_passage(2, Gait.WALK, 10, "wall", speed_mps=0.6, lateral_mm=300.0, wall_mm=2050.0, light=DARK)
    ranges = [r for _, r in valid(case)]
    assert min(ranges) < 500
    assert any(600 < r < 1900 for r in ranges)
    assert 2030 < ranges[0] < 2110


def test_motion_at_the_edges_gives_status_7_and_a_still_scene_none() -> None:
    edges = [s.status for seed in range(40) for s in gate_passage(seed, Gait.RUN, 10, "wall", light=DARK).samples]
    still = hard_case("phantoms", 1, Gait.RUN, 10, "wall", light=DARK)
    assert 10 <= edges.count(RangeStatus.WRAP_AROUND) <= 120
    assert all(s.status == 0 for s in still.samples)


def test_without_status_only_the_range_is_left() -> None:
    case = gate_passage(4, Gait.JOG, 25, "open", record="range")
    assert all(s.status is None and s.signal_kcps is None and s.ambient_kcps is None for s in case.samples)
    assert any(s.range_mm is not None for s in case.samples)


def test_every_case_begins_with_at_least_a_second_and_a_half_of_empty_beam() -> None:
    for name in HARD_CASES:
        case = hard_case(name, 3, Gait.JOG, 41, "wall", light=DARK)
        begin = case.samples[0].t_ns
        lead = [s.range_mm or 0 for s in case.samples if s.t_ns < begin + 1_500_000_000]
        assert max(lead) - min(lead) < 60, name


def test_ordinary_passages_begin_with_an_empty_beam_too_unless_the_go_is_nearer() -> None:
    for seed in range(20):
        case = gate_passage(seed, Gait.RUN, 41, "wall", light=DARK)
        begin = case.samples[0].t_ns
        lead = [s.range_mm or 0 for s in case.samples if s.t_ns < begin + 1_500_000_000]
        assert max(lead) - min(lead) < 80


@pytest.mark.parametrize("gait", list(Gait))
def test_what_tempts_before_a_human_can_arrive_is_gone_by_then(gait: Gait) -> None:
    for name in ("dog-early", "ball-early"):
        for seed in range(4):
            case = hard_case(name, seed, gait, 41, "open")
            (decoy,) = case.decoys
            assert decoy.first_ns / 1e9 >= GO_S
            assert decoy.first_ns / 1e9 < GO_S + human_limit_s(case.distance_m)
            assert case.back_ns is not None
            assert decoy.last_ns < case.back_ns


@pytest.mark.parametrize("name", ["dog-window", "person-beside", "elbow", "coach", "ball-window"])
def test_a_decoy_is_gone_before_the_athletes_body_comes(name: str) -> None:
    for seed in range(3):
        case = hard_case(name, seed, Gait.JOG, 41, "wall")
        assert case.expected == "finish"
        assert case.back_ns is not None
        assert case.decoys[0].last_ns < case.back_ns


def test_the_special_answers_are_these() -> None:
    assert hard_case("phantoms", 1, Gait.RUN, 10, "open").expected == "dnf"
    assert hard_case("start-inside", 1, Gait.JOG, 10, "open").expected == "dnf"
    late = hard_case("behind-schedule", 1, Gait.JOG, 10, "open")
    assert late.reps[0].flags == ("late",)
    assert (late.back_ns or 0) - late.go_ns > finish_window(late.distance_m, Gait.JOG).timeout_s * 1e9
    first, second = hard_case("two-reps", 1, Gait.RUN, 10, "open").reps
    assert (second.back_ns or 0) > (first.back_ns or 0)


def test_who_stops_in_the_beam_stays_in_it_after_the_truth() -> None:
    case = hard_case("stops-in-beam", 2, Gait.JOG, 25, "wall", light=DARK)
    during = [r for t, r in valid(case) if 0.5 < t < 2.5]
    assert max(during) < (case.background_mm or 0) - 200


def test_who_walks_back_is_seen_again() -> None:
    case = hard_case("walk-back", 2, Gait.JOG, 25, "wall", light=DARK)
    (decoy,) = case.decoys
    during = [s.range_mm for s in case.samples if decoy.first_ns < s.t_ns < decoy.last_ns and s.range_mm]
    assert min(during) < (case.background_mm or 0) - 200
    assert decoy.first_ns > (case.back_ns or 0) + 2_000_000_000
