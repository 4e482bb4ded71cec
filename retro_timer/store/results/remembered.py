"""What is kept of those who take part: how their names are said, and their bests of former sessions."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence

from retro_timer.store.results.athletes import People
from retro_timer.training.gaits import Gait
from retro_timer.training.record import BY_HAND, DOUBTFUL, Flag, RepStatus, StartKind, shown_ns
from retro_timer.training.remembered import Best, Remembered
from retro_timer.training.roster import SOLO


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
        uid = None if name in SOLO else people.id_by_name(name)
        if uid is not None and uid in rows:
            bests = tuple(_bests(connection, people.ids_of(uid), session))
            found.append(Remembered(name, rows[uid].say, bests))
    return tuple(one for one in found if one.say or one.bests)


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
