"""What a session leaves on disk: one writer, each change durable before anything is announced of it."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from retro_timer.store.database import open_for_writing
from retro_timer.store.labels import correct_labels
from retro_timer.store.repair import Repair, is_sound, repair, was_cut_off
from retro_timer.store.reps_log import RepsLog
from retro_timer.store.rows import record_of, row_of, save_row
from retro_timer.training.plan import Plan
from retro_timer.training.record import RepRecord

OPEN = "open"
DAMAGE = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB))
"""SQLite's words for a file that is no longer a sound database."""


class SessionEntry(msgspec.Struct, frozen=True):
    """A session as the journal knows it."""

    id: int
    started_wall_ns: int
    outcome: str
    board: str
    owner: str
    title: str
    plan: Plan
    roster: tuple[str, ...]


def owner_mark() -> str:
    """Names this process so that a later one can tell whether it still lives: boot, process id, its start time."""
    return f"{boot_mark()}:{os.getpid()}:{_started(os.getpid())}"


def owner_lives(mark: str) -> bool:
    """Whether the process that an owner mark names is still there."""
    boot, pid, started = [*mark.split(":"), "", "", ""][:3]
    if boot != boot_mark() or not pid.isdigit():
        return False
    return _started(int(pid)) == started != ""


def boot_mark() -> str:
    """Names the machine's present boot."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return "unknown"


def _boot_of(since_boot_ns: int) -> str:
    return boot_mark() if since_boot_ns else ""


def _started(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def open_journal(directory: Path, wall_ns: int, *, suspect: bool = False) -> tuple[Journal, Repair | None]:
    """The journal, repaired first if its database is damaged.

    The whole file is looked at when it was left without being closed, or when `suspect` is set: that takes a second
    or so for each hundred thousand reps on a small computer. Raises OSError, sqlite3.Error or RetroTimerError.
    """
    suspect = suspect or was_cut_off(directory)
    try:
        journal = Journal(directory)
        if not suspect or journal.is_sound():
            return journal, None
        journal.close()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode not in DAMAGE:
            raise
    done = repair(directory, wall_ns)
    return Journal(directory), done


class Journal:
    """The one writer. Every method returns when its change is on disk, or raises OSError or sqlite3.Error.

    A label is given as wall time and time since boot; one with 0 for the latter is never corrected.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._db = open_for_writing(directory)
        self._log = RepsLog(directory)

    def is_sound(self) -> bool:
        """Whether nothing is wrong with the whole database."""
        return is_sound(self._db)

    def close(self) -> None:
        """Close database and log."""
        self._db.close()
        self._log.close()

    def begin(self, plan: Plan, roster: Sequence[str], board: str, wall_ns: int, since_boot_ns: int = 0) -> int:
        """A session starts; returns its id."""
        boot = _boot_of(since_boot_ns)
        plan_json = msgspec.json.encode(plan).decode()
        roster_json = msgspec.json.encode(list(roster)).decode()
        owner = owner_mark()
        with self._change():
            cursor = self._db.execute(
                "INSERT INTO session (started_wall_ns, outcome, board, owner, title, plan, roster, started_boot,"
                " started_boot_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (wall_ns, OPEN, board, owner, plan.title, plan_json, roster_json, boot, since_boot_ns),
            )
            session = int(cursor.lastrowid or 0)
            entry = {"session": session, "begin": wall_ns, "board": board, "title": plan.title, "plan": plan_json}
            label = {"started_boot": boot, "started_boot_ns": since_boot_ns}
            self._log.append({**entry, "roster": list(roster), "owner": owner, **label})
        return session

    def adopt(self, session: int) -> None:
        """A recovered session is this process's now."""
        self._db.execute("UPDATE session SET owner = ? WHERE id = ?", (owner_mark(), session))

    def save(self, session: int, record: RepRecord, go_wall_ns: int, go_boot_ns: int = 0) -> None:
        """The newest word on a rep; an older revision never replaces a newer one."""
        row = row_of(session, record, go_wall_ns, _boot_of(go_boot_ns), go_boot_ns)
        with self._change():
            save_row(self._db, row)
            self._log.append(row)

    def end(self, session: int, outcome: str, wall_ns: int, since_boot_ns: int = 0) -> None:
        """A session ends: done, stopped or interrupted."""
        boot = _boot_of(since_boot_ns)
        with self._change():
            self._db.execute(
                "UPDATE session SET outcome = ?, ended_wall_ns = ?, ended_boot = ?, ended_boot_ns = ? WHERE id = ?",
                (outcome, wall_ns, boot, since_boot_ns, session),
            )
            label = {"ended_boot": boot, "ended_boot_ns": since_boot_ns}
            self._log.append({"session": session, "end": wall_ns, "outcome": outcome, **label})

    def follow_clock(self, offset_ns: int) -> None:
        """The wall clock shows time since boot and `offset_ns`, perhaps since a moment ago: labels are corrected."""
        boot = boot_mark()
        with self._change():
            if correct_labels(self._db, boot, offset_ns):
                self._log.append({"clock": offset_ns, "boot": boot})

    @contextlib.contextmanager
    def _change(self) -> Iterator[None]:
        """Database and log change together, or the database not at all: what is tried again is not there twice."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def cut_off(self, board: str) -> list[SessionEntry]:
        """Sessions on this board that nobody ended and whose process is gone, newest first."""
        rows = self._db.execute(
            "SELECT id, started_wall_ns, outcome, board, owner, title, plan, roster FROM session"
            " WHERE outcome = ? AND board = ? ORDER BY id DESC",
            (OPEN, board),
        ).fetchall()
        return [entry for row in rows if not owner_lives(row[4]) and (entry := self._entry(row)) is not None]

    def _entry(self, row: Sequence[Any]) -> SessionEntry | None:
        """A session from its row; None, and closed as interrupted, if this program no longer reads its plan."""
        number, started_wall_ns, outcome, board, owner, title, plan, roster = row
        try:
            read, names = msgspec.json.decode(plan, type=Plan), msgspec.json.decode(roster, type=tuple[str, ...])
        except msgspec.MsgspecError:
            self.end(number, "interrupted", started_wall_ns)
            return None
        return SessionEntry(number, started_wall_ns, outcome, board, owner, title, read, names)

    def reps(self, session: int) -> list[RepRecord]:
        """The reps of a session, in order."""
        cursor = self._db.execute("SELECT * FROM rep WHERE session = ? ORDER BY rep", (session,))
        names = [column[0] for column in cursor.description]
        return [record_of(dict(zip(names, row, strict=True))) for row in cursor]
