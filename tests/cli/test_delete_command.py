"""`results delete`: a session goes for good, only when that is said twice, and nothing brings it back."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from retro_timer.store.results.database import NAME
from retro_timer.store.results.journal import Journal
from retro_timer.store.results.merging.portion import PORTION_ROWS
from tests.helpers.command import Command
from tests.helpers.results_made import add_session, fill


def sessions(run: Command) -> list[int]:
    return [row["session"] for row in json.loads(run("results", "list", "--json").out)]


def test_a_session_goes_with_its_reps_and_their_corrections(run: Command, state_dir: Path) -> None:
    fill(state_dir)
    assert run("results", "edit", 1, 1, "--void").code == 0
    outcome = run("results", "delete", 1, "--yes")
    assert (outcome.code, outcome.out) == (0, "session 1 deleted\n")
    assert sessions(run) == [2]
    assert {row["session"] for row in json.loads(run("results", "reps", "--json").out)} == {2}
    assert run("results", "history", 1).lines == ["no corrections"]
    assert run("results", "verify").code == 0


def test_without_a_yes_it_stays_and_is_named(run: Command, state_dir: Path) -> None:
    fill(state_dir)
    outcome = run("results", "delete", 1)
    assert outcome.code == 2
    assert "session 1: Test plan, reps: 3, cannot be had back; expected --yes" in outcome.one_line()
    assert sessions(run) == [2, 1]


def test_neither_one_that_is_not_there_nor_one_that_runs_is_deleted(run: Command, state_dir: Path) -> None:
    fill(state_dir)
    assert "session 9: not found" in run("results", "delete", 9, "--yes").one_line()
    with closing(sqlite3.connect(state_dir / NAME)) as db, db:
        db.execute("UPDATE session SET outcome = 'open' WHERE id = 2")
    assert "session 2: it is open: it runs still, or was cut off" in run("results", "delete", 2, "--yes").one_line()


def test_neither_a_rebuild_nor_a_copy_nor_an_export_brings_it_back(
    run: Command, state_dir: Path, tmp_path: Path
) -> None:
    fill(state_dir)
    copy, exported = tmp_path / "results-1.db", tmp_path / "all.json"
    shutil.copy(state_dir / NAME, copy)
    assert run("results", "export", "--format", "json", "-o", exported).code == 0
    assert run("results", "delete", 1, "--yes").code == 0
    assert run("restore", copy).code == 0
    assert "session 1 of the file was deleted here, and stays so" in run("results", "import", exported).out
    (state_dir / NAME).unlink()
    Journal(state_dir).close()
    assert sessions(run) == [2]


def test_an_import_tells_once_that_a_long_session_was_deleted(run: Command, state_dir: Path, tmp_path: Path) -> None:
    with closing(Journal(state_dir)) as journal:
        add_session(journal, reps=2 * PORTION_ROWS)
    assert run("results", "export", "--format", "json", "-o", tmp_path / "all.json").code == 0
    assert run("results", "delete", 1, "--yes").code == 0
    assert run("results", "import", tmp_path / "all.json").out.count("was deleted here, and stays so") == 1
