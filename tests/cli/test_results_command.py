"""`retro-timer results`: what was kept, for people, as JSON and as CSV."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import shutil
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from retro_timer.store.results.athletes import People
from retro_timer.store.results.database import open_for_reading
from retro_timer.store.results.journal import Journal
from retro_timer.store.results.queries import reps
from retro_timer.store.results.rows import row_of, save_row
from retro_timer.store.results.schema import VERSION
from retro_timer.training.gaits import Gait
from retro_timer.training.record import RepRecord, RepStatus
from tests.helpers.command import Command, Outcome, process, quietly
from tests.helpers.plans_made import plan, plan_text

S = 1_000_000_000

FIELDS = [
    "session", "rep", "set", "rep_in_set", "athlete", "distance_m", "duration_s", "gait", "status", "time_s",
    "uncertainty_s", "sound_delay_s", "shown_s", "method", "start", "splits", "flags", "obstacles", "reason", "date",
    "time_of_day", "go_at", "athlete_id", "line", "lane", "wave", "place", "note", "crossings", "course",
]  # fmt: skip


@pytest.fixture(scope="module")
def two_sessions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """The state directory of a group of two and then a drop-out, and what they told."""
    place = tmp_path_factory.mktemp("two-sessions")
    plan_file, roster, env = place / "short.toml", place / "names.csv", {"RETRO_TIMER_STATE": str(place / "state")}
    plan_file.write_text(plan_text("reps = 2\ndistance_m = 10"))
    roster.write_text('Žofia\n"Müller, J."\n', encoding="utf-8")
    told = quietly("simulate", plan_file, "--roster", roster, "--json", env=env)
    more = quietly("simulate", plan_file, "--scenario", "drop-out", "--json", env=env)
    return place / "state", [json.loads(line) for line in (*told.lines, *more.lines)]


@pytest.fixture
def kept(two_sessions: tuple[Path, list[dict[str, Any]]], state_dir: Path) -> list[dict[str, Any]]:
    """What two sessions told whose results are a copy of this test's own."""
    state, events = two_sessions
    shutil.copytree(state, state_dir)
    return events


def test_the_reps_as_json_are_those_that_were_told(run: Command, kept: list[dict[str, Any]]) -> None:
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


def test_the_reps_as_csv_are_the_same(run: Command, kept: list[dict[str, Any]]) -> None:
    as_json = json.loads(run("results", "reps", "--json").out)
    rows = list(csv.DictReader(io.StringIO(run("results", "reps", "--csv").out)))
    assert list(rows[0]) == FIELDS
    for row, rep in zip(rows, as_json, strict=True):
        assert row["athlete"] == rep["athlete"]
        assert row["time_s"] == ("" if rep["time_s"] is None else str(rep["time_s"]))
        assert row["flags"] == ";".join(rep["flags"])


def test_reps_can_be_asked_for_by_session_and_athlete(run: Command, kept: list[dict[str, Any]]) -> None:
    def asked(*args: object) -> list[tuple[int, int]]:
        return [(r["session"], r["rep"]) for r in json.loads(run("results", "reps", "--json", *args).out)]

    assert asked("--session", 2) == [(2, 1), (2, 2)]
    assert asked("--athlete", "Žofia") == [(1, 1), (1, 3)]
    assert asked("--limit", 1) == [(2, 2)]
    assert asked("--athlete", "Nobody") == []
    assert asked("--session", 77) == []


@pytest.fixture
def many(state_dir: Path) -> int:
    """Sixty sessions with 1,200 reps, of which one is still open; the first under a clock that nobody had set."""
    journal = Journal(state_dir)
    journal.begin(plan(), ("Anna Schmidt",), "sim", 5)
    for _ in range(59):
        journal.begin(plan(), ("Anna Schmidt", "Anna Weiß"), "sim", 1_800_000_000 * S)
    journal.close()
    with contextlib.closing(sqlite3.connect(state_dir / "results.db")) as db, db:
        for n in range(1200):
            name, status = ("Anna Schmidt", "ANNA SCHMIDT", "Anna Weiß")[n % 3], "open" if n == 1199 else "finished"
            row = rep_row(name, status, 1 + n // 20, 1 + n % 20, n * S + (5 if n < 20 else 1_800_000_000 * S))
            save_row(db, row | {"athlete_id": People.of(db).id_by_name(name)})
    return 1199


def rep_row(name: str, status: str, session: int, number: int, go_wall_ns: int) -> dict[str, Any]:
    record = RepRecord(number, 1, number, name, 20.0, None, Gait.JOG, RepStatus(status), 0, 8 * S, S // 100)
    return row_of(session, record, go_wall_ns)


def test_exports_have_every_rep_and_every_session(run: Command, many: int) -> None:
    assert len(json.loads(run("results", "reps", "--json").out)) == many
    assert len(run("results", "reps", "--csv").lines) == 1 + many
    assert len(json.loads(run("results", "list", "--json").out)) == 60
    assert len(run("results", "list", "--csv").lines) == 1 + 60
    keys = [(r["session"], r["rep"]) for r in json.loads(run("results", "reps", "--json", "--limit", 1100).out)]
    assert keys == sorted(keys)
    assert (len(keys), keys[0], keys[-1]) == (1100, (5, 20), (60, 19))


def test_a_table_that_shows_a_part_says_how_much_there_is_and_how_to_see_it(run: Command, many: int) -> None:
    reps, sessions = run("results", "reps"), run("results", "list")
    assert len(reps.lines) == 1 + 1000 + 2
    assert reps.lines[-1] == "the newest 1,000 of 1,199 reps; all of them: --all, --csv or --json"
    assert sessions.lines[-1] == "the newest 50 of 60 sessions; all of them: --all, --csv or --json"
    assert len(run("results", "reps", "--all").lines) == 1 + many + 1
    assert "newest" not in run("results", "list", "--all").out + run("results", "reps", "--limit", many).out
    assert run("results", "list", "--all", "--limit", 3).code == 2


def test_an_export_reads_in_short_transactions_beside_the_writer(state_dir: Path, many: int) -> None:
    """A reader that takes its time must not make the write-ahead log grow: nothing is read while nobody asks."""
    connection = open_for_reading(state_dir)
    assert connection is not None
    listed = reps(connection)
    first = next(listed)
    with contextlib.closing(sqlite3.connect(state_dir / "results.db", timeout=0)) as writer:
        writer.execute("UPDATE rep SET reason = 'x' WHERE rep = 1")
        writer.commit()
        assert writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0, "the reader holds the log"
    rest = list(listed)
    assert len({(k.session, k.record.rep) for k in (first, *rest)}) == 1 + len(rest) == many
    connection.close()


def test_an_athlete_is_found_in_any_capitals_and_by_a_part_of_the_name(run: Command, many: int) -> None:
    def of(name: str) -> int:
        return len(json.loads(run("results", "reps", "--json", "--athlete", name).out))

    assert of("anna schmidt") == of("schmidt") == 800
    assert of("Anna Weiß") == of("ANNA WEISS") == of("weiss") == 399
    unclear: Outcome = run("results", "reps", "--athlete", "anna")
    assert unclear.code == 2
    assert all(name in unclear.one_line() for name in ("Anna Schmidt", "Anna Weiß"))
    nobody: Outcome = run("results", "reps", "--athlete", "Schmitt", "--json")
    assert (nobody.code, nobody.out) == (0, "[]\n")
    assert "did you mean 'Anna Schmidt'?" in nobody.one_line()


def test_each_rep_has_its_date_and_time_of_day_unless_nobody_had_set_the_clock(
    run: Command, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        as_json = json.loads(run("results", "reps", "--json").out)
        as_csv = list(csv.DictReader(io.StringIO(run("results", "reps", "--csv").out)))
        listed = run("results", "list", "--all").out
    finally:
        monkeypatch.undo()
        time.tzset()
    assert [(r["date"], r["time_of_day"], r["go_at"]) for r in as_json[19:21]] == [
        (None, None, None),
        ("2027-01-15", "09:00:20", "2027-01-15T09:00:20.000+01:00"),
    ]
    assert datetime.fromisoformat(as_json[20]["go_at"]) == datetime(2027, 1, 15, 8, 0, 20, tzinfo=UTC)
    assert [(r["date"], r["time_of_day"]) for r in as_csv[19:21]] == [("", ""), ("2027-01-15", "09:00:20")]
    assert "1970" not in listed
    assert "date unknown" in listed


def test_the_table_shows_times_rounded_up_and_says_so(run: Command, kept: list[dict[str, Any]]) -> None:
    reps = json.loads(run("results", "reps", "--json").out)
    outcome: Outcome = run("results", "reps")
    assert outcome.lines[0].split()[:4] == ["session", "rep", "set", "no"]
    assert f"{reps[0]['shown_s']:.2f}" in outcome.lines[1]
    assert "rounded up" in outcome.lines[-1]
    assert "reaction" in outcome.lines[-1]
    assert any("timeout" in line for line in outcome.lines)


def test_sessions_are_listed_newest_first(run: Command, kept: list[dict[str, Any]]) -> None:
    listed = json.loads(run("results", "list", "--json").out)
    assert [(s["session"], s["reps"], s["finished"], s["outcome"], s["board"]) for s in listed] == [
        (2, 2, 1, "done", "sim"),
        (1, 4, 4, "done", "sim"),
    ]
    assert listed[1]["athletes"] == ["Žofia", "Müller, J."]
    assert datetime.fromisoformat(listed[0]["started"]).utcoffset() is not None
    assert [line.split()[0] for line in run("results", "list").lines] == ["session", "2", "1"]
    assert run("results", "list", "--csv").lines[0].startswith("session,started,ended")


def test_one_session_is_shown_with_its_reps_the_newest_without_a_number(
    run: Command, kept: list[dict[str, Any]]
) -> None:
    newest = json.loads(run("results", "show", "--json").out)
    assert newest["session"] == 2
    assert [r["rep"] for r in newest["results"]] == [1, 2]
    assert json.loads(run("results", "show", "1", "--json").out)["athletes"] == ["Žofia", "Müller, J."]
    assert run("results", "show", "1").lines[0].startswith("session 1: Test plan, done, ")


def test_before_the_first_session_there_is_nothing_and_it_is_said_how_to_make_one(
    run: Command, state_dir: Path
) -> None:
    assert run("results", "list", "--json").out.strip() == "[]"
    assert run("results", "reps", "--json").out.strip() == "[]"
    assert run("results", "list", "--csv").lines == ["session,started,ended,outcome,board,title,athletes,reps,finished"]
    assert "retro-timer simulate demo" in run("results", "list").out
    outcome: Outcome = run("results", "show")
    assert outcome.code == 1
    assert "no sessions yet" in outcome.one_line()
    assert not state_dir.exists(), "asking wrote something"


def test_a_damaged_database_is_one_line(run: Command, state_dir: Path) -> None:
    state_dir.mkdir(parents=True)
    (state_dir / "results.db").write_bytes(b"not a database" * 1000)
    for args in (("list",), ("reps", "--json"), ("show",)):
        outcome: Outcome = run("results", *args)
        assert outcome.code == 1
        assert "damaged" in outcome.one_line()


def test_a_half_damaged_database_is_one_line(run: Command, kept: list[dict[str, Any]], state_dir: Path) -> None:
    path = state_dir / "results.db"
    data = bytearray(path.read_bytes())
    data[4096:] = b"\x55" * (len(data) - 4096)
    path.write_bytes(data)
    for args in (("list",), ("reps", "--json"), ("show",)):
        outcome: Outcome = run("results", *args)
        assert outcome.code == 1
        outcome.one_line()


def test_a_database_of_a_newer_program_is_read_or_told_of_in_one_line(
    run: Command, kept: list[dict[str, Any]], state_dir: Path
) -> None:
    with sqlite3.connect(state_dir / "results.db") as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
        db.execute("ALTER TABLE rep RENAME COLUMN time_ns TO time_ps")
    outcome: Outcome = run("results", "reps")
    assert outcome.code == 1
    assert str(VERSION + 1) in outcome.one_line()


def test_a_directory_in_the_databases_place_is_one_line(run: Command, state_dir: Path) -> None:
    (state_dir / "results.db").mkdir(parents=True)
    outcome: Outcome = run("results", "list")
    assert outcome.code in (0, 1)
    assert "Traceback" not in outcome.err


def test_results_can_be_read_while_a_session_is_written(run: Command, state_dir: Path) -> None:
    journal = Journal(state_dir)
    journal.begin(plan(), ("Ann",), "sim", 1)
    assert json.loads(run("results", "list", "--json").out)[0]["outcome"] == "open"
    assert process("results", "list").code == 0
    journal.close()
