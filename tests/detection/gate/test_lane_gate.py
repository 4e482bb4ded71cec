"""One gate before four lanes, one rep open: whoever crosses in any of them is the runner, told once, with the lane."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise

import msgspec
import pytest

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import (
    Crossing,
    CrossingWithdrawn,
    DetectionEvent,
    Finish,
    LanesUnseen,
    Level,
    Obstacle,
    PassageOver,
    SensorChange,
    SensorState,
)
from retro_timer.detection.expectation import ARRIVAL, Awaited, Expectation, WatchMode
from retro_timer.detection.gate.lane_watch import LaneWatch
from retro_timer.detection.gate.unseen import UnseenLanes
from retro_timer.detection.lane_map import LaneMap
from retro_timer.detection.pipeline import Pipeline, pipeline_for
from retro_timer.detection.timing import decide
from retro_timer.ports import RangeSample

LANES = LaneMap(4, 1220.0, 400.0)
CONFIG = WatchConfig(fov_deg=2.0, period_ns=10_000_000, budget_ns=10_000_000, lanes=LANES)
PERIOD_NS, S = 10_000_000, 1_000_000_000
REP = Expectation(WatchMode.REP, rep=1, go_ns=0, earliest_ns=4 * S, distance_m=20.0, slow_speed_mps=1.5)
WALL_MM = 6300
Scene = Callable[[float], float | None]
"""The nearest range (mm) at a time (s), None for the wall."""


def body(back_s: float, lane: int, speed_mps: float = 2.4, *, off_mm: float = 0.0) -> Scene:
    """A trunk of 24 cm in a lane, whose back is at the line at `back_s`."""
    last_s, near_mm = back_s + 0.24 / speed_mps, LANES.middle_mm(lane) + off_mm
    return lambda t_s: near_mm if back_s <= t_s <= last_s else None


def stands(from_s: float, to_s: float, lane: int) -> Scene:
    return lambda t_s: LANES.middle_mm(lane) if from_s <= t_s <= to_s else None


def seen(judge: Pipeline, *scenes: Scene, until_s: float = 12.0, expected: Expectation = REP) -> list[DetectionEvent]:
    told: list[DetectionEvent] = []
    for n in range(round(until_s * S / PERIOD_NS)):
        t_ns = n * PERIOD_NS
        ranges = [mm for scene in scenes if (mm := scene(t_ns / S)) is not None]
        range_mm = round(min(ranges, default=WALL_MM))
        told += judge.feed(RangeSample(t_ns, range_mm, 0, 1500.0 if ranges else 300.0), expected)
    return told


def of(kind: type, told: list[DetectionEvent]) -> list[DetectionEvent]:
    return [event for event in told if isinstance(event, kind)]


@pytest.mark.parametrize("lane", [1, 2, 3, 4])
def test_a_runner_in_any_lane_is_timed_there(lane: int) -> None:
    told = seen(pipeline_for(CONFIG), body(8.0, lane))
    (crossing,) = of(Crossing, told)
    (over,) = of(PassageOver, told)
    assert isinstance(crossing, Crossing)
    assert isinstance(over, PassageOver)
    found = decide(over, CONFIG)
    assert isinstance(found, Finish)
    assert (crossing.lane, found.lane, found.hidden, found.ambiguous) == (lane, lane, False, False)
    assert abs(found.back_ns / S - 8.0) <= found.uncertainty_ns / S


def test_near_a_border_the_finish_is_ambiguous() -> None:
    (over,) = of(PassageOver, seen(pipeline_for(CONFIG), body(8.0, 2, off_mm=-550.0)))
    assert isinstance(over, PassageOver)
    assert (over.lane, over.ambiguous) == (2, True)


def test_two_on_the_line_are_one_beep() -> None:
    told = seen(pipeline_for(CONFIG), body(8.0, 1), body(8.06, 3))
    assert len(of(Crossing, told)) == 1
    assert of(CrossingWithdrawn, told) == []


def test_an_edge_that_slides_from_the_wall_to_a_runner_is_nobody_in_the_lanes_between() -> None:
    """At 1 m/s the beam, 12 cm wide, is covered in 0.12 s: a sensor that averages reads all lanes behind on the way."""
    near_mm = LANES.middle_mm(3)

    def walker(t_s: float) -> float | None:
        beside_m = max(7.76 - t_s, t_s - 8.0)
        return near_mm + max(0.0, beside_m / 0.12) * (WALL_MM - near_mm) if beside_m < 0.12 else None

    told = seen(pipeline_for(CONFIG), walker)
    assert [event.lane for event in told if isinstance(event, Crossing | PassageOver)] == [3, 3]


def test_an_obstacle_in_any_lane_is_one_alarm_until_all_are_free() -> None:
    told = seen(pipeline_for(CONFIG), stands(1.0, 3.0, 4), stands(1.5, 2.0, 2), until_s=3.9)
    assert [event.level for event in told if isinstance(event, Obstacle)] == [Level.DANGER, Level.CLEAR]


def test_lanes_behind_somebody_who_stands_there_are_told_once_they_are_seen_again() -> None:
    judge = pipeline_for(CONFIG)
    told = seen(judge, stands(2.0, 9.0, 2), body(8.0, 4))
    assert of(Crossing, told) == []
    (unseen,) = of(LanesUnseen, told)
    assert isinstance(unseen, LanesUnseen)
    assert (unseen.rep, unseen.nearest, unseen.farthest) == (1, 3, 4)
    assert unseen.first_ns / S == pytest.approx(4.0, abs=0.02)
    assert unseen.last_ns / S == pytest.approx(9.0, abs=0.02)
    assert unseen.t_ns - unseen.last_ns >= S
    assert judge.level is Level.CLEAR


@pytest.mark.parametrize("still_awaited", [(0, 1), (0, 1, 2), (1,)])
def test_of_several_who_hid_the_lanes_and_was_timed_is_no_news(still_awaited: tuple[int, ...]) -> None:
    """Ann passes in lane 1 before Bea: once her time is known, only who started since may be awaited beside Bea."""
    runners = [Awaited(number * S, 4 * S, None, 20.0, 1.5, 4.0) for number in range(3)]
    before = msgspec.structs.replace(REP, rep=ARRIVAL, awaited=tuple(runners[:2]))
    after = msgspec.structs.replace(before, awaited=tuple(runners[number] for number in still_awaited))
    judge = UnseenLanes(CONFIG, LANES)
    told = 0
    for n in range(250):
        lane, expected = (1 if n < 30 else None), (before if n < 60 else after)
        told += judge.feed(8 * S + n * PERIOD_NS, lane, expected, PERIOD_NS) is not None
    assert told == (0 in still_awaited)


def test_the_last_lane_hides_nobody() -> None:
    assert of(LanesUnseen, seen(pipeline_for(CONFIG), stands(2.0, 9.0, 4))) == []


def test_what_is_too_brief_to_hide_a_runner_is_not_told() -> None:
    assert of(LanesUnseen, seen(pipeline_for(CONFIG), stands(8.0, 8.04, 1))) == []


def test_lone_phantoms_in_a_near_lane_do_not_add_up_to_somebody_who_hides_the_others() -> None:
    assert of(LanesUnseen, seen(pipeline_for(CONFIG), *(stands(s, s, 1) for s in (6.0, 6.9, 7.7, 8.5)))) == []


def test_who_stands_and_sways_out_of_the_beam_hides_the_lanes_for_one_stretch() -> None:
    told = seen(pipeline_for(CONFIG), stands(6.0, 7.0, 1), stands(7.3, 8.0, 2))
    (unseen,) = of(LanesUnseen, told)
    assert isinstance(unseen, LanesUnseen)
    assert unseen.nearest == 2
    assert unseen.first_ns / S == pytest.approx(6.0, abs=0.02)
    assert unseen.last_ns / S == pytest.approx(8.0, abs=0.02)


def test_a_finish_behind_a_nearer_runner_says_hidden() -> None:
    told = seen(pipeline_for(CONFIG), body(8.0, 1), body(8.05, 2))
    by_lane = {o.lane: decide(o, CONFIG) for o in told if isinstance(o, PassageOver)}
    assert {lane: isinstance(f, Finish) and f.hidden for lane, f in by_lane.items()} == {1: False, 2: True}


def test_the_sensor_s_state_is_told_once_for_all_lanes() -> None:
    judge = pipeline_for(CONFIG)
    seen(judge, until_s=2.0, expected=Expectation())
    change = judge.lose("no-answer", 2 * S)
    assert change is not None
    assert change.state is judge.health.state is SensorState.LOST
    assert judge.lose("no-answer", 2 * S + PERIOD_NS) is None


@pytest.mark.parametrize("lane", [1, 2, 3, 4])
def test_a_sensor_that_freezes_on_somebody_is_lost_in_whichever_lane_that_is(lane: int) -> None:
    judge = pipeline_for(CONFIG)
    for n in range(100):
        judge.feed(RangeSample(n * PERIOD_NS, WALL_MM + n * 7 % 11, 0, 300.0 + n % 7, 100.0 + n % 5), Expectation())
    frozen = [RangeSample(n * PERIOD_NS, round(LANES.middle_mm(lane)), 0, 1500.0, 103.0) for n in range(100, 150)]
    told = [event for sample in frozen for event in judge.feed(sample, Expectation())]
    assert [(e.state, e.reason) for e in told if isinstance(e, SensorChange)] == [(SensorState.LOST, "frozen")]
    assert judge.health.state is SensorState.LOST


def test_whoever_stood_in_a_nearer_lane_casts_no_doubt_on_who_runs_behind_it_afterwards() -> None:
    judge = pipeline_for(CONFIG)
    fast = msgspec.structs.replace(REP, distance_m=37.5, assumed_speed_mps=7.0)
    told = seen(judge, stands(3.0, 6.0, 1), body(7.5, 3, 5.0), expected=fast)
    assert judge.health.state is SensorState.OK
    assert [isinstance(decide(over, CONFIG), Finish) for over in told if isinstance(over, PassageOver)] == [True]


def test_phantoms_in_the_far_lanes_make_the_sensor_doubtful() -> None:
    judge = pipeline_for(CONFIG)
    for n in range(800):
        range_mm = 2000 + n * 379 % 3000 if n >= 300 and n % 4 == 0 else WALL_MM
        judge.feed(RangeSample(n * PERIOD_NS, range_mm, 0, 300.0), Expectation())
    assert judge.health.state is SensorState.DEGRADED


@pytest.mark.parametrize("off_mm", [-20.0, 0.0])
@pytest.mark.parametrize("seed", range(4))
def test_who_arrives_on_a_border_is_no_danger_to_the_lane_whose_runner_is_in(seed: int, off_mm: float) -> None:
    told = with_one_done(on_border(7.0, 7.1, off_mm, seed), 2)
    flashes = [b.t_ns - a.t_ns for a, b in pairwise(told) if a.level and not b.level and b.t_ns - a.t_ns <= S // 10]
    assert flashes == []


def test_who_stays_on_a_border_is_told_a_tenth_of_a_second_later_and_gone_when_they_are() -> None:
    told = with_one_done(on_border(7.0, 7.6, -30.0), 1)
    assert [event.level for event in told] == [Level.DANGER, Level.CLEAR]
    assert 7.1 <= told[0].t_ns / S <= 7.15
    assert told[1].t_ns / S >= 7.6


def on_border(from_s: float, to_s: float, off_mm: float, seed: int = 7) -> Scene:
    """Between lanes 1 and 2, the noise taking the readings to both sides."""
    near_mm, noise = LANES.shoulders_on_borders_mm()[1] + off_mm, random.Random(seed)
    return lambda t_s: near_mm + noise.gauss(0.0, 20.0) if from_s <= t_s <= to_s else None


def with_one_done(scene: Scene, done: int) -> list[Obstacle]:
    """The alarms where one lane's runner is in and the others are awaited."""
    watch, found = LaneWatch(CONFIG, LANES), []
    expected = [msgspec.structs.replace(REP, rep=None) if lane == done else REP for lane in range(1, 5)]
    for n in range(900):
        range_mm = scene(n * PERIOD_NS / S)
        sample = RangeSample(n * PERIOD_NS, round(range_mm or WALL_MM), 0, 1500.0 if range_mm else 300.0)
        found += [event for _, event in watch.feed(sample, expected) if isinstance(event, Obstacle)]
    return found
