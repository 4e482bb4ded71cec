"""Athletes as rows: a random id each, a number for people, and what is known of them.

A merge is a pointer from one row to another and a forgotten athlete is a row without anything in it: reps keep the id
that they were run under, so that neither touches more than a few rows, and any order of the log's lines gives the same.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from retro_timer.errors import BadInputError
from retro_timer.store.results.entries import AnyEntry, AthleteKept, Forgotten, new_id
from retro_timer.training.names import find_name, folded
from retro_timer.training.roster import SOLO

_COLUMNS = "id, uid, revision, name, say, team, born, notes, forward, merged_into, removed"


class AthleteRow(msgspec.Struct, frozen=True):
    """An athlete as the database has them."""

    number: int
    """For people: counts up, and is never used twice."""
    uid: str
    revision: int
    name: str
    say: str = ""
    """How the voice says the name; empty: as it is written."""
    team: str = ""
    """The group they train in."""
    born: int | None = None
    """Year."""
    notes: str = ""
    forward: tuple[tuple[int, int], ...] = ()
    """Times running forward, to compare with: distance in mm and time in ns."""
    merged_into: str = ""
    """The id of whom these two rows are one person with; empty for a row of its own."""
    removed: bool = False
    """Whether they have been forgotten."""


def ensure_athlete(connection: sqlite3.Connection, uid: str, name: str) -> str:
    """See that an id which a session or rep refers to has a row; what such a session or rep may call them."""
    row = connection.execute("SELECT id, removed FROM athlete WHERE uid = ?", (uid,)).fetchone()
    if row is not None:
        return removed_name(row[0]) if row[1] else name
    _write(connection, AthleteRow(next_athlete_number(connection), uid, 0, name))
    return name


def next_athlete_number(connection: sqlite3.Connection) -> int:
    """The next that none has or had: rows stay when their athlete is forgotten."""
    return int(connection.execute("SELECT coalesce(max(id), 0) + 1 FROM athlete").fetchone()[0])


def removed_name(number: int) -> str:
    """What a forgotten athlete is called."""
    return f"removed {number}"


def keep_athlete(connection: sqlite3.Connection, entry: AthleteKept) -> None:
    """Take the newest word on an athlete; of one who has been forgotten, only with whom they are one person."""
    row = connection.execute("SELECT id, revision, removed FROM athlete WHERE uid = ?", (entry.athlete,)).fetchone()
    if row is not None and row[1] >= entry.revision:
        return
    if row is not None and row[2]:
        _write(connection, _removed(row[0], entry.athlete, entry.revision, entry.merged_into))
        return
    taken = connection.execute("SELECT 1 FROM athlete WHERE id = ?", (entry.number,)).fetchone() is not None
    number = row[0] if row is not None else next_athlete_number(connection) if taken else entry.number
    _write(connection, row_of_entry(entry, number))


def row_of_entry(entry: AthleteKept, number: int) -> AthleteRow:
    """What a line of the log says of an athlete."""
    return AthleteRow(
        number,
        entry.athlete,
        entry.revision,
        entry.name,
        entry.say,
        entry.team,
        entry.born,
        entry.notes,
        entry.forward,
        entry.merged_into,
    )


def entry_of_row(row: AthleteRow, entry_id: str) -> AthleteKept:
    """The line of the log for an athlete as they are now."""
    return AthleteKept(
        id=entry_id,
        athlete=row.uid,
        number=row.number,
        revision=row.revision,
        name=row.name,
        say=row.say,
        team=row.team,
        born=row.born,
        notes=row.notes,
        forward=row.forward,
        merged_into=row.merged_into,
    )


def _write(connection: sqlite3.Connection, row: AthleteRow) -> None:
    values = (
        *msgspec.structs.astuple(row)[:8],
        msgspec.json.encode(row.forward).decode(),
        row.merged_into,
        row.removed,
    )
    connection.execute(f"INSERT OR REPLACE INTO athlete ({_COLUMNS}) VALUES ({', '.join('?' * len(values))})", values)


def forget_athlete(connection: sqlite3.Connection, entry: Forgotten) -> None:
    """Take an athlete's name and all that is known of them out of every row; their reps stay, as somebody's."""
    ensure_athlete(connection, entry.athlete, "")
    query = "SELECT id, revision, merged_into FROM athlete WHERE uid = ?"
    number, revision, merged_into = connection.execute(query, (entry.athlete,)).fetchone()
    name = removed_name(number)
    _write(connection, _removed(number, entry.athlete, revision, merged_into))
    connection.execute("UPDATE rep SET athlete = ? WHERE athlete_id = ?", (name, entry.athlete))
    connection.execute("UPDATE OR REPLACE presence SET name = ? WHERE athlete_id = ?", (name, entry.athlete))
    found = connection.execute(
        "SELECT id, roster, athletes FROM session WHERE instr(athletes, ?)", (entry.athlete,)
    ).fetchall()
    for session, roster, athletes in found:
        pairs = zip(json.loads(roster), json.loads(athletes), strict=True)
        names = [name if uid == entry.athlete else called for called, uid in pairs]
        connection.execute("UPDATE session SET roster = ? WHERE id = ?", (json.dumps(names), session))
    for column in ("before", "after"):
        connection.execute(
            f"UPDATE revision SET {column} = json_set({column}, '$.athlete', ?)"
            f" WHERE json_extract({column}, '$.athlete_id') = ?",
            (name, entry.athlete),
        )


def _removed(number: int, uid: str, revision: int, merged_into: str) -> AthleteRow:
    return AthleteRow(number, uid, revision, removed_name(number), merged_into=merged_into, removed=True)


def called_in(connection: sqlite3.Connection, session: int) -> dict[str, str]:
    """The ids of those in a session by what they are called in it."""
    roster, athletes = connection.execute("SELECT roster, athletes FROM session WHERE id = ?", (session,)).fetchone()
    later = connection.execute("SELECT name, athlete_id FROM presence WHERE session = ?", (session,)).fetchall()
    return {**dict(zip(json.loads(roster), json.loads(athletes), strict=True)), **dict(later)}


def ids_for(
    connection: sqlite3.Connection, names: Sequence[str], session: int | None = None
) -> tuple[list[AnyEntry], tuple[str, ...]]:
    """The ids of those who are called so, in a session if one is named, and lines for those who are new."""
    called = {} if session is None else called_in(connection, session)
    added, ids = list[AnyEntry](), list[str]()
    people: People | None = None
    for name in names:
        uid = called.get(name)
        if uid is None and name and name not in SOLO:
            people = people or People.of(connection)
            uid = people.id_by_name(name)
            if uid is None:
                uid, number = new_id(), next_athlete_number(connection) + len(added)
                added.append(AthleteKept(id=new_id(), athlete=uid, number=number, revision=1, name=name))
        ids.append(uid or "")
    return added, tuple(ids)


def athlete_rows(connection: sqlite3.Connection) -> list[AthleteRow]:
    """Everybody, by number, with those who are merged into somebody else or forgotten."""
    return [_row(found) for found in connection.execute(f"SELECT {_COLUMNS} FROM athlete ORDER BY id").fetchall()]


def _row(found: Sequence[Any]) -> AthleteRow:
    number, uid, revision, name, say, team, born, notes, forward, merged_into, removed = found
    times = msgspec.json.decode(forward, type=tuple[tuple[int, int], ...])
    return AthleteRow(number, uid, revision, name, say, team, born, notes, times, merged_into, bool(removed))


class People(msgspec.Struct, frozen=True):
    """Everybody at one moment: who is one person with whom, and who is meant by a word."""

    rows: tuple[AthleteRow, ...]
    persons_by_uid: Mapping[str, AthleteRow]
    """Whose each id is now, after all merges."""
    ids_by_person: Mapping[str, Sequence[str]]
    """Every id under which a person has run, by the one that is theirs now."""

    @classmethod
    def of(cls, connection: sqlite3.Connection) -> People:
        """Read them."""
        rows = tuple(athlete_rows(connection))
        by_uid = {row.uid: row for row in rows}
        persons = {row.uid: _person(by_uid, row) for row in rows}
        ids = dict[str, list[str]]()
        for uid, person in persons.items():
            ids.setdefault(person.uid, []).append(uid)
        return cls(rows, persons, ids)

    @property
    def persons(self) -> tuple[AthleteRow, ...]:
        """Rows of their own, of nobody who has been forgotten."""
        return tuple(row for row in self.rows if not row.merged_into and not row.removed)

    def ids_of(self, uid: str) -> tuple[str, ...]:
        """Every id under which a person has run."""
        return tuple(self.ids_by_person.get(uid, ()))

    def names(self) -> dict[str, str]:
        """What to call each id's person now."""
        return {uid: person.name for uid, person in self.persons_by_uid.items()}

    def id_by_name(self, name: str) -> str | None:
        """The id of the first person with a name, in any capitals; None for somebody new."""
        wanted = folded(name)
        same = (self.persons_by_uid[row.uid] for row in self.rows if not row.removed and folded(row.name) == wanted)
        return next((person.uid for person in same if not person.removed), None)

    def meant(self, wanted: str) -> tuple[AthleteRow, ...]:
        """Who is meant by a number, an id, a name or a part of one: nobody, one, or those whom it may be."""
        persons = self.persons
        exact = [row for row in persons if wanted in (str(row.number), f"#{row.number}", row.uid)]
        if exact:
            return tuple(exact)
        found = find_name(wanted, [row.name for row in persons])
        names = {folded(name) for name in (*found.names, *found.unclear)}
        return tuple(row for row in persons if folded(row.name) in names)

    def resembling(self, wanted: str) -> tuple[str, ...]:
        """Names that a word which means nobody resembles."""
        return find_name(wanted, [row.name for row in self.persons]).suggested


def _person(by_uid: Mapping[str, AthleteRow], row: AthleteRow) -> AthleteRow:
    """Who somebody is after all merges; any of them where they go round in a circle."""
    seen = set[str]()
    while row.merged_into and row.uid not in seen:
        seen.add(row.uid)
        row = by_uid.get(row.merged_into, row)
    return row


def meant_person(people: People, wanted: str, where: str) -> AthleteRow | None:
    """Who is meant; None for nobody. Raises BadInputError with those who may be meant."""
    found = people.meant(wanted)
    if len(found) > 1:
        candidates = ", ".join(f"{row.name} (#{row.number})" for row in found)
        raise BadInputError(f"{where} '{wanted}'", "more than one", f"one of {candidates}")
    return found[0] if found else None


def sure_person(people: People, wanted: str, where: str) -> AthleteRow:
    """Who is meant. Raises BadInputError where that is nobody, or not clear."""
    found = meant_person(people, wanted, where)
    if found is None:
        names = people.resembling(wanted)
        hint = f" (did you mean {' or '.join(repr(name) for name in names)}?)" if names else ""
        expected = "a name or number of `retro-timer athletes list`"
        raise BadInputError(f"{where} '{wanted}'", f"nobody of that name{hint}", expected)
    return found
