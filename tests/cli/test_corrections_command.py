"""`results edit`, `undo`, `history` and `athletes`: through a timer that runs, and without one."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.command import here, process
from tests.helpers.results_made import fill
from tests.helpers.timer_process import timer, until


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RETRO_TIMER_STATE", str(tmp_path))
    fill(tmp_path)
    return tmp_path


def reps(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(here(capsys, "results", "reps", "--session", 1, "--json").out)
    return found


def test_weeks_later_a_rep_is_corrected_and_that_is_taken_back_by_its_id(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = json.loads(here(capsys, "results", "edit", 1, 2, "--give", "bea", "--json").out)
    assert [rep["athlete"] for rep in reps(capsys)] == ["Ann", "Bea", "Ann"]
    assert here(capsys, "results", "edit", 1, 2, "--note", "wind").out.startswith("session 1, rep 2: note; undo ")
    (given, noted) = json.loads(here(capsys, "results", "history", 1, "--json").out)
    assert (given["id"], given["origin"], noted["kind"]) == (done["revision"], "edit", "note")
    assert here(capsys, "results", "undo", done["revision"]).out == "session 1, rep 2: give taken back\n"
    assert [(rep["athlete"], rep["note"]) for rep in reps(capsys)][1] == ("Ann", "wind")
    assert "taken back" in here(capsys, "results", "history", 1, 2).lines[1]
    assert here(capsys, "results", "history", 2).out == "no corrections\n"
    assert (state / "writer.lock").exists()


def test_a_session_is_dated_afterwards(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert here(capsys, "results", "edit", 1, "--started", "2026-11-22T17:30").code == 0
    shown = json.loads(here(capsys, "results", "show", 1, "--json").out)
    assert shown["started"].startswith("2026-11-22T17:30:00")
    assert {rep["date"] for rep in shown["results"]} == {"2026-11-22"}


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("results", "edit", 1), "not one correction given; expected one of --started, --note"),
        (("results", "edit", 1, 2, "--void", "--note", "x"), "not one correction given"),
        (("results", "edit", 1, 2, "--started", "2026-01-01"), "not one correction given"),
        (("results", "edit", 1, "--started", "noon"), "--started 'noon': not a date and time"),
        (("results", "edit", 1, 2, "--time", "nan"), "edit: "),
        (("results", "edit", 1, 2, "--give", "Zoe"), "nobody of that name"),
        (("results", "undo", "12"), "no such correction"),
        (("athletes", "show", "Zoe"), "nobody of that name"),
        (("athletes", "add", "Zoe", "--forward", "20"), "expected METRES:SECONDS"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    state: Path, capsys: pytest.CaptureFixture[str], args: tuple[object, ...], why: str
) -> None:
    before = (state / "reps.jsonl").read_bytes()
    outcome = here(capsys, *args)
    assert (outcome.code, why in outcome.one_line()) == (2, True), outcome.err
    assert (state / "reps.jsonl").read_bytes() == before


def test_athletes_are_added_renamed_merged_and_listed(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert here(capsys, "athletes", "add", "Annie", "--group", "U16", "--forward", "20:3.4").code == 0
    assert here(capsys, "athletes", "rename", "bea", "Beatrix", "--born", 1990).code == 0
    assert (
        here(capsys, "athletes", "merge", "ann", "annie").out == "Ann (#1) is Annie (#3) from now on, with all reps\n"
    )
    listed = json.loads(here(capsys, "athletes", "list", "--json").out)
    assert [(row["number"], row["name"], row["reps"]) for row in listed] == [(2, "Beatrix", 0), (3, "Annie", 6)]
    assert {rep["athlete"] for rep in reps(capsys)} == {"Annie"}
    shown = here(capsys, "athletes", "show", "#3").out
    assert "forward  20 m in 3.4 s" in shown
    assert (state / "results.db").exists()


def test_while_another_program_writes_without_a_socket_nothing_is_changed(state: Path) -> None:
    with (state / "writer.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        outcome = process("results", "edit", 1, 2, "--void")
    assert (outcome.code, "another program writes there" in outcome.one_line()) == (1, True)


def test_while_a_timer_lives_the_change_goes_through_it_and_its_session_follows() -> None:
    with timer("--json") as box:
        box.ready()
        box.ctl("start", plan="short")
        until(lambda: [e for e in box.events if e["event"] == "finish"], "the first finish")
        done = box.ask(
            edit={"type": "rep", "session": 1, "correction": {"kind": "void", "rep": 1}}, origin="page of Kim"
        )
        revision = done["done"]["revision"]
        told = until(lambda: [e for e in box.events if e["event"] == "correction"], "the correction")
        assert [(e["kind"], e["rep"], e["revision"]) for e in told] == [("void", 1, revision)]
        assert process("results", "undo", revision, env=box.env).out == "session 1, rep 1: void taken back\n"
        until(lambda: len([e for e in box.events if e["event"] == "correction"]) == 2, "the undo")
        refused = process("results", "edit", 1, 9, "--void", env=box.env)
        assert (refused.code, "rep 9: not found" in refused.one_line()) == (1, True)
        box.ctl("stop")
        assert box.stop() == 0
        assert next(rep["status"] for rep in box.results()) == "finished"
