"""The summary: of each athlete's reps of one kind in one session what progress is told from, kept with every change.

Triggers note whose reps of which session have changed, by whatever way: a rep, a correction, an import, a deletion or a
rebuild. `settle` reckons those anew in the same transaction, from the reps alone.
"""

from __future__ import annotations

import sqlite3

from retro_timer.store.results.remembered import without_flags
from retro_timer.training.record import BY_HAND, DOUBTFUL, Flag, RepStatus

_DAY_NS = 86_400 * 10**9
"""No rep takes longer; what says so came with a file, and no sum may overflow by it."""
_KEY = "athlete_id, session, distance_mm, gait, start, part"
_ENDED = f"('{RepStatus.FINISHED}', '{RepStatus.DNF}')"
_HAND = f"(method = '{BY_HAND}' OR instr(',' || flags || ',', ',{Flag.MANUAL},') > 0)"
_SURE = (
    f"status = '{RepStatus.FINISHED}' AND time_ns BETWEEN 1 AND {_DAY_NS} AND sound_delay_ns BETWEEN 0 AND {_DAY_NS}"
    f" AND {without_flags(DOUBTFUL - {Flag.MANUAL})}"
)
RECKONED = f"""
    SELECT {_KEY}, count(*) AS reps, sum(finished) AS finished, min(net_ns) AS best_ns, count(net_ns) AS timed,
        total(net_ns / 1e9) AS sum_s, total(net_ns / 1e9 * net_ns / 1e9) AS squares_s2,
        total(nth * net_ns / 1e9) AS ranked_s, total(spread_s * spread_s) AS spreads_s2
    FROM (
        SELECT *, row_number() OVER (PARTITION BY {_KEY}, net_ns IS NULL ORDER BY rep) - 1 AS nth
        FROM (
            SELECT athlete_id, session, rep, coalesce(distance_mm, 0) AS distance_mm, gait, part,
                CASE WHEN {_HAND} THEN 'hand' ELSE start END AS start,
                status = '{RepStatus.FINISHED}' AS finished,
                CASE WHEN {_SURE} THEN time_ns - sound_delay_ns END AS net_ns,
                CASE WHEN {_SURE} THEN coalesce(uncertainty_ns, 0) / 1e9 END AS spread_s
            FROM {{reps}} WHERE status IN {_ENDED} AND athlete != ''
        )
    )
    GROUP BY {_KEY}
"""
"""The summary as `reps` have it: the table, or a part of it."""
_CHANGED = "athlete_id, distance_mm, gait, status, time_ns, sound_delay_ns, uncertainty_ns, method, flags, start, part"


def _note(row: str) -> str:
    return (
        f"INSERT INTO summary_due SELECT {row}.athlete_id, {row}.session WHERE NOT EXISTS (SELECT 1 FROM summary_due"
        f" WHERE athlete_id = {row}.athlete_id AND session = {row}.session);"
    )


SCHEMA = f"""
    CREATE TABLE summary (
        athlete_id TEXT NOT NULL,
        session INTEGER NOT NULL,
        distance_mm INTEGER NOT NULL,
        gait TEXT NOT NULL,
        start TEXT NOT NULL,
        part TEXT NOT NULL,
        reps INTEGER NOT NULL,
        finished INTEGER NOT NULL,
        best_ns INTEGER,
        timed INTEGER NOT NULL,
        sum_s REAL NOT NULL,
        squares_s2 REAL NOT NULL,
        ranked_s REAL NOT NULL,
        spreads_s2 REAL NOT NULL,
        PRIMARY KEY (athlete_id, session, distance_mm, gait, start, part)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE summary_due (
        athlete_id TEXT NOT NULL,
        session INTEGER NOT NULL,
        PRIMARY KEY (athlete_id, session)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO summary {RECKONED.format(reps="rep")};
    CREATE INDEX session_simulated ON session (id) WHERE board IN ('sim', 'replay');
    CREATE TRIGGER rep_came AFTER INSERT ON rep BEGIN {_note("NEW")} END;
    CREATE TRIGGER rep_went AFTER DELETE ON rep BEGIN {_note("OLD")} END;
    CREATE TRIGGER rep_changed AFTER UPDATE OF {_CHANGED} ON rep BEGIN {_note("OLD")} {_note("NEW")} END;
"""
"""Of timed steps the distance is 0, of times by hand the start is `hand`. `best_ns` and the sums are of the times that
nothing is in doubt about, less the go's way to the ear; `ranked_s` has each times its place among them, from 0."""


def settle(connection: sqlite3.Connection) -> None:
    """Reckon anew what has changed, within the caller's transaction."""
    if connection.execute("SELECT EXISTS (SELECT 1 FROM summary_due)").fetchone()[0]:
        connection.execute("DELETE FROM summary WHERE (athlete_id, session) IN (SELECT * FROM summary_due)")
        # In this order: of a session with very many reps only the athlete's are looked at.
        due = "summary_due CROSS JOIN rep USING (athlete_id, session)"
        connection.execute(f"INSERT INTO summary {RECKONED.format(reps=due)}")
        connection.execute("DELETE FROM summary_due")
