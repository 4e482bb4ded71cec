"""`results edit`, `undo`, `history` and `athletes`: through a timer that runs, and without one."""

from __future__ import annotations

import contextlib
import fcntl
import json
import signal
from pathlib import Path
from typing import Any

import pytest

from retro_timer.beacon.control.protocol import answers, requests
from retro_timer.store.results.database import open_for_reading
from retro_timer.store.results.edits import CorrectRep
from retro_timer.training import corrections
from tests.helpers.command import here, process, quietly
from tests.helpers.results_made import fill
from tests.helpers.timer_process import Timer, timer, until

pytestmark = pytest.mark.slow


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
        (("results", "edit", 1, "--started", "1970-01-01T00:00"), "no session was then; expected a date from 2025"),
        (("results", "edit", 1, "--started", "2100-01-02"), "expected a date from 2025 to 2099"),
        (("results", "edit", 1, 2, "--time", "nan"), "'--time': nan is not in the range"),
        (("results", "edit", 1, 2, "--time", "-3"), "'--time': -3.0 is not in the range"),
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


def test_what_else_is_known_of_somebody_is_said_without_calling_them_anew(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert here(capsys, "athletes", "rename", "bea", "--group", "U14", "--say", "Bay").out == "Bea (#2) changed\n"
    (bea,) = [row for row in json.loads(here(capsys, "athletes", "list", "--json").out) if row["number"] == 2]
    assert (bea["name"], bea["group"], bea["say"]) == ("Bea", "U14", "Bay")
    before = (state / "reps.jsonl").read_bytes()
    refused = here(capsys, "athletes", "rename", "bea")
    assert (refused.code, "nothing to change" in refused.one_line()) == (2, True)
    assert (state / "reps.jsonl").read_bytes() == before


def test_who_is_forgotten_is_a_number_from_now_on_and_what_is_not_reached_is_listed(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = here(capsys, "athletes", "forget", "ann")
    assert told.code == 0
    assert told.lines[0] == "removed 1 from now on; sessions, times and places stay"
    assert told.lines[1].startswith("written anew: results.db, reps.jsonl (lines changed: ")
    assert [word for word in ("sticks", "exports", "wear-levelling") if word not in told.out] == []
    assert {rep["athlete"] for rep in reps(capsys)} == {"removed 1"}
    assert [row["name"] for row in json.loads(here(capsys, "athletes", "list", "--json").out)] == ["Bea"]
    again = here(capsys, "athletes", "forget", "ann")
    assert (again.code, "nobody of that name" in again.one_line()) == (2, True)
    assert b"Ann" not in (state / "reps.jsonl").read_bytes()
    assert json.loads(here(capsys, "athletes", "forget", "#1", "--json").out)["called"] == ["removed 1"]


def test_ctl_corrects_any_rep_of_the_session_and_takes_any_correction_back_by_its_id(tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("Ann\nBea\n")
    with timer("--json", "--roster", roster) as box:
        box.ready()
        early = quietly("ctl", "void", 1, env=box.env)
        assert (early.code, "rep 1: no session" in early.one_line()) == (1, True)
        box.ctl("start", plan="short")
        until(lambda: [e for e in box.events if e["event"] == "finish"], "the first finish")
        box.ctl("pause")
        box.phase("paused")
        assert process("ctl", "give", "bea", 1, env=box.env).out == "ok\n"
        assert quietly("ctl", "void", 1, env=box.env).out == "ok\n"
        given, voided = history(box)
        assert [(row["kind"], row["rep"], row["origin"]) for row in (given, voided)] == [
            ("give", 1, "ctl"),
            ("void", 1, "ctl"),
        ]
        assert quietly("ctl", "undo", given["id"], env=box.env).out == "ok\n"
        assert [row["undoes"] for row in history(box)] == ["", "", given["id"]]
        told = until(lambda: [e for e in box.events if e["event"] == "correction"][2:], "the undo is told")
        assert told[0]["rep"] == 1
        unknown = quietly("ctl", "undo", "12", env=box.env)
        assert (unknown.code, "no such correction" in unknown.one_line()) == (1, True)
        box.ctl("stop")
        assert box.stop() == 0
        (first,) = [rep for rep in box.results() if rep["rep"] == 1]
        assert (first["athlete"], first["status"]) == ("Ann", "void")


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("void", "x"), "ctl void: 'x' is no rep; expected ctl void [REP]"),
        (("void", "0"), "ctl void: '0' is no rep"),
        (("swap", "1"), "ctl swap: not two reps named; expected ctl swap REP OTHER"),
        (("swap", "1", "x"), "ctl swap: 'x' is no rep; expected ctl swap REP OTHER"),
        (("claim",), "ctl claim: no place named; expected ctl claim PLACE NAME [WAVE]"),
        (("claim", "9", "Ann"), "ctl claim: '9' is no place"),
        (("claim", "1"), "ctl claim: no athlete named"),
        (("claim", "1", "Ann", "0"), "ctl claim: '0' is no wave"),
        (("finish", " "), "ctl finish: no athlete named; expected ctl finish [NAME]"),
        (("give", "Bea", "two"), "ctl give: 'two' is no rep; expected ctl give NAME [REP]"),
        (("give",), "ctl give: no athlete named"),
        (("undo", " "), "ctl undo: an empty id"),
        (("void", "1", "2"), "'2' is one word too many"),
    ],
)
def test_a_word_that_ctl_does_not_understand_is_told(
    capsys: pytest.CaptureFixture[str], args: tuple[str, ...], why: str
) -> None:
    outcome = here(capsys, "ctl", *args)
    assert (outcome.code, why in outcome.one_line()) == (2, True), outcome.err


def test_a_timer_that_runs_forgets_whoever_is_to_be_forgotten_unless_a_session_is_open() -> None:
    with timer() as box:
        box.ready()
        assert quietly("athletes", "add", "Ann", env=box.env).code == 0
        box.ctl("start")
        refused = quietly("athletes", "forget", "Ann", env=box.env)
        assert (refused.code, "a session is open: end it" in refused.one_line()) == (1, True)
        box.ctl("stop")
        box.phase("stopped", "done")
        done = quietly("athletes", "forget", "ann", "--json", env=box.env)
        assert done.code == 0, done.err
        assert json.loads(done.out)["called"] == ["removed 1"]
        assert "removed 1" not in quietly("athletes", "list", env=box.env).out
        box.ctl("start")


def test_while_another_program_writes_without_a_socket_nothing_is_changed(state: Path) -> None:
    with (state / "writer.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        outcome = process("results", "edit", 1, 2, "--void")
    assert (outcome.code, "another program writes there" in outcome.one_line()) == (1, True)


def history(box: Timer) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(quietly("results", "history", 1, "--json", env=box.env).out)
    return rows


def test_who_is_absent_and_who_came_late_are_so_after_kill_9(tmp_path: Path) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text("Ann\nBea\n")
    with timer("--roster", roster) as box:
        box.ready()
        box.ctl("start", plan="short")
        box.phase("brief", "get-ready")
        box.ctl("absent", name="Ann")
        box.ctl("add", name="Cid")
        box.ctl("order", name="Cid", place=1)
        until(lambda: presence_of(box.state) == {"Ann": 0, "Cid": 1, "Bea": 1}, "all kept")
        box.signal(signal.SIGKILL)
        box.ended()
        with timer("--roster", roster, home=box.home) as again:
            again.ready().phase("recoverable")
            again.ctl("recover")
            until(lambda: again.status().get("athlete") == "Cid", "the late arrival's turn")


def presence_of(state: Path) -> dict[str, int]:
    reading = open_for_reading(state)
    assert reading is not None
    with contextlib.closing(reading):
        return dict(reading.execute("SELECT name, present FROM presence").fetchall())


def test_while_a_timer_lives_the_change_goes_through_it_and_its_session_follows() -> None:
    with timer("--json") as box:
        box.ready()
        box.ctl("start", plan="short")
        until(lambda: [e for e in box.events if e["event"] == "finish"], "the first finish")
        box.ctl("pause")
        box.phase("paused")
        edit = CorrectRep(1, corrections.VoidRep(1))
        revision = box.ask(requests.Edit(edit, "page of Kim"), answers.Edited).done.revision
        told = until(lambda: [e for e in box.events if e["event"] == "correction"], "the correction")
        assert [(e["kind"], e["rep"], e["revision"]) for e in told] == [("void", 1, revision)]
        assert quietly("results", "undo", revision, env=box.env).out == "session 1, rep 1: void taken back\n"
        until(lambda: len([e for e in box.events if e["event"] == "correction"]) == 2, "the undo")
        refused = quietly("results", "edit", 1, 9, "--void", env=box.env)
        assert (refused.code, "rep 9: not found" in refused.one_line()) == (1, True)
        box.ctl("void")
        told = until(lambda: [e for e in box.events if e["event"] == "correction"][2:], "the third correction")
        (mine,) = [row for row in history(box) if row["id"] == told[0]["revision"]]
        assert (mine["kind"], mine["origin"]) == ("void", "ctl")
        box.ctl("undo")
        until(lambda: [row for row in history(box) if row["undoes"] == mine["id"]], "the undo in the ledger")
        box.ctl("stop")
        assert box.stop() == 0
        assert next(rep["status"] for rep in box.results()) == "finished"
