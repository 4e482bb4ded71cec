"""A change that is on disk and could not be answered is told as what it did when it is tried again, and made once."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from retro_timer.store.results.athlete_edits import AddAthlete, ChangeAthlete, Known, MergeAthletes
from retro_timer.store.results.edits import AnyEdit, CorrectRep, DateSession, Undo, carry_out
from retro_timer.store.results.journal import Journal, Stamp
from retro_timer.store.results.revisions import revisions
from retro_timer.store.results.writer import Edited, JournalWriter
from retro_timer.training.corrections import NoteRep, SwapReps, VoidRep
from tests.helpers.results_made import PLAN, WALL_NS, fill, ledger, rep

STAMP = Stamp(WALL_NS, change="00000000000000aa")


class FullDisk(sqlite3.Connection):
    """Fails at the next COMMIT once it is full, which makes room again."""

    full = False

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if sql == "COMMIT" and FullDisk.full:
            FullDisk.full = False
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        return super().execute(sql, *values)


@pytest.fixture(autouse=True)
def _disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=FullDisk))
    yield
    FullDisk.full = False


def prepared(directory: Path) -> None:
    fill(directory)
    with contextlib.closing(Journal(directory)) as journal:
        for edit in (CorrectRep(1, NoteRep(2, "older")), CorrectRep(1, NoteRep(3, "newer"))):
            carry_out(journal, edit, Stamp(WALL_NS))


@pytest.mark.parametrize(
    "edit",
    [
        CorrectRep(1, VoidRep(1)),
        DateSession(1, WALL_NS + 77),
        Undo(),
        AddAthlete(Known(name="Cem")),
        ChangeAthlete("ann", Known(name="Zita")),
        MergeAthletes("bea", "ann"),
    ],
    ids=lambda edit: type(edit).__name__,
)
def test_a_change_that_failed_after_its_line_was_on_disk_is_made_once_and_told_as_usual(
    tmp_path: Path, edit: AnyEdit
) -> None:
    usual, tried = tmp_path / "usual", tmp_path / "tried"
    for directory in (usual, tried):
        prepared(directory)
    with contextlib.closing(Journal(usual)) as journal:
        done = carry_out(journal, edit, STAMP)
    with contextlib.closing(Journal(tried)) as journal:
        FullDisk.full = True
        with pytest.raises(sqlite3.OperationalError, match="full"):
            carry_out(journal, edit, STAMP)
    with contextlib.closing(Journal(tried)) as journal:
        again = carry_out(journal, edit, STAMP)
    assert again == done
    assert [len(rows) for rows in ledger(tried).values()] == [len(rows) for rows in ledger(usual).values()]


def test_the_session_under_way_learns_of_a_void_that_is_on_disk_and_the_next_undo_takes_that_back(
    tmp_path: Path,
) -> None:
    prepared(tmp_path)
    told = list[Edited]()
    writer = JournalWriter(tmp_path, lambda: WALL_NS)
    writer.begin(PLAN, ("Ann", "Bea"), "sim", lambda _trouble: None)
    for number in (1, 2):
        ran = rep(number, athlete=("Ann", "Bea")[number - 1])
        writer.save(ran, WALL_NS, lambda _trouble: None)

    def fill_disk(_edited: Edited) -> None:
        FullDisk.full = True

    writer.edit(CorrectRep(1, NoteRep(1, "before")), "ctl", fill_disk)
    writer.edit(SwapReps(1, 2), "ctl", told.append)
    writer.edit(Undo(), "ctl", told.append)
    writer.close()
    failed, swapped, undone = told
    assert (failed.done, failed.trouble) == (None, "database or disk is full")
    assert swapped.done is not None
    assert [record.athlete for record in swapped.of_present] == ["Bea", "Ann"]
    assert undone.done is not None
    assert undone.done.words == "session 3, rep 1 and 2: swap taken back"
    with contextlib.closing(Journal(tmp_path)) as journal:
        assert [row.kind for row in revisions(journal.database, session=3)] == ["swap", "swap", "undo", "undo"]
