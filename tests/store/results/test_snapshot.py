"""The snapshot that a timer leaves for readers: whole, never stale, never in the way of a rep."""

from __future__ import annotations

import contextlib
import itertools
import os
import queue
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from retro_timer.errors import RetroTimerError
from retro_timer.store.results.athletes import People
from retro_timer.store.results.database import NAME, opened_results
from retro_timer.store.results.forgetting import Forgetting, forget
from retro_timer.store.results.journal import Journal, open_journal
from retro_timer.store.results.queries import count_sessions
from retro_timer.store.results.snapshot import Snapshots, drop_snapshot, leave_snapshot, open_snapshot
from retro_timer.store.results.writer import JournalWriter
from retro_timer.store.space import SNAPSHOT, make_room_for_results
from tests.helpers.command import here
from tests.helpers.results_made import ATHLETES, PLAN, WALL_NS, fill, fill_by_log, rep

TIMEOUT_S = 60.0


def shown(directory: Path) -> int | None:
    """How many reps the snapshot shows; None where it does not serve."""
    connection = open_snapshot(directory / NAME)
    if connection is None:
        return None
    with contextlib.closing(connection):
        return int(connection.execute("SELECT count(*) FROM rep").fetchone()[0])


class Timer:
    """A timer's journal, which answers before the next is asked."""

    def __init__(self, directory: Path) -> None:
        self.writer = JournalWriter(directory, lambda: WALL_NS, leaves_snapshots=True)
        self._answered = threading.Event()

    def begin(self) -> None:
        self._asked()
        self.writer.begin(PLAN, ATHLETES, "sim", self._answer)
        self._wait()

    def save(self, number: int) -> None:
        self._asked()
        self.writer.save(rep(number), WALL_NS, self._answer)
        self._wait()

    def end(self) -> None:
        self._asked()
        self.writer.end("done", self._answer)
        self._wait()

    def _asked(self) -> None:
        self._answered.clear()

    def _answer(self, trouble: str) -> None:
        assert trouble == ""
        self._answered.set()

    def _wait(self) -> None:
        assert self._answered.wait(TIMEOUT_S)


@pytest.fixture
def timer(tmp_path: Path) -> Iterator[Timer]:
    made = Timer(tmp_path)
    yield made
    made.writer.close()


def test_a_timer_that_is_stopped_leaves_all_that_it_has(timer: Timer, tmp_path: Path) -> None:
    timer.begin()
    timer.save(1)
    timer.writer.close()
    assert shown(tmp_path) == 1
    assert (tmp_path / SNAPSHOT).stat().st_mode == (tmp_path / NAME).stat().st_mode


def test_while_nothing_happens_one_is_left_as_soon_as_the_session_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retro_timer.store.results.journal_thread._RETRY_S", 0.02)
    left, looked, open_now = threading.Event(), threading.Event(), list[bool]()
    timer: Timer

    def leave(_database: Path, _goes_on: object) -> bool:
        open_now.append(timer.writer._session_open)
        left.set()
        return True

    def look(_journal: Journal) -> None:
        looked.set()

    monkeypatch.setattr("retro_timer.store.results.snapshot.leave_snapshot", leave)
    timer = Timer(tmp_path)
    timer.begin()
    monkeypatch.setattr(Journal, "check_in_place", look)
    assert looked.wait(TIMEOUT_S), "it has been idle in the session"
    timer.end()
    assert left.wait(TIMEOUT_S)
    timer.writer.close()
    assert not any(open_now)


def test_it_serves_only_while_it_has_all_that_the_log_has(tmp_path: Path) -> None:
    fill(tmp_path)
    assert shown(tmp_path) is None
    assert leave_snapshot(tmp_path / NAME, lambda: True)
    assert shown(tmp_path) == 6
    fill(tmp_path, 1)
    assert shown(tmp_path) is None
    leave_snapshot(tmp_path / NAME, lambda: True)
    log = tmp_path / "reps.jsonl"
    other = log.read_bytes()[:-20] + b'0123456789abcdef"}\n\n'
    assert len(other) == log.stat().st_size
    log.write_bytes(other)
    assert shown(tmp_path) is None, "another log, as long as that one"


def test_one_that_is_whole_is_not_made_again(tmp_path: Path) -> None:
    fill(tmp_path)
    leave_snapshot(tmp_path / NAME, lambda: True)
    made = (tmp_path / SNAPSHOT).stat()
    Snapshots(tmp_path / NAME).leave_closing()
    assert (tmp_path / SNAPSHOT).stat().st_ino == made.st_ino
    fill(tmp_path, 1)
    Snapshots(tmp_path / NAME).leave_closing()
    assert (tmp_path / SNAPSHOT).stat().st_mtime_ns > made.st_mtime_ns


def test_it_gives_way_in_the_middle_and_nothing_half_is_left(tmp_path: Path) -> None:
    fill(tmp_path)
    leave_snapshot(tmp_path / NAME, lambda: True)
    fill_by_log(tmp_path, 300)
    with contextlib.closing(Journal(tmp_path)) as journal:
        looks = itertools.count()
        assert not leave_snapshot(tmp_path / NAME, lambda: next(looks) < 1)
        assert next(looks) == 2
        assert [path.name for path in (tmp_path / SNAPSHOT).parent.iterdir()] == [Path(SNAPSHOT).name]
        journal.begin(PLAN, ATHLETES, "sim", WALL_NS)
    assert shown(tmp_path) is None


def test_a_large_one_is_synced_bit_by_bit_so_that_what_comes_never_waits_for_all_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / NAME)) as db, db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(rep)")]
        values = ", ".join("n" if column == "rep" else column for column in columns)
        numbers = "WITH RECURSIVE number (n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM number WHERE n < 40000)"
        db.execute(f"{numbers} INSERT INTO rep SELECT {values} FROM rep, number WHERE session = 1 AND rep = 1")
    sizes, fsync = [0], os.fsync

    def counted(fd: int) -> None:
        fsync(fd)
        sizes.append(os.fstat(fd).st_size)

    monkeypatch.setattr("os.fsync", counted)
    assert leave_snapshot(tmp_path / NAME, lambda: True)
    *grown, _directory = sizes
    assert grown[-1] == (tmp_path / SNAPSHOT).stat().st_size > 4_000_000
    assert max(after - before for before, after in itertools.pairwise(grown)) < 3_500_000


def test_a_service_that_is_stopped_waits_seconds_for_it_at_most(tmp_path: Path) -> None:
    fill(tmp_path)
    fill_by_log(tmp_path, 300)
    slow_clock = itertools.count(step=3)
    Snapshots(tmp_path / NAME, now_s=lambda: next(slow_clock)).leave_closing()
    assert shown(tmp_path) is None
    Snapshots(tmp_path / NAME, now_s=lambda: 0).leave_closing()
    assert shown(tmp_path) == 906


def test_it_takes_no_room_that_results_need(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path)
    leave_snapshot(tmp_path / NAME, lambda: True)
    monkeypatch.setattr("retro_timer.store.space.free_bytes", lambda _folder: 4_000_000)
    assert make_room_for_results(tmp_path)
    monkeypatch.setattr("retro_timer.store.results.snapshot.free_bytes", lambda _folder: 50_000_000)
    assert leave_snapshot(tmp_path / NAME, lambda: True)
    assert shown(tmp_path) is None


def test_a_disk_that_fails_it_fails_nobody_else(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / f"{SNAPSHOT}.new").mkdir(parents=True)
    Snapshots(tmp_path / NAME).leave_closing()
    assert shown(tmp_path) is None


def test_who_sees_nothing_else_of_the_results_reads_it_as_it_is(tmp_path: Path) -> None:
    """The page's process on the box."""
    fill(tmp_path)
    leave_snapshot(tmp_path / NAME, lambda: True)
    page_sees = tmp_path / "page"
    page_sees.mkdir()
    (tmp_path / SNAPSHOT).parent.rename(page_sees / "snapshot")
    with opened_results(page_sees) as connection:
        assert count_sessions(connection) == 2
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("DELETE FROM rep")


def test_a_damaged_one_that_is_all_there_is_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / SNAPSHOT).parent.mkdir()
    (tmp_path / SNAPSHOT).write_bytes(b"no database at all" * 100)
    with pytest.raises(RetroTimerError, match="damaged"), opened_results(tmp_path):
        pass


def test_what_an_older_program_left_is_gone_with_the_first_new_one_and_with_who_is_forgotten(tmp_path: Path) -> None:
    fill(tmp_path)
    former = tmp_path / "results.snapshot.db"
    former.touch()
    leave_snapshot(tmp_path / NAME, lambda: True)
    assert not former.exists()
    former.touch()
    drop_snapshot(tmp_path / NAME)
    assert not former.exists()


def test_who_is_forgotten_is_not_in_it(tmp_path: Path) -> None:
    fill(tmp_path)
    leave_snapshot(tmp_path / NAME, lambda: True)
    journal, _ = open_journal(tmp_path, WALL_NS)
    forget(journal, "ann")
    assert not (tmp_path / SNAPSHOT).exists()
    leave_snapshot(tmp_path / NAME, lambda: True)
    connection = open_snapshot(tmp_path / NAME)
    assert connection is not None
    with contextlib.closing(connection):
        assert [row.name for row in People.of(connection).rows] == ["removed 1", "Bea"]


def test_a_command_that_corrects_without_a_timer_leaves_a_new_one_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RETRO_TIMER_STATE", str(tmp_path))
    fill(tmp_path)
    assert here(capsys, "results", "edit", 1, "--note", "wind").code == 0
    assert not (tmp_path / SNAPSHOT).exists()
    leave_snapshot(tmp_path / NAME, lambda: True)
    assert here(capsys, "results", "edit", 1, "--note", "rain").code == 0
    assert shown(tmp_path) == 6


def test_a_command_that_forgets_without_a_timer_leaves_a_new_one_where_there_was_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RETRO_TIMER_STATE", str(tmp_path))
    fill(tmp_path)
    leave_snapshot(tmp_path / NAME, lambda: True)
    assert here(capsys, "athletes", "forget", "ann").code == 0
    assert shown(tmp_path) == 6


def test_a_timer_that_has_forgotten_somebody_leaves_a_new_one_at_its_end(tmp_path: Path) -> None:
    fill(tmp_path)
    done = queue.SimpleQueue[Forgetting | str]()
    writer = JournalWriter(tmp_path, lambda: WALL_NS, leaves_snapshots=True)
    writer.forget("ann", (), None, lambda _names: None, done.put)
    assert isinstance(done.get(timeout=TIMEOUT_S), Forgetting)
    writer.close()
    assert shown(tmp_path) == 6


def test_a_reader_cannot_change_it(tmp_path: Path) -> None:
    fill(tmp_path)
    leave_snapshot(tmp_path / NAME, lambda: True)
    connection = open_snapshot(tmp_path / NAME)
    assert connection is not None
    with contextlib.closing(connection), pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM rep")
