"""Who takes part in a session, as rows: kept with each change, so that a power cut brings nobody back."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec

from retro_timer.store.results.athletes import ids_for
from retro_timer.store.results.entries import AnyEntry, PresenceKept, new_id
from retro_timer.training.record import Presence


def presence_lines(
    connection: sqlite3.Connection, session: int, uid: str, newest: Sequence[Presence], entry_id: str
) -> list[AnyEntry]:
    """The lines of the log for the newest words on presences; `uid` is the session's id, `entry_id` the last line's."""
    added, athlete_ids = ids_for(connection, [presence.name for presence in newest], session)
    line_ids = [*(new_id() for _ in newest[1:]), entry_id]
    query = "SELECT revision FROM presence WHERE session = ? AND name = ?"
    kept = list[AnyEntry]()
    for presence, athlete_id, line_id in zip(newest, athlete_ids, line_ids, strict=True):
        former = connection.execute(query, (session, presence.name)).fetchone()
        kept.append(
            PresenceKept(
                id=line_id,
                uid=uid,
                session=session,
                name=presence.name,
                athlete_id=athlete_id,
                revision=1 if former is None else former[0] + 1,
                present=presence.present,
                order=presence.order,
                skipped=presence.skipped,
            )
        )
    return [*added, *kept]


def presences(connection: sqlite3.Connection, session: int) -> tuple[Presence, ...]:
    """Those of a session of whom more is known than that they are on its roster."""
    query = "SELECT name, present, place, skipped FROM presence WHERE session = ? ORDER BY place, name"
    return tuple(
        Presence(name, bool(present), place, msgspec.json.decode(skipped, type=tuple[int, ...]))
        for name, present, place, skipped in connection.execute(query, (session,)).fetchall()
    )
