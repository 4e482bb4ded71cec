"""The rules of the track from the lane's end, over traces that are made up to the millisecond."""

from __future__ import annotations

import pytest

from retro_timer.detection.config import WatchConfig
from retro_timer.ports import Placement
from tests.helpers.replaying import Look, Scene, of, rep, replayed, sampled


def approach(speed_mps: float, from_m: float, stop_m: float = 0.3, at_s: float = 3.0) -> Scene:
    def scene(t_s: float) -> Look:
        range_m = max(stop_m, from_m - speed_mps * max(0.0, t_s - at_s))
        return (round(range_m * 1000), 0, 800.0) if t_s >= at_s else (None, 2, 5.0)

    return scene


LANE_END = WatchConfig(placement=Placement.LANE_END, fov_deg=2.0, finish_range_mm=2000)


def test_from_the_lanes_end_the_rep_ends_where_the_range_closes_to_the_finish_range() -> None:
    scene = approach(2.0, 6.0, at_s=9.0)  # At 2 m two seconds later.
    events = replayed(sampled(scene, 14.0, rate_hz=100.0), LANE_END, rep(1.0, 20, "jog"))
    (finish,) = of(events, "finish")
    assert finish["time_s"] == pytest.approx(10.0, abs=0.1)
    assert finish["method"] == "lane-end"


def test_two_phantoms_that_agree_just_before_the_line_do_not_cost_the_finish() -> None:
    comes = approach(2.0, 6.0, at_s=9.0)  # At 2 m two seconds later.

    def scene(t_s: float) -> Look:
        return (400, 0, 60.0) if 10.93 <= t_s < 10.93 + 2.0 / 41.0 else comes(t_s)

    events = replayed(sampled(scene, 14.0), LANE_END, rep(1.0, 20, "jog"))
    (finish,) = of(events, "finish")
    assert finish["time_s"] == pytest.approx(10.0, abs=0.1)


def test_from_the_lanes_end_a_late_runner_is_followed_no_longer_than_another() -> None:
    runner, coach = approach(2.0, 6.0, at_s=24.0), approach(1.3, 6.0, at_s=45.0)

    def scene(t_s: float) -> Look:
        return runner(t_s) if t_s < 28.0 else coach(t_s) if t_s < 49.0 else (None, 2, 5.0)

    samples = sampled(scene, 55.0, rate_hz=100.0)
    for go_s, flags in ((0.0, ["late"]), (20.0, [])):
        events = replayed(samples, LANE_END, rep(go_s, 10, "jog"))
        assert [finish["flags"] for finish in of(events, "finish")] == [flags]
        assert [event for event in of(events, "obstacle") if event["t_s"] > 45.0] == []


def test_what_closes_in_before_the_runner_can_be_there_is_graded_by_its_distance() -> None:
    events = replayed(sampled(approach(1.5, 7.0), 9.0, rate_hz=100.0), LANE_END, rep(1.0, 50, "walk"))
    levels = [event["level"] for event in of(events, "obstacle")]
    assert "danger" in levels
    assert of(events, "finish", "crossing") == []
    ranges = [event["range_m"] for event in of(events, "obstacle") if event["range_m"] is not None]
    assert ranges == sorted(ranges, reverse=True)


def test_an_obstacle_that_leaves_is_told_to_be_gone() -> None:
    def scene(t_s: float) -> Look:
        return (900, 0, 800.0) if 3.0 <= t_s <= 5.0 else (None, 2, 5.0)

    events = replayed(sampled(scene, 8.0, rate_hz=100.0), LANE_END, rep(1.0, 50, "walk"))
    last = of(events, "obstacle")[-1]
    assert (last["level"], last["range_m"]) == ("clear", None)
    assert 5.4 <= last["t_s"] <= 6.2
