"""Queries over what is kept: each looks rows up by an index and is bounded, so a million reps do not slow it."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from retro_timer.store.rows import record_of
from retro_timer.training.record import RepRecord

MOST_SESSIONS = 50
MOST_REPS = 1000


class SessionRow(msgspec.Struct, frozen=True):
    """A session in a list."""

    id: int
    started_wall_ns: int
    ended_wall_ns: int | None
    outcome: str
    board: str
    title: str
    roster: tuple[str, ...]
    reps: int
    finished: int


def sessions(connection: sqlite3.Connection, limit: int = MOST_SESSIONS) -> list[SessionRow]:
    """The newest sessions, newest first."""
    rows = connection.execute("SELECT * FROM session ORDER BY id DESC LIMIT ?", (limit,)).fetchall()
    return [_session_row(connection, row) for row in rows]


def session(connection: sqlite3.Connection, number: int | None) -> SessionRow | None:
    """One session by its number, or the newest."""
    if number is None:
        row = connection.execute("SELECT * FROM session ORDER BY id DESC LIMIT 1").fetchone()
    else:
        row = connection.execute("SELECT * FROM session WHERE id = ?", (number,)).fetchone()
    return None if row is None else _session_row(connection, row)


def _session_row(connection: sqlite3.Connection, row: sqlite3.Row) -> SessionRow:
    counted = connection.execute(
        "SELECT count(*), coalesce(sum(status = 'finished'), 0) FROM rep WHERE session = ?", (row["id"],)
    ).fetchone()
    return SessionRow(
        id=row["id"],
        started_wall_ns=row["started_wall_ns"],
        ended_wall_ns=row["ended_wall_ns"],
        outcome=row["outcome"],
        board=row["board"],
        title=row["title"],
        roster=tuple(msgspec.json.decode(row["roster"])),
        reps=counted[0],
        finished=counted[1],
    )


def reps(
    connection: sqlite3.Connection,
    *,
    session_id: int | None = None,
    athlete: str | None = None,
    limit: int = MOST_REPS,
) -> list[tuple[int, RepRecord]]:
    """(session, rep) pairs in order; of all sessions the newest `limit` reps. Reps still open are left out."""
    conditions, values = ["status != 'open'"], list[Any]()
    if session_id is not None:
        conditions.append("session = ?")
        values.append(session_id)
    if athlete is not None:
        conditions.append("athlete = ?")
        values.append(athlete)
    rows = connection.execute(
        f"SELECT * FROM rep WHERE {' AND '.join(conditions)} ORDER BY session DESC, rep DESC LIMIT ?",
        (*values, limit),
    ).fetchall()
    return [(row["session"], record_of(row)) for row in reversed(rows)]


def rep_fields(session_id: int, record: RepRecord) -> dict[str, Any]:
    """A rep as other programs read it. `time_s` is raw, from the go; `shown_s` is corrected for the sound's way."""
    return {
        "session": session_id,
        "rep": record.rep,
        "set": record.set_no,
        "rep_in_set": record.rep_no,
        "athlete": record.athlete,
        "distance_m": record.distance_m,
        "duration_s": record.duration_s,
        "gait": str(record.gait),
        "status": str(record.status),
        "time_s": None if record.time_ns is None else record.time_ns / 1e9,
        "uncertainty_s": None if record.uncertainty_ns is None else record.uncertainty_ns / 1e9,
        "sound_delay_s": record.sound_delay_ns / 1e9,
        "shown_s": record.official_s(),
        "method": record.method,
        "flags": [str(flag) for flag in record.flags],
        "obstacles": record.obstacles,
        "reason": record.reason,
    }
