"""Who showed a part of their body beside somebody nearer: timed, unless their lane's runner comes yet."""

from __future__ import annotations

import msgspec
import pytest

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import Crossing, DetectionEvent, Finish, PassageOver
from retro_timer.detection.expectation import Expectation, WatchMode
from retro_timer.detection.gate.lane_wait import LaneWait
from retro_timer.detection.gate.lane_watch import LaneWatch
from retro_timer.detection.lane_map import LaneMap
from retro_timer.detection.passages import BeamEntry, Break
from retro_timer.detection.readings import Kind
from retro_timer.detection.timing import decide
from retro_timer.ports import RangeSample

LANES = LaneMap(3, 1220.0, 400.0)
CONFIG = WatchConfig(fov_deg=2.0, period_ns=10_000_000, budget_ns=10_000_000, lanes=LANES)
PERIOD_NS, S = 10_000_000, 1_000_000_000
WALL_MM = 6300
REP = Expectation(WatchMode.REP, rep=1, go_ns=0, earliest_ns=4 * S, distance_m=20.0, slow_speed_mps=1.5)
Readings = dict[int, float]
"""The nearest range (mm) by the reading's number, where it is not the wall."""


def body(back_s: float, lane: int) -> Readings:
    """A trunk at 2.4 m/s whose back is at the line at `back_s`."""
    first = round(back_s * S / PERIOD_NS)
    return dict.fromkeys(range(first, first + 10), LANES.middle_mm(lane))


def edge(from_s: float, readings: int = 4) -> Readings:
    """What mixes the runner in lane 1 with somebody in lane 3, and agrees, as a slow edge does."""
    first = round(from_s * S / PERIOD_NS)
    return {first + n: LANES.middle_mm(2) + 20.0 * n for n in range(readings)}


def told_of(
    lane: int, *seen: Readings, until_s: float = 10.0, rep: Expectation = REP, flush: bool = False
) -> list[DetectionEvent]:
    """What is told of a lane; each has a rep of its own. The first of what is seen is the nearest."""
    watch, found = LaneWatch(CONFIG, LANES), []
    ranges: Readings = {}
    for one in reversed(seen):
        ranges |= one
    for n in range(round(until_s * S / PERIOD_NS)):
        range_mm = ranges.get(n)
        sample = RangeSample(n * PERIOD_NS, round(range_mm or WALL_MM), 0, 1500.0 if range_mm else 300.0)
        found += watch.feed(sample, [rep] * LANES.count)
    if flush:
        found += watch.flush(lane, round(until_s * S), rep)
    return [event for of, event in found if of == lane]


def backs_s(told: list[DetectionEvent]) -> list[float]:
    """The finishes."""
    timed = [decide(event, CONFIG) for event in told if isinstance(event, PassageOver)]
    return [one.back_ns / S for one in timed if isinstance(one, Finish)]


@pytest.mark.parametrize("comes_s", [8.25, 8.4, 8.6])
def test_a_nearer_runner_s_edge_gives_way_to_the_lane_s_own_runner(comes_s: float) -> None:
    told = told_of(2, body(8.0, 1), edge(8.1), body(8.14, 3), body(comes_s, 2))
    assert len([event for event in told if isinstance(event, Crossing)]) == 1
    (back_s,) = backs_s(told)
    assert abs(back_s - comes_s) < 0.03


def test_who_shows_no_more_than_a_part_is_timed_by_it_after_six_tenths_of_a_second() -> None:
    told = told_of(2, body(8.0, 1), edge(8.1))
    (over,) = [event for event in told if isinstance(event, PassageOver)]
    assert 8.7 <= over.t_ns / S <= 8.9
    assert len(backs_s(told)) == 1


def test_a_part_that_waits_is_timed_where_the_readings_or_the_rep_end() -> None:
    assert len(backs_s(told_of(2, body(8.0, 1), edge(8.1), until_s=8.4, flush=True))) == 1


def test_of_two_parts_the_longer_one_is_timed() -> None:
    longer_s = 8.5
    told = told_of(2, body(8.0, 1), edge(8.1, 3), body(8.4, 1), edge(longer_s, 4))
    (back_s,) = backs_s(told)
    assert back_s > 8.3


def test_who_is_seen_with_half_a_trunk_does_not_wait() -> None:
    (over,) = [event for event in told_of(2, body(8.0, 1), edge(8.1, 8)) if isinstance(event, PassageOver)]
    assert over.t_ns / S < 8.4


@pytest.mark.parametrize(("hidden_s", "waits"), [((7.9, 8.0), True), ((8.04, 8.1), True), ((7.8, 7.9), False)])
def test_only_a_part_right_beside_somebody_nearer_waits(hidden_s: tuple[float, float], waits: bool) -> None:
    entries = [BeamEntry(8 * S + n * PERIOD_NS, Kind.TARGET, True, 1800, 300.0) for n in range(4)]
    broken = Break(entries, None, 10.0, 20.0, 0.01, 0.01, 2.4, 1.5, 3.2, over=True)
    over = PassageOver(1, broken, 8 * S, ((round(hidden_s[0] * S), round(hidden_s[1] * S)),), lane=2)
    assert LaneWait().pass_on([over], 8 * S, REP) == ([] if waits else [over])


@pytest.mark.parametrize("first", range(2700, 2760, 3))
def test_who_was_body_enough_for_a_beep_is_so_for_a_time(first: int) -> None:
    """At 0.75 m/s four readings are 3 cm; they are judged again 0.6 s later, when who came then would be slower."""
    slow = msgspec.structs.replace(REP, slow_speed_mps=0.3)
    nearer = dict.fromkeys(range(first, first + 30), LANES.middle_mm(1))
    told = told_of(2, edge((first - 4) * PERIOD_NS / S), nearer, until_s=29.0, rep=slow)
    kinds = [type(event) for event in told]
    assert kinds in ([], [Crossing, PassageOver])
