"""Recorded starts by release, out and back before one box or with a gate of their own, and splits on the way."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from retro_timer.ports import RangeSample
from retro_timer.store.traces import HEADER, format_row
from tests.helpers.command import here
from tests.helpers.replaying import Event, of
from tests.helpers.standing import (
    ACCELERATION_MPS2,
    BODY_MM,
    COMES_S,
    THIN,
    TORSO_M,
    WIDE,
    Beam,
    Way,
    left_s,
    seen,
    stands_and_leaves,
)

SPEED_MPS = 2.0
RETURNS_S = 15.0
"""When the back is at the line again."""


def out_and_back(t_s: float) -> float | None:
    """Leaves as usual, turns somewhere, and comes back evenly, the back first, in the negative direction."""
    leave = stands_and_leaves()
    return leave(t_s) if t_s < 11.5 else TORSO_M / 2.0 - SPEED_MPS * (t_s - RETURNS_S)


def trace(path: Path, head: list[str], readings: dict[str, list[RangeSample]]) -> Path:
    """A trace file of one sensor or several."""
    several = len(readings) > 1
    rows = sorted((sample.t_ns, name, sample) for name, samples in readings.items() for sample in samples)
    lines = [f"# {line}\n" for line in head]
    lines.append(HEADER + (",sensor\n" if several else "\n"))
    for _, name, sample in rows:
        row = format_row(sample, 0)
        lines.append(row.rstrip("\n") + f",{name}\n" if several else row)
    path.write_text("".join(lines), encoding="utf-8")
    return path


Replaying = Callable[[Path], list[Event]]


@pytest.fixture
def events_of(capsys: pytest.CaptureFixture[str]) -> Replaying:
    """What `retro-timer replay --json` tells, without a word of complaint."""

    def replay(path: Path) -> list[Event]:
        found = here(capsys, "replay", path, "--json")
        assert (found.code, found.err) == (0, "")
        return [json.loads(line) for line in found.out.splitlines()]

    return replay


@pytest.mark.parametrize("beam", [WIDE, THIN, Beam(wall=False), Beam(law="nearest")])
def test_one_box_starts_and_finishes_a_rep_out_and_back(tmp_path: Path, events_of: Replaying, beam: Beam) -> None:
    head = [
        "placement: gate", f"fov_deg: {beam.fov_deg:g}", "course: out-and-back",
        "rep: release_from_s=3.0 distance_m=10 gait=jog",
    ]  # fmt: skip
    told = events_of(trace(tmp_path / "t.csv", head, {"": seen(beam, (out_and_back, BODY_MM), until_s=18.0)}))
    (go,) = of(told, "go")
    assert (go["rep"], go["start"]) == (1, "release")
    assert abs(go["t_s"] - left_s()) <= go["uncertainty_s"]
    (finish,) = of(told, "finish")
    assert abs(finish["time_s"] - (RETURNS_S - left_s())) <= finish["uncertainty_s"]
    assert finish["uncertainty_s"] > go["uncertainty_s"], "it contains the start's"
    assert finish["start"] == "release"
    assert of(told, "obstacle") == []
    assert told[-1] == {
        "t_s": told[-1]["t_s"], "event": "summary", "samples": told[-1]["samples"], "reps": 1, "finished": 1,
        "obstacles": 0,
    }  # fmt: skip


def test_without_a_course_what_one_gate_alone_is_taken_for_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = ["placement: gate", "rep: release_from_s=3.0 distance_m=10 gait=jog"]
    samples = seen(WIDE, (out_and_back, BODY_MM), until_s=18.0)
    found = here(capsys, "replay", trace(tmp_path / "t.csv", head, {"": samples}), "--json")
    assert found.code == 0
    assert found.err.splitlines() == [
        f"retro-timer: {tmp_path / 't.csv'}: rep 1: one gate alone, expected course: out-and-back; it is taken for the"
        " start and for the finish"
    ]
    events = [json.loads(line)["event"] for line in found.out.splitlines()]
    assert [event for event in events if event in ("go", "finish", "dnf")] == ["go", "finish"]


def test_a_start_that_nobody_gives_is_a_rep_without_a_finish(tmp_path: Path, events_of: Replaying) -> None:
    head = [
        "placement: gate", "course: out-and-back", "rep: release_from_s=3.0 distance_m=10 gait=jog",
        "rep: release_from_s=5.0 distance_m=10 gait=jog",
    ]  # fmt: skip
    told = events_of(trace(tmp_path / "t.csv", head, {"": seen(WIDE, until_s=8.0)}))
    assert of(told, "go") == []
    assert [(dnf["rep"], dnf["reason"]) for dnf in of(told, "dnf")] == [(1, "stopped"), (2, "trace-end")]
    assert (told[-1]["reps"], told[-1]["finished"]) == (2, 0)


def test_a_departure_at_the_very_end_of_a_trace_is_decided_before_the_rep_is_given_up(
    tmp_path: Path, events_of: Replaying
) -> None:
    head = ["placement: gate", "course: out-and-back", "rep: release_from_s=3.0 distance_m=10 gait=jog"]
    samples = seen(WIDE, (stands_and_leaves(), BODY_MM), until_s=left_s() + 0.7)
    told = events_of(trace(tmp_path / "t.csv", head, {"": samples}))
    assert [event["event"] for event in of(told, "go", "dnf")] == ["go", "dnf"]


def passing(line_m: float) -> Way:
    """The same runner as another line sees them, on a straight way of 4 m/s in the end."""
    leave = stands_and_leaves()

    def at(t_s: float) -> float | None:
        middle_m = leave(t_s)
        return None if middle_m is None or t_s < COMES_S else middle_m - line_m

    return at


def passed_s(line_m: float) -> float:
    """When the back is at that line."""
    to_full_speed_m = 0.5 * ACCELERATION_MPS2 * 1.3**2
    return 8.0 + 1.3 + (line_m - TORSO_M / 2.0 - to_full_speed_m) / 4.0


def test_a_gate_at_the_start_gives_the_go_and_one_on_the_way_a_split(tmp_path: Path, events_of: Replaying) -> None:
    head = [
        "sensor a: placement=gate line=start fov_deg=2",
        "sensor b: placement=gate line=ten fov_deg=2",
        "sensor c: placement=gate line=finish fov_deg=27",
        "line ten: distance_m=10",
        "rep: release_from_s=3.0 distance_m=20 gait=run",
    ]
    readings = {
        "a": seen(THIN, (stands_and_leaves(), BODY_MM), until_s=16.0),
        "b": seen(THIN, (passing(10.0), BODY_MM), until_s=16.0, seed=1),
        "c": seen(WIDE, (passing(20.0), BODY_MM), until_s=16.0, seed=2),
    }
    told = events_of(trace(tmp_path / "t.csv", head, readings))
    assert [event["event"] for event in of(told, "go", "split", "crossing", "finish", "dnf", "obstacle")] == [
        "go", "split", "crossing", "finish",
    ]  # fmt: skip
    (split,), (finish,), (go,) = of(told, "split"), of(told, "finish"), of(told, "go")
    assert list(split) == ["t_s", "event", "rep", "line", "distance_m", "time_s", "uncertainty_s"]
    assert (split["rep"], split["line"], split["distance_m"]) == (1, "ten", 10.0)
    assert abs(go["t_s"] - left_s()) <= go["uncertainty_s"]
    assert abs(split["time_s"] - (passed_s(10.0) - left_s())) <= split["uncertainty_s"]
    assert abs(finish["time_s"] - (passed_s(20.0) - left_s())) <= finish["uncertainty_s"]
    assert math.isclose(finish["time_s"] - split["time_s"], 2.5, abs_tol=0.03), "the start is the same for both"


def later(way: Way, by_s: float) -> Way:
    return lambda t_s: way(t_s - by_s)


def test_starts_by_release_leave_those_before_them_on_the_course(tmp_path: Path, events_of: Replaying) -> None:
    """The second leaves before the first is in, the third when all are; of a fourth nobody comes."""
    after_s = (0.0, 5.0, 15.0)
    head = [
        "order: rolling",
        "sensor a: placement=gate line=start fov_deg=2",
        "sensor b: placement=gate line=finish fov_deg=27",
        *(
            f"rep: release_from_s={from_s} distance_m=30 gait=run athlete={who}"
            for who, from_s in (("Ann", 3.0), ("Bea", 9.0), ("Cid", 17.0), ("Dee", 29.0))
        ),
    ]
    at_start = [(later(stands_and_leaves(), by_s), BODY_MM) for by_s in after_s]
    at_finish = [(later(passing(30.0), by_s), BODY_MM) for by_s in after_s]
    readings = {"a": seen(THIN, *at_start, until_s=34.0), "b": seen(WIDE, *at_finish, until_s=34.0, seed=2)}
    told = events_of(trace(tmp_path / "t.csv", head, readings))
    assert [(event["event"], event["rep"], event["athlete"]) for event in of(told, "go", "finish", "dnf")] == [
        ("go", 1, "Ann"), ("go", 2, "Bea"), ("finish", 1, "Ann"), ("finish", 2, "Bea"), ("go", 3, "Cid"),
        ("finish", 3, "Cid"), ("dnf", 4, "Dee"),
    ]  # fmt: skip
    for go, finish, by_s in zip(of(told, "go"), of(told, "finish"), after_s, strict=True):
        assert go["start"] == "release"
        assert abs(go["t_s"] - by_s - left_s()) <= go["uncertainty_s"]
        assert abs(finish["time_s"] - (passed_s(30.0) - left_s())) <= finish["uncertainty_s"]
    assert of(told, "obstacle") == []


def test_who_never_left_is_given_up_when_the_next_start_is_awaited(tmp_path: Path, events_of: Replaying) -> None:
    head = [
        "order: rolling",
        "sensor a: placement=gate line=start fov_deg=2",
        "sensor b: placement=gate line=finish fov_deg=27",
        "rep: release_from_s=1.0 distance_m=20 gait=run athlete=Ann",
        "rep: release_from_s=3.0 distance_m=20 gait=run athlete=Bea",
        "rep: release_from_s=10.0 distance_m=20 gait=run athlete=Cid",
        "rep: go_s=11.0 distance_m=20 gait=run athlete=Dee",
    ]
    readings = {
        "a": seen(THIN, (stands_and_leaves(), BODY_MM), until_s=16.0),
        "b": seen(WIDE, (passing(20.0), BODY_MM), until_s=16.0, seed=2),
    }
    told = events_of(trace(tmp_path / "t.csv", head, readings))
    assert [(event["event"], event["rep"], event.get("reason")) for event in of(told, "go", "finish", "dnf")] == [
        ("dnf", 1, "stopped"), ("go", 2, None), ("go", 4, None), ("dnf", 3, "stopped"), ("finish", 2, None),
        ("dnf", 4, "trace-end"),
    ]  # fmt: skip


def test_a_flying_start_is_the_crossing_of_the_first_of_two_lines(tmp_path: Path, events_of: Replaying) -> None:
    head = [
        "sensor a: placement=gate line=start fov_deg=2",
        "sensor c: placement=gate line=finish fov_deg=27",
        "rep: flying_from_s=3.0 distance_m=10 gait=run",
    ]
    readings = {
        "a": seen(THIN, (passing(10.0), BODY_MM), until_s=16.0),
        "c": seen(WIDE, (passing(20.0), BODY_MM), until_s=16.0, seed=2),
    }
    told = events_of(trace(tmp_path / "t.csv", head, readings))
    assert [event["event"] for event in of(told, "go", "crossing", "finish", "dnf", "obstacle")] == [
        "go", "crossing", "finish",
    ]  # fmt: skip
    (go,), (finish,) = of(told, "go"), of(told, "finish")
    assert (go["start"], finish["start"]) == ("flying", "flying")
    assert abs(go["t_s"] - passed_s(10.0)) <= go["uncertainty_s"]
    assert abs(finish["time_s"] - (passed_s(20.0) - passed_s(10.0))) <= finish["uncertainty_s"]


def test_a_flying_start_that_nobody_gives_is_a_rep_without_a_finish(tmp_path: Path, events_of: Replaying) -> None:
    head = [
        "sensor a: placement=gate line=start fov_deg=2", "sensor c: placement=gate fov_deg=27",
        "rep: flying_from_s=3.0 distance_m=10 gait=run",
    ]  # fmt: skip
    told = events_of(trace(tmp_path / "t.csv", head, {"a": seen(THIN, until_s=8.0), "c": seen(WIDE, until_s=8.0)}))
    assert of(told, "go", "finish") == []
    assert [(dnf["rep"], dnf["reason"]) for dnf in of(told, "dnf")] == [(1, "trace-end")]


@pytest.mark.parametrize("sensor", ["placement: gate", "sensor a: placement=lane-end line=start"])
def test_a_flying_start_without_a_gate_at_the_start_is_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], sensor: str
) -> None:
    head = [sensor, "fov_deg: 27", "rep: flying_from_s=3.0 distance_m=10 gait=run"]
    found = here(capsys, "replay", trace(tmp_path / "t.csv", head, {"": seen(WIDE, until_s=8.0)}), "--json")
    assert "rep 1: its flying start, since no gate has line=start (it counts as not finished); ignored" in found.err
    told = [json.loads(line)["event"] for line in found.out.splitlines()]
    assert [event for event in told if event not in ("obstacle", "sensor")] == ["dnf", "summary"]


def test_a_line_without_a_distance_is_told_of_and_times_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = ["sensor a: placement=gate line=ten", "sensor b: placement=gate", "rep: go_s=8.0 distance_m=20 gait=run"]
    readings = {"a": seen(WIDE, (passing(10.0), BODY_MM)), "b": seen(WIDE)}
    found = here(capsys, "replay", trace(tmp_path / "t.csv", head, readings), "--json")
    assert "line ten, whose distance_m is not told; ignored" in found.err
    assert "split" not in found.out
