"""A copy that is made while somebody writes holds the writer up at no time."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from retro_timer.errors import RetroTimerError
from retro_timer.store.results import copying
from retro_timer.store.results.copying import copied, copy_in_portions
from tests.helpers.results_made import fill


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Results of more than a few portions."""
    fill(tmp_path)
    monkeypatch.setattr(copying, "PORTION_PAGES", 4)
    return tmp_path / "results.db"


def test_between_two_portions_the_writers_log_can_begin_anew(database: Path) -> None:
    busy = list[int]()
    with (
        contextlib.closing(sqlite3.connect(database, isolation_level=None)) as writer,
        contextlib.closing(sqlite3.connect(database)) as source,
        contextlib.closing(sqlite3.connect(":memory:")) as target,
    ):
        writer.execute("UPDATE session SET note = 'before'")

        def look(_left: int) -> None:
            if len(busy) < 5:
                busy.append(writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])

        copy_in_portions(source, target, look)
    assert busy == [0] * 5


def test_what_changes_meanwhile_is_in_the_copy(database: Path) -> None:
    changed = list[int]()
    with (
        contextlib.closing(sqlite3.connect(database, isolation_level=None)) as writer,
        contextlib.closing(sqlite3.connect(database)) as source,
        contextlib.closing(sqlite3.connect(":memory:")) as target,
    ):

        def change(_left: int) -> None:
            if not changed:
                changed.append(writer.execute("UPDATE session SET note = 'meanwhile'").rowcount)

        copy_in_portions(source, target, change)
        assert target.execute("SELECT DISTINCT note FROM session").fetchall() == [("meanwhile",)]


def test_who_changes_it_without_end_is_not_waited_for(database: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(database, isolation_level=None)) as writer,
        contextlib.closing(sqlite3.connect(database)) as source,
        contextlib.closing(sqlite3.connect(":memory:")) as target,
    ):

        def change(left: int) -> None:
            writer.execute("UPDATE session SET note = ?", (str(left),))

        with pytest.raises(RetroTimerError, match="change faster than they can be copied"):
            copy_in_portions(source, target, change)


def test_a_copy_to_look_at_is_gone_afterwards(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "work"))
    monkeypatch.setattr("tempfile.tempdir", None)
    with contextlib.closing(sqlite3.connect(database)) as source, copied(source) as copy:
        assert copy.execute("SELECT count(*) FROM session").fetchone() == (2,)
        assert list((tmp_path / "work").iterdir()) != []
    assert list((tmp_path / "work").iterdir()) == []
