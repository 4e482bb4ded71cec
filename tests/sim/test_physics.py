"""The simulated world: runners that move like people, and a sensor that measures and lies like the real one."""

from __future__ import annotations

import random
import statistics
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.errors import SensorFaultError
from retro_timer.ports import Placement, RangeStatus
from retro_timer.sensors import tf_luna, vl53l1x
from retro_timer.sensors.known import spec_of
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.calibration import Calibration, SensorCalibration
from retro_timer.sim.motion import Run, draw_style
from retro_timer.sim.optics import Reading, Surface, View, count_photons, weigh_light
from retro_timer.sim.scenario import Fault, FaultKind, Intruder, Light, RunnerChange, Scenario
from retro_timer.sim.sensor import SimSensor
from retro_timer.sim.world import World
from retro_timer.training.gaits import Gait, finish_window

S = 1_000_000_000
GAITS = st.sampled_from(Gait)
SEEDS = st.integers(0, 2**32)
DISTANCES = st.floats(5.0, 100.0)


def run_of(seed: int, gait: Gait, distance_m: float) -> Run:
    return Run(draw_style(gait, random.Random(seed)), distance_m)


@given(SEEDS, GAITS, st.floats(20.0, 50.0))
def test_a_usual_runner_finishes_within_the_gaits_window(seed: int, gait: Gait, distance_m: float) -> None:
    finish_s = run_of(seed, gait, distance_m).finish_s()
    window = finish_window(distance_m, gait)
    assert finish_s is not None
    assert window.human_limit_s < finish_s < window.latest_s


@given(SEEDS, GAITS, st.floats(5.0, 50.0))
def test_the_truth_is_the_moment_when_the_back_first_reaches_the_line(seed: int, gait: Gait, distance_m: float) -> None:
    run = run_of(seed, gait, distance_m)
    finish_s = run.finish_s()
    assert finish_s is not None
    assert run.back_m(finish_s) == pytest.approx(distance_m, abs=0.01)
    before = [run.back_m(finish_s - n * 0.002) for n in range(1, 100)]
    assert max(before) <= distance_m + 1e-6


@given(SEEDS, GAITS)
def test_a_runner_stands_at_the_start_reacts_accelerates_brakes_and_walks_home(seed: int, gait: Gait) -> None:
    run = run_of(seed, gait, 20.0)
    assert run.back_m(0.0) == 0.0
    assert run.back_m(run.style.reaction_s) == pytest.approx(0.0, abs=0.02)
    assert 0.1 < run.style.reaction_s < 1.0
    assert run.stop_m > 20.0
    assert run.walks_back(run.turn_s)
    assert run.back_m(run.home_s) == pytest.approx(0.0, abs=1e-6)
    positions = [run.back_m(n * 0.01) for n in range(round(run.home_s * 100))]
    assert max(abs(b - a) for a, b in pairwise(positions)) < 0.12


@given(SEEDS, GAITS, DISTANCES)
def test_a_usual_runner_is_never_given_up(seed: int, gait: Gait, distance_m: float) -> None:
    finish_s = run_of(seed, gait, distance_m).finish_s()
    assert finish_s is not None
    assert finish_s < finish_window(distance_m, gait).timeout_s


def test_who_gives_up_never_reaches_the_line() -> None:
    style = draw_style(Gait.JOG, random.Random(1), stops_at_m=8.0)
    assert Run(style, 20.0).finish_s() is None


@given(SEEDS)
def test_elbows_reach_out_beyond_the_back_now_and_then(seed: int) -> None:
    run = run_of(seed, Gait.JOG, 20.0)
    reaches = [run.elbow_m(n * 0.01) for n in range(300)]
    assert min(reaches) >= 0.0
    assert 0.0 < max(reaches) <= run.style.elbow_m


def readings(view: View, mode: str = "short", count: int = 2000, budget_ms: float = 20.0) -> list[Reading]:
    rng = random.Random(1)
    return [count_photons(view, vl53l1x.OPTICS[mode], budget_ms, rng) for _ in range(count)]


def ranges_of(found: Iterable[Reading]) -> list[int]:
    return [r.range_mm for r in found if r.range_mm is not None]


def test_a_wall_in_the_shade_is_measured_within_the_data_sheets_error() -> None:
    found = readings(View((Surface(1000.0, 1.0, 0.5),)))
    assert {r.status for r in found} == {RangeStatus.VALID}
    assert statistics.fmean(ranges_of(found)) == pytest.approx(1000.0, abs=2.0)
    assert 1.0 < statistics.pstdev(ranges_of(found)) < 25.0


def test_nothing_in_the_shade_is_a_weak_signal_and_no_range() -> None:
    assert {(r.range_mm, r.status) for r in readings(View())} == {(None, RangeStatus.SIGNAL_FAIL)}


def test_in_the_sun_an_empty_field_returns_phantoms_most_of_them_with_a_bad_status() -> None:
    found = readings(View((), 45_000.0), "long")
    phantoms = [r for r in found if r.range_mm is not None]
    assert 0.5 < len(phantoms) / len(found) <= 1.0
    assert max(ranges_of(phantoms)) < 1000
    statuses = Counter(r.status for r in phantoms)
    assert 0 < statuses[RangeStatus.VALID] < 0.2 * len(phantoms)


@pytest.mark.parametrize(("mode", "far_mm"), [("short", 1500.0), ("medium", 3100.0), ("long", 3900.0)])
def test_beyond_a_modes_range_nothing_is_seen(mode: str, far_mm: float) -> None:
    assert all(r.range_mm is None for r in readings(View((Surface(far_mm, 1.0, 0.9),)), mode, 200))


def test_a_body_that_half_covers_a_wall_gives_ranges_between_and_doubtful_ones() -> None:
    found = readings(View((Surface(800.0, 0.4, 0.3), Surface(1200.0, 0.6, 0.5))))
    assert {r.status for r in found} == {RangeStatus.VALID, RangeStatus.WRAP_AROUND}
    assert len(ranges_of(found)) == len(found)
    assert 750 < min(ranges_of(found)) <= max(ranges_of(found)) < 1250


def test_a_tf_luna_sees_white_far_and_dark_near() -> None:
    rng = random.Random(1)
    assert weigh_light(View((Surface(7000.0, 1.0, 0.9),)), tf_luna.OPTICS, rng).range_mm is not None
    assert weigh_light(View((Surface(7000.0, 1.0, 0.05),)), tf_luna.OPTICS, rng).range_mm is None
    near_mm = weigh_light(View((Surface(2000.0, 1.0, 0.05),)), tf_luna.OPTICS, rng).range_mm
    assert near_mm is not None
    assert near_mm % 10 == 0
    assert weigh_light(View((Surface(100.0, 1.0, 0.9),)), tf_luna.OPTICS, rng).range_mm is None


GATE = SensorSettings()
REAR = SensorSettings(name="rear", model="tf-luna", placement=Placement.LANE_END)


def world(scenario: Scenario, *sensors: SensorSettings, seed: int = 1) -> World:
    made = World(scenario, [spec_of(s) for s in sensors or (GATE,)], 2.0, seed)
    made.begin(0)
    return made


def go(made: World, t_s: float, rep: int = 1, athlete: str = "Runner") -> None:
    made.hear(
        {"event": "go", "t_ns": round(t_s * S), "rep": rep, "distance_m": 20.0, "gait": "jog", "athlete": athlete}
    )


def nearest_mm(made: World, t_s: float, sensor: str = "gate") -> float | None:
    surfaces = made.view(sensor, round(t_s * S)).surfaces
    return min((s.range_mm for s in surfaces), default=None)


def test_the_beam_is_broken_when_the_torso_is_on_the_line_and_not_before() -> None:
    made = world(Scenario())
    go(made, 10.0)
    truth_ns = made.truths_ns[1]
    assert truth_ns is not None
    truth_s = truth_ns / S
    assert nearest_mm(made, truth_s - 0.6) == 2000.0
    assert nearest_mm(made, truth_s + 0.02) == pytest.approx(900.0, abs=130.0)
    assert nearest_mm(made, truth_s + 2.0) == 2000.0


def test_who_runs_faster_on_another_rep_has_another_truth() -> None:
    made = world(Scenario(runners=(RunnerChange(rep=2, speed_mps=3.0), RunnerChange(athlete="Bea", speed_mps=1.6))))
    for rep, athlete in ((1, "Ann"), (2, "Ann"), (3, "Bea")):
        go(made, 0.0, rep, athlete)
    usual, fast, slow = (made.truths_ns[rep] or 0 for rep in (1, 2, 3))
    assert fast < usual < slow


def test_an_intruder_stands_in_the_beam_for_its_time_only() -> None:
    made = world(Scenario(intruders=(Intruder(at_s=5.0, stays_s=2.0, range_m=0.6),)))
    assert [nearest_mm(made, t) for t in (4.9, 5.0, 7.0, 7.1)] == [2000.0, 600.0, 600.0, 2000.0]


def test_an_intruder_of_a_rep_comes_after_its_go() -> None:
    made = world(Scenario(intruders=(Intruder(rep=2, at_s=1.0, stays_s=1.0, range_m=0.6),)))
    go(made, 0.0, 1)
    assert nearest_mm(made, 1.5) == 2000.0
    go(made, 100.0, 2)
    assert nearest_mm(made, 101.5) == 600.0


def test_from_the_lanes_end_the_runner_closes_in() -> None:
    made = world(Scenario(), REAR)
    go(made, 0.0)
    ranges = [mm for t in (4.0, 6.0, 8.0) if (mm := nearest_mm(made, t, "rear")) is not None]
    assert len(ranges) == 3
    assert ranges == sorted(ranges, reverse=True)


def test_the_light_changes_when_it_should() -> None:
    made = world(Scenario(light=(Light(at_s=60.0, ambient_kcps=70_000.0), Light(at_s=0.0, ambient_kcps=3000.0))))
    assert [made.ambient_kcps(t * S) for t in (0, 59, 60, 600)] == [3000.0, 3000.0, 70_000.0, 70_000.0]


def sensor(scenario: Scenario, calibration: Calibration | None = None, seed: int = 1) -> SimSensor:
    return SimSensor(GATE, calibration or Calibration(), world(scenario, seed=seed), seed)


@pytest.mark.parametrize("kind", list(FaultKind))
def test_a_fault_shows_while_it_lasts_and_no_longer(kind: FaultKind) -> None:
    made = sensor(Scenario(background_m=1.0, faults=(Fault(kind=kind, at_s=5.0, lasts_s=2.0),)))

    def seen(from_s: float) -> list[Any]:
        found: list[int | str | None] = []
        for n in range(40):
            try:
                found.append(made.sample_at(round((from_s + n * 0.024) * S)).range_mm)
            except SensorFaultError as fault:
                found.append(fault.reason)
        return found

    assert all(abs(r - 1000) < 60 for r in seen(3.0))
    during = seen(5.5)
    if kind is FaultKind.DEAD:
        assert set(during) == {"no-answer"}
    elif kind is FaultKind.FROZEN:
        assert len(set(during)) == 1
    elif kind is FaultKind.COVERED:
        assert all(30 < r < 75 for r in during)
    else:
        assert len(set(during)) > 30
    assert all(abs(r - 1000) < 60 for r in seen(8.0))


def test_the_calibrations_offset_is_added() -> None:
    shifted = Calibration(sensors={"gate": SensorCalibration(placement="gate", offset_mm=50)})
    day = Scenario(background_m=1.0)
    plain_mm, moved_mm = (made.sample_at(0).range_mm for made in (sensor(day), sensor(day, shifted)))
    assert plain_mm is not None
    assert moved_mm == plain_mm + 50


@given(SEEDS)
def test_the_same_seed_measures_the_same_and_another_one_otherwise(seed: int) -> None:
    one, same, other = (sensor(Scenario(background_m=1.0), seed=n) for n in (seed, seed, seed + 1))
    times = [n * 24_000_000 for n in range(20)]
    assert [one.sample_at(t) for t in times] == [same.sample_at(t) for t in times]
    assert [one.sample_at(t) for t in times] != [other.sample_at(t) for t in times]
