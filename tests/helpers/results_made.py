"""A state directory with results in it, what is in it, and the ways in which its files go wrong."""

from __future__ import annotations

import atexit
import contextlib
import functools
import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from retro_timer.store.results.athletes import People
from retro_timer.store.results.entries import Begun, Deleted, RepKept, encode, new_id
from retro_timer.store.results.journal import Journal, open_journal
from retro_timer.store.results.repair import Repair
from retro_timer.store.results.reps_log import RepsLog, read_log
from retro_timer.store.results.rows import row_of
from retro_timer.training.gaits import Gait
from retro_timer.training.record import RepRecord, RepStatus
from tests.helpers.plans_made import block, plan

PLAN = plan(block(reps=3))
WALL_NS = 1_700_000_000_000_000_000
ATHLETES = ("Ann", "Bea")

Kept = list[tuple[Any, ...]]


def rep(number: int, revision: int = 1, status: RepStatus = RepStatus.FINISHED, athlete: str = "Ann") -> RepRecord:
    """A finished rep, or another word on one."""
    time_ns = 8_000_000_000 + number
    return RepRecord(number, 1, number, athlete, 20.0, None, Gait.JOG, status, number, time_ns, revision=revision)


def add_session(journal: Journal, reps: int = 3) -> int:
    """A session of so many reps, each opened and finished, and ended."""
    number = journal.begin(PLAN, ATHLETES, "sim", WALL_NS)
    for n in range(1, reps + 1):
        journal.save(number, rep(n, status=RepStatus.OPEN), WALL_NS + n)
        journal.save(number, rep(n, revision=2), WALL_NS + n)
    journal.end(number, "done", WALL_NS + 99)
    return number


@functools.cache
def _filled(sessions: int) -> Path:
    """A state directory to copy: each change takes a disk its time."""
    folder = tempfile.TemporaryDirectory(prefix="rt-results-")
    atexit.register(folder.cleanup)
    with contextlib.closing(Journal(Path(folder.name))) as journal:
        for _ in range(sessions):
            add_session(journal)
    return Path(folder.name)


def fill(directory: Path, sessions: int = 2) -> Kept:
    """Add sessions to a state directory; what is kept in it then. New directories begin with the same ones."""
    if not (directory / "reps.jsonl").exists() and not (directory / "results.db").exists():
        shutil.copytree(_filled(sessions), directory, dirs_exist_ok=True)
        return kept(directory)
    with contextlib.closing(Journal(directory)) as journal:
        for _ in range(sessions):
            add_session(journal)
    return kept(directory)


def fill_by_log(directory: Path, sessions: int) -> Kept:
    """Add any number of sessions at once: their lines are put into the log, and the journal takes them over."""
    log, first, waiting = RepsLog(directory), max(numbers(kept(directory)), default=0) + 1, list[bytes]()
    for session in range(first, first + sessions):
        uid = new_id()
        begun = Begun(
            id=uid, session=session, begin=WALL_NS, board="sim", title="Many", plan="{}", roster=ATHLETES, owner=""
        )
        lines = [encode(begun)]
        rows = [row_of(session, rep(n), WALL_NS) for n in (1, 2, 3)]
        waiting += lines + [encode(RepKept(id=new_id(), uid=uid, **row)) for row in rows]
    log.append(waiting)
    log.close()
    opened(directory)
    return kept(directory)


def kept(directory: Path) -> Kept:
    """Sessions and reps in the database, read by SQLite alone."""
    with contextlib.closing(sqlite3.connect(directory / "results.db")) as db:
        sessions = db.execute("SELECT id, uid, started_wall_ns, ended_wall_ns, outcome FROM session ORDER BY id")
        reps = db.execute("SELECT session, rep, revision, status, athlete, time_ns FROM rep ORDER BY session, rep")
        return [*sessions.fetchall(), *reps.fetchall()]


def opened(directory: Path, wall_ns: int = WALL_NS) -> Repair | None:
    """Open the journal as the timer does, and close it again; what was mended."""
    journal, repair = open_journal(directory, wall_ns)
    journal.close()
    return repair


def numbers(found: Sequence[tuple[Any, ...]]) -> list[int]:
    """The sessions' numbers in what is kept."""
    return [row[0] for row in found if isinstance(row[1], str)]


def delete_session(directory: Path, number: int) -> None:
    """As a later program's deletion leaves it in the log."""
    begun = [entry for entry in read_log(directory) if isinstance(entry, Begun)]
    uid = next(entry.id for entry in begun if entry.session == number)
    log = RepsLog(directory)
    log.append([encode(Deleted(id=new_id(), uid=uid, session=number))])
    log.close()


def foreign_database(path: Path) -> bytes:
    """Another program's SQLite file in that place; its bytes."""
    path.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript(
            "CREATE TABLE bookmark (url TEXT); INSERT INTO bookmark VALUES ('a'); PRAGMA user_version = 77"
        )
    return path.read_bytes()


def ids_of(connection: sqlite3.Connection, name: str) -> tuple[str, ...]:
    """Every id under which one person has run."""
    people = People.of(connection)
    (person,) = people.meant(name)
    return people.ids_of(person.uid)


def ledger(directory: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that a rebuild must give again, read by SQLite alone."""
    order = {
        "athlete": "id",
        "session": "id",
        "rep": "session, rep",
        "revision": "seq",
        "presence": "session, name",
        "clock": "boot",
        "tombstone": "uid",
        "summary": "athlete_id, session, distance_mm, gait, start, part",
    }
    with contextlib.closing(sqlite3.connect(directory / "results.db")) as db:
        found = {table: db.execute(f"SELECT * FROM {table} ORDER BY {by}").fetchall() for table, by in order.items()}
    return {**found, "revision": [row[1:] for row in found["revision"]]}
