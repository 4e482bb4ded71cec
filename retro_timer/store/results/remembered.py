"""What is kept of those who take part: how their names are said, and their bests of former sessions."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence

from retro_timer.store.results.athletes import People
from retro_timer.store.results.labels import Dates, date_of
from retro_timer.store.results.plans_kept import per_week_of
from retro_timer.training.gaits import Gait
from retro_timer.training.progress.attended import week_of
from retro_timer.training.record import BY_HAND, DOUBTFUL, Flag, RepStatus, StartKind, shown_ns
from retro_timer.training.remembered import Best, Remembered, Week
from retro_timer.training.roster import SOLO

_LOOKED_AT = 500
"""Sessions before this one: more are in no week."""


def without_flags(flags: Collection[Flag]) -> str:
    """The condition that a rep has none of these."""
    return " AND ".join(f"instr(',' || flags || ',', ',{flag},') = 0" for flag in sorted(flags))


_UNDOUBTED = without_flags(DOUBTFUL)
"""As `RepRecord.may_be_best`, without its record."""


def remembered_of(connection: sqlite3.Connection, names: Sequence[str], session: int) -> tuple[Remembered, ...]:
    """Those of these names of whom anything is known.

    Bests are of other sessions than this one, on the same board: what a simulation ran is nobody's best at a track.
    """
    people = People.of(connection)
    rows = {row.uid: row for row in people.persons}
    found = []
    for name in names:
        if name in SOLO:
            found.append(Remembered(name, week=_week(connection, ("",), session)))
            continue
        uid = people.id_by_name(name)
        if uid is not None and uid in rows:
            ids = people.ids_of(uid)
            found.append(
                Remembered(
                    name, rows[uid].say, tuple(_bests(connection, ids, session)), _week(connection, ids, session)
                )
            )
    return tuple(one for one in found if one.say or one.bests or one.week)


def _week(connection: sqlite3.Connection, uids: Sequence[str], session: int) -> Week | None:
    """How many sessions by its plan they have finished a rep in, of its week and on its board."""
    head = "SELECT started_wall_ns, started_boot, title, board, plan FROM session WHERE id = ?"
    row = connection.execute(head, (session,)).fetchone()
    dates = Dates.of(connection)
    week = None if row is None else _week_of(dates, session, row[0], row[1])
    per_week = None if row is None else per_week_of(row[4])
    if week is None or per_week is None:
        return None
    marks = ", ".join("?" * len(uids))
    near = connection.execute(
        "SELECT DISTINCT session.id, started_wall_ns, started_boot FROM summary JOIN session ON session.id ="
        f" summary.session WHERE athlete_id IN ({marks}) AND finished AND session.id BETWEEN ? AND ? AND title = ?"
        " AND board = ?",
        (*uids, session - _LOOKED_AT, session - 1, row[2], row[3]),
    )
    return Week(sum(_week_of(dates, *other) == week for other in near.fetchall()), per_week[1])


def _week_of(dates: Dates, session: int, wall_ns: int, boot: str) -> int | None:
    started = date_of(wall_ns) if dates.has(session, boot) else None
    return None if started is None else week_of(started.toordinal())


def _bests(connection: sqlite3.Connection, uids: Sequence[str], session: int) -> Iterator[Best]:
    """The shortest of their times that nothing is in doubt about."""
    shortest: dict[tuple[int, str, str], int] = {}
    for uid in uids:
        rows = connection.execute(
            "SELECT distance_mm, gait, start, min(time_ns - sound_delay_ns) FROM rep"
            " JOIN session ON session.id = rep.session"
            " WHERE athlete_id = ? AND rep.session != ? AND status = ? AND time_ns IS NOT NULL"
            f" AND distance_mm IS NOT NULL AND method != ? AND {_UNDOUBTED}"
            " AND board = (SELECT board FROM session WHERE id = ?)"
            " GROUP BY distance_mm, gait, start",
            (uid, session, RepStatus.FINISHED, BY_HAND, session),
        )
        for *kind, time_ns in rows:
            length_mm, gait, start = kind
            key = (int(length_mm), str(gait), str(start))
            shortest[key] = min(time_ns, shortest.get(key, time_ns))
    for (length_mm, gait, start), time_ns in sorted(shortest.items()):
        yield Best(length_mm / 1000.0, Gait(gait), StartKind(start), shown_ns(time_ns, by_hand=False))
