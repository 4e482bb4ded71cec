"""What the journal's thread finds of a run before it: sessions that were cut off, and damaged files."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import msgspec

from retro_timer.store.results.database import open_for_reading
from retro_timer.store.results.queries import Wanted, reps, sessions
from retro_timer.store.results.writer import JournalWriter
from tests.helpers.asked_writer import PLAN, TIMEOUT_S, AskedWriter, rep


def test_a_cut_off_session_is_found_with_its_reps_and_older_ones_are_closed(tmp_path: Path) -> None:
    first = AskedWriter(tmp_path)
    for _ in range(3):
        first.begin()
        first.save(rep(1))
    first.writer.close()
    _everybody_is_gone(tmp_path)
    found: list[tuple[int, list[int]]] = []
    second = JournalWriter(tmp_path, lambda: 5)
    second.find_cut_off("sim", lambda entry, records: found.append((entry.id, [r.rep for r in records])), lambda: None)
    second.close()
    assert found == [(3, [1])]
    reading = open_for_reading(tmp_path)
    assert reading is not None
    assert [row.outcome for row in sessions(reading)] == ["open", "interrupted", "interrupted"]


def test_a_cut_off_session_whose_plan_no_longer_reads_stops_neither_the_journal_nor_the_box(tmp_path: Path) -> None:
    """A newer program may read plans more strictly than the one that wrote this one down."""
    first = AskedWriter(tmp_path)
    first.begin()
    first.save(rep(1))
    first.writer.close()
    _everybody_is_gone(tmp_path)
    with sqlite3.connect(tmp_path / "results.db") as db:
        db.execute('UPDATE session SET plan = \'{"title": "old"}\'')
    second = AskedWriter(tmp_path)
    second.writer.find_cut_off("sim", lambda _entry, _records: None, lambda: None)
    second.begin()
    assert second.save(rep(1)) == ""
    second.writer.close()


def _everybody_is_gone(directory: Path) -> None:
    with sqlite3.connect(directory / "results.db") as db:
        db.execute("UPDATE session SET owner = 'other-boot:1:1'")


def test_damage_that_shows_only_when_a_page_is_read_is_mended_before_the_answer(tmp_path: Path) -> None:
    first = AskedWriter(tmp_path)
    first.begin()
    for n in range(1, 101):
        first.writer.save(rep(n), 1, lambda _trouble: None)
    first.writer.close()
    database = tmp_path / "results.db"
    whole = database.read_bytes()
    database.write_bytes(whole[:4096] + b"\xa5" * (len(whole) - 4096))
    repaired: list[int] = []
    second = JournalWriter(tmp_path, lambda: 5_000_000_000, lambda repair: repaired.append(repair.reps))
    answers: list[str] = []
    done = threading.Event()

    def take(trouble: str) -> None:
        answers.append(trouble)
        done.set()

    second.begin(PLAN, ("Runner",), "sim", take)
    assert done.wait(TIMEOUT_S)
    second.close()
    assert (answers, repaired) == ([""], [100])


def test_a_damaged_database_is_set_aside_and_built_anew_from_the_log(tmp_path: Path) -> None:
    first = AskedWriter(tmp_path)
    first.begin()
    for n in (1, 2, 3):
        first.save(rep(n))
    first.writer.close()
    path = tmp_path / "results.db"
    path.write_bytes(b"not a database at all" * 500)
    repaired: list[int] = []
    second = JournalWriter(tmp_path, lambda: 5_000_000_000, lambda repair: repaired.append(repair.reps))
    done = threading.Event()
    second.save(msgspec.structs.replace(rep(4)), 1, lambda _trouble: done.set())
    assert done.wait(TIMEOUT_S)
    second.close()
    assert repaired == [3]
    reading = open_for_reading(tmp_path)
    assert reading is not None
    assert [record.rep for _, record, *_ in reps(reading, Wanted(session=1))] == [1, 2, 3]
    assert list(tmp_path.glob("results.damaged-*.db"))
