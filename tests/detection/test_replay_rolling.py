"""A trace with several on the course: rolling, where a go leaves those before it there, and waves, which go at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from retro_timer.ports import RangeSample
from retro_timer.store.traces import HEADER, format_row
from tests.helpers.command import here
from tests.helpers.replaying import Event, of, sampled, wall, with_body

Replaying = Callable[..., list[Event]]
HEAD = ("placement: gate", "fov_deg: 27")


@pytest.fixture
def replay(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Replaying:
    """Writes a trace in which bodies pass at these times, and replays it."""

    def run(
        head: Iterable[str], at_s: Iterable[float], *args: str, seconds: float = 60.0, err: str = ""
    ) -> list[Event]:
        scene = wall()
        for moment_s in at_s:
            scene = with_body(scene, moment_s, moment_s + 0.17)
        samples: list[RangeSample] = sampled(scene, seconds)
        path = tmp_path / "rolling.csv"
        lines = "".join(f"# {line}\n" for line in (*HEAD, *head))
        path.write_text(lines + HEADER + "\n" + "".join(format_row(sample, 0) for sample in samples))
        outcome = here(capsys, "replay", path, "--json", *args)
        assert err in outcome.err
        assert bool(outcome.err) == bool(err)
        return [json.loads(line) for line in outcome.lines]

    return run


def rep(go_s: float, athlete: str = "", gait: str = "jog") -> str:
    return f"rep: go_s={go_s:.3f} distance_m=20 gait={gait}" + (f" athlete={athlete}" if athlete else "")


def finishes(events: Iterable[Event]) -> list[tuple[int, float]]:
    return [(event["rep"], round(event["time_s"])) for event in of(events, "finish")]


THREE = ("order: rolling", rep(2.0, "Anna"), rep(14.0, "Ben"), rep(26.0, "Carla"))


def test_a_go_leaves_those_before_it_on_the_course(replay: Replaying) -> None:
    events = replay((*THREE[:2], rep(9.0, "Ben")), (13.0, 19.0))
    assert [(event["event"], event["rep"], event["athlete"]) for event in of(events, "go", "finish")] == [
        ("go", 1, "Anna"), ("go", 2, "Ben"), ("finish", 1, "Anna"), ("finish", 2, "Ben"),
    ]  # fmt: skip
    assert finishes(events) == [(1, 11), (2, 10)]
    assert of(events, "obstacle", "dnf") == []
    assert (events[-1]["reps"], events[-1]["finished"]) == (2, 2)


def test_without_an_order_a_go_ends_the_rep_before_it(replay: Replaying) -> None:
    events = replay((rep(2.0, "Anna"), rep(9.0, "Ben")), (13.0, 19.0))
    assert [(event["rep"], event["reason"]) for event in of(events, "dnf")] == [(1, "stopped")]


def test_the_order_may_be_given_on_the_command_line(replay: Replaying) -> None:
    head = (rep(2.0, "Anna"), rep(9.0, "Ben"))
    assert finishes(replay(head, (13.0, 19.0), "--order", "rolling")) == [(1, 11), (2, 10)]
    assert finishes(replay(("order: rolling", *head), (13.0, 19.0), "--order", "rotation")) != [(1, 11), (2, 10)]


def test_who_drops_out_is_given_up_by_the_clock_and_takes_nobodys_finish(replay: Replaying) -> None:
    events = replay(THREE, (10.0, 34.0))
    assert finishes(events) == [(1, 8), (3, 8)]
    assert [(event["rep"], event["reason"]) for event in of(events, "dnf")] == [(2, "timeout")]
    assert of(events, "finish")[1]["flags"] == []


def test_own_times_tell_who_overtakes(replay: Replaying) -> None:
    first = (rep(2.0, "Anna"), rep(20.0, "Ben"))
    second = (rep(40.0, "Anna"), rep(44.0, "Ben"))
    events = replay(("order: rolling", *first, *second), (14.0, 27.0, 51.0, 52.2))
    assert finishes(events) == [(1, 12), (2, 7), (4, 7), (3, 12)]


def test_what_nobody_on_the_course_can_be_is_an_obstacle(replay: Replaying) -> None:
    events = replay(THREE, (3.5, 10.0, 22.0, 34.0))
    assert [event["level"] for event in of(events, "obstacle")] == ["danger", "clear"]
    assert finishes(events) == [(1, 8), (2, 8), (3, 8)]


def test_two_bodies_close_behind_each_other_are_both_timed(replay: Replaying) -> None:
    events = replay(("order: rolling", rep(2.0, "Anna"), rep(6.5, "Ben")), (13.5, 14.2))
    assert [event["rep"] for event in of(events, "finish")] == [1, 2]
    assert [f["flags"] for f in of(events, "finish")][1] == ["ambiguous", "crowded"]


def test_who_comes_before_the_beam_is_free_for_long_is_the_next_and_no_arm(replay: Replaying) -> None:
    """An arm is no whole body, and covers the beam for half as long as one."""
    events = replay(("order: rolling", rep(2.0, "Anna"), rep(6.5, "Ben")), (13.5, 13.8))
    assert [event["rep"] for event in of(events, "crossing")] == [1, 2]
    assert [event["rep"] for event in of(events, "finish")] == [1, 2]
    assert of(events, "obstacle", "dnf", "crossing_withdrawn") == []


def test_goes_without_a_name_are_each_somebody_elses(replay: Replaying) -> None:
    events = replay(("order: rolling", rep(2.0), rep(8.0), rep(14.0)), (12.0, 18.0, 24.0))
    assert finishes(events) == [(1, 10), (2, 10), (3, 10)]
    assert all("athlete" not in event for event in of(events, "finish"))


def test_nobody_is_on_the_course_twice(replay: Replaying) -> None:
    events = replay(("order: rolling", rep(2.0, "Anna"), rep(6.0, "Anna")), (14.0,))
    assert [(event["rep"], event["reason"]) for event in of(events, "dnf")] == [(1, "stopped")]
    assert finishes(events) == [(2, 8)]


def test_a_late_crossing_before_the_next_go_revives(replay: Replaying) -> None:
    events = replay(("order: rolling", rep(2.0, "Anna"), rep(40.0, "Ben")), (33.0, 48.0))
    assert [event["reason"] for event in of(events, "dnf")] == ["timeout"]
    assert [(event["rep"], event["flags"]) for event in of(events, "finish")] == [(1, ["late"]), (2, [])]


def test_without_a_gate_at_the_start_nobody_can_tell_a_start_by_release_among_others(replay: Replaying) -> None:
    head = ("order: rolling", "rep: release_from_s=1 distance_m=20 gait=jog")
    replay(
        head, (), err="order: rolling, since a rep starts flying, or by release with no gate at the start of its own"
    )


WAVE = ("order: waves", rep(2.0, "Anna"), rep(2.0, "Ben"), rep(2.0, "Carla"))


def test_of_a_wave_before_one_lane_each_finish_is_a_place_and_nobody_s(replay: Replaying) -> None:
    events = replay(WAVE, (11.0, 13.0, 15.0))
    assert [(go["rep"], go["wave"], "athlete" in go) for go in of(events, "go")] == [(n, 1, False) for n in (1, 2, 3)]
    found = [(event["rep"], event["place"], event["flags"]) for event in of(events, "finish")]
    assert found == [(1, 1, []), (2, 2, []), (3, 3, [])]
    assert finishes(events) == [(1, 9), (2, 11), (3, 13)]
    assert (events[-1]["reps"], events[-1]["finished"]) == (3, 3)


def test_the_go_of_a_wave_ends_what_is_open_of_the_one_before(replay: Replaying) -> None:
    events = replay((*WAVE, rep(20.0, "Anna"), rep(20.0, "Ben")), (11.0, 12.5, 30.0, 31.5))
    assert [(event["t_s"], event["rep"], event["reason"]) for event in of(events, "dnf")] == [(20.0, 3, "stopped")]
    assert [(event["rep"], event["place"]) for event in of(events, "finish")] == [(1, 1), (2, 2), (4, 1), (5, 2)]


def test_of_a_wave_of_one_the_athlete_is_known(replay: Replaying) -> None:
    events = replay(("order: waves", rep(2.0, "Anna"), rep(20.0, "Ben")), (11.0, 29.0))
    assert [(event["rep"], event["athlete"]) for event in of(events, "finish")] == [(1, "Anna"), (2, "Ben")]


def test_with_fewer_breaks_than_runners_the_places_left_over_are_not_timed(replay: Replaying) -> None:
    events = replay(WAVE, (11.0, 12.5))
    assert [(event["rep"], event["place"], event["reason"]) for event in of(events, "dnf")] == [(3, 3, "timeout")]


def test_where_each_names_its_lane_the_go_of_a_wave_ends_what_is_open_in_every_lane(replay: Replaying) -> None:
    def laned(go_s: float, lane: int, athlete: str) -> str:
        return f"{rep(go_s, athlete)} lane={lane}"

    first = (laned(2.0, 1, "Anna"), laned(2.0, 2, "Ben"))
    events = replay(("order: waves", "lanes: 2", *first, laned(20.0, 1, "Carla")), ())
    assert [(go["rep"], go["wave"], go["athlete"]) for go in of(events, "go")] == [
        (1, 1, "Anna"), (2, 1, "Ben"), (3, 2, "Carla"),
    ]  # fmt: skip
    assert [(event["t_s"], event["rep"], event["reason"]) for event in of(events, "dnf")][:2] == [
        (20.0, 1, "stopped"), (20.0, 2, "stopped"),
    ]  # fmt: skip
