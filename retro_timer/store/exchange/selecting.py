"""Which sessions and reps a file is made of, read from the database some sessions at a time.

A path of its own beside `queries`: rows become values without the records that the rest of the program thinks in, so
that a million of them take seconds and no memory. Some sessions are one short read.
"""

from __future__ import annotations

import itertools
import operator
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from retro_timer.store.exchange.clock_faces import ClockFaces
from retro_timer.store.results.athletes import AthleteRow, People
from retro_timer.store.results.labels import Dates, date_of
from retro_timer.store.results.merging.items import RepItem
from retro_timer.store.results.plans_kept import OUT_AND_BACK, course_of
from retro_timer.training.plan import Course
from retro_timer.training.record import NS_PER_S, Flag, shown_ns
from retro_timer.training.roster import SOLO

REP_COLUMNS = RepItem.__struct_fields__
"""Names of the values that `Results.reps` gives, in its order."""
_READ = (
    "rep, set_no, rep_no, athlete, athlete_id, distance_mm / 1e3, duration_ms / 1e3, gait, status, time_ns / 1e9,"
    " uncertainty_ns / 1e9, sound_delay_ns / 1e9, time_ns - sound_delay_ns, method, start, start_uncertainty_ns / 1e9,"
    " splits, flags, obstacles, reason, line, lane, part, wave, place, target_ns / 1e9, note, revision, go_wall_ns,"
    " go_boot, go_ns"
)
_AT_ONCE = 32
"""Sessions of one look at the database: it takes some hundredths of a second, and no memory."""


class Selection(msgspec.Struct, frozen=True):
    """What is asked for; None: all."""

    session: int | None = None
    athletes: tuple[str, ...] | None = None
    """Every id of one person."""
    since_ns: int | None = None
    """Sessions that began then or later, of those that have a date."""


class SessionHead(msgspec.Struct, frozen=True):
    """A session without its reps."""

    number: int
    uid: str
    title: str
    outcome: str
    board: str
    started_ns: int
    ended_ns: int | None
    started_at: str | None
    ended_at: str | None
    note: str
    plan: str
    course: Course
    """By its plan."""
    roster: str
    athletes: str
    """The ids of those on the roster, as JSON like that."""


class Results:
    """What is selected, of one open database."""

    def __init__(self, connection: sqlite3.Connection, selection: Selection, *, as_persons: bool = False) -> None:
        """`as_persons`: a rep's athlete is who that is after all merges, and not whom it was run as."""
        self._connection = connection
        self._selection = selection
        self.people = People.of(connection)
        self._names = self.people.names()
        persons = self.people.persons_by_uid if as_persons else {}
        self._uids: Mapping[str, str] = {uid: person.uid for uid, person in persons.items()}
        self._dates = Dates.of(connection)
        self._clock = ClockFaces()
        self.undated = 0
        """Sessions without a date, which `since` leaves out."""
        self.numbers = self._numbers()

    def _numbers(self) -> list[int]:
        """The sessions' numbers, in order."""
        wanted = self._selection
        conditions, values = ["TRUE"], list[Any]()
        if wanted.session is not None:
            conditions.append("id = ?")
            values.append(wanted.session)
        if wanted.athletes is not None:
            whose = f"athlete_id IN ({_marks(wanted.athletes)})"
            conditions.append(f"id IN (SELECT session FROM rep WHERE {whose} AND status != 'open')")
            values += wanted.athletes
        query = f"SELECT id, started_wall_ns, started_boot FROM session WHERE {' AND '.join(conditions)} ORDER BY id"
        numbers = list[int]()
        for number, started_ns, boot in _tuples(self._connection, query, values):
            if wanted.since_ns is not None:
                if not self._has_date(number, started_ns, boot):
                    self.undated += 1
                    continue
                if started_ns < wanted.since_ns:
                    continue
            numbers.append(number)
        return numbers

    def _has_date(self, number: int, label_ns: int, boot: str) -> bool:
        return self._dates.has(number, boot) and date_of(label_ns) is not None

    def sessions(self) -> Iterator[tuple[SessionHead, list[list[Any]]]]:
        """Each of them, with its reps as the values of `REP_COLUMNS`."""
        for head, rows in self.rows(_READ):
            yield head, [self._values(row, head.number) for row in rows]

    def rows(self, columns: str) -> Iterator[tuple[SessionHead, list[Sequence[Any]]]]:
        """Each of them, with these columns of its reps, and the session's number behind them."""
        for start in range(0, len(self.numbers), _AT_ONCE):
            numbers = self.numbers[start : start + _AT_ONCE]
            heads, reps = self._heads(numbers), self._reps(numbers, columns)
            for number in numbers:
                if number in heads:
                    yield heads[number], reps.get(number, [])

    def head(self, number: int) -> SessionHead:
        """A session of them. Raises KeyError where it has been deleted since."""
        return self._heads([number])[number]

    def _heads(self, numbers: Sequence[int]) -> dict[int, SessionHead]:
        query = (
            "SELECT id, uid, title, outcome, board, started_wall_ns, ended_wall_ns, note, plan, roster, athletes,"
            f" started_boot, ended_boot, {OUT_AND_BACK} FROM session WHERE id IN ({_marks(numbers)})"
        )
        return {
            number: SessionHead(
                number=number,
                uid=uid,
                title=title,
                outcome=outcome,
                board=board,
                started_ns=started,
                ended_ns=ended,
                started_at=self._date(number, started, began_in),
                ended_at=self._date(number, ended, ended_in),
                note=note,
                plan=plan,
                course=course_of(is_out_and_back=turned),
                roster=roster,
                athletes=athletes,
            )
            for (
                number,
                uid,
                title,
                outcome,
                board,
                started,
                ended,
                note,
                plan,
                roster,
                athletes,
                began_in,
                ended_in,
                turned,
            ) in _tuples(self._connection, query, numbers)
        }

    def _date(self, number: int, label_ns: int | None, boot: str) -> str | None:
        if label_ns is None or not self._dates.has(number, boot):
            return None
        return self._clock.to_the_second(label_ns)

    def roster(self, head: SessionHead) -> list[tuple[str, str]]:
        """Who took part in a session: what each is called now, and their id."""
        pairs = zip(msgspec.json.decode(head.roster), msgspec.json.decode(head.athletes), strict=True)
        return [(self.called(uid, name), uid) for name, uid in pairs if self.wants(uid)]

    def called(self, uid: str, name: str) -> str:
        """What to call an athlete now."""
        return self._names.get(uid, name)

    def person_of(self, uid: str) -> str:
        """The id of whom an athlete is one person with, where persons are asked for."""
        return self._uids.get(uid, uid)

    def face(self, number: int, label_ns: int, boot: str) -> tuple[str, str, str] | tuple[None, None, None]:
        """Of a session's label: date, time of day, both with the distance from UTC; none where it is no date."""
        return self._clock.shown(label_ns) if self._dates.has(number, boot) else (None, None, None)

    def wants(self, uid: str) -> bool:
        """Whether what is an athlete's is asked for."""
        return self._selection.athletes is None or uid in self._selection.athletes

    def naming_nobody_else(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What a correction changed, where an athlete is asked for: others are called by their numbers."""
        name, uid = values.get("athlete"), values.get("athlete_id", "")
        if not name or name in SOLO or self.wants(uid):
            return dict(values)
        person = self.people.persons_by_uid.get(uid)
        return {**values, "athlete": "somebody" if person is None else f"athlete {person.number}"}

    def athletes(self) -> list[AthleteRow]:
        """Those of these sessions, with whom they are one person with; everybody where everything is asked for."""
        if self._selection == Selection():
            return list(self.people.rows)
        uids = {uid for number in self.numbers for uid in self._uids_in(number) if self.wants(uid)}
        persons = {self.people.persons_by_uid[uid].uid for uid in uids if uid in self.people.persons_by_uid}
        same = {uid for person in persons for uid in self.people.ids_of(person)}
        return [row for row in self.people.rows if row.uid in same]

    def _uids_in(self, number: int) -> set[str]:
        roster = (uid for _, uid in self.roster(self.head(number)))
        query = "SELECT athlete_id FROM rep WHERE session = ?1 UNION SELECT athlete_id FROM presence WHERE session = ?1"
        return {*roster, *(uid for (uid,) in _tuples(self._connection, query, [number]))}

    def count_open(self) -> int:
        """Reps of these sessions that have not ended, and are in no file."""
        numbers = set(self.numbers)
        found = _tuples(self._connection, "SELECT session, athlete_id FROM rep WHERE status = 'open'", ())
        return sum(number in numbers and self.wants(uid) for number, uid in found)

    def _reps(self, numbers: Sequence[int], columns: str) -> dict[int, list[Sequence[Any]]]:
        only = self._selection.athletes
        who = "" if only is None else f" AND athlete_id IN ({_marks(only)})"
        query = (
            f"SELECT {columns}, session FROM rep WHERE session IN ({_marks(numbers)}) AND status != 'open'{who}"
            " ORDER BY session, rep"
        )
        found = _tuples(self._connection, query, [*numbers, *(only or ())])
        return {number: list(rows) for number, rows in itertools.groupby(found, key=operator.itemgetter(-1))}

    def _values(self, row: Sequence[Any], number: int) -> list[Any]:
        (
            rep, set_no, rep_no, athlete, uid, distance_m, duration_s, gait, status, time_s, spread_s, delay_s,
            heard_ns, method, start, start_spread_s, splits, flags, obstacles, reason, line, lane, part, wave, place,
            target_s, note, revision, go_wall_ns, go_boot, go_ns, _,
        ) = row  # fmt: skip
        date, time_of_day, go_at = self.face(number, go_wall_ns, go_boot)
        marks = flags.split(",") if flags else []
        # As `RepRecord.official_s`, without its record.
        shown_s = None if heard_ns is None else shown_ns(heard_ns, by_hand=Flag.MANUAL in marks) / NS_PER_S
        return [
            rep, set_no, rep_no, self.called(uid, athlete), self.person_of(uid), distance_m, duration_s,
            gait, status, time_s, spread_s, delay_s, shown_s, method, start, start_spread_s,
            split_values(splits) if splits else [], marks, obstacles, reason, date, time_of_day, go_at, line, lane,
            part, wave, place, target_s, note, revision, go_wall_ns, go_ns,
        ]  # fmt: skip


def split_values(text: str) -> list[dict[str, Any]]:
    """Times on the way, as the files have them."""
    return [
        {"line": line, "distance_m": mm / 1000.0, "time_s": time_ns / 1e9, "uncertainty_s": spread_ns / 1e9}
        for line, mm, time_ns, spread_ns in msgspec.json.decode(text)
    ]


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))


def _tuples(connection: sqlite3.Connection, query: str, values: Sequence[Any]) -> list[Any]:
    """Rows without names, read at once."""
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor.execute(query, values).fetchall()
