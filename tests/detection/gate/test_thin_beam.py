"""A TF-Luna as gate: the back's edge, not the arm's before it, is what stops the clock."""

from __future__ import annotations

import math

import pytest

from benchmarks.physics import gate_passage
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.gate.crossing_fit import solve
from retro_timer.detection.gate.torso import TOO_BRIEF
from retro_timer.detection.passages import BeamEntry, Break
from retro_timer.detection.readings import Kind
from retro_timer.training.gaits import Gait
from tests.helpers.replaying import of, rep, replayed

CONFIG = WatchConfig(fov_deg=2.0)
SPEED_MPS, BACK_S = 2.0, 3.0
NEAR_MM, HALF_SHOULDERS_MM, HALF_DEPTH_MM = 1000.0, 215.0, 120.0


def seen(past_mm: float, arm_mm: tuple[float, float] | None) -> tuple[float, float]:
    """Range and light of a line through the body, so far behind its back; no light beside it."""
    x = (past_mm - HALF_DEPTH_MM) / HALF_DEPTH_MM
    if arm_mm is not None and -arm_mm[0] < past_mm < -arm_mm[1]:
        return NEAR_MM, 900.0
    if abs(x) >= 1.0:
        return 0.0, 0.0
    across = math.sqrt(1.0 - x * x)
    light = 2000.0 * across / math.hypot(across, x * HALF_SHOULDERS_MM / HALF_DEPTH_MM)
    return NEAR_MM + HALF_SHOULDERS_MM * (1.0 - across), light


def passing(
    rate_hz: float,
    arm_mm: tuple[float, float] | None = None,
    phantom: bool = False,
    brightness: float = 1.0,
    stops_mm: float = math.inf,
) -> Break:
    """A trunk, an ellipse, through a beam of 2° in an open field; an arm from and to so far before its back.

    `stops_mm`: it goes no farther than with its back so far beyond the axis.
    """
    entries = []
    half_mm = CONFIG.cone_half_width_m(NEAR_MM / 1000.0) * 1000.0
    for index in range(round(2.0 * rate_hz)):
        t_s = BACK_S - 1.0 + index / rate_hz
        past_mm = min(stops_mm, 1000.0 * SPEED_MPS * (t_s - BACK_S))
        half_way_mm = 500.0 * SPEED_MPS / rate_hz
        lines = [
            seen(past_mm + half_mm * k / 4.0 + half_way_mm * j / 2.0, arm_mm) for k in range(-4, 5) for j in (-1, 1)
        ]
        full = sum(one for _, one in lines) / len(lines)
        range_mm = sum(mm * one for mm, one in lines) / max(1.0, full * len(lines))
        light = brightness * full
        if phantom and index == round(0.93 * rate_hz):
            range_mm, light = NEAR_MM, 1500.0
        hit = light > 100.0
        kind = Kind.TARGET if hit else Kind.NOTHING
        entries.append(BeamEntry(round(t_s * 1e9), kind, hit, round(range_mm) if hit else None, light))
    return Break(entries, None, 10.0, 20.0, 1.0 / rate_hz, 1.0 / rate_hz, 2.0, 1.5, 3.2, over=math.isinf(stops_mm))


@pytest.mark.parametrize("rate_hz", [100.0, 250.0])
def test_flanks_so_dark_that_they_give_no_range_are_a_part_of_the_trunk(rate_hz: float) -> None:
    broken = passing(rate_hz, brightness=0.1)
    hits_s = [e.t_ns / 1e9 for e in broken.entries if e.hit]
    assert SPEED_MPS * (hits_s[-1] - hits_s[0]) < 0.19
    solved = solve(broken, CONFIG)
    assert not solved.refusal
    assert abs(solved.back_ns / 1e9 - BACK_S) <= solved.uncertainty_ns / 1e9
    assert solved.back_ns / 1e9 < hits_s[0]


@pytest.mark.parametrize("rate_hz", [100.0, 250.0])
@pytest.mark.parametrize("arm_mm", [None, (60.0, 0.0), (130.0, 60.0)])
def test_the_back_is_timed_whether_an_arm_leads_it_or_not(rate_hz: float, arm_mm: tuple[float, float] | None) -> None:
    solved = solve(passing(rate_hz, arm_mm), CONFIG)
    error_s = solved.back_ns / 1e9 - BACK_S
    assert not solved.refusal
    assert abs(error_s) <= max(1.0 / rate_hz, 0.025 / SPEED_MPS)
    assert abs(error_s) <= solved.uncertainty_ns / 1e9


@pytest.mark.parametrize("rate_hz", [100.0, 250.0])
@pytest.mark.parametrize("arm_mm", [None, (60.0, 0.0), (130.0, 60.0)])
def test_who_stops_in_the_beam_is_timed_by_the_back_and_not_by_the_arm_before_it(
    rate_hz: float, arm_mm: tuple[float, float] | None
) -> None:
    solved = solve(passing(rate_hz, arm_mm, stops_mm=HALF_DEPTH_MM), CONFIG)
    assert not solved.refusal
    assert abs(solved.back_ns / 1e9 - BACK_S) <= solved.uncertainty_ns / 1e9 <= 0.12 / SPEED_MPS


def test_a_flat_break_of_a_trunk_s_length_is_a_trunk_with_an_arm_before_it() -> None:
    """And no elbow with the end of a trunk behind it."""
    solved = solve(passing(250.0, (0.0, -2.0 * HALF_DEPTH_MM)), CONFIG)
    assert solved.back_ns is not None
    assert abs(solved.back_ns / 1e9 - BACK_S) * SPEED_MPS < 0.015


@pytest.mark.parametrize("rate_hz", [100.0, 250.0])
def test_of_a_bare_trunk_whose_flanks_are_seen_2_3_cm_are_told(rate_hz: float) -> None:
    """More would take its flanks for arms."""
    solved = solve(passing(rate_hz), CONFIG)
    assert 0.015 < solved.uncertainty_ns / 1e9 * SPEED_MPS < 0.023


def test_one_phantom_before_the_back_moves_the_time_by_less_than_its_interval() -> None:
    with_it, without = solve(passing(100.0, phantom=True), CONFIG), solve(passing(100.0), CONFIG)
    assert abs(with_it.back_ns - without.back_ns) <= with_it.uncertainty_ns


def test_what_is_flat_and_stays_in_the_beam_is_an_arm() -> None:
    step_ns = 4_000_000
    entries = [
        BeamEntry(i * step_ns, Kind.TARGET, True, 1000, 900.0)
        if 100 <= i < 210
        else BeamEntry(i * step_ns, Kind.NOTHING, False, None, 10.0)
        for i in range(400)
    ]
    held = Break(entries, None, 10.0, 20.0, 0.004, 0.004, 2.0, 1.5, 3.2, over=True)
    assert solve(held, CONFIG).refusal == "too flat for a torso"


def test_a_hit_without_its_light_makes_no_body_of_the_empty_field() -> None:
    entries = [BeamEntry(i * 10_000_000, Kind.NOTHING, False, None, 10.0) for i in range(200)]
    for i, light in enumerate((900.0, None, 900.0), start=100):
        entries[i] = BeamEntry(i * 10_000_000, Kind.TARGET, True, 1000, light)
    hand = Break(entries, None, 10.0, 20.0, 0.01, 0.01, 2.0, 1.5, 3.2, over=True)
    assert solve(hand, CONFIG).refusal == TOO_BRIEF


@pytest.mark.parametrize("rate_hz", [100.0, 250.0])
@pytest.mark.parametrize("gait", list(Gait))
def test_a_simulated_passage_is_one_finish_near_the_truth(gait: Gait, rate_hz: float) -> None:
    case = gate_passage(7, gait, rate_hz, "open", luna=True)
    config = WatchConfig(fov_deg=2.0, budget_ns=case.spec.budget_ns)
    (found,) = of(replayed(case.samples, config, rep(case.go_ns / 1e9, case.distance_m, gait)), "finish")
    assert case.back_ns is not None
    assert abs(found["time_s"] - (case.back_ns - case.go_ns) / 1e9) * case.speed_mps < 0.1
