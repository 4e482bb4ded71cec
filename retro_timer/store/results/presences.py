"""Who takes part in a session, as rows: kept with each change, so that a power cut brings nobody back."""

from __future__ import annotations

import sqlite3

import msgspec

from retro_timer.store.results.athletes import ids_for
from retro_timer.store.results.entries import AnyEntry, PresenceKept
from retro_timer.training.record import Presence


def presence_lines(
    connection: sqlite3.Connection, session: int, uid: str, presence: Presence, entry_id: str
) -> list[AnyEntry]:
    """The lines of the log for the newest word on somebody's presence; `uid` is the session's id."""
    added, (athlete_id,) = ids_for(connection, [presence.name], session)
    query = "SELECT revision FROM presence WHERE session = ? AND name = ?"
    former = connection.execute(query, (session, presence.name)).fetchone()
    kept = PresenceKept(
        id=entry_id,
        uid=uid,
        session=session,
        name=presence.name,
        athlete_id=athlete_id,
        revision=1 if former is None else former[0] + 1,
        present=presence.present,
        order=presence.order,
        skipped=presence.skipped,
    )
    return [*added, kept]


def presences(connection: sqlite3.Connection, session: int) -> tuple[Presence, ...]:
    """Those of a session of whom more is known than that they are on its roster."""
    query = "SELECT name, present, place, skipped FROM presence WHERE session = ? ORDER BY place, name"
    return tuple(
        Presence(name, bool(present), place, msgspec.json.decode(skipped, type=tuple[int, ...]))
        for name, present, place, skipped in connection.execute(query, (session,)).fetchall()
    )
