"""A line of the log becomes rows of the database: once, whoever reads it and however often it is there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import msgspec

from retro_timer.store.results.athletes import ensure_athlete, forget_athlete, keep_athlete
from retro_timer.store.results.entries import (
    Adopted,
    AnyEntry,
    AthleteKept,
    Begun,
    ClockSet,
    Deleted,
    Ended,
    Forgotten,
    OfSession,
    PresenceKept,
    RepKept,
    Revised,
    Values,
    id_number,
)
from retro_timer.store.results.labels import correct_labels, keep_source
from retro_timer.store.results.old_ids import old_session_id
from retro_timer.store.results.revisions import keep_revision
from retro_timer.store.results.rows import save_row

OPEN = "open"
_LOST_PLAN = "(its beginning is lost)"
OF_SESSION = 0
"""In the place of a rep's number: the session itself is corrected."""
SESSION_COLUMNS = ("started_wall_ns", "ended_wall_ns", "dated", "note")
"""What of a session can be corrected."""


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
    if _is_deleted(connection, entry.id):
        return False
    number = _number(connection, entry.id)
    known = entry.athletes or ("",) * len(entry.roster)
    called = [_called(connection, uid, name) for uid, name in zip(known, entry.roster, strict=True)]
    row: dict[str, object] = {
        "started_wall_ns": entry.begin,
        "outcome": OPEN,
        "board": entry.board,
        "owner": entry.owner,
        "title": entry.title,
        "plan": entry.plan,
        "roster": msgspec.json.encode(called).decode(),
        "started_boot": entry.started_boot,
        "started_boot_ns": entry.started_boot_ns,
        "athletes": msgspec.json.encode(known).decode(),
    }
    if number is not None:
        return _replace_made_up(connection, number, row)
    taken = "SELECT 1 FROM session WHERE id = ?1 UNION ALL SELECT 1 FROM tombstone WHERE session = ?1"
    free = connection.execute(taken, (entry.session,)).fetchone() is None
    row |= {"id": entry.session if free else next_number(connection), "uid": entry.id}
    connection.execute(
        f"INSERT INTO session ({', '.join(row)}) VALUES ({', '.join(f':{column}' for column in row)})", row
    )
    return True


def _replace_made_up(connection: sqlite3.Connection, number: int, row: dict[str, object]) -> bool:
    """Where reps were found first, their session's beginning was made up; this is the true one. Its end stays."""
    if row["title"] == _LOST_PLAN:
        return False
    columns = ", ".join(f"{column} = :{column}" for column in row if column != "outcome")
    made_up = connection.execute(
        f"UPDATE session SET {columns}, outcome = CASE WHEN ended_wall_ns IS NULL THEN :outcome ELSE outcome END"
        " WHERE id = :id AND title = :made_up",
        row | {"id": number, "made_up": _LOST_PLAN},
    )
    return made_up.rowcount > 0


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
    called = _called(connection, entry.athlete_id, entry.athlete)
    return save_row(connection, msgspec.structs.asdict(entry) | {"session": number, "athlete": called})


def _called(connection: sqlite3.Connection, uid: str, name: str) -> str:
    """What a row may call an athlete: by no name, if that is to be forgotten."""
    return ensure_athlete(connection, uid, name) if uid else name


def _revise(connection: sqlite3.Connection, entry: Revised) -> bool:
    changed = [_rep(connection, rep) for rep in entry.reps]
    number = _found(connection, entry)
    if number is not None:
        for change in entry.changes:
            if change.rep == OF_SESSION:
                _revise_session(connection, number, change.after)
        keep_revision(connection, number, entry)
    return any(changed)


def _revise_session(connection: sqlite3.Connection, number: int, after: Values) -> None:
    """What a session is said to be: when it was, and a note. Its reps move with its beginning."""
    if "started_wall_ns" in after:
        connection.execute(
            "UPDATE rep SET go_wall_ns = go_wall_ns + ? - (SELECT started_wall_ns FROM session WHERE id = ?2)"
            " WHERE session = ?2",
            (after["started_wall_ns"], number),
        )
    for column in SESSION_COLUMNS:
        if column in after:
            connection.execute(f"UPDATE session SET {column} = ? WHERE id = ?", (after[column], number))


def _keep_presence(connection: sqlite3.Connection, entry: PresenceKept) -> bool:
    number = _found(connection, entry)
    if number is not None:
        name = _called(connection, entry.athlete_id, entry.name)
        connection.execute(
            "INSERT INTO presence VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (session, name) DO UPDATE SET"
            " revision = excluded.revision, present = excluded.present, place = excluded.place,"
            " skipped = excluded.skipped WHERE excluded.revision > presence.revision",
            (
                number,
                name,
                entry.athlete_id,
                entry.revision,
                entry.present,
                entry.order,
                msgspec.json.encode(entry.skipped).decode(),
            ),
        )
    return False


def _keep_athlete(connection: sqlite3.Connection, entry: AthleteKept) -> bool:
    keep_athlete(connection, entry)
    return False


def _forget(connection: sqlite3.Connection, entry: Forgotten) -> bool:
    forget_athlete(connection, entry)
    return False


def _delete(connection: sqlite3.Connection, entry: Deleted) -> bool:
    number = _number(connection, entry.uid)
    for table in ("revision", "presence", "rep"):
        connection.execute(f"DELETE FROM {table} WHERE session = ?", (number,))
    connection.execute("DELETE FROM session WHERE id = ?", (number,))
    connection.execute("INSERT OR IGNORE INTO tombstone VALUES (?, ?)", (entry.uid, number or entry.session))
    return False


def _set_clock(connection: sqlite3.Connection, entry: ClockSet) -> bool:
    correct_labels(connection, entry.boot, entry.clock)
    if entry.source:
        keep_source(connection, entry)
    return False


_CHANGES: dict[type, Callable[..., bool]] = {
    Begun: _begin,
    Adopted: _adopt,
    Ended: _end,
    RepKept: _rep,
    Deleted: _delete,
    ClockSet: _set_clock,
    AthleteKept: _keep_athlete,
    Forgotten: _forget,
    Revised: _revise,
    PresenceKept: _keep_presence,
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
