"""What stands in the database's place is looked at before it is used, and set aside if it is not a sound database."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import msgspec

from retro_timer.store.results.backups import is_sound, next_stamp, restore_fullest
from retro_timer.store.results.completion import Completed
from retro_timer.store.results.database import NAME
from retro_timer.store.results.schema import APPLICATION_ID, VERSION

DAMAGE = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB))
"""SQLite's words for a file that is no longer a sound database."""
DAMAGED = "results.damaged-*.db*"
"""Names of damaged files that were set aside, with what SQLite kept beside them."""
_MOST_DAMAGED = 3
TAILS = ("", "-wal", "-shm")
"""The database's file, its write-ahead log and the index of that."""
_LEFT_BY_A_CRASH = 4
"""Each program that writes leaves at most one change in the log that the database has not; more is worth a word."""


class Cause(StrEnum):
    """Why the results had to be mended."""

    DAMAGED = "damaged"
    FOREIGN = "another program's file"
    GONE = "gone"
    EMPTY = "empty"
    MOVED_AWAY = "taken away while the timer ran"
    OLDER = "older than reps.jsonl"
    LOG_LACKS = "fuller than reps.jsonl"


class Repair(msgspec.Struct, frozen=True):
    """What a repair did."""

    cause: Cause
    reps: int
    """Reps in the database now."""
    set_aside: Path | None = None
    backup: Path | None = None
    unread: int = 0
    """Lines of the log that cannot be read."""

    @property
    def words(self) -> str:
        """One line for people."""
        done = [f"set aside as {self.set_aside}"] if self.set_aside is not None else []
        if self.cause is Cause.LOG_LACKS:
            done.append(f"what that file lacked is in it again, reps in both: {self.reps}")
        elif self.cause is Cause.OLDER:
            done.append(f"completed from it, reps now: {self.reps}")
        else:
            sources = "reps.jsonl" if self.backup is None else f"{self.backup.name} and reps.jsonl"
            done.append(f"rebuilt from {sources}, reps: {self.reps}")
        unread = f"; lines of reps.jsonl that cannot be read: {self.unread}" if self.unread else ""
        return f"{NAME} was {self.cause}: {' and '.join(done)}{unread}"


class PutInOrder(msgspec.Struct, frozen=True):
    """What was found in the database's place, and what was put there instead."""

    cause: Cause | None
    set_aside: Path | None = None
    backup: Path | None = None

    def repair(self, completed: Completed, count_reps: Callable[[], int], *, moved_away: bool) -> Repair | None:
        """What is worth telling, now that log and database agree again. A start that tells nothing counts nothing."""
        cause = self.cause
        if cause is None and completed.added > _LEFT_BY_A_CRASH:
            cause = Cause.OLDER
        elif cause is None and completed.appended:
            cause = Cause.LOG_LACKS
        if cause is None:
            return None
        reps = count_reps()
        if cause in (Cause.GONE, Cause.EMPTY):
            if not reps:
                # A first start, or nothing was ever recorded.
                return None
            cause = Cause.MOVED_AWAY if moved_away else cause
        return Repair(cause, reps, self.set_aside, self.backup, completed.unread)


def was_cut_off(directory: Path) -> bool:
    """Whether the database was left without being closed: its write-ahead log is still there."""
    wal = directory / f"{NAME}-wal"
    return wal.is_file() and wal.stat().st_size > 0


def put_in_order(directory: Path, wall_ns: int, *, suspect: bool) -> PutInOrder:
    """Leave a sound database in its place, or none at all: what else is there is set aside, or deleted if empty.

    `suspect`: the whole file is read. Raises OSError or sqlite3.Error when that cannot be done.
    """
    path = directory / NAME
    cause = _what_is_wrong(path, suspect=suspect)
    if cause is None:
        return PutInOrder(None)
    aside = None
    if cause in (Cause.DAMAGED, Cause.FOREIGN):
        aside = _set_aside(directory, wall_ns, "damaged" if cause is Cause.DAMAGED else "foreign")
    for tail in TAILS:
        # Also where the file itself is gone: a write-ahead log must not be read into another database.
        path.with_name(path.name + tail).unlink(missing_ok=True)
    return PutInOrder(cause, aside, restore_fullest(directory))


def _what_is_wrong(path: Path, *, suspect: bool) -> Cause | None:
    if not path.exists():
        return Cause.GONE
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as connection:
        try:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            application = int(connection.execute("PRAGMA application_id").fetchone()[0])
            if not tables and version <= VERSION:
                return Cause.EMPTY
            if tables and application != APPLICATION_ID and not {"session", "rep"} <= tables:
                return Cause.FOREIGN
            return Cause.DAMAGED if suspect and not is_sound(connection) else None
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode not in DAMAGE:
                raise
            return Cause.DAMAGED


def _set_aside(directory: Path, wall_ns: int, name: str) -> Path:
    """Move the files away. Of damaged ones the newest few are kept; another program's are never deleted."""
    pattern = f"results.{name}-*.db"
    aside = directory / f"results.{name}-{next_stamp(directory, pattern, wall_ns)}.db"
    for tail in TAILS:
        path = directory / f"{NAME}{tail}"
        if path.exists():
            path.replace(aside.with_name(aside.name + tail))
    if name == "damaged":
        for old in sorted(directory.glob(pattern))[:-_MOST_DAMAGED]:
            for tail in TAILS:
                old.with_name(old.name + tail).unlink(missing_ok=True)
    return aside
