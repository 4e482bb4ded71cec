"""The journal's thread: answers in order, outlives a full or dead disk, and writes what waited once it is back."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from retro_timer.store.results.database import open_for_reading
from retro_timer.store.results.edits import NoteSession
from retro_timer.store.results.entries import Begun, RepKept
from retro_timer.store.results.forgetting import Forgetting
from retro_timer.store.results.queries import reps, sessions
from retro_timer.store.results.reps_log import read_log
from retro_timer.store.results.writer import Edited
from retro_timer.store.space import ENOUGH_FOR_RESULTS_BYTES
from tests.helpers.asked_writer import TIMEOUT_S, AskedWriter, rep


def writer_without_a_disk(place: Path) -> tuple[AskedWriter, Path]:
    """A writer that has begun a session, and what stands where its disk would be: unlink it, and the disk is there."""
    blocked = place / "mount"
    blocked.touch()
    asked = AskedWriter(blocked / "state")
    asked.begin()
    return asked, blocked


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[AskedWriter]:
    made = AskedWriter(tmp_path / "state")
    yield made
    made.writer.close()


def test_each_change_is_answered_in_order_once_it_is_on_disk(asked: AskedWriter) -> None:
    asked.begin()
    for n in (1, 2, 3):
        assert asked.save(rep(n)) == ""
        assert asked.kept()[-1] == n
    asked.end()
    assert [name for name, _ in asked.wait(5)] == ["begin", "rep 1", "rep 2", "rep 3", "end"]


def test_a_change_that_no_file_can_hold_is_told_and_holds_nothing_up(asked: AskedWriter) -> None:
    asked.begin()
    told: list[Edited] = []
    asked.writer.edit(NoteSession(10**20, "too far"), "ctl", told.append)
    assert asked.save(rep(1)) == ""
    assert "no file can hold" in told[0].trouble
    assert asked.kept() == [1]


def test_close_writes_what_still_waits(asked: AskedWriter) -> None:
    asked.begin()
    for n in range(1, 101):
        asked.writer.save(rep(n), 1, lambda _trouble: None)
    asked.writer.close()
    assert asked.kept() == list(range(1, 101))


def test_without_a_disk_every_change_is_answered_with_the_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    asked = AskedWriter(tmp_path / "file" / "state")
    asked.begin()
    assert asked.save(rep(1)) != ""
    assert asked.save(rep(2)) != ""
    asked.writer.close()


def test_when_the_disk_comes_back_everything_is_written_that_waited(tmp_path: Path) -> None:
    asked, blocked = writer_without_a_disk(tmp_path)
    assert asked.save(rep(1)) != ""
    assert asked.save(rep(2)) != ""
    blocked.unlink()
    assert asked.save(rep(3)) == ""
    asked.writer.close()
    assert asked.kept() == [1, 2, 3]
    reading = open_for_reading(asked.directory)
    assert reading is not None
    assert len(list(sessions(reading))) == 1


def test_who_was_told_that_a_change_is_not_saved_hears_when_it_is(tmp_path: Path) -> None:
    asked, blocked = writer_without_a_disk(tmp_path)
    asked.save(rep(1))
    blocked.unlink()
    asked.save(rep(2))
    asked.writer.close()
    assert [(name, bool(trouble)) for name, trouble in asked.answers] == [
        ("begin", True), ("rep 1", True), ("begin", False), ("rep 1", False), ("rep 2", False),
    ]  # fmt: skip


def test_what_waits_is_tried_again_though_nothing_new_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retro_timer.store.results.journal_thread._RETRY_S", 0.02)
    asked, blocked = writer_without_a_disk(tmp_path)
    assert asked.save(rep(1)) != ""
    blocked.unlink()
    asked.wait(4)
    assert asked.kept() == [1]
    asked.writer.close()


def test_close_tries_once_more_to_write_what_waits(tmp_path: Path) -> None:
    asked, blocked = writer_without_a_disk(tmp_path)
    assert asked.save(rep(1)) != ""
    blocked.unlink()
    asked.writer.close()
    assert asked.kept() == [1]


def test_a_forgetting_that_was_refused_for_want_of_a_disk_is_not_done_when_the_disk_comes_back(tmp_path: Path) -> None:
    asked = AskedWriter(tmp_path / "state")
    asked.begin()
    assert asked.save(rep(1)) == ""
    asked.writer.close()
    (tmp_path / "state").rename(tmp_path / "away")
    (tmp_path / "state").touch()
    asked = AskedWriter(tmp_path / "state")
    answers, came = list[Forgetting | str](), threading.Event()

    def answer(done: Forgetting | str) -> None:
        answers.append(done)
        came.set()

    asked.writer.forget("Runner", (), None, lambda _names: None, answer)
    assert came.wait(TIMEOUT_S)
    (tmp_path / "state").unlink()
    (tmp_path / "away").rename(tmp_path / "state")
    asked.begin()
    assert asked.save(rep(1)) == ""
    asked.writer.close()
    assert len(answers) == 1
    reading = open_for_reading(asked.directory)
    assert reading is not None
    assert {record.athlete for _, record, *_ in reps(reading)} == {"Runner"}


def test_old_traces_make_room_for_a_result_and_only_as_many_as_it_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log lies on a full disk until the oldest traces are gone."""
    traces = tmp_path / "traces"
    traces.mkdir()
    for age in range(5):
        trace = traces / f"{age}.csv"
        trace.write_text("t_s\n")
        os.utime(trace, (age, age))
    log = tmp_path / "reps.jsonl"
    log.symlink_to("/dev/full")

    def free_bytes(_folder: Path) -> int:
        if len(list(traces.iterdir())) > 2:
            return 0
        if log.is_symlink():
            log.unlink()
        return ENOUGH_FOR_RESULTS_BYTES

    monkeypatch.setattr("retro_timer.store.space.free_bytes", free_bytes)
    asked = AskedWriter(tmp_path)
    asked.begin()
    assert asked.save(rep(1)) == ""
    asked.writer.close()
    assert sorted(path.name for path in traces.iterdir()) == ["3.csv", "4.csv"]
    assert asked.kept() == [1]


def test_trouble_on_a_disk_with_room_costs_no_trace(tmp_path: Path) -> None:
    (tmp_path / "traces").mkdir()
    (tmp_path / "traces" / "1.csv").write_text("t_s\n")
    (tmp_path / "reps.jsonl").symlink_to("/dev/full")
    asked = AskedWriter(tmp_path)
    asked.begin()
    assert asked.save(rep(1)) != ""
    assert (tmp_path / "traces" / "1.csv").exists()
    asked.writer.close()


def test_a_log_on_a_full_disk_is_trouble_too_and_makes_no_second_session(tmp_path: Path) -> None:
    """The database takes the change and the log does not: trying again must not do it twice."""
    directory = tmp_path / "state"
    directory.mkdir()
    log = directory / "reps.jsonl"
    log.symlink_to("/dev/full")
    asked = AskedWriter(directory)
    asked.begin()
    assert "No space left" in asked.save(rep(1))
    log.unlink()
    assert asked.save(rep(2)) == ""
    asked.end()
    asked.wait(4)
    asked.writer.close()
    reading = open_for_reading(directory)
    assert reading is not None
    assert [(row.id, row.outcome, row.reps) for row in sessions(reading)] == [(1, "done", 2)]
    assert [entry.rep for entry in read_log(directory) if isinstance(entry, RepKept)] == [1, 2]
    assert len([entry for entry in read_log(directory) if isinstance(entry, Begun)]) == 1


def test_a_database_that_another_program_locks_for_ever_is_trouble_and_not_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retro_timer.store.results.database._BUSY_S", 0.05)
    asked = AskedWriter(tmp_path)
    asked.begin()
    assert asked.save(rep(1)) == ""
    other = sqlite3.connect(tmp_path / "results.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert "locked" in asked.save(rep(2))
    other.execute("ROLLBACK")
    assert asked.save(rep(3)) == ""
    assert asked.kept() == [1, 2, 3]
    asked.writer.close()


def test_a_database_of_a_newer_program_is_never_written_to(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "results.db") as db:
        db.execute("PRAGMA user_version = 999")
    asked = AskedWriter(tmp_path)
    asked.begin()
    assert "999" in asked.save(rep(1))
    asked.writer.close()
    with sqlite3.connect(tmp_path / "results.db") as db:
        assert db.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


def test_two_programs_that_begin_on_a_fresh_directory_at_once_both_save(tmp_path: Path) -> None:
    writers = [AskedWriter(tmp_path) for _ in range(4)]
    for asked in writers:
        asked.begin()
    for asked in writers:
        asked.writer.save(rep(1), 1, asked._answer("rep 1"))
    troubles = [trouble for asked in writers for _, trouble in asked.wait(2)]
    for asked in writers:
        asked.writer.close()
    assert troubles == [""] * 8
    assert len(writers[0].kept()) == 4
