"""The database's schema, by versions: a database of any older version is brought up to date when it is opened."""

from __future__ import annotations

import json
import logging
import sqlite3

from retro_timer.errors import RetroTimerError
from retro_timer.store.results.athletes import ensure_athlete
from retro_timer.store.results.old_ids import old_athlete_id, old_session_id
from retro_timer.store.results.summary import RECKONED
from retro_timer.store.results.summary import SCHEMA as SUMMARY_SCHEMA

log = logging.getLogger("retro_timer")

VERSION = 6
MANY_REPS = 100_000
"""From so many on an upgrade takes long enough to be told of."""
_S_PER_REP = 45e-6
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
    # People are rows of their own, to whose ids reps and sessions refer; corrections and presence are kept; and what a
    # rep has besides its time: where it was decided, a wave's place, a target, a note.
    """
    CREATE TABLE athlete (
        id INTEGER PRIMARY KEY,
        uid TEXT NOT NULL,
        revision INTEGER NOT NULL,
        name TEXT NOT NULL,
        say TEXT NOT NULL,
        team TEXT NOT NULL,
        born INTEGER,
        notes TEXT NOT NULL,
        forward TEXT NOT NULL,
        merged_into TEXT NOT NULL,
        removed INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX athlete_by_uid ON athlete (uid);
    CREATE INDEX athlete_by_merged ON athlete (merged_into) WHERE merged_into != '';
    ALTER TABLE session ADD COLUMN athletes TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE session ADD COLUMN dated INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE session ADD COLUMN note TEXT NOT NULL DEFAULT '';
    ALTER TABLE rep ADD COLUMN athlete_id TEXT NOT NULL DEFAULT '';
    ALTER TABLE rep ADD COLUMN line TEXT NOT NULL DEFAULT '';
    ALTER TABLE rep ADD COLUMN lane INTEGER;
    ALTER TABLE rep ADD COLUMN part TEXT NOT NULL DEFAULT '';
    ALTER TABLE rep ADD COLUMN wave INTEGER;
    ALTER TABLE rep ADD COLUMN place INTEGER;
    ALTER TABLE rep ADD COLUMN target_ns INTEGER;
    ALTER TABLE rep ADD COLUMN note TEXT NOT NULL DEFAULT '';
    UPDATE session SET athletes = old_athlete_ids(roster);
    DROP INDEX rep_by_athlete;
    UPDATE rep SET athlete_id = old_athlete_id(athlete);
    CREATE INDEX rep_by_athlete ON rep (athlete_id, session, rep);
    CREATE TABLE revision (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        session INTEGER NOT NULL REFERENCES session (id),
        rep INTEGER NOT NULL,
        kind TEXT NOT NULL,
        before TEXT NOT NULL,
        after TEXT NOT NULL,
        wall_ns INTEGER NOT NULL,
        boot TEXT NOT NULL,
        boot_ns INTEGER NOT NULL,
        origin TEXT NOT NULL,
        undoes TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX revision_by_id ON revision (id, rep);
    CREATE INDEX revision_by_rep ON revision (session, rep, seq);
    CREATE INDEX revision_by_undone ON revision (undoes) WHERE undoes != '';
    CREATE TABLE presence (
        session INTEGER NOT NULL REFERENCES session (id),
        name TEXT NOT NULL,
        athlete_id TEXT NOT NULL,
        revision INTEGER NOT NULL,
        present INTEGER NOT NULL,
        place INTEGER NOT NULL,
        skipped TEXT NOT NULL,
        PRIMARY KEY (session, name)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE clock (
        boot TEXT PRIMARY KEY,
        source TEXT NOT NULL,
        offset_ns INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    # What progress is told from, so that nobody waits for all reps to be read.
    SUMMARY_SCHEMA,
)
"""Step n brings a database of version n to version n + 1."""
_BOOTS, _IDS, _STARTS, _PEOPLE, _SUMMARY = 2, 3, 4, 5, 6
"""The versions from which labels have their boots, sessions their ids, reps their starts, people their rows, and the
summary is kept."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring an open database to VERSION. Raises RetroTimerError for one that a newer program has written."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        raise RetroTimerError(
            f"results.db has version {version}, this program knows up to {VERSION}: install the newer program again"
        )
    connection.create_function("old_session_id", 4, old_session_id, deterministic=True)
    connection.create_function("old_athlete_id", 1, old_athlete_id, deterministic=True)
    connection.create_function("old_athlete_ids", 1, _old_athlete_ids, deterministic=True)
    if 0 < version < VERSION:
        _tell_of_many(connection, version)
    for number in range(version, VERSION):
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in _statements(_STEPS[number]):
                connection.execute(statement)
            if number + 1 == _PEOPLE:
                _number_people(connection)
            connection.execute(f"PRAGMA user_version = {number + 1}")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def _tell_of_many(connection: sqlite3.Connection, version: int) -> None:
    """Whoever waits for a large database learns what for, and for how long: about 45 µs a rep were measured on a busy
    desktop computer; a small one takes longer by a factor that nobody has measured.
    """
    reps = int(connection.execute("SELECT count(*) FROM rep").fetchone()[0])
    if reps >= MANY_REPS:
        log.warning(
            "results.db is brought up to date from version %d, once: %s reps, about %d s on a desktop computer, minutes"
            " on a small one",
            version,
            f"{reps:,}",
            max(1, round(reps * _S_PER_REP)),
        )


def show_as_newest(connection: sqlite3.Connection) -> None:
    """Let an older program's database that may not be written be read as if it had been brought up to date.

    Views of this connection stand before its tables; whom an athlete's reps belong to is found without an index.
    """
    connection.create_function("old_athlete_id", 1, old_athlete_id, deterministic=True)
    connection.create_function("old_athlete_ids", 1, _old_athlete_ids, deterministic=True)
    connection.create_function("old_session_id", 4, old_session_id, deterministic=True)
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version < _PEOPLE:
        _show_people(connection, version)
    if version < _SUMMARY:
        connection.execute(f"CREATE TEMP VIEW summary AS {RECKONED.format(reps='rep')}")


def _show_people(connection: sqlite3.Connection, version: int) -> None:
    boot = "started_boot, started_boot_ns" if version >= _BOOTS else "'', 0"
    uid = "" if version >= _IDS else f", old_session_id(id, started_wall_ns, {boot}) AS uid"
    rep_boot = "" if version >= _BOOTS else ", '' AS go_boot, 0 AS go_boot_ns"
    session_boots = (
        "" if version >= _BOOTS else ", '' AS started_boot, 0 AS started_boot_ns, '' AS ended_boot, 0 AS ended_boot_ns"
    )
    start = "" if version >= _STARTS else ", 'go' AS start, 0 AS start_uncertainty_ns, '' AS splits"
    connection.executescript(
        f"""
        CREATE TEMP VIEW rep AS SELECT *{start}{rep_boot}, old_athlete_id(athlete) AS athlete_id, '' AS line,
            NULL AS lane, '' AS part, NULL AS wave, NULL AS place, NULL AS target_ns, '' AS note
            FROM main.rep;
        CREATE TEMP VIEW session AS SELECT *, old_athlete_ids(roster) AS athletes, 0 AS dated, '' AS note{uid}
            {session_boots} FROM main.session;
        """
    )
    for statement in _statements(_STEPS[_PEOPLE - 1]):
        if statement.lstrip().startswith("CREATE TABLE"):
            connection.execute(statement.replace("CREATE TABLE", "CREATE TEMP TABLE"))
    _number_people(connection)


def _statements(script: str) -> list[str]:
    """Each of a script; a trigger has semicolons within."""
    found, begun = list[str](), ""
    for piece in script.split(";")[:-1]:
        begun += f"{piece};"
        if sqlite3.complete_statement(begun):
            found.append(begun)
            begun = ""
    return found


def _old_athlete_ids(roster: str) -> str:
    return json.dumps([old_athlete_id(name) for name in json.loads(roster)], separators=(",", ":"))


def _number_people(connection: sqlite3.Connection) -> None:
    """A row for everybody whom sessions and reps of older programs name, numbered in the order of their coming."""
    sessions = connection.execute("SELECT id, roster FROM session ORDER BY id").fetchall()
    known = set[str]()
    for number, roster in sessions:
        names = list(json.loads(roster))
        ran = connection.execute("SELECT athlete FROM rep WHERE session = ? ORDER BY rep", (number,))
        for name in dict.fromkeys([*names, *(name for (name,) in ran)]):
            uid = old_athlete_id(name)
            if uid and uid not in known:
                known.add(uid)
                ensure_athlete(connection, uid, name)
