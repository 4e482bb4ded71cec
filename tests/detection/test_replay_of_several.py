"""A trace of several sensors: each is judged by its own readings, and what is told names it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from retro_timer.ports import RangeSample
from retro_timer.store.traces import HEADER, SENSOR_COLUMN, format_row
from tests.helpers.command import Outcome, here
from tests.helpers.replaying import Event, Scene, of, sampled, wall, with_body

Replaying = Callable[..., tuple[Outcome, list[Event]]]
GATE_AND_REAR = ("sensor gate: placement=gate fov_deg=27", "sensor rear: placement=lane-end fov_deg=2 budget_ms=10")


def rows_of(**scenes: tuple[Scene, float]) -> list[tuple[str, RangeSample]]:
    """Twelve seconds of each sensor's scene at its rate, in order of time."""
    found = [
        (name, sample) for name, (scene, rate_hz) in scenes.items() for sample in sampled(scene, 12.0, rate_hz=rate_hz)
    ]
    return sorted(found, key=lambda row: row[1].t_ns)


def text_of(head: Iterable[str], rows: Iterable[tuple[str, RangeSample]]) -> str:
    body = "".join(f"{format_row(sample, 0)[:-1]},{name}\n" for name, sample in rows)
    return "".join(f"# {line}\n" for line in head) + HEADER + SENSOR_COLUMN + "\n" + body


@pytest.fixture
def replay(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Replaying:
    """Writes a trace and replays it."""

    def run(head: Iterable[str], rows: Iterable[tuple[str, RangeSample]], *args: str) -> tuple[Outcome, list[Event]]:
        path = tmp_path / "several.csv"
        path.write_text(text_of(head, rows), encoding="utf-8")
        outcome = here(capsys, "replay", path, "--json", *args)
        return outcome, [json.loads(line) for line in outcome.lines]

    return run


def approach(t_s: float) -> tuple[int | None, int | None, float | None]:
    """Somebody closes in on the lane's end from 8 m at 1.5 m/s from the third second on, and stays."""
    return (round(max(0.5, 8.0 - 1.5 * max(0.0, t_s - 3.0)) * 1000), 0, 2000.0)


def test_a_gate_times_while_a_rear_sensor_watches(replay: Replaying) -> None:
    rows = rows_of(gate=(with_body(wall(), 9.0, 9.17), 41.0), rear=(lambda _t: (None, 2, 5.0), 100.0))
    outcome, events = replay((*GATE_AND_REAR, "rep: go_s=1 distance_m=5 gait=walk"), rows)
    assert (outcome.code, outcome.err) == (0, "")
    (finish,) = of(events, "finish")
    assert (finish["rep"], finish["method"]) == (1, "gate")
    assert 7.9 <= finish["time_s"] <= 8.2
    assert events[-1]["samples"] == len(rows)


def test_an_obstacle_names_the_sensor_that_saw_it(replay: Replaying) -> None:
    rows = rows_of(gate=(wall(), 41.0), rear=(approach, 100.0))
    events = replay((*GATE_AND_REAR, "rep: go_s=1 distance_m=50 gait=walk"), rows)[1]
    obstacles = of(events, "obstacle")
    assert "danger" in [event["level"] for event in obstacles]
    assert {event["sensor"] for event in obstacles} == {"rear"}
    assert list(obstacles[0]) == ["t_s", "event", "level", "range_m", "sensor"]


def test_each_sensor_tells_its_own_state_and_its_line(replay: Replaying) -> None:
    rows = rows_of(gate=(lambda t: (2000, 0, 600.0) if t < 4.0 else (None, 5, None), 41.0), rear=(wall(4000), 100.0))
    events = replay(GATE_AND_REAR, rows)[1]
    changes = of(events, "sensor")
    assert changes
    assert {(event["sensor"], event["line"]) for event in changes} == {("gate", "finish")}
    assert list(changes[0]) == ["t_s", "event", "state", "reason", "sensor", "line"]


def test_the_column_alone_changes_nothing_of_what_one_sensor_tells(
    replay: Replaying, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rows = rows_of(gate=(with_body(wall(), 9.0, 9.17), 41.0))
    head = ("rep: go_s=1 distance_m=5 gait=walk", "fov_deg: 27")
    named = replay((*head, "sensor gate: placement=gate"), rows)[0]
    plain = tmp_path / "plain.csv"
    body = "".join(format_row(sample, 0) for _, sample in rows)
    plain.write_text("".join(f"# {line}\n" for line in head) + HEADER + "\n" + body)
    assert named.out == here(capsys, "replay", plain, "--json").out


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (
            ["order: rolling", "course: out-and-back", "rep: release_from_s=1 distance_m=5 gait=walk"],
            "order: rolling, since a rep starts flying, or by release with no gate at the start of its own",
        ),
        (
            ["lanes: 2", "rep: go_s=1 distance_m=20 gait=jog lane=1"],
            "sensors but the first gate at the finish: one tells the lanes apart",
        ),
    ],
)
def test_what_is_not_replayed_is_said_in_one_line(replay: Replaying, lines: list[str], words: str) -> None:
    outcome, events = replay((*GATE_AND_REAR, *lines), rows_of(gate=(wall(), 41.0)))
    (complaint,) = outcome.err.splitlines()
    assert words in complaint
    assert complaint.endswith("; ignored")
    assert (outcome.code, events[-1]["event"]) == (0, "summary")


DUAL = ("sensor up: offset_mm=0 fov_deg=27 budget_ms=20", "sensor lo: offset_mm=0 fov_deg=27 budget_ms=20")
JOG = "rep: go_s=2 distance_m=10 gait=jog"


def passage(at_s: float) -> Scene:
    """Somebody jogs through the beam before a wall."""
    return with_body(wall(), at_s, at_s + 0.17)


def until(rows: Iterable[tuple[str, RangeSample]], name: str, end_s: float) -> list[tuple[str, RangeSample]]:
    """The rows without those of one sensor from a time on."""
    return [row for row in rows if row[0] != name or row[1].t_ns < end_s * 1e9]


@pytest.mark.parametrize("silent", ["up", "lo"])
@pytest.mark.parametrize("offset_mm", [0, 400], ids=["stacked", "along"])
def test_a_half_that_falls_silent_is_told_and_the_other_one_goes_on_alone(
    replay: Replaying, silent: str, offset_mm: int
) -> None:
    head = ("sensor up: offset_mm=0 fov_deg=27", f"sensor lo: offset_mm={offset_mm} fov_deg=27", JOG)
    rows = until(rows_of(up=(passage(7.0), 41.0), lo=(passage(7.0), 41.0)), silent, 3.0)
    events = replay(head, rows)[1]
    (change,) = of(events, "sensor")
    assert (change["sensor"], change["state"], change["reason"]) == (silent, "lost", "silent")
    assert change["t_s"] == pytest.approx(3.0 + 0.2, abs=0.03), "as late as a running timer notices it"
    (finish,) = of(events, "finish")
    assert (finish["method"], finish["flags"]) == ("gate", ["single"])


def test_a_declared_half_without_a_row_is_silent_from_the_first_row_on(replay: Replaying) -> None:
    events = replay((*DUAL, JOG), until(rows_of(up=(passage(7.0), 41.0), lo=(wall(), 41.0)), "lo", 0.0))[1]
    (change,) = of(events, "sensor")
    assert (change["sensor"], change["reason"]) == ("lo", "silent")
    assert change["t_s"] < 1.0
    assert of(events, "finish")[0]["flags"] == ["single"]


def test_that_the_trace_ends_before_a_go_makes_no_sensor_silent(replay: Replaying) -> None:
    rows = rows_of(gate=(wall(), 41.0), rear=(wall(4000), 100.0))
    events = replay((*GATE_AND_REAR, "rep: go_s=30 distance_m=20 gait=walk"), rows)[1]
    assert of(events, "sensor") == []


def test_a_silent_rear_sensor_is_told_and_is_well_again_when_its_readings_are_back(replay: Replaying) -> None:
    rows = rows_of(gate=(wall(), 41.0), rear=(wall(4000), 100.0))
    gapped = [row for row in rows if row[0] == "gate" or not 4.0 <= row[1].t_ns / 1e9 < 6.0]
    changes = of(replay(GATE_AND_REAR, gapped)[1], "sensor")
    assert [(event["sensor"], event["state"], event["reason"]) for event in changes] == [
        ("rear", "lost", "silent"),
        ("rear", "ok", ""),
    ]
    assert changes[0]["t_s"] == pytest.approx(4.2, abs=0.02)
    assert 6.0 < changes[1]["t_s"] < 8.0


def comes_and_is_gone(t_s: float) -> tuple[int | None, int | None, float | None]:
    """Somebody closes in at 2 m/s from the sixth second on, and out of view at once in the tenth."""
    return (round(max(0.6, 8.0 - 2.0 * (t_s - 6.0)) * 1000), 0, 2000.0) if 6.0 < t_s < 10.0 else (None, 2, 5.0)


def test_an_obstacle_that_is_left_names_its_own_sensor_not_the_one_that_is_clear(replay: Replaying) -> None:
    rows = rows_of(gate=(with_body(wall(), 4.0, 20.0), 41.0), rear=(comes_and_is_gone, 100.0))
    obstacles = of(replay((*GATE_AND_REAR, "rep: go_s=30 distance_m=20 gait=walk"), rows)[1], "obstacle")
    assert [(event["level"], event["sensor"]) for event in obstacles] == [
        ("warning", "gate"),
        ("danger", "rear"),
        ("warning", "gate"),
    ]
    assert obstacles[-1]["range_m"] == pytest.approx(0.8, abs=0.05)
    assert obstacles[-1]["t_s"] > 10.0, "told when the rear sensor is clear"


ONCE = passage(7.0)


@pytest.fixture
def replay_unnamed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., tuple[Outcome, list[Event]]]:
    """Replays one sensor's rows, twelve seconds of a scene, from a trace without the column."""

    def run(*head: str, scene: Scene = ONCE, rate_hz: float = 41.0) -> tuple[Outcome, list[Event]]:
        path = tmp_path / "one.csv"
        body = "".join(format_row(sample, 0) for sample in sampled(scene, 12.0, rate_hz=rate_hz))
        path.write_text("".join(f"# {line}\n" for line in head) + HEADER + "\n" + body, encoding="utf-8")
        outcome = here(capsys, "replay", path, "--json")
        return outcome, [json.loads(line) for line in outcome.lines]

    return run


def test_rows_that_name_no_sensor_are_of_the_one_that_is_described(replay_unnamed: Replaying) -> None:
    described = ("sensor rear: placement=lane-end fov_deg=2 budget_ms=10", "rep: go_s=1 distance_m=50 gait=walk")
    outcome, events = replay_unnamed(*described, scene=approach, rate_hz=100.0)
    assert (outcome.code, outcome.err) == (0, "")
    assert "danger" in [event["level"] for event in of(events, "obstacle")]
    assert all("sensor" not in event for event in of(events, "obstacle", "sensor")), "there is but one"


def test_rows_that_name_no_sensor_are_of_the_line_that_is_described(replay_unnamed: Replaying) -> None:
    events = replay_unnamed("sensor x: line=ten", "line ten: distance_m=5", "rep: go_s=2 distance_m=10 gait=jog")[1]
    assert [(event["line"], event["distance_m"]) for event in of(events, "split")] == [("ten", 5)]
    assert of(events, "finish") == []


def test_rows_that_name_no_sensor_are_of_the_first_of_several_and_that_is_said(replay_unnamed: Replaying) -> None:
    outcome, events = replay_unnamed(*DUAL, JOG)
    (complaint,) = outcome.err.splitlines()
    assert "the rows name no sensor" in complaint
    assert complaint.endswith("all rows are of up; lo ignored")
    (finish,) = of(events, "finish")
    assert (finish["method"], finish["flags"]) == ("gate", [])
    assert of(events, "sensor") == []


def test_a_third_gate_of_a_line_times_nothing_and_is_said(replay: Replaying) -> None:
    rows = rows_of(up=(passage(7.0), 41.0), lo=(passage(7.0), 41.0), extra=(passage(7.0), 41.0))
    outcome, events = replay((*DUAL, "sensor extra: placement=gate", JOG), rows)
    (complaint,) = outcome.err.splitlines()
    assert complaint.endswith("sensor extra: a third gate at finish, expected two; ignored")
    assert len(of(events, "crossing")) == 1
    (finish,) = of(events, "finish")
    assert (finish["method"], finish["flags"]) == ("dual", [])


def test_a_third_gate_that_only_the_head_describes_is_missed_by_nobody(replay: Replaying) -> None:
    rows = rows_of(up=(passage(7.0), 41.0), lo=(passage(7.0), 41.0))
    outcome, events = replay((*DUAL, "sensor extra: placement=gate", JOG), rows)
    (complaint,) = outcome.err.splitlines()
    assert complaint.endswith("sensor extra: a third gate at finish, expected two; ignored")
    assert of(events, "sensor") == []
    (finish,) = of(events, "finish")
    assert (finish["method"], finish["flags"]) == ("dual", [])


@pytest.mark.parametrize(("goes", "which"), [((3,), "rep 1"), ((3, 6), "reps 1, 2")])
def test_that_the_finish_is_taken_for_the_start_of_a_release_is_said(
    replay: Replaying, goes: tuple[int, ...], which: str
) -> None:
    rows = rows_of(up=(wall(), 41.0), lo=(wall(), 41.0))
    reps = [f"rep: release_from_s={at_s} distance_m=10 gait=jog" for at_s in goes]
    (complaint,) = replay((*DUAL, *reps), rows)[0].err.splitlines()
    said = "no gate at the start, expected line=start or course: out-and-back; the finish is taken for it"
    assert complaint.endswith(f"{which}: {said}")
    assert replay(("course: out-and-back", *DUAL, *reps), rows)[0].err == ""


@pytest.mark.parametrize("described", [(), DUAL[:1]], ids=["neither", "the first"])
def test_two_gates_of_a_line_are_one_though_the_trace_does_not_describe_both(
    replay: Replaying, described: tuple[str, ...]
) -> None:
    outcome, events = replay((*described, JOG), rows_of(up=(passage(7.0), 41.0), lo=(passage(7.0), 41.0)))
    assert outcome.err == ""
    assert len(of(events, "crossing")) == 1
    (finish,) = of(events, "finish")
    assert (finish["method"], finish["flags"]) == ("dual", [])


def test_a_half_that_is_not_described_goes_on_alone_as_well(replay: Replaying) -> None:
    rows = until(rows_of(up=(passage(7.0), 41.0), lo=(passage(7.0), 41.0)), "up", 3.0)
    events = replay((DUAL[0], JOG), rows)[1]
    assert [(event["sensor"], event["state"]) for event in of(events, "sensor")] == [("up", "lost")]
    assert of(events, "finish")[0]["flags"] == ["single"]
