"""One break, timed: within its interval by either law of blending, and refused where no torso can have made it."""

from __future__ import annotations

import itertools
import math

import msgspec
import pytest

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.gate.crossing_fit import LIT_BODY_SD_M, shape_sd_s, solve
from retro_timer.detection.passages import BeamEntry, Break
from retro_timer.detection.readings import Kind
from retro_timer.ports import RangeSample
from tests.helpers.passages import GO_S, WALL_KCPS, Passage, readings, timed

PERIOD_S = 0.025
Row = tuple[int | None, float | None]
BODY: Row = (900, 2500.0)
WALL: Row = (2000, 600.0)


def broken(rows: list[Row], wall_mm: float | None = 2000.0) -> Break:
    entries = []
    for n, (range_mm, signal) in enumerate(rows):
        kind = Kind.REJECTED if range_mm is None else Kind.TARGET
        hit = range_mm is not None and range_mm < 1900
        entries.append(BeamEntry(round(n * PERIOD_S * 1e9), kind, hit, range_mm, signal))
    return Break(entries, wall_mm, 600.0, 700.0, PERIOD_S, PERIOD_S, 2.5, 0.3, 3.2, over=True)


@pytest.mark.parametrize("law", ["average", "nearest"])
@pytest.mark.parametrize(("gait", "rate_hz"), [*itertools.product(["walk", "jog", "run"], [25.0, 41.0])])
def test_the_truth_lies_within_the_interval_by_either_law(law: str, gait: str, rate_hz: float) -> None:
    passage = Passage(gait, rate_hz, wall=True, law=law)
    (told,) = timed(passage, readings(passage))
    assert abs(told["time_s"] - (passage.back_s - GO_S)) <= told["uncertainty_s"]


def test_a_phantom_beside_the_break_or_in_it_is_as_if_it_were_not_there() -> None:
    rows: list[Row] = [WALL] * 10 + [BODY] * 8 + [WALL] * 10
    clean = solve(broken(rows), WatchConfig())
    for at in (9, 13, 18):
        mixed = [*rows[:at], (500, 600.0), *rows[at + 1 :]]
        found = solve(broken(mixed), WatchConfig())
        assert found.refusal == ""
        assert abs(found.back_ns - clean.back_ns) <= clean.uncertainty_ns


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([WALL] * 10, "no range"),
        ([WALL] * 10 + [BODY] + [WALL] * 10, "too brief for a torso"),
        ([WALL] * 10 + [(1850, 2500.0)] * 8 + [WALL] * 10, "beyond the lane"),
        ([WALL] * 10 + [(900, 600.0)] * 2 + [(None, None)] * 3 + [WALL] * 10, "too few readings with a body's light"),
    ],
)
def test_what_no_torso_makes_is_refused(rows: list[Row], why: str) -> None:
    assert solve(broken(rows), WatchConfig()).refusal == why


def jogged(speed_mps: float, mean_mps: float, *, way_known: bool = True) -> Break:
    """A bright body of usual depth at 0.9 m in the open field, who came with a mean speed and passes with another."""
    half_s = 0.91 * math.hypot(0.9 * math.tan(math.radians(13.5)), 0.12) / speed_mps
    entries = []
    for n in range(-40, 41):
        cover = math.exp(-math.log(2.0) * abs(n * PERIOD_S / half_s) ** 2.5)
        hit = cover > 0.3
        kind = Kind.TARGET if hit else Kind.NOTHING
        entries.append(BeamEntry(round((n + 40) * PERIOD_S * 1e9), kind, hit, 900 if hit else None, 6 + 5000 * cover))
    return Break(entries, None, 6.0, 21.0, PERIOD_S, 0.02, mean_mps, 1.5, 3.2, over=True, way_known=way_known)


@pytest.mark.parametrize("way_mps", [1.6, 2.0, 3.0])
def test_who_kept_their_pace_is_as_fast_as_on_the_way(way_mps: float) -> None:
    """Arms make a break longer or shorter by a tenth, also of the slowest joggers."""
    for longer in (0.9, 1.1):
        found = solve(jogged(way_mps / longer, way_mps), WatchConfig())
        assert abs(math.log(found.speed_mps / way_mps)) < 0.8 * abs(math.log(longer))


@pytest.mark.parametrize(("speed_mps", "of_way"), [(1.6, 0.25), (2.0, 0.6), (3.4, 0.6), (4.2, 0.25)])
def test_of_who_did_not_keep_their_pace_the_break_tells_the_more_the_more_it_differs(
    speed_mps: float, of_way: float
) -> None:
    found = solve(jogged(speed_mps, 2.6), WatchConfig())
    assert abs(math.log(found.speed_mps / speed_mps)) < of_way * abs(math.log(2.6 / speed_mps))
    assert abs(found.back_ns / 1e9 - (1.0 - 0.12 / speed_mps)) <= found.uncertainty_ns / 1e9


def test_where_way_and_break_disagree_the_speed_is_less_sure() -> None:
    agree, disagree = (solve(jogged(speed_mps, 2.6), WatchConfig()) for speed_mps in (2.6, 2.0))
    assert disagree.speed_log_sd > 1.2 * agree.speed_log_sd


def test_where_the_way_is_not_known_the_break_alone_tells_the_speed() -> None:
    found = [solve(jogged(2.2, way_mps, way_known=False), WatchConfig()).speed_mps for way_mps in (1.6, 3.0)]
    assert found[0] == pytest.approx(found[1], rel=0.1)


def test_who_is_later_than_the_slow_end_of_a_gait_stood_still_and_the_break_tells_how_they_went_on() -> None:
    for speed_mps in (1.8, 2.4):
        found = solve(jogged(speed_mps, 0.9), WatchConfig())
        assert found.speed_mps == pytest.approx(speed_mps, rel=0.06)
        unsure = solve(jogged(speed_mps, 2.1), WatchConfig())
        assert found.speed_log_sd > unsure.speed_log_sd


def test_of_several_a_break_that_is_too_slow_for_one_pace_has_not_stopped_at_a_faster_one() -> None:
    slowed = msgspec.structs.replace(jogged(1.2, 2.2, way_known=False), slowest_mps=0.6, fastest_mps=7.0)
    of_several = msgspec.structs.replace(slowed, other_speeds_mps=(6.5,))
    assert solve(of_several, WatchConfig()) == solve(slowed, WatchConfig())


def test_of_several_the_likeliest_pace_stays_as_long_as_the_break_may_be_of_it() -> None:
    near = jogged(2.3, 2.0, way_known=False)
    assert solve(msgspec.structs.replace(near, other_speeds_mps=(2.3,)), WatchConfig()) == solve(near, WatchConfig())


def test_of_several_a_body_is_tried_at_the_pace_of_each() -> None:
    """A fast runner's break, while a slow one is the likelier to come."""
    light = (305.0, 700.0, 840.0, 840.0, 700.0, 305.0)
    beside = [BeamEntry(n * 24_000_000, Kind.NOTHING, False, None, 6.0) for n in range(40)]
    body = [BeamEntry((20 + n) * 24_000_000, Kind.TARGET, True, 895, kcps) for n, kcps in enumerate(light)]
    seen = [*beside[:20], *body, *beside[26:]]
    fast_alone = Break(seen, None, 6.5, 21.0, 0.024, 0.02, 3.2, 1.5, 3.2, over=True, way_known=False)
    slow_alone = msgspec.structs.replace(fast_alone, mean_speed_mps=1.55)
    assert solve(slow_alone, WatchConfig()).speed_mps < 0.8 * solve(fast_alone, WatchConfig()).speed_mps
    both = msgspec.structs.replace(slow_alone, other_speeds_mps=(3.2,))
    assert solve(both, WatchConfig()) == solve(fast_alone, WatchConfig())
    assert solve(fast_alone, WatchConfig()).refusal == ""


def test_two_readings_beyond_the_lane_in_a_body_s_midst_make_no_second_body() -> None:
    passage = Passage("walk", 100.0, wall=True, law="nearest", full=False, seed=9759)
    good = readings(passage)
    middle = next(i for i, s in enumerate(good) if s.t_ns >= (passage.back_s + 0.1) * 1e9)
    pair = [RangeSample(good[i].t_ns, range_mm) for i, range_mm in ((middle, 1711), (middle + 1, 1730))]
    (told,) = timed(passage, [*good[:middle], *pair, *good[middle + 2 :]])
    assert told["flags"] == []
    assert abs(told["time_s"] - (passage.back_s - GO_S)) <= told["uncertainty_s"]


@pytest.mark.parametrize("full", [True, False], ids=["with light", "ranges only"])
@pytest.mark.parametrize("range_mm", [1720, 1800, 1880])
@pytest.mark.parametrize("gait", ["walk", "jog", "run"])
def test_who_stands_between_lane_and_wall_for_two_readings_does_not_cut_a_body_in_two(
    gait: str, range_mm: int, full: bool
) -> None:
    passage = Passage(gait, 41.0, wall=True, law="nearest", full=full, seed=3)
    good = readings(passage)
    light = WALL_KCPS if full else None
    at = next(i for i, s in enumerate(good) if s.t_ns >= (passage.back_s + 0.02) * 1e9)
    pair = [msgspec.structs.replace(good[i], range_mm=range_mm, signal_kcps=light) for i in (at, at + 1)]
    (told,) = timed(passage, [*good[:at], *pair, *good[at + 2 :]])
    assert abs(told["time_s"] - (passage.back_s - GO_S)) <= told["uncertainty_s"]


def test_in_the_open_field_a_target_beyond_the_lane_does_not_cut_a_body_in_two() -> None:
    passage = Passage("run", 100.0, wall=False, full=False, seed=919)
    good = readings(passage)
    middle = next(i for i, s in enumerate(good) if s.t_ns >= (passage.back_s - 0.002) * 1e9)
    (clean,) = timed(passage, good)
    (told,) = timed(passage, [*good[:middle], RangeSample(good[middle].t_ns, 1797), *good[middle + 1 :]])
    assert abs(told["time_s"] - clean["time_s"]) <= told["uncertainty_s"]


def test_a_wall_that_a_phantom_dims_beside_a_brief_break_widens_the_interval() -> None:
    passage = Passage("jog", 25.0, wall=True, law="nearest", seed=9186)
    good = readings(passage)
    at = min(range(len(good)), key=lambda i: abs(good[i].t_ns - (passage.back_s - 0.123) * 1e9))
    dimmed = RangeSample(good[at].t_ns, 1894, 0, 1770.0, good[at].ambient_kcps)
    (clean,) = timed(passage, good)
    (told,) = timed(passage, [*good[:at], dimmed, *good[at + 1 :]])
    assert abs(told["time_s"] - clean["time_s"]) <= told["uncertainty_s"]


@pytest.mark.parametrize("law", ["average", "nearest"])
@pytest.mark.parametrize("wall", [True, False])
@pytest.mark.parametrize(("gait", "rate_hz"), [("walk", 25.0), ("jog", 41.0), ("run", 100.0)])
def test_without_light_a_beam_may_be_thinner_than_it_was_called(
    law: str, wall: bool, gait: str, rate_hz: float
) -> None:
    for half_cone_m in (0.005, 0.05):
        passage = Passage(gait, rate_hz, wall, law, full=False, half_cone_m=half_cone_m)
        (told,) = timed(passage, readings(passage))
        assert abs(told["time_s"] - (passage.back_s - GO_S)) <= told["uncertainty_s"]


def test_five_readings_of_a_brisk_walker_in_a_thin_beam_are_a_finish() -> None:
    entries = []
    for n in range(25):
        hit = 10 <= n < 15
        entries.append(BeamEntry(n * 40_000_000, Kind.TARGET, hit, 1000 if hit else 1600, None))
    walk = Break(entries, 1600.0, 0.0, 0.0, 0.04, 0.04, 1.3, 0.3, 1.7, over=True)
    found = solve(walk, WatchConfig())
    assert found.refusal == ""
    assert 0.9 <= found.speed_mps <= 1.7


def test_an_arm_whose_light_is_known_is_none() -> None:
    rows: list[Row] = [WALL] * 10 + [BODY] * 3 + [WALL] * 10
    assert solve(broken(rows), WatchConfig()).refusal in ("too fast for a torso", "too brief for a torso")


def test_by_light_a_runners_arms_hide_no_more_of_their_back_than_a_fast_joggers() -> None:
    def shape_m(speed_mps: float, most_m: float = math.inf) -> float:
        return speed_mps * shape_sd_s(speed_mps, WatchConfig(), most_m)

    assert shape_m(6.0, LIT_BODY_SD_M) == pytest.approx(shape_m(4.0, LIT_BODY_SD_M))
    assert shape_m(2.0, LIT_BODY_SD_M) == shape_m(2.0)
    assert shape_m(6.0) > shape_m(4.0) > shape_m(4.0, LIT_BODY_SD_M)
