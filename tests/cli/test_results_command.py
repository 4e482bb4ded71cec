"""`retro-timer results`: what was kept, for people, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from pathlib import Path

import pytest
from command import Outcome, here, process
from plans_made import plan, plan_text

from retro_timer.store.journal import Journal
from retro_timer.store.schema import VERSION

FIELDS = [
    "session", "rep", "set", "rep_in_set", "athlete", "distance_m", "duration_s", "gait", "status", "time_s",
    "uncertainty_s", "sound_delay_s", "shown_s", "method", "flags", "obstacles", "reason",
]  # fmt: skip


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    return lambda *args: here(capsys, *args)


@pytest.fixture
def kept(run, tmp_path: Path) -> list[dict]:
    """Two sessions: a group of two, then a drop-out."""
    (tmp_path / "short.toml").write_text(plan_text("reps = 2\ndistance_m = 10"))
    (tmp_path / "names.csv").write_text('Žofia\n"Müller, J."\n', encoding="utf-8")
    told = run("simulate", tmp_path / "short.toml", "--roster", tmp_path / "names.csv", "--json")
    more = run("simulate", tmp_path / "short.toml", "--scenario", "drop-out", "--json")
    return [json.loads(line) for line in (*told.lines, *more.lines)]


def test_the_reps_as_json_are_those_that_were_told(run, kept: list[dict]) -> None:
    outcome: Outcome = run("results", "reps", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    reps = json.loads(outcome.out)
    assert all(list(rep) == FIELDS for rep in reps)
    finished = [event for event in kept if event["event"] == "finish"]
    assert [(r["rep"], r["time_s"], r["uncertainty_s"]) for r in reps if r["status"] == "finished"] == [
        (f["rep"], f["time_s"], f["uncertainty_s"]) for f in finished
    ]
    assert [r["athlete"] for r in reps] == ["Žofia", "Müller, J.", "Žofia", "Müller, J.", "Runner", "Runner"]
    (lost,) = [r for r in reps if r["status"] == "dnf"]
    assert (lost["session"], lost["rep"], lost["reason"], lost["time_s"], lost["shown_s"]) == (
        2, 2, "timeout", None, None,
    )  # fmt: skip


def test_the_reps_as_csv_are_the_same(run, kept: list[dict]) -> None:
    as_json = json.loads(run("results", "reps", "--json").out)
    rows = list(csv.DictReader(io.StringIO(run("results", "reps", "--csv").out)))
    assert list(rows[0]) == FIELDS
    for row, rep in zip(rows, as_json, strict=True):
        assert row["athlete"] == rep["athlete"]
        assert row["time_s"] == ("" if rep["time_s"] is None else str(rep["time_s"]))
        assert row["flags"] == ";".join(rep["flags"])


def test_reps_can_be_asked_for_by_session_and_athlete(run, kept: list[dict]) -> None:
    def asked(*args: object) -> list[tuple[int, int]]:
        return [(r["session"], r["rep"]) for r in json.loads(run("results", "reps", "--json", *args).out)]

    assert asked("--session", 2) == [(2, 1), (2, 2)]
    assert asked("--athlete", "Žofia") == [(1, 1), (1, 3)]
    assert asked("--limit", 1) == [(2, 2)]
    assert asked("--athlete", "Nobody") == []
    assert asked("--session", 77) == []


def test_the_table_shows_times_rounded_up_and_says_so(run, kept: list[dict]) -> None:
    reps = json.loads(run("results", "reps", "--json").out)
    outcome: Outcome = run("results", "reps")
    assert outcome.lines[0].split()[:4] == ["session", "rep", "set", "no"]
    assert f"{reps[0]['shown_s']:.2f}" in outcome.lines[1]
    assert "rounded up" in outcome.lines[-1]
    assert "reaction" in outcome.lines[-1]
    assert any("timeout" in line for line in outcome.lines)


def test_sessions_are_listed_newest_first(run, kept: list[dict]) -> None:
    listed = json.loads(run("results", "list", "--json").out)
    assert [(s["session"], s["reps"], s["finished"], s["outcome"], s["board"]) for s in listed] == [
        (2, 2, 1, "done", "sim"),
        (1, 4, 4, "done", "sim"),
    ]
    assert listed[1]["athletes"] == ["Žofia", "Müller, J."]
    assert listed[0]["started"].endswith("+00:00")
    assert [line.split()[0] for line in run("results", "list").lines] == ["session", "2", "1"]
    assert run("results", "list", "--csv").lines[0].startswith("session,started,ended")


def test_one_session_is_shown_with_its_reps_the_newest_without_a_number(run, kept: list[dict]) -> None:
    newest = json.loads(run("results", "show", "--json").out)
    assert newest["session"] == 2
    assert [r["rep"] for r in newest["results"]] == [1, 2]
    assert json.loads(run("results", "show", "1", "--json").out)["athletes"] == ["Žofia", "Müller, J."]
    assert run("results", "show", "1").lines[0].startswith("session 1: Test plan, done, ")


def test_before_the_first_session_there_is_nothing_and_it_is_said_how_to_make_one(run, state_dir: Path) -> None:
    assert run("results", "list", "--json").out.strip() == "[]"
    assert run("results", "reps", "--json").out.strip() == "[]"
    assert run("results", "list", "--csv").lines == ["session,started,ended,outcome,board,title,athletes,reps,finished"]
    assert "retro-timer simulate demo" in run("results", "list").out
    outcome: Outcome = run("results", "show")
    assert outcome.code == 1
    assert "no sessions yet" in outcome.one_line()
    assert not state_dir.exists(), "asking wrote something"


def test_a_damaged_database_is_one_line(run, state_dir: Path) -> None:
    state_dir.mkdir(parents=True)
    (state_dir / "results.db").write_bytes(b"not a database" * 1000)
    for args in (("list",), ("reps", "--json"), ("show",)):
        outcome: Outcome = run("results", *args)
        assert outcome.code == 1
        assert "damaged" in outcome.one_line()


def test_a_half_damaged_database_is_one_line(run, kept: list[dict], state_dir: Path) -> None:
    path = state_dir / "results.db"
    data = bytearray(path.read_bytes())
    data[4096:] = b"\x55" * (len(data) - 4096)
    path.write_bytes(data)
    for args in (("list",), ("reps", "--json"), ("show",)):
        outcome: Outcome = run("results", *args)
        assert outcome.code == 1
        outcome.one_line()


def test_a_database_of_a_newer_program_is_read_or_told_of_in_one_line(run, kept: list[dict], state_dir: Path) -> None:
    with sqlite3.connect(state_dir / "results.db") as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
        db.execute("ALTER TABLE rep RENAME COLUMN time_ns TO time_ps")
    outcome: Outcome = run("results", "reps")
    assert outcome.code == 1
    assert str(VERSION + 1) in outcome.one_line()


def test_a_directory_in_the_databases_place_is_one_line(run, state_dir: Path) -> None:
    (state_dir / "results.db").mkdir(parents=True)
    outcome: Outcome = run("results", "list")
    assert outcome.code in (0, 1)
    assert "Traceback" not in outcome.err


def test_results_can_be_read_while_a_session_is_written(run, state_dir: Path) -> None:
    journal = Journal(state_dir)
    journal.begin(plan(), ("Ann",), "sim", 1)
    assert json.loads(run("results", "list", "--json").out)[0]["outcome"] == "open"
    assert process("results", "list").code == 0
    journal.close()
