"""A gate of two beams: a finish needs both, and what one beam sees alone is nobody's."""

from __future__ import annotations

import math
from collections.abc import Iterable

import msgspec
import pytest

from retro_timer.beacon.replay import Replay
from retro_timer.detection.config import WatchConfig
from retro_timer.ports import RangeSample
from retro_timer.store.traces import TraceRep
from retro_timer.training.gaits import Gait
from tests.helpers.replaying import Event, Scene, into, of, rep, sampled, wall, with_body
from tests.helpers.standing import TORSO_M, WIDE, Way, left_s, seen, stands_and_leaves

DISTANCE_M = 10.0
GO_S = 1.0
AT_S = 9.0
"""When the torso comes into a beam on the line: 1.25 m/s from the go."""
SPEED_MPS = 1.25
SEEN_M = 0.5
"""Way of a torso through a cone that is as wide as it is at 0.8 m, roughly."""


def passes(from_s: float, *, speed_mps: float = SPEED_MPS, behind: Scene | None = None) -> Scene:
    """A body that passes at this speed from then on."""
    return with_body(behind or wall(), from_s, from_s + SEEN_M / abs(speed_mps))


def brief(at_s: float, lasts_s: float = 0.06) -> Scene:
    """An arm or a ball: too brief for a torso at this speed."""
    return with_body(wall(), at_s, at_s + lasts_s, range_mm=700)


def blind(from_s: float) -> Scene:
    """A sensor whose hardware fails."""
    return lambda t: (2000, 0, 600.0) if t < from_s else (None, 5, None)


def replayed(
    upper: Scene, lower: Scene, *, offset_mm: float = 0.0, first_mm: float = 0.0, seconds: float = 14.0
) -> list[Event]:
    """The contract's events of one walk of 10 m between two halves; the second's readings fall between the first's."""
    events: list[Event] = []
    first = WatchConfig(name="first", budget_ns=20_000_000, offset_mm=first_mm)
    second = WatchConfig(name="second", budget_ns=20_000_000, offset_mm=offset_mm)
    replay = Replay(WatchConfig(), [rep(GO_S, DISTANCE_M, "walk")], into(events), {"first": first, "second": second})
    replay.run_several(rows(sampled(upper, seconds), sampled(lower, seconds, from_s=0.011)))
    return events


def rows(first: Iterable[RangeSample], second: Iterable[RangeSample]) -> list[tuple[str, RangeSample]]:
    both = [("first", sample) for sample in first] + [("second", sample) for sample in second]
    return sorted(both, key=lambda row: row[1].t_ns)


# One above the other: the upper one times.


def test_who_breaks_both_beams_has_finished_and_the_upper_one_tells_when() -> None:
    events = replayed(passes(AT_S), passes(AT_S + 0.1))
    alone = replayed(passes(AT_S), blind(5.0))
    (finish,) = of(events, "finish")
    (upper,) = of(alone, "finish")
    assert (finish["method"], finish["flags"]) == ("dual", [])
    assert finish["time_s"] == pytest.approx(upper["time_s"], abs=1e-6)
    assert finish["uncertainty_s"] == pytest.approx(upper["uncertainty_s"], abs=1e-6)
    assert [e["event"] for e in events] == ["go", "crossing", "finish", "summary"]


@pytest.mark.parametrize(("offset_mm", "later_s"), [(0.0, 0.0), (300.0, 0.24)])
def test_who_stood_still_on_the_way_is_no_arm_for_passing_faster_than_that(offset_mm: float, later_s: float) -> None:
    late_s = AT_S + 60.0
    (finish,) = of(replayed(passes(late_s), passes(late_s + later_s), offset_mm=offset_mm, seconds=75.0), "finish")
    assert (finish["method"], finish["flags"]) == ("dual", ["late"])
    assert finish["time_s"] + GO_S == pytest.approx(late_s + 0.1, abs=0.05)


def test_two_beams_above_each_other_beyond_the_line_time_for_the_line() -> None:
    on_it, beyond = (
        of(replayed(passes(AT_S), passes(AT_S), offset_mm=mm, first_mm=mm), "finish")[0] for mm in (0.0, 200.0)
    )
    assert on_it["time_s"] - beyond["time_s"] == pytest.approx(0.2 / SPEED_MPS, abs=0.05)
    assert beyond["uncertainty_s"] > on_it["uncertainty_s"]


def test_the_beep_comes_with_the_second_beam() -> None:
    (crossing,) = of(replayed(passes(AT_S), passes(AT_S + 0.1)), "crossing")
    assert AT_S + 0.1 < crossing["t_s"] < AT_S + 0.25


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        (passes(5.5), wall()),
        (wall(), passes(5.5)),
        (brief(5.5), wall()),
        (wall(), brief(5.5)),
        (brief(5.5), brief(6.9)),
        (passes(5.5), passes(7.8)),
    ],
    ids=["upper only", "lower only", "ball", "arm", "ball and then arm", "one after the other"],
)
def test_what_one_beam_sees_alone_is_nobodys_finish(upper: Scene, lower: Scene) -> None:
    events = replayed(upper, lower)
    assert of(events, "finish", "crossing") == []
    assert [e["reason"] for e in of(events, "dnf")] == ["trace-end"]


@pytest.mark.parametrize(("offset_mm", "later_s"), [(0.0, 0.1), (200.0, 0.16)])
def test_a_half_that_saw_the_body_by_its_light_alone_is_witness_enough(offset_mm: float, later_s: float) -> None:
    """A sensor that reports the nearest bright thing goes on naming the wall, whose light somebody takes."""
    dimmed: Scene = lambda t: (2000, 0, 380.0 if 0.0 <= t - AT_S - later_s <= SEEN_M / SPEED_MPS else 600.0)  # noqa: E731
    (finish,) = of(replayed(passes(AT_S), dimmed, offset_mm=offset_mm), "finish")
    assert (finish["method"], finish["flags"]) == ("dual", [])
    barely: Scene = lambda t: (2000, 0, 540.0 if 0.0 <= t - AT_S - later_s <= SEEN_M / SPEED_MPS else 600.0)  # noqa: E731
    assert of(replayed(passes(AT_S), barely, offset_mm=offset_mm), "finish") == []


@pytest.mark.parametrize(("offset_mm", "later_s"), [(0.0, 0.0), (200.0, 0.16)])
def test_whose_range_is_named_late_is_one_body_with_the_light_before_it(offset_mm: float, later_s: float) -> None:
    def named_late(from_s: float) -> Scene:
        named = with_body(wall(), from_s + 0.15, from_s + 0.4)
        return lambda t: (2000, 0, 380.0) if from_s <= t < from_s + 0.15 else named(t)

    (finish,) = of(replayed(named_late(AT_S), named_late(AT_S + later_s), offset_mm=offset_mm), "finish")
    assert finish["method"] == "dual"


@pytest.mark.parametrize(("takes_s", "later_s", "named_s"), [(0.5, 0.2, 0.2), (0.5, 0.2, 0.25), (0.7, 0.26, 0.35)])
def test_a_witness_by_light_waits_as_long_as_a_passage_of_few_ranges(
    takes_s: float, later_s: float, named_s: float
) -> None:
    """Dark cloth before a bright wall: the near half names no range, the far one a few, and waits for more of them."""

    def dims(from_s: float) -> Scene:
        def light(t: float) -> float:
            return 600.0 - 280.0 * math.sin(math.pi * min(1.0, max(0.0, (t - from_s) / takes_s)))

        return lambda t: (2000, 0, light(t))

    named_from_s = AT_S + later_s + named_s
    far = with_body(dims(AT_S + later_s), named_from_s, named_from_s + 0.09, range_mm=1200, signal=330.0)
    (finish,) = of(replayed(dims(AT_S), far, offset_mm=200.0), "finish")
    assert finish["method"] == "dual"


def test_a_phantom_before_a_body_brings_it_no_nearer_to_what_the_other_half_saw() -> None:
    early = with_body(passes(5.5), 5.0, 5.02, range_mm=700)
    assert of(replayed(early, brief(4.9, 0.1)), "finish") == []


def test_who_was_seen_by_one_beam_holds_up_nobody_behind_them() -> None:
    dog = passes(5.5, behind=passes(AT_S))
    (finish,) = of(replayed(passes(AT_S), dog), "finish")
    assert AT_S - GO_S < finish["time_s"] < AT_S - GO_S + 0.5


def test_an_arm_in_both_beams_is_taken_back() -> None:
    events = replayed(brief(5.5), passes(5.4))
    assert of(events, "finish") == []
    assert len(of(events, "crossing")) == len(of(events, "crossing_withdrawn"))


@pytest.mark.parametrize("which", ["upper", "lower"])
def test_with_one_half_blind_the_other_goes_on_alone(which: str) -> None:
    sees, gone = passes(AT_S), blind(5.0)
    events = replayed(*((gone, sees) if which == "upper" else (sees, gone)))
    (finish,) = of(events, "finish")
    assert (finish["method"], finish["flags"]) == ("gate", ["single"])
    (lost,) = of(events, "sensor")
    assert (lost["sensor"], lost["line"]) == ("first" if which == "upper" else "second", "finish")
    assert len(of(events, "crossing")) == 1


def test_a_half_that_sees_again_is_needed_again() -> None:
    again: Scene = lambda t: (None, 5, None) if 2.0 < t < 4.0 else (2000, 0, 600.0)  # noqa: E731
    events = replayed(passes(AT_S + 7.0), again, seconds=20.0)
    assert of(events, "finish", "crossing") == []


def test_a_half_that_sees_again_meanwhile_takes_no_beep_back() -> None:
    again: Scene = lambda t: (None, 5, None) if 2.0 < t < 4.0 else (2000, 0, 600.0)  # noqa: E731
    events = replayed(passes(AT_S + 4.0), again, seconds=18.0)
    (back,) = [e for e in of(events, "sensor") if e["state"] == "ok"]
    (crossing,), (finish,) = of(events, "crossing"), of(events, "finish")
    assert crossing["t_s"] < back["t_s"]
    assert finish["flags"] == ["single"]


def held(from_s: float, to_s: float, behind: Scene | None = None) -> Scene:
    """A thing stands near the sensor and hides whoever passes."""
    scene = with_body(wall(), from_s, to_s, range_mm=500)
    return lambda t: scene(t) if from_s <= t < to_s else (behind or wall())(t)


@pytest.mark.parametrize("offset_mm", [0.0, 200.0])
@pytest.mark.parametrize("from_s", [0.2, 3.0, 5.0], ids=["before the go", "on the way", "shortly before"])
@pytest.mark.parametrize("which", ["upper", "lower"])
def test_behind_a_thing_in_one_beam_the_other_goes_on_alone(which: str, from_s: float, offset_mm: float) -> None:
    sees, hidden = passes(AT_S), held(from_s, 30.0)
    upper, lower = (hidden, sees) if which == "upper" else (sees, hidden)
    (finish,) = of(replayed(upper, lower, offset_mm=offset_mm), "finish")
    assert (finish["method"], finish["flags"]) == ("gate", ["single"])


def test_once_the_thing_is_gone_both_beams_are_needed_again() -> None:
    both = replayed(passes(AT_S), held(3.0, 8.0, behind=passes(AT_S)))
    assert [e["flags"] for e in of(both, "finish")] == [[]]
    assert of(replayed(passes(AT_S), held(3.0, 8.0)), "finish") == []


# One behind the other: both time, and the order is the direction.


@pytest.mark.parametrize("apart_mm", [150.0, 200.0, 400.0])
def test_two_beams_along_the_lane_time_together_and_best_with_the_line_between_them(apart_mm: float) -> None:
    later_s = apart_mm / 1000.0 / SPEED_MPS
    (single,) = of(replayed(passes(AT_S), blind(5.0), offset_mm=apart_mm), "finish")
    (beyond,) = of(replayed(passes(AT_S), passes(AT_S + later_s), offset_mm=apart_mm), "finish")
    (before,) = of(replayed(passes(AT_S - later_s), passes(AT_S), first_mm=-apart_mm), "finish")
    for finish in (beyond, before):
        assert (finish["method"], finish["flags"]) == ("dual", [])
        assert finish["time_s"] == pytest.approx(single["time_s"], abs=0.03)
    assert before["uncertainty_s"] < 0.95 * beyond["uncertainty_s"]
    assert before["uncertainty_s"] <= 1.05 * single["uncertainty_s"]


def test_the_one_that_stands_beyond_the_line_times_for_the_line_when_it_is_alone() -> None:
    later_s = 0.4 / SPEED_MPS
    (far,) = of(replayed(blind(5.0), passes(AT_S + later_s), offset_mm=400.0), "finish")
    (near,) = of(replayed(passes(AT_S), blind(5.0), offset_mm=400.0), "finish")
    assert far["flags"] == ["single"]
    assert abs(far["time_s"] - near["time_s"]) <= far["uncertainty_s"]


def test_who_walks_the_wrong_way_finishes_nothing() -> None:
    events = replayed(passes(5.66), passes(5.5), offset_mm=200.0)
    assert of(events, "finish") == []
    assert len(of(events, "crossing")) == len(of(events, "crossing_withdrawn"))


def test_after_somebody_walked_the_wrong_way_the_runner_finishes() -> None:
    near, far = passes(5.66, behind=passes(AT_S)), passes(5.5, behind=passes(AT_S + 0.16))
    (finish,) = of(replayed(near, far, offset_mm=200.0), "finish")
    assert AT_S - GO_S < finish["time_s"] < AT_S - GO_S + 0.5


def test_what_was_in_the_far_beam_shortly_before_a_runner_costs_them_no_finish() -> None:
    """It fits neither the runner nor anybody else, and the runner's own passage of the far beam comes after it."""
    far = passes(AT_S + 0.16, behind=brief(AT_S - 0.4))
    (finish,) = of(replayed(passes(AT_S), far, offset_mm=200.0), "finish")
    (clean,) = of(replayed(passes(AT_S), passes(AT_S + 0.16), offset_mm=200.0), "finish")
    assert (finish["method"], finish["time_s"]) == ("dual", pytest.approx(clean["time_s"], abs=0.02))


def test_an_arm_in_the_near_beam_alone_is_no_finish() -> None:
    assert of(replayed(passes(5.5), wall(), offset_mm=200.0), "finish", "crossing") == []


def test_an_arm_that_reaches_into_both_beams_at_once_and_stays_is_no_runner_who_stopped() -> None:
    held = with_body(wall(), 5.5, 8.5)
    assert of(replayed(held, held, offset_mm=200.0), "finish") == []


def test_who_stops_just_past_the_line_is_told_within_a_second_of_leaving_its_beam() -> None:
    out_s = AT_S + SEEN_M / SPEED_MPS
    stops = with_body(wall(), AT_S + 0.16, AT_S + 5.0)
    events = replayed(passes(AT_S), stops, offset_mm=200.0, seconds=20.0)
    (finish,) = of(events, "finish")
    assert finish["method"] == "dual"
    assert out_s < finish["t_s"] < out_s + 1.0
    (through,) = of(replayed(passes(AT_S), passes(AT_S + 0.16), offset_mm=200.0, seconds=20.0), "finish")
    assert abs(finish["time_s"] - through["time_s"]) <= finish["uncertainty_s"]
    assert of(events, "half", "crossing_withdrawn", "dnf") == [], "the far beam's end is nobody else's"


def test_who_has_stood_in_the_far_beam_before_is_not_who_passes_the_near_one() -> None:
    stands = with_body(wall(), AT_S - 0.5, AT_S + 5.0)
    assert of(replayed(passes(AT_S), stands, offset_mm=200.0, seconds=20.0), "finish") == []


def test_who_stops_in_both_beams_is_timed_by_the_edge() -> None:
    near, far = with_body(wall(), AT_S, 13.5), with_body(wall(), AT_S + 0.16, 13.5)
    (finish,) = of(replayed(near, far, offset_mm=200.0), "finish")
    assert finish["time_s"] == pytest.approx(AT_S - GO_S, abs=0.2)


def test_every_finish_follows_its_crossing_within_a_second_of_the_breaks_end() -> None:
    for offset_mm, later_s in ((0.0, 0.0), (0.0, 0.12), (200.0, 0.16), (600.0, 0.48)):
        events = replayed(passes(AT_S), passes(AT_S + later_s), offset_mm=offset_mm)
        (crossing,), (finish,) = of(events, "crossing"), of(events, "finish")
        end_s = AT_S + later_s + SEEN_M / SPEED_MPS
        assert crossing["t_s"] <= finish["t_s"] <= end_s + 1.0


# Out and back: who finishes comes from the other side.


@pytest.mark.parametrize("first_mm", [0.0, -200.0], ids=["first beam on the line", "second beam on the line"])
def test_out_and_back_the_start_is_the_lines_and_the_finish_comes_from_beyond(first_mm: float) -> None:
    events: list[Event] = []
    returned_s, leaves = 18.0, stands_and_leaves()

    def way_from(beam_m: float) -> Way:
        """Out, and back at 2 m/s, as a beam there sees it."""

        def at(t_s: float) -> float | None:
            middle_m = leaves(t_s) if t_s < 12.0 else TORSO_M / 2.0 + 2.0 * (returned_s - t_s)
            return None if middle_m is None else middle_m - beam_m

        return at

    halves, readings = {}, []
    for name, offset_mm in (("first", first_mm), ("second", first_mm + 200.0)):
        halves[name] = msgspec.structs.replace(WIDE.config, name=name, budget_ns=20_000_000, offset_mm=offset_mm)
        readings.append(seen(WIDE, (way_from(offset_mm / 1000.0), 900), until_s=24.0))
    armed = TraceRep(None, 20.0, Gait.JOG, release_from_s=1.0)
    Replay(WatchConfig(), [armed], into(events), halves, out_and_back=True).run_several(rows(*readings))
    (go,), (finish,) = of(events, "go"), of(events, "finish")
    assert finish["method"] == "dual"
    assert go["t_s"] == pytest.approx(left_s(), abs=go["uncertainty_s"])
    assert finish["time_s"] == pytest.approx(returned_s - left_s(), abs=finish["uncertainty_s"])
