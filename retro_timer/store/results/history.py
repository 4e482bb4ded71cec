"""An athlete's sessions as the summary has them: what progress is told from, without a look at any rep."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from retro_timer.store.results.labels import Dates, date_of
from retro_timer.store.results.plans_kept import course_of, out_and_back, per_week_of
from retro_timer.training.gaits import Gait
from retro_timer.training.progress.attended import Attended, Effort, History, Kind, PersonalBest, Timing
from retro_timer.training.progress.figures import TimeSums

NEWEST = 200
"""Sessions that are looked at one by one: two years' of two a week. Bests are of all."""
_SIMULATED = "SELECT id FROM session WHERE board IN ('sim', 'replay')"
"""Nobody ran there: what they timed counts only for whom there is nothing else. There is an index of these alone."""
_THEIRS = f"athlete_id IN (SELECT value FROM json_each(:ids)) AND (:all OR summary.session NOT IN ({_SIMULATED}))"
_BESTS = f"""
    SELECT distance_mm, gait, start, summary.session IN (SELECT value FROM json_each(:turned)) AS turned, min(best_ns),
        summary.session
    FROM summary WHERE {_THEIRS} AND distance_mm AND best_ns IS NOT NULL GROUP BY distance_mm, gait, start, turned
"""
_SESSIONS = """
    SELECT id, started_wall_ns, started_boot, title FROM session
    WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id
"""
_EFFORTS = f"""
    SELECT summary.session, distance_mm, gait, start, part, reps, finished, best_ns, timed, sum_s, squares_s2, ranked_s,
        spreads_s2
    FROM summary WHERE {_THEIRS} AND summary.session >= :first ORDER BY summary.session, distance_mm
"""


def history_of(connection: sqlite3.Connection, ids: Sequence[str]) -> History:
    """Whatever one person did. `ids`: all of theirs.

    Sessions of a simulation are left out for who has run any others. How often a week a plan is meant to be trained is
    what its newest session has of it.
    """
    wanted = {"ids": json.dumps(list(ids)), "all": False}
    numbers = _sessions(connection, wanted)
    if not numbers:
        wanted["all"] = True
        numbers = _sessions(connection, wanted)
    newest, turned = numbers[-NEWEST:], out_and_back(connection, numbers)
    efforts = dict[int, list[Effort]]()
    for number, *values in connection.execute(_EFFORTS, {**wanted, "first": newest[0] if newest else 0}):
        if values[0]:
            efforts.setdefault(number, []).append(_effort(number in turned, *values))
    dates, heads = Dates.of(connection), connection.execute(_SESSIONS, (json.dumps(newest),)).fetchall()
    per_week = {title: _per_week(connection, number) for title, number in {row[3]: row[0] for row in heads}.items()}
    attended = tuple(
        Attended(number, _day(dates, number, wall_ns, boot), title, per_week[title], tuple(efforts.get(number, ())))
        for number, wall_ns, boot, title in heads
    )
    bests = _bests(connection, {**wanted, "turned": json.dumps(list(turned))}, dates)
    return History(len(numbers), bests, attended)


def _sessions(connection: sqlite3.Connection, wanted: dict[str, Any]) -> list[int]:
    found = connection.execute(f"SELECT DISTINCT summary.session FROM summary WHERE {_THEIRS}", wanted)
    return sorted(number for (number,) in found)


def _bests(connection: sqlite3.Connection, wanted: dict[str, Any], dates: Dates) -> tuple[PersonalBest, ...]:
    found = list[PersonalBest]()
    for *kind_values, best_ns, number in connection.execute(_BESTS, wanted).fetchall():
        ((_, wall_ns, boot, _),) = connection.execute(_SESSIONS, (json.dumps([number]),)).fetchall()
        found.append(PersonalBest(_kind(*kind_values), best_ns, number, _day(dates, number, wall_ns, boot)))
    return tuple(sorted(found, key=lambda best: best.kind))


def _day(dates: Dates, session: int, wall_ns: int, boot: str) -> int | None:
    started = date_of(wall_ns) if dates.has(session, boot) else None
    return None if started is None else started.toordinal()


def _kind(distance_mm: int, gait: str, start: str, turned: bool) -> Kind:
    return Kind(Gait(gait), distance_mm / 1000.0, Timing(start), course_of(is_out_and_back=turned))


def _per_week(connection: sqlite3.Connection, session: int) -> tuple[int, int] | None:
    (plan,) = connection.execute("SELECT plan FROM session WHERE id = ?", (session,)).fetchone()
    return per_week_of(plan)


def _effort(
    turned: bool,
    distance_mm: int,
    gait: str,
    start: str,
    part: str,
    reps: int,
    finished: int,
    best_ns: int | None,
    *sums: float,
) -> Effort:
    count, *others = sums
    return Effort(_kind(distance_mm, gait, start, turned), part, reps, finished, best_ns, TimeSums(int(count), *others))
