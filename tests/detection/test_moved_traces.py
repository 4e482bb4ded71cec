"""Shift a trace, stretch its time, scale its lane or leave readings out: the answer moves with it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from retro_timer.detection.config import WatchConfig
from retro_timer.ports import Placement, RangeSample
from retro_timer.store.traces import TraceReader
from tests.helpers.replaying import Event, Scene, of, rep, replayed, replayed_file, sampled

pytestmark = pytest.mark.slow

WALL_MM = 2000
BODY_MM = 900
TORSO_M = 0.24
HALF_CONE_M = 0.216
"""27 degrees at 0.9 m."""
GATE = WatchConfig(placement=Placement.GATE, background_mm=WALL_MM)
OPEN_GATE = WatchConfig(placement=Placement.GATE)
GAITS = {"walk": 1.1, "jog": 2.3, "run": 4.0}
DISTANCE_M = 10.0
RUNS = settings(max_examples=settings().max_examples // 4)


def gate_scene(speed_mps: float, back_at_s: float, behind_mm: int | None, mm: float = 1.0) -> Scene:
    """A torso through a cone: the ideal passage, its back on the axis at `back_at_s`. `mm` scales all ranges."""

    def look(t_s: float) -> tuple[int | None, int | None, float | None]:
        back = (t_s - back_at_s) * speed_mps
        shown = min(back, HALF_CONE_M) - max(back - TORSO_M, -HALF_CONE_M)
        cover = max(0.0, shown) / (2.0 * HALF_CONE_M)
        body, wall = 3000.0 * cover, 0.0 if behind_mm is None else 600.0 * (1.0 - cover)
        if body + wall < 60.0:
            return None, 2, 8.0
        mixed = (body * BODY_MM + wall * (behind_mm or 0)) / (body + wall)
        return round(mixed * mm), 0, body + wall

    return look


def passage(gait: str, behind_mm: int | None, rate_hz: float) -> tuple[list[RangeSample], float]:
    """Readings of a rep that starts at 0, and when its back is at the line."""
    speed = GAITS[gait]
    back_s = DISTANCE_M / speed + 0.7
    return sampled(gate_scene(speed, back_s, behind_mm), back_s + 3.0, rate_hz=rate_hz, from_s=-2.0), back_s


def finish(events: Sequence[Event]) -> Event:
    (found,) = of(events, "finish")
    assert of(events, "obstacle", "sensor", "crossing_withdrawn", "dnf") == []
    return found


def config_of(behind_mm: int | None) -> WatchConfig:
    return OPEN_GATE if behind_mm is None else GATE


def moved(samples: Sequence[RangeSample], shift_s: float, stretch: float = 1.0) -> list[RangeSample]:
    """The same readings at other times."""
    return [msgspec.structs.replace(s, t_ns=round((s.t_ns * stretch) + shift_s * 1e9)) for s in samples]


def thinned(samples: Sequence[RangeSample], share: float, seed: int) -> list[RangeSample]:
    """As if a share of the readings had been lost."""
    rng = random.Random(seed)
    return [s for s in samples if rng.random() >= share]


gaits = st.sampled_from(sorted(GAITS))
backgrounds = st.sampled_from([None, WALL_MM])
rates = st.sampled_from([25.0, 41.0, 100.0])


@RUNS
@given(gaits, backgrounds, rates)
def test_a_clean_passage_is_timed_within_its_own_interval(gait: str, behind: int | None, rate_hz: float) -> None:
    samples, back_s = passage(gait, behind, rate_hz)
    told = finish(replayed(samples, config_of(behind), rep(0.0, DISTANCE_M, gait)))
    assert abs(told["time_s"] - back_s) <= told["uncertainty_s"]


@RUNS
@given(gaits, backgrounds, rates, st.floats(0.0, 50_000.0))
def test_a_trace_that_begins_later_gives_the_same_time_later(
    gait: str, behind: int | None, rate_hz: float, shift_s: float
) -> None:
    samples, _ = passage(gait, behind, rate_hz)
    before = finish(replayed(samples, config_of(behind), rep(0.0, DISTANCE_M, gait)))
    after = finish(replayed(moved(samples, shift_s), config_of(behind), rep(shift_s, DISTANCE_M, gait)))
    assert after["time_s"] == pytest.approx(before["time_s"], abs=1e-4)
    assert after["uncertainty_s"] == pytest.approx(before["uncertainty_s"], abs=1e-4)
    assert after["t_s"] == pytest.approx(before["t_s"] + shift_s, abs=1e-4)


@RUNS
@given(gaits, backgrounds, st.floats(0.8, 1.25))
def test_a_trace_that_runs_slower_gives_a_time_that_much_longer(gait: str, behind: int | None, stretch: float) -> None:
    samples, back_s = passage(gait, behind, 41.0)
    told = finish(replayed(moved(samples, 0.0, stretch), config_of(behind), rep(0.0, DISTANCE_M, gait)))
    assert abs(told["time_s"] - back_s * stretch) <= 1.5 * told["uncertainty_s"]


@RUNS
@given(gaits, st.floats(0.6, 1.3))
def test_a_lane_that_is_nearer_or_farther_gives_the_same_time(gait: str, scale: float) -> None:
    """The cone's width goes with the range, so the passage is the same one to a runner that much deeper and faster."""
    speed = GAITS[gait]
    back_s = DISTANCE_M / speed + 0.7
    scene = gate_scene(speed, back_s, WALL_MM, scale)
    config = WatchConfig(
        placement=Placement.GATE, background_mm=round(WALL_MM * scale), torso_mm=1000.0 * TORSO_M * scale
    )
    told = finish(replayed(sampled(scene, back_s + 3.0, from_s=-2.0), config, rep(0.0, DISTANCE_M, gait)))
    assert abs(told["time_s"] - back_s) <= 1.5 * told["uncertainty_s"]


@RUNS
@given(gaits, backgrounds, st.floats(0.0, 0.3), st.integers(0, 10_000))
def test_a_trace_with_readings_left_out_gives_the_same_time_and_says_that_it_knows_it_less_well(
    gait: str, behind: int | None, share: float, seed: int
) -> None:
    samples, back_s = passage(gait, behind, 100.0)
    told = finish(replayed(thinned(samples, share, seed), config_of(behind), rep(0.0, DISTANCE_M, gait)))
    assert abs(told["time_s"] - back_s) <= 1.5 * told["uncertainty_s"] + 0.005


@pytest.mark.parametrize("gait", sorted(GAITS))
@pytest.mark.parametrize("every", [2, 4])
def test_fewer_readings_make_no_narrower_interval(gait: str, every: int) -> None:
    samples, _ = passage(gait, WALL_MM, 100.0)
    whole = finish(replayed(samples, GATE, rep(0.0, DISTANCE_M, gait)))
    less = finish(replayed(samples[::every], GATE, rep(0.0, DISTANCE_M, gait)))
    assert less["uncertainty_s"] > 0.98 * whole["uncertainty_s"]


def recorded(traces: Path, name: str) -> list[RangeSample]:
    reader = TraceReader(traces / name)
    try:
        return list(reader)
    finally:
        reader.close()


@settings(max_examples=settings().max_examples // 4)
@given(shift_s=st.floats(0.0, 5_000.0), share=st.floats(0.0, 0.15), seed=st.integers(0, 1000))
@example(shift_s=0.0, share=0.125, seed=39)
def test_the_recorded_walk_moved_and_thinned_stays_one_finish_at_its_place(
    traces: Path, shift_s: float, share: float, seed: int
) -> None:
    samples = recorded(traces, "doorway-walk.csv")
    (whole,) = of(replayed_file(traces / "doorway-walk.csv", Placement.GATE, rep(0, 5, "walk")), "finish")
    changed = thinned(moved(samples, shift_s), share, seed)
    (told,) = of(replayed(changed, OPEN_GATE, rep(shift_s, 5, "walk")), "finish")
    assert abs(told["time_s"] - whole["time_s"]) <= told["uncertainty_s"] + whole["uncertainty_s"]


def approach_scene(speed_mps: float, at_line_s: float, finish_m: float) -> Scene:
    """Somebody who comes up the lane at a steady speed and stops beyond the line."""

    def look(t_s: float) -> tuple[int | None, int | None, float | None]:
        away_m = max(0.6, finish_m + (at_line_s - t_s) * speed_mps)
        if away_m > 7.5:
            return None, 2, 8.0
        return round(away_m * 1000.0), 0, 3000.0 / away_m**2

    return look


@RUNS
@given(st.sampled_from(["walk", "jog"]), st.floats(0.0, 10_000.0), st.floats(0.0, 0.3), st.integers(0, 1000))
def test_an_approach_moved_and_thinned_is_timed_within_its_own_interval(
    gait: str, shift_s: float, share: float, seed: int
) -> None:
    speed = GAITS[gait]
    at_line_s = 20.0 / speed + 0.7
    config = WatchConfig(placement=Placement.BELT, finish_range_mm=2000, fov_deg=2.0)
    samples = sampled(approach_scene(speed, at_line_s, 2.0), at_line_s + 2.0, rate_hz=100.0)
    changed = thinned(moved(samples, shift_s), share, seed)
    (told,) = of(replayed(changed, config, rep(shift_s, 20.0, gait)), "finish")
    assert abs(told["time_s"] - at_line_s) <= told["uncertainty_s"] + 0.005
