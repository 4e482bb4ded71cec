"""Queries over what is kept: each looks rows up by an index, and lists of any length come in pages.

A page is one short read transaction: however slowly its reader takes a list, the writer's log does not grow for it.
Nothing comes twice and nothing that was there at the beginning is left out; what is written meanwhile may be in it.
"""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from retro_timer.errors import BadInputError
from retro_timer.store.results.athletes import People
from retro_timer.store.results.labels import Dates, date_of
from retro_timer.store.results.plans_kept import course_of, out_and_back
from retro_timer.store.results.rows import record_of
from retro_timer.training.plan import Course
from retro_timer.training.progress.attended import Ran
from retro_timer.training.record import RepRecord

_PAGE_ROWS = 500
_COUNTED_SESSIONS = 1000
"""Some ten thousand reps: milliseconds on a desktop computer."""


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
    uid: str
    """Its random id."""
    started_is_date: bool
    """Whether the box knew the date; see `labels.Dates`."""
    ended_is_date: bool
    note: str = ""

    @property
    def started_at(self) -> datetime | None:
        """When it began, by this machine's time zone; None where the box did not know the date."""
        return date_of(self.started_wall_ns) if self.started_is_date else None

    @property
    def ended_at(self) -> datetime | None:
        """When it ended; None as well while it runs."""
        return date_of(self.ended_wall_ns) if self.ended_wall_ns is not None and self.ended_is_date else None


class KeptRep(NamedTuple):
    """A rep with what the database knows besides."""

    session: int
    record: RepRecord
    go_wall_ns: int
    """Label of its go."""
    athlete_id: str
    """Whose it is; empty for nobody in particular. `record.athlete` is what they are called now."""
    go_is_date: bool = True
    """Whether the box knew the date; see `labels.Dates`."""
    course: Course = Course.STRAIGHT
    """By its session's plan."""

    @property
    def ran(self) -> Ran:
        """What it is compared by."""
        return Ran(self.record, self.course)

    @property
    def go_at(self) -> datetime | None:
        """When the go was, by this machine's time zone; None where the box did not know the date."""
        return date_of(self.go_wall_ns) if self.go_is_date else None


def sessions(connection: sqlite3.Connection, newest: int | None = None) -> Iterator[SessionRow]:
    """Sessions, newest first: all, or only the newest so many."""
    below, left, dates = None, newest, Dates.of(connection)
    while left is None or left > 0:
        rows = connection.execute(
            "SELECT * FROM session WHERE ? IS NULL OR id < ? ORDER BY id DESC LIMIT ?",
            (below, below, _PAGE_ROWS if left is None else min(left, _PAGE_ROWS)),
        ).fetchall()
        if not rows:
            return
        counted = _counted(connection, rows[-1]["id"], rows[0]["id"])
        yield from (_session_row(row, counted, dates) for row in rows)
        below = rows[-1]["id"]
        left = None if left is None else left - len(rows)


def count_sessions(connection: sqlite3.Connection) -> int:
    """How many there are."""
    return int(connection.execute("SELECT count(*) FROM session").fetchone()[0])


def session(connection: sqlite3.Connection, number: int | None) -> SessionRow | None:
    """One session by its number, or the newest."""
    if number is None:
        row = connection.execute("SELECT * FROM session ORDER BY id DESC LIMIT 1").fetchone()
    else:
        row = connection.execute("SELECT * FROM session WHERE id = ?", (number,)).fetchone()
    if row is None:
        return None
    return _session_row(row, _counted(connection, row["id"], row["id"]), Dates.of(connection))


def sure_session(connection: sqlite3.Connection, number: int) -> SessionRow:
    """One session by its number. Raises BadInputError where there is none."""
    row = session(connection, number)
    if row is None:
        raise BadInputError(f"session {number}", "not found", "a number from `retro-timer results list`")
    return row


def _counted(connection: sqlite3.Connection, first: int, last: int) -> dict[int, tuple[int, int]]:
    """How many reps the sessions of a range have, and how many of them are finished; at once, for a page of them."""
    found = connection.execute(
        "SELECT session, count(*), sum(status = 'finished') FROM rep WHERE session BETWEEN ? AND ? GROUP BY session",
        (first, last),
    )
    return {number: (reps, finished) for number, reps, finished in found}


def _session_row(row: sqlite3.Row, counted: Mapping[int, tuple[int, int]], dates: Dates) -> SessionRow:
    reps, finished = counted.get(row["id"], (0, 0))
    return SessionRow(
        id=row["id"],
        started_wall_ns=row["started_wall_ns"],
        ended_wall_ns=row["ended_wall_ns"],
        outcome=row["outcome"],
        board=row["board"],
        title=row["title"],
        roster=tuple(msgspec.json.decode(row["roster"])),
        note=row["note"],
        reps=reps,
        finished=finished,
        uid=row["uid"],
        started_is_date=dates.has(row["id"], row["started_boot"]),
        ended_is_date=dates.has(row["id"], row["ended_boot"]),
    )


class Wanted(msgspec.Struct, frozen=True):
    """Which reps. Those still open are in no list."""

    session: int | None = None
    athletes: tuple[str, ...] | None = None
    """Every id of one person; None for everybody."""
    rep: int | None = None
    """The one of this number, of each session."""


EVERYTHING = Wanted()


def reps(connection: sqlite3.Connection, wanted: Wanted = EVERYTHING, newest: int | None = None) -> Iterator[KeptRep]:
    """Reps in the order in which they were run: all, or only the newest so many."""
    first = (0, 0) if newest is None else _first_of_newest(connection, wanted, newest)
    names, dates = People.of(connection).names(), Dates.of(connection)
    pages = (_pages(connection, *selection, first, names, dates) for selection in _selections(wanted))
    return heapq.merge(*pages, key=lambda kept: (kept.session, kept.record.rep))


def count_reps(connection: sqlite3.Connection, wanted: Wanted = EVERYTHING) -> int:
    """How many there are, counted in portions: no read transaction is a long one, however many there are."""
    total, below = 0, 0
    while (first := connection.execute("SELECT min(id) FROM session WHERE id > ?", (below,)).fetchone()[0]) is not None:
        below = first + _COUNTED_SESSIONS - 1
        for where, values in _selections(wanted):
            query = f"SELECT count(*) FROM rep WHERE {where} AND session BETWEEN ? AND ?"
            total += int(connection.execute(query, (*values, first, below)).fetchone()[0])
    return total


def _selections(wanted: Wanted) -> list[tuple[str, Sequence[Any]]]:
    """A condition with its values for each id, so that each is looked up in an index; together they are all."""
    conditions, values = ["status != 'open'"], list[Any]()
    if wanted.session is not None:
        conditions.append("session = ?")
        values.append(wanted.session)
    if wanted.rep is not None:
        conditions.append("rep = ?")
        values.append(wanted.rep)
    if wanted.athletes is None:
        return [(" AND ".join(conditions), values)]
    conditions.append("athlete_id = ?")
    return [(" AND ".join(conditions), (*values, uid)) for uid in wanted.athletes]


def _first_of_newest(connection: sqlite3.Connection, wanted: Wanted, newest: int) -> tuple[int, int]:
    """Where the newest so many begin, as (session, rep)."""
    keys = (
        tuple(row)
        for where, values in _selections(wanted)
        for row in connection.execute(
            f"SELECT session, rep FROM rep WHERE {where} ORDER BY session DESC, rep DESC LIMIT ?", (*values, newest)
        ).fetchall()
    )
    return min(heapq.nlargest(newest, keys), default=(0, 0))


def _pages(
    connection: sqlite3.Connection,
    where: str,
    values: Sequence[Any],
    first: tuple[int, int],
    names: Mapping[str, str],
    dates: Dates,
) -> Iterator[KeptRep]:
    query = f"SELECT * FROM rep WHERE {where} AND (session, rep) > (?, ?) ORDER BY session, rep LIMIT {_PAGE_ROWS}"
    number, rep = first[0], first[1] - 1
    while rows := connection.execute(query, (*values, number, rep)).fetchall():
        turned = out_and_back(connection, {row["session"] for row in rows})
        for row in rows:
            of_session, uid = row["session"], row["athlete_id"]
            yield KeptRep(
                session=of_session,
                record=record_of(row, names.get(uid)),
                go_wall_ns=row["go_wall_ns"],
                athlete_id=uid,
                go_is_date=dates.has(of_session, row["go_boot"]),
                course=course_of(is_out_and_back=of_session in turned),
            )
        number, rep = rows[-1]["session"], rows[-1]["rep"]


def rep_fields(kept: KeptRep) -> dict[str, Any]:
    """A rep as other programs read it. `time_s` is raw, from the go; `shown_s` is corrected for the sound's way.

    `go_at` is the go's label with its distance from UTC, `date` and `time_of_day` are its parts by this machine's time
    zone: None where the box did not know the date. No time is taken from them.
    """
    record, go_at = kept.record, kept.go_at
    return {
        "session": kept.session,
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
        "start": str(record.start),
        "splits": [
            {
                "line": split.line,
                "distance_m": split.distance_m,
                "time_s": split.time_ns / 1e9,
                "uncertainty_s": split.uncertainty_ns / 1e9,
            }
            for split in record.splits
        ],
        "flags": [str(flag) for flag in record.flags],
        "obstacles": record.obstacles,
        "reason": record.reason,
        "date": None if go_at is None else f"{go_at:%Y-%m-%d}",
        "time_of_day": None if go_at is None else f"{go_at:%H:%M:%S}",
        "go_at": None if go_at is None else go_at.isoformat(timespec="milliseconds"),
        "athlete_id": kept.athlete_id,
        "line": record.line,
        "lane": record.lane,
        "wave": record.wave,
        "place": record.place,
        "note": record.note,
        "crossings": record.crossings,
        "course": str(kept.course),
    }


REP_FIELDS = (
    "session", "rep", "set", "rep_in_set", "athlete", "distance_m", "duration_s", "gait", "status", "time_s",
    "uncertainty_s", "sound_delay_s", "shown_s", "method", "start", "splits", "flags", "obstacles", "reason", "date",
    "time_of_day", "go_at", "athlete_id", "line", "lane", "wave", "place", "note", "crossings", "course",
)  # fmt: skip
