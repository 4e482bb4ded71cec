"""Who stands where the lane ends: behind it or in the way, on one side whatever single readings say."""

from __future__ import annotations

import random

import pytest

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.gate.bystander import Bystander
from retro_timer.ports import RangeSample
from tests.helpers.replaying import Event, of, rep, replayed

REACH_MM, LANE_MM = 1700, 900
GO_S, BACK_S, RATE_HZ = 12.0, 26.0, 25.0
CONFIG = WatchConfig(fov_deg=15.0, lane_reach_mm=float(REACH_MM))
NOISE_MM = 15.0


def told(stands_mm: float, *, leaves_s: float = 60.0) -> list[Event]:
    """Of somebody beside the lane from the fourth second on, and of a walker before them; ranges only, open field."""
    rng = random.Random(round(stands_mm))
    samples = []
    for index in range(round(34.0 * RATE_HZ)):
        t_s = 1.0 + index / RATE_HZ
        seen_mm = None if not 4.0 <= t_s < leaves_s else stands_mm + rng.gauss(0.0, NOISE_MM)
        if abs(t_s - BACK_S - 0.1) <= 0.3:
            seen_mm = LANE_MM + rng.gauss(0.0, NOISE_MM)
        samples.append(RangeSample(round(t_s * 1e9), None if seen_mm is None else round(seen_mm)))
    return replayed(samples, CONFIG, rep(GO_S, 15.0, "walk"))


@pytest.mark.parametrize("past_mm", [10, 25, 40])
def test_who_stands_beyond_the_lane_neither_finishes_a_rep_nor_costs_one(past_mm: int) -> None:
    events = told(REACH_MM + past_mm)
    assert len(of(events, "crossing")) == 1
    (finish,) = of(events, "finish")
    assert abs(finish["time_s"] - (BACK_S - GO_S)) <= max(finish["uncertainty_s"], 0.1)


def test_who_stands_just_within_it_is_in_the_way_all_the_while() -> None:
    warnings = of(told(REACH_MM - 15.0, leaves_s=11.0), "obstacle")
    assert [event["level"] for event in warnings] == ["warning", "clear"]


def standing(at_mm: int, seconds: float = 3.0, begin_s: float = 0.0) -> Bystander:
    """Somebody who has stood there."""
    found = Bystander()
    for index in range(round(seconds * RATE_HZ)):
        found.feed(at_mm, REACH_MM, round((begin_s + index / RATE_HZ) * 1e9))
    return found


def test_their_readings_are_on_their_side_of_the_limit_and_a_runner_s_are_the_runner_s() -> None:
    found, t_ns = standing(REACH_MM + 20), 3_000_000_000
    assert found.beyond_mm(t_ns) == REACH_MM + 20
    assert not found.in_lane(REACH_MM - 20, REACH_MM, t_ns)
    assert found.in_lane(REACH_MM - 80, REACH_MM, t_ns)
    within = standing(REACH_MM - 20)
    assert within.beyond_mm(t_ns) is None
    assert within.in_lane(REACH_MM + 20, REACH_MM, t_ns)
    assert not within.in_lane(REACH_MM + 80, REACH_MM, t_ns)


def test_who_sways_to_the_other_side_stays_on_theirs_and_who_steps_there_does_not() -> None:
    found = standing(REACH_MM + 20)
    for index in range(75):
        found.feed(REACH_MM - 20, REACH_MM, 3_000_000_000 + index * 40_000_000)
    assert found.beyond_mm(6_000_000_000) is not None
    for index in range(75):
        found.feed(REACH_MM - 50, REACH_MM, 6_000_000_000 + index * 40_000_000)
    assert found.beyond_mm(9_000_000_000) is None


def test_who_passes_or_has_left_is_nobody_who_stands_there() -> None:
    assert standing(REACH_MM + 20, seconds=1.5).at_mm(1_500_000_000) is None
    assert standing(REACH_MM + 20).at_mm(5_000_000_000) is None
    moving = Bystander()
    for index in range(100):
        moving.feed(REACH_MM + 200 - 2 * index, REACH_MM, index * 40_000_000)
    assert moving.at_mm(4_000_000_000) is None


def test_the_edges_of_whoever_passes_now_and_then_are_nobody_who_stands() -> None:
    """A body's edge mixes with the wall: a few readings of each of ten passers, all at one range."""
    found = Bystander()
    for index in range(1000):
        passer, after = divmod(index, 100)
        found.feed(2140 + 5 * (passer % 3) if after < 3 else None, REACH_MM, index * 40_000_000)
        assert found.at_mm(index * 40_000_000) is None
