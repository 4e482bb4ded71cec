"""Whatever becomes of the database, the log knows what happened; whatever becomes of the log, the database does."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from retro_timer.errors import RetroTimerError
from retro_timer.store.results.apply import read_mark
from retro_timer.store.results.backups import back_up
from retro_timer.store.results.database import open_for_reading
from retro_timer.store.results.entries import Begun, RepKept, encode, new_id
from retro_timer.store.results.journal import Journal, open_journal
from retro_timer.store.results.repair import Cause
from retro_timer.store.results.reps_log import RepsLog, read_log
from tests.helpers.results_made import (
    ATHLETES,
    PLAN,
    WALL_NS,
    delete_session,
    fill,
    fill_by_log,
    foreign_database,
    kept,
    numbers,
    opened,
    rep,
)

DATABASE, LOG = "results.db", "reps.jsonl"


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def remove(path: Path) -> None:
    path.unlink()


def remove_and_leave_the_tails(path: Path) -> None:
    """As `rm results.db` does after a power cut."""
    path.unlink()
    for tail in ("-wal", "-shm"):
        path.with_name(path.name + tail).write_bytes(b"\x37\x7f\x06\x82" + b"\0" * 4092)


DAMAGES: dict[str, tuple[Callable[[Path], object], Cause]] = {
    "0 bytes": (lambda path: path.write_bytes(b""), Cause.EMPTY),
    "1 byte": (lambda path: path.write_bytes(b"\0"), Cause.EMPTY),
    "cut short": (cut_short, Cause.DAMAGED),
    "garbage": (lambda path: path.write_bytes(b"no database" * 1000), Cause.DAMAGED),
    "removed": (remove, Cause.GONE),
    "removed, its tails left": (remove_and_leave_the_tails, Cause.GONE),
    "another program's": (foreign_database, Cause.FOREIGN),
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_database_that_is_none_is_built_anew_from_the_log_and_that_is_told_once(tmp_path: Path, kind: str) -> None:
    before = fill(tmp_path)
    damage, cause = DAMAGES[kind]
    damage(tmp_path / DATABASE)
    repair = opened(tmp_path)
    assert kept(tmp_path) == before
    assert repair is not None
    assert (repair.cause, repair.reps, repair.backup) == (cause, 6, None)
    assert "rebuilt from reps.jsonl, reps: 6" in repair.words
    assert opened(tmp_path) is None
    assert numbers(fill(tmp_path, 1)) == [1, 2, 3], "no number is used twice"


@pytest.mark.parametrize("kind", DAMAGES)
def test_where_the_log_is_gone_too_the_fullest_copy_is_taken_and_the_log_written_from_it(
    tmp_path: Path, kind: str
) -> None:
    before = fill(tmp_path)
    back_up(tmp_path, WALL_NS)
    (tmp_path / LOG).unlink()
    DAMAGES[kind][0](tmp_path / DATABASE)
    repair = opened(tmp_path)
    assert kept(tmp_path) == before
    assert repair is not None
    assert repair.backup is not None
    assert repair.reps == 6
    (tmp_path / DATABASE).unlink()
    shutil.rmtree(tmp_path / "backups")
    opened(tmp_path)
    assert kept(tmp_path) == before


def test_a_first_start_has_nothing_to_tell(tmp_path: Path) -> None:
    assert opened(tmp_path / "new") is None
    assert opened(tmp_path / "new") is None
    (tmp_path / "new" / DATABASE).write_bytes(b"")
    assert opened(tmp_path / "new") is None


@pytest.mark.parametrize("left", [LOG, "backups"])
@pytest.mark.parametrize("kind", ["0 bytes", "1 byte", "removed", "another program's"])
def test_results_never_says_that_there_are_none_where_log_or_copies_have_some(
    tmp_path: Path, kind: str, left: str
) -> None:
    fill(tmp_path)
    if left == "backups":
        back_up(tmp_path, WALL_NS)
        (tmp_path / LOG).unlink()
    DAMAGES[kind][0](tmp_path / DATABASE)
    with pytest.raises(RetroTimerError, match="the next start of the timer rebuilds"):
        open_for_reading(tmp_path)


def test_another_programs_database_is_moved_aside_whole_and_never_deleted(tmp_path: Path) -> None:
    fill(tmp_path)
    contents = []
    for _ in range(5):
        contents.append(foreign_database(tmp_path / DATABASE))
        repair = opened(tmp_path)
        assert repair is not None
        assert repair.set_aside is not None
        assert repair.set_aside.read_bytes() == contents[-1]
        assert str(repair.set_aside) in repair.words
    assert len(list(tmp_path.glob("results.foreign-*.db"))) == 5


def test_a_database_older_than_the_log_is_completed_from_it(tmp_path: Path) -> None:
    fill(tmp_path, 1)
    shutil.copy(tmp_path / DATABASE, tmp_path / "older.db")
    before = fill(tmp_path, 2)
    (tmp_path / "older.db").replace(tmp_path / DATABASE)
    repair = opened(tmp_path)
    assert kept(tmp_path) == before
    assert repair is not None
    assert (repair.cause, repair.reps) == (Cause.OLDER, 9)
    assert opened(tmp_path) is None


def test_what_a_kill_leaves_between_log_and_database_is_taken_over_without_a_word(tmp_path: Path) -> None:
    fill(tmp_path, 1)
    shutil.copy(tmp_path / DATABASE, tmp_path / "before.db")
    with contextlib.closing(Journal(tmp_path)) as journal:
        journal.save(1, rep(4), WALL_NS)
    before = kept(tmp_path)
    (tmp_path / "before.db").replace(tmp_path / DATABASE)
    assert opened(tmp_path) is None
    assert kept(tmp_path) == before


def test_what_another_process_left_in_the_log_alone_is_taken_over_with_the_next_change(tmp_path: Path) -> None:
    fill(tmp_path, 1)
    with contextlib.closing(Journal(tmp_path)) as journal:
        other = RepsLog(tmp_path)
        uid = next(entry.id for entry in read_log(tmp_path) if isinstance(entry, Begun))
        row = next(entry for entry in read_log(tmp_path) if isinstance(entry, RepKept))
        other.append([encode(msgspec.structs.replace(row, id=new_id(), rep=8))])
        other.close()
        journal.save(1, rep(9), WALL_NS)
        assert [record.rep for record in journal.reps(1)] == [1, 2, 3, 8, 9]
        assert row.uid == uid
    assert opened(tmp_path) is None


def test_a_start_reads_only_what_the_database_has_not(tmp_path: Path) -> None:
    """The log's beginning is damaged, and nobody notices who needs no more than its end."""
    before = fill(tmp_path)
    path = tmp_path / LOG
    path.write_bytes(b"#" * 200 + path.read_bytes()[200:])
    assert opened(tmp_path) is None
    assert kept(tmp_path) == before


def test_every_entry_is_applied_once_however_often_it_is_in_the_log(tmp_path: Path) -> None:
    before = fill(tmp_path)
    path = tmp_path / LOG
    path.write_bytes(path.read_bytes() * 3)
    opened(tmp_path)
    assert kept(tmp_path) == before
    (tmp_path / DATABASE).unlink()
    opened(tmp_path)
    assert kept(tmp_path) == before
    with contextlib.closing(sqlite3.connect(tmp_path / DATABASE)) as db:
        mark = read_mark(db)
        assert mark is not None
        assert mark.entries == 18, "two athletes, and eight changes of each session"
        assert db.execute("SELECT count(*) FROM entry").fetchone()[0] == 18


def test_a_change_that_is_tried_again_is_done_once(tmp_path: Path) -> None:
    with contextlib.closing(Journal(tmp_path)) as journal:
        begun, saved = new_id(), new_id()
        assert journal.begin(PLAN, ATHLETES, "sim", WALL_NS, change=begun) == 1
        assert journal.begin(PLAN, ATHLETES, "sim", WALL_NS, change=begun) == 1
        journal.save(1, rep(1), WALL_NS, change=saved)
        journal.save(1, rep(1), WALL_NS, change=saved)
    assert len(list(read_log(tmp_path))) == len(ATHLETES) + 2


KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.helpers.results_made import add_session
from retro_timer.store.results.journal import Journal
journal = Journal(Path(sys.argv[1]))
for _ in range(int(sys.argv[3])):
    add_session(journal)
os.kill(os.getpid(), 9)
"""


def test_an_older_copy_under_a_newer_write_ahead_log_is_seen_through(tmp_path: Path) -> None:
    """A copy put back after a power cut meets the pages of a later one: SQLite mixes them without a word."""
    fill(tmp_path, 1)
    shutil.copy(tmp_path / DATABASE, tmp_path / "older.db")
    fill_by_log(tmp_path, 60)
    helpers = Path(__file__).parents[2] / "helpers"
    subprocess.run([sys.executable, "-P", "-c", KILLED, tmp_path, helpers, "2"], check=False, timeout=60)
    assert (tmp_path / "results.db-wal").stat().st_size > 0
    (tmp_path / "older.db").replace(tmp_path / DATABASE)
    journal, repair = open_journal(tmp_path, WALL_NS)
    sound = journal.check(lambda: True)
    journal.close()
    if repair is None:
        assert sound is False, (len(kept(tmp_path)), len(numbers(kept(tmp_path))))
        journal, repair = open_journal(tmp_path, WALL_NS, suspect=True)
        journal.close()
    assert repair is not None
    assert numbers(kept(tmp_path)) == list(range(1, 64))
    assert len(kept(tmp_path)) == 63 * 4


@pytest.mark.parametrize("lost", [(), (DATABASE,), (LOG,), (DATABASE, "backups"), (LOG, "backups")])
def test_a_deleted_session_stays_deleted_and_its_number_is_never_used_again(
    tmp_path: Path, lost: tuple[str, ...]
) -> None:
    fill(tmp_path, 2)
    back_up(tmp_path, WALL_NS)
    delete_session(tmp_path, 2)
    opened(tmp_path)
    for name in lost:
        path = tmp_path / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    opened(tmp_path)
    assert numbers(kept(tmp_path)) == [1]
    assert numbers(fill(tmp_path, 1)) == [1, 3]


def test_sessions_of_two_boxes_in_one_log_get_numbers_of_their_own(tmp_path: Path) -> None:
    fill(tmp_path / "here", 2)
    Journal(tmp_path / "there").close()
    fill(tmp_path / "there", 2)
    with (tmp_path / "here" / LOG).open("ab") as log:
        log.write((tmp_path / "there" / LOG).read_bytes())
    opened(tmp_path / "here")
    found = kept(tmp_path / "here")
    assert numbers(found) == [1, 2, 3, 4]
    assert len({row[1] for row in found if isinstance(row[1], str)}) == 4
    assert len(found) == 4 * 4


def test_an_older_programs_log_that_used_a_number_twice_keeps_both_sessions(tmp_path: Path) -> None:
    """A database that was emptied made older programs count from 1 again."""
    begin = '{{"session":1,"begin":{0},"board":"pi","title":"{1}","plan":"{{}}","roster":["Ann"],"owner":"a:1:1"}}\n'
    row = (
        '{{"session":1,"rep":1,"revision":2,"set_no":1,"rep_no":1,"athlete":"Ann","distance_mm":10000,'
        '"duration_ms":null,"gait":"jog","status":"finished","go_wall_ns":6,"go_ns":6,"time_ns":{0},'
        '"uncertainty_ns":1,"sound_delay_ns":0,"method":"gate","flags":"","obstacles":0,"reason":""}}\n'
    )
    (tmp_path / LOG).write_text(begin.format(5, "First") + row.format(70) + begin.format(9, "Second") + row.format(80))
    opened(tmp_path)
    found = kept(tmp_path)
    assert numbers(found) == [1, 2]
    assert [(r[0], r[5]) for r in found if len(r) == 6] == [(1, 70), (2, 80)]
    first = [r[1] for r in found if isinstance(r[1], str)]
    (tmp_path / DATABASE).unlink()
    opened(tmp_path)
    assert [r[1] for r in kept(tmp_path) if isinstance(r[1], str)] == first, "the same ids from the same lines"
