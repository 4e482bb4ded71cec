"""What is kept of those who take part: how their names are said, and their bests of former sessions."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple, Self

from retro_timer.store.results.athletes import People
from retro_timer.store.results.labels import Dates, date_of
from retro_timer.store.results.plans_kept import OUT_AND_BACK, per_week_of
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

    Bests are of other sessions than this one, on the same board and course: what a simulation ran is nobody's best at a
    track, and there and back takes longer than straight on.
    """
    people = People.of(connection)
    rows = {row.uid: row for row in people.persons}
    this = _ThisSession.of(connection, session)
    apart = _on_another_course(connection, session)
    found = []
    for name in names:
        if name in SOLO:
            found.append(Remembered(name, week=_week(connection, ("",), this)))
            continue
        uid = people.id_by_name(name)
        if uid is not None and uid in rows:
            ids = people.ids_of(uid)
            bests = tuple(_bests(connection, ids, session, apart))
            found.append(Remembered(name, rows[uid].say, bests, _week(connection, ids, this)))
    return tuple(one for one in found if one.say or one.bests or one.week)


class _ThisSession(NamedTuple):
    """What others have in common with the one that begins, to be of its week."""

    number: int
    week: int
    title: str
    board: str
    most: int
    """Sessions a week by its plan."""
    dates: Dates

    @classmethod
    def of(cls, connection: sqlite3.Connection, session: int) -> Self | None:
        """None where it has no date, or its plan does not say how often."""
        head = "SELECT started_wall_ns, started_boot, title, board, plan FROM session WHERE id = ?"
        row = connection.execute(head, (session,)).fetchone()
        if row is None:
            return None
        wall_ns, boot, title, board, plan = row
        dates = Dates.of(connection)
        week, per_week = _week_of(dates, session, wall_ns, boot), per_week_of(plan)
        if week is None or per_week is None:
            return None
        return cls(session, week, title, board, per_week[1], dates)


def _week(connection: sqlite3.Connection, uids: Sequence[str], this: _ThisSession | None) -> Week | None:
    """How many sessions by its plan they have finished a rep in, of its week and on its board."""
    if this is None:
        return None
    marks = ", ".join("?" * len(uids))
    near = connection.execute(
        "SELECT DISTINCT session.id, started_wall_ns, started_boot FROM summary JOIN session ON session.id ="
        f" summary.session WHERE athlete_id IN ({marks}) AND finished AND session.id BETWEEN ? AND ? AND title = ?"
        " AND board = ?",
        (*uids, this.number - _LOOKED_AT, this.number - 1, this.title, this.board),
    )
    return Week(sum(_week_of(this.dates, *other) == this.week for other in near.fetchall()), this.most)


def _week_of(dates: Dates, session: int, wall_ns: int, boot: str) -> int | None:
    started = date_of(wall_ns) if dates.has(session, boot) else None
    return None if started is None else week_of(started.toordinal())


def _on_another_course(connection: sqlite3.Connection, session: int) -> str:
    """Numbers of the sessions whose times over a length are not to be compared with this one's, as a JSON list."""
    query = f"SELECT json_group_array(id) FROM session WHERE {OUT_AND_BACK} != (SELECT {OUT_AND_BACK} FROM session"
    return str(connection.execute(f"{query} WHERE id = ?)", (session,)).fetchone()[0])


def _bests(connection: sqlite3.Connection, uids: Sequence[str], session: int, apart: str) -> Iterator[Best]:
    """The shortest of their times that nothing is in doubt about. `apart`: the sessions that are left out, as JSON."""
    shortest: dict[tuple[int, str, str], int] = {}
    for uid in uids:
        rows = connection.execute(
            "SELECT distance_mm, gait, start, min(time_ns - sound_delay_ns) FROM rep"
            " JOIN session ON session.id = rep.session"
            " WHERE athlete_id = ? AND rep.session != ? AND status = ? AND time_ns IS NOT NULL"
            f" AND distance_mm IS NOT NULL AND method != ? AND {_UNDOUBTED}"
            " AND board = (SELECT board FROM session WHERE id = ?)"
            " AND rep.session NOT IN (SELECT value FROM json_each(?))"
            " GROUP BY distance_mm, gait, start",
            (uid, session, RepStatus.FINISHED, BY_HAND, session, apart),
        )
        for *kind, time_ns in rows:
            length_mm, gait, start = kind
            key = (int(length_mm), str(gait), str(start))
            shortest[key] = min(time_ns, shortest.get(key, time_ns))
    for (length_mm, gait, start), time_ns in sorted(shortest.items()):
        yield Best(length_mm / 1000.0, Gait(gait), StartKind(start), shown_ns(time_ns, by_hand=False))
