"""The database's schema, by versions: a database of any older version is brought up to date when it is opened."""

from __future__ import annotations

import sqlite3

from retro_timer.errors import RetroTimerError
from retro_timer.store.results.entries import old_session_id

VERSION = 4
APPLICATION_ID = 0x52545231
"""Tells a results database from any other: "RTR1" in its header."""

_STEPS: tuple[str, ...] = (
    """
    CREATE TABLE session (
        id INTEGER PRIMARY KEY,
        started_wall_ns INTEGER NOT NULL,
        ended_wall_ns INTEGER,
        outcome TEXT NOT NULL,
        board TEXT NOT NULL,
        owner TEXT NOT NULL,
        title TEXT NOT NULL,
        plan TEXT NOT NULL,
        roster TEXT NOT NULL
    ) STRICT;
    CREATE INDEX session_by_outcome ON session (outcome, id);
    CREATE TABLE rep (
        session INTEGER NOT NULL REFERENCES session (id),
        rep INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        set_no INTEGER NOT NULL,
        rep_no INTEGER NOT NULL,
        athlete TEXT NOT NULL,
        distance_mm INTEGER,
        duration_ms INTEGER,
        gait TEXT NOT NULL,
        status TEXT NOT NULL,
        go_wall_ns INTEGER NOT NULL,
        go_ns INTEGER NOT NULL,
        time_ns INTEGER,
        uncertainty_ns INTEGER,
        sound_delay_ns INTEGER NOT NULL,
        method TEXT NOT NULL,
        flags TEXT NOT NULL,
        obstacles INTEGER NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (session, rep)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX rep_by_athlete ON rep (athlete, session, rep);
    """,
    # When each label was made, as boot and time since that boot: what it is corrected by when the clock is set.
    """
    ALTER TABLE session ADD COLUMN started_boot TEXT NOT NULL DEFAULT '';
    ALTER TABLE session ADD COLUMN started_boot_ns INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE session ADD COLUMN ended_boot TEXT NOT NULL DEFAULT '';
    ALTER TABLE session ADD COLUMN ended_boot_ns INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE rep ADD COLUMN go_boot TEXT NOT NULL DEFAULT '';
    ALTER TABLE rep ADD COLUMN go_boot_ns INTEGER NOT NULL DEFAULT 0;
    """,
    # What of the log is here: every entry's id, how far it was read, what was deleted. Sessions have ids for machines.
    f"""
    ALTER TABLE session ADD COLUMN uid TEXT NOT NULL DEFAULT '';
    UPDATE session SET uid = old_session_id(id, started_wall_ns, started_boot, started_boot_ns);
    CREATE UNIQUE INDEX session_by_uid ON session (uid);
    CREATE TABLE entry (id INTEGER PRIMARY KEY) STRICT;
    CREATE TABLE log_mark (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        length INTEGER NOT NULL,
        last_start INTEGER NOT NULL,
        last_id INTEGER NOT NULL,
        entries INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE tombstone (uid TEXT PRIMARY KEY, session INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    PRAGMA application_id = {APPLICATION_ID};
    """,
    # How a rep was started, how well that moment is known, and the times at lines on the way.
    """
    ALTER TABLE rep ADD COLUMN start TEXT NOT NULL DEFAULT 'go';
    ALTER TABLE rep ADD COLUMN start_uncertainty_ns INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE rep ADD COLUMN splits TEXT NOT NULL DEFAULT '';
    """,
)
"""Step n brings a database of version n to version n + 1."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring an open database to VERSION. Raises RetroTimerError for one that a newer program has written."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        raise RetroTimerError(
            f"results.db has version {version}, this program knows up to {VERSION}: install the newer program again"
        )
    connection.create_function("old_session_id", 4, old_session_id, deterministic=True)
    for number in range(version, VERSION):
        connection.executescript(f"BEGIN IMMEDIATE;{_STEPS[number]};PRAGMA user_version = {number + 1};COMMIT;")
