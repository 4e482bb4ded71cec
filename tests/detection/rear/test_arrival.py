"""Which tracks make an arrival: one way up to the line, seen whole or in two pieces."""

from __future__ import annotations

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import Crossing, PassageOver
from retro_timer.detection.expectation import Expectation, WatchMode
from retro_timer.detection.rear.approach import Arrival
from retro_timer.detection.rear.track import Track
from retro_timer.ports import Placement

LINE_M = 4.0
PERIOD_S = 0.04
BELT = WatchConfig(placement=Placement.BELT, finish_range_mm=round(LINE_M * 1000), fov_deg=2.0)
RUNS = Expectation(WatchMode.REP, rep=1, distance_m=30.0)


def way(count: int, ends_s: float, ends_m: float, speed_mps: float = 3.0) -> Track:
    """So many readings of somebody who comes nearer, up to a moment."""
    points = [(ends_s - k * PERIOD_S, ends_m + k * speed_mps * PERIOD_S) for k in reversed(range(count))]
    track = Track(*points[0], valid=True)
    for t_s, range_m in points[1:]:
        track.add(t_s, range_m, valid=True)
    return track


def told(before: Track, track: Track) -> list[type]:
    """What is told of a track at the line, after another one up the lane."""
    arrival = Arrival(BELT)
    arrival.lead([before])
    return [type(event) for event in arrival.feed(track, RUNS, round(track.last_s * 1e9))]


def test_a_piece_that_begins_at_the_line_arrives_where_the_way_before_it_led() -> None:
    behind = way(4, 10.3, 3.6)
    unseen_s = 0.2
    up = way(5, behind.first_s - unseen_s, behind.first_range_m + 3.0 * unseen_s)
    assert told(up, behind) == [Crossing]
    assert told(way(2, up.last_s, up.last_range_m), behind) == [], "two readings agree by chance"
    assert told(way(5, up.last_s, up.last_range_m + 0.5), behind) == [], "half a metre off"


def test_what_was_lost_for_longer_than_a_step_is_somebody_else() -> None:
    behind = way(4, 10.3, 3.85, 0.5)
    for unseen_s, found in ((0.5, [Crossing]), (0.8, [])):
        up = way(5, behind.first_s - unseen_s, behind.first_range_m + 0.5 * unseen_s, 0.5)
        slow = Expectation(WatchMode.REP, rep=1, distance_m=5.0)
        arrival = Arrival(BELT)
        arrival.lead([up])
        assert [type(event) for event in arrival.feed(behind, slow, round(behind.last_s * 1e9))] == found


def test_a_second_look_at_the_same_reading_is_no_way_behind_it() -> None:
    up = way(5, 10.0, 4.1)
    branch = Track(up.last_s, up.last_range_m, valid=True)
    branch.add(up.last_s + PERIOD_S, up.last_range_m - 3.0 * PERIOD_S, valid=True)
    assert told(up, branch) == []


def test_who_has_crossed_does_not_arrive_twice() -> None:
    arrival, track = Arrival(BELT), way(20, 10.0, 3.95)
    events = arrival.feed(track, RUNS, round(track.last_s * 1e9))
    for _ in range(12):
        track.add(track.last_s + PERIOD_S, track.last_range_m - 3.0 * PERIOD_S, valid=True)
        events += arrival.feed(track, RUNS, round(track.last_s * 1e9))
    assert [type(event) for event in events] == [Crossing, PassageOver]
