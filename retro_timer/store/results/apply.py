"""A line of the log becomes rows of the database: once, whoever reads it and however often it is there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import msgspec

from retro_timer.store.results.entries import (
    Adopted,
    AnyEntry,
    Begun,
    ClockSet,
    Deleted,
    Ended,
    OfSession,
    RepKept,
    id_number,
    old_session_id,
)
from retro_timer.store.results.labels import correct_labels
from retro_timer.store.results.rows import save_row

OPEN = "open"
_LOST_PLAN = "(its beginning is lost)"


class Mark(msgspec.Struct, frozen=True):
    """How much of the log the database has."""

    length: int
    """Bytes of the log that have been read."""
    last_start: int
    """Where the last entry among them begins."""
    last_id: int
    entries: int
    """How many entries have been applied."""


def read_mark(connection: sqlite3.Connection) -> Mark | None:
    """The mark; None in a database that has never been held against a log."""
    row = connection.execute("SELECT length, last_start, last_id, entries FROM log_mark").fetchone()
    return None if row is None else Mark(*row)


def write_mark(connection: sqlite3.Connection, mark: Mark) -> None:
    """Set the mark, in the transaction of what it speaks of."""
    connection.execute("INSERT OR REPLACE INTO log_mark VALUES (1, ?, ?, ?, ?)", msgspec.structs.astuple(mark))


def is_applied(connection: sqlite3.Connection, entry_id: str) -> bool:
    """Whether the database has this change."""
    found = connection.execute("SELECT 1 FROM entry WHERE id = ?", (id_number(entry_id),)).fetchone()
    return found is not None


def apply(connection: sqlite3.Connection, entry: AnyEntry) -> bool | None:
    """Apply an entry. Whether it brought a session or a rep that was not known; None for one applied before.

    Raises sqlite3.Error or OverflowError for values that no row can have.
    """
    number = id_number(entry.id)
    if not connection.execute("INSERT OR IGNORE INTO entry VALUES (?)", (number,)).rowcount:
        return None
    change: Callable[[sqlite3.Connection, Any], bool] = _CHANGES[type(entry)]
    return change(connection, entry)


def next_number(connection: sqlite3.Connection) -> int:
    """A session's number for people: the next that none has or had."""
    query = "SELECT max(coalesce(max(id), 0), (SELECT coalesce(max(session), 0) FROM tombstone)) FROM session"
    return int(connection.execute(query).fetchone()[0]) + 1


def _begin(connection: sqlite3.Connection, entry: Begun) -> bool:
    if _is_deleted(connection, entry.id) or _number(connection, entry.id) is not None:
        return False
    taken = "SELECT 1 FROM session WHERE id = ?1 UNION ALL SELECT 1 FROM tombstone WHERE session = ?1"
    free = connection.execute(taken, (entry.session,)).fetchone() is None
    connection.execute(
        "INSERT INTO session (id, started_wall_ns, outcome, board, owner, title, plan, roster, started_boot,"
        " started_boot_ns, uid) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            entry.session if free else next_number(connection),
            entry.begin,
            OPEN,
            entry.board,
            entry.owner,
            entry.title,
            entry.plan,
            msgspec.json.encode(entry.roster).decode(),
            entry.started_boot,
            entry.started_boot_ns,
            entry.id,
        ),
    )
    return True


def _adopt(connection: sqlite3.Connection, entry: Adopted) -> bool:
    connection.execute("UPDATE session SET owner = ? WHERE id = ?", (entry.owner, _found(connection, entry)))
    return False


def _end(connection: sqlite3.Connection, entry: Ended) -> bool:
    connection.execute(
        "UPDATE session SET outcome = ?, ended_wall_ns = ?, ended_boot = ?, ended_boot_ns = ? WHERE id = ?",
        (entry.outcome, entry.end, entry.ended_boot, entry.ended_boot_ns, _found(connection, entry)),
    )
    return False


def _rep(connection: sqlite3.Connection, entry: RepKept) -> bool:
    number = _found(connection, entry)
    if number is None:
        if _is_deleted(connection, entry.uid):
            return False
        number = _begin_lost(connection, entry)
    return save_row(connection, msgspec.structs.asdict(entry) | {"session": number})


def _delete(connection: sqlite3.Connection, entry: Deleted) -> bool:
    number = _number(connection, entry.uid)
    connection.execute("DELETE FROM rep WHERE session = ?", (number,))
    connection.execute("DELETE FROM session WHERE id = ?", (number,))
    connection.execute("INSERT OR IGNORE INTO tombstone VALUES (?, ?)", (entry.uid, number or entry.session))
    return False


def _set_clock(connection: sqlite3.Connection, entry: ClockSet) -> bool:
    correct_labels(connection, entry.boot, entry.clock)
    return False


_CHANGES: dict[type, Callable[..., bool]] = {
    Begun: _begin,
    Adopted: _adopt,
    Ended: _end,
    RepKept: _rep,
    Deleted: _delete,
    ClockSet: _set_clock,
}


def _number(connection: sqlite3.Connection, uid: str) -> int | None:
    row = connection.execute("SELECT id FROM session WHERE uid = ?", (uid,)).fetchone()
    return None if row is None else int(row[0])


def _found(connection: sqlite3.Connection, entry: OfSession) -> int | None:
    """The number that a session has here: by its id, or by the log's number where the line knows no more."""
    if entry.uid:
        return _number(connection, entry.uid)
    row = connection.execute("SELECT id FROM session WHERE id = ?", (entry.session,)).fetchone()
    return None if row is None else int(row[0])


def _begin_lost(connection: sqlite3.Connection, entry: RepKept) -> int:
    """A session whose first line is damaged, so that at least its reps are kept."""
    uid = entry.uid or old_session_id(entry.session, entry.go_wall_ns, entry.go_boot, entry.go_boot_ns)
    begun = Begun(
        id=uid,
        session=entry.session,
        begin=entry.go_wall_ns,
        board="",
        title=_LOST_PLAN,
        plan="{}",
        roster=(),
        owner="",
    )
    _begin(connection, begun)
    connection.execute("UPDATE session SET outcome = 'interrupted' WHERE uid = ?", (uid,))
    return _number(connection, uid) or entry.session


def _is_deleted(connection: sqlite3.Connection, uid: str) -> bool:
    return connection.execute("SELECT 1 FROM tombstone WHERE uid = ?", (uid,)).fetchone() is not None
