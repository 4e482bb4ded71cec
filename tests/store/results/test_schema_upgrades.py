"""A database that any older program has left behind is opened by this one, with all of its data there."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from retro_timer.store.results.cut_off import cut_off
from retro_timer.store.results.database import NAME, open_for_reading
from retro_timer.store.results.journal import Journal, open_journal
from retro_timer.store.results.queries import Wanted, reps, sessions
from retro_timer.store.results.schema import VERSION
from retro_timer.training.record import RepStatus
from tests.helpers import results_made
from tests.helpers.results_made import fill, ids_of, numbers, opened
from tests.store.results.make_fixture import FIXTURES

VERSIONS = range(1, VERSION + 1)
HOW = "a schema that boxes have is never changed: add a step, raise VERSION, python -m tests.store.results.make_fixture"

Rows = dict[str, list[dict[str, Any]]]


def left_behind(version: int, directory: Path) -> Path:
    """A state directory as a program of that version left it."""
    directory.mkdir()
    with contextlib.closing(sqlite3.connect(directory / NAME)) as db:
        db.executescript((FIXTURES / f"v{version}.sql").read_text(encoding="utf-8"))
    shutil.copy(FIXTURES / f"v{version}.jsonl", directory / "reps.jsonl")
    return directory


def rows(path: Path) -> Rows:
    """Everything in a database, read by SQLite alone."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        order = {"session": "id", "rep": "session, rep"}
        return {t: [dict(row) for row in db.execute(f"SELECT * FROM {t} ORDER BY {by}")] for t, by in order.items()}


def schema(path: Path) -> tuple[int, list[tuple[str, ...]]]:
    """Version, and every statement that made the database."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        made = db.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name").fetchall()
        return version, made


@pytest.mark.parametrize("version", VERSIONS)
def test_there_is_a_fixture_of_every_version(version: int) -> None:
    assert (FIXTURES / f"v{version}.sql").is_file(), HOW
    assert (FIXTURES / f"v{version}.jsonl").is_file(), HOW


def test_the_newest_fixture_has_the_schema_that_this_program_makes(tmp_path: Path) -> None:
    Journal(tmp_path / "fresh").close()
    assert schema(tmp_path / "fresh" / NAME) == schema(left_behind(VERSION, tmp_path / "kept") / NAME), HOW


@pytest.mark.parametrize("version", VERSIONS)
def test_an_upgraded_database_cannot_be_told_from_a_fresh_one(tmp_path: Path, version: int) -> None:
    Journal(tmp_path / "fresh").close()
    directory = left_behind(version, tmp_path / "old")
    Journal(directory).close()
    assert schema(directory / NAME) == schema(tmp_path / "fresh" / NAME), HOW


@pytest.mark.parametrize("version", VERSIONS)
def test_an_upgrade_keeps_every_value_of_every_row(tmp_path: Path, version: int) -> None:
    directory = left_behind(version, tmp_path / "old")
    before = rows(directory / NAME)
    Journal(directory).close()
    after = rows(directory / NAME)
    for table, kept in before.items():
        assert len(kept) >= 3
        assert [{name: row[name] for name in kept[0]} for row in after[table]] == kept


def test_whoever_waits_for_a_large_databases_upgrade_is_told_what_for_and_only_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    directory = left_behind(1, tmp_path / "old")
    monkeypatch.setattr("retro_timer.store.results.schema.MANY_REPS", 10)
    for _ in range(2):
        Journal(directory).close()
    (told,) = [record.getMessage() for record in caplog.records]
    assert told.startswith("results.db is brought up to date from version 1, once: 11 reps, about 1 s")


@pytest.mark.parametrize("version", VERSIONS)
def test_results_of_an_older_program_are_listed_and_its_cut_off_session_goes_on(tmp_path: Path, version: int) -> None:
    directory = left_behind(version, tmp_path / "old")
    journal = Journal(directory)
    (found,) = cut_off(journal, "sim")
    assert found.plan.title == "Demo"
    assert [record.status for record in journal.reps(found.id)] == [RepStatus.FINISHED, RepStatus.OPEN]
    journal.adopt(found.id)
    again = journal.begin(found.plan, found.roster, "sim", found.started_wall_ns)
    for record in journal.reps(found.id):
        journal.save(again, record, 1)
    journal.close()
    reading = open_for_reading(directory)
    assert reading is not None
    listed = list(sessions(reading))
    assert [(row.id, row.outcome, row.reps) for row in listed] == [
        (4, "open", 2), (3, "open", 2), (2, "done", 3), (1, "done", 6),
    ]  # fmt: skip
    assert [record.status for _, record, *_ in reps(reading, Wanted(athletes=ids_of(reading, "Bea")))].count(
        RepStatus.DNF
    ) == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_an_older_programs_database_is_also_read_without_being_upgraded(tmp_path: Path, version: int) -> None:
    """`results` may run before the box has started for the first time after an upgrade."""
    directory = left_behind(version, tmp_path / "old")
    reading = open_for_reading(directory)
    assert reading is not None
    assert len(list(sessions(reading))) == 3
    assert len(list(reps(reading))) == 10


@pytest.mark.parametrize("version", VERSIONS)
def test_a_damaged_database_is_rebuilt_from_an_older_programs_log(tmp_path: Path, version: int) -> None:
    directory = left_behind(version, tmp_path / "old")
    before = rows(directory / NAME)
    (directory / NAME).write_bytes(b"not a database" * 1000)
    journal, repair = open_journal(directory, 5_000_000_000)
    journal.close()
    assert repair is not None
    assert repair.reps == len(before["rep"])
    after = rows(directory / NAME)
    for table, kept in before.items():
        assert [{name: row[name] for name in kept[0]} | _of_the_process(row) for row in after[table]] == [
            row | _of_the_process(row) for row in kept
        ]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_older_programs_database_put_back_is_completed_from_the_log_that_went_on(
    tmp_path: Path, version: int
) -> None:
    directory = left_behind(version, tmp_path / "old")
    shutil.copy(directory / NAME, tmp_path / "copy.db")
    fill(directory, 2)
    before = results_made.kept(directory)
    assert numbers(before) == [1, 2, 3, 4, 5]
    shutil.copy(tmp_path / "copy.db", directory / NAME)
    opened(directory)
    assert results_made.kept(directory) == before
    (directory / NAME).unlink()
    opened(directory)
    assert [row[:2] for row in results_made.kept(directory)] == [row[:2] for row in before], (
        "the same ids and reps from the log"
    )


def _of_the_process(row: dict[str, Any]) -> dict[str, Any]:
    """JSON text may be spaced in another way."""
    return {name: json.loads(row[name]) for name in ("plan", "roster") if name in row}
