"""Changes of athletes: add, rename and what else is known of them, merge."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from retro_timer.errors import BadInputError
from retro_timer.store.results.athletes import (
    AthleteRow,
    People,
    athlete_rows,
    entry_of_row,
    next_athlete_number,
    sure_person,
)
from retro_timer.store.results.entries import AthleteKept, new_id
from retro_timer.store.results.journal import Journal, Stamp
from retro_timer.store.results.merged import Merged
from retro_timer.training.corrections import MOST_NUMBER
from retro_timer.training.roster import SOLO, checked_name

_Text = Annotated[str, Meta(max_length=500)]
_Short = Annotated[str, Meta(max_length=40)]
_Year = Annotated[int, Meta(ge=1900, le=2100)]
_Millimetres = Annotated[int, Meta(ge=1, le=MOST_NUMBER)]
_DayNs = Annotated[int, Meta(ge=1, le=86_400 * 10**9)]
_Forward = tuple[tuple[_Millimetres, _DayNs], ...]


class Done(msgspec.Struct, frozen=True):
    """What a change did: in words, and for programs."""

    words: str
    revision: str = ""
    session: int | None = None
    kind: str = ""
    reps: tuple[int, ...] = ()
    athlete: str = ""
    """The id of the athlete that it concerns."""
    merged: Merged | None = None
    """What an import brought."""


class Known(msgspec.Struct, frozen=True):
    """What may be known of an athlete; None: as it is."""

    name: str | None = None
    say: _Short | None = None
    team: _Short | None = None
    born: _Year | None = None
    notes: _Text | None = None
    forward: _Forward | None = None
    """Distance in mm and time in ns, each."""


class AddAthlete(msgspec.Struct, frozen=True, tag="athlete-add"):
    """Somebody new."""

    known: Known


class ChangeAthlete(msgspec.Struct, frozen=True, tag="athlete-change"):
    """Another name for somebody, or other things known of them."""

    athlete: str
    known: Known


class MergeAthletes(msgspec.Struct, frozen=True, tag="athlete-merge"):
    """Two rows are one person, who is called as the second."""

    athlete: str
    into: str


AnyAthleteEdit = AddAthlete | ChangeAthlete | MergeAthletes


def carry_out(journal: Journal, edit: AnyAthleteEdit, stamp: Stamp) -> Done:
    """Make a change durable. Raises BadInputError where it is not clear who is meant, or a name is none."""
    people, change = People.of(journal.database), stamp.change or new_id()
    match edit:
        case AddAthlete(known):
            row = _changed(AthleteRow(next_athlete_number(journal.database), change, 0, ""), known)
        case ChangeAthlete(athlete, known):
            row = _changed(sure_person(people, athlete, "athlete"), known)
        case MergeAthletes(athlete, into):
            first, second = sure_person(people, athlete, "athlete"), sure_person(people, into, "into")
            if first.uid == second.uid:
                raise BadInputError(f"merge '{athlete}' '{into}'", "one and the same", "two athletes")
            row = msgspec.structs.replace(first, revision=first.revision + 1, merged_into=second.uid)
    journal.keep(change, lambda: [entry_of_row(row, change)])
    return _done(journal, edit, row.uid)


def made_before(journal: Journal, edit: AnyAthleteEdit, change: str) -> Done:
    """What a change that is kept under this id has done. Raises BadInputError where its line is gone from the log."""
    line = journal.log.find(change)
    if not isinstance(line, AthleteKept):
        raise BadInputError(f"change {change}", "its line is gone from the log", "see `retro-timer athletes list`")
    return _done(journal, edit, line.athlete)


def _done(journal: Journal, edit: AnyAthleteEdit, uid: str) -> Done:
    rows = {row.uid: row for row in athlete_rows(journal.database)}
    row = rows[uid]
    match edit:
        case AddAthlete():
            words = "added"
        case ChangeAthlete():
            words = "changed"
        case MergeAthletes():
            into = rows[row.merged_into]
            words = f"is {into.name} (#{into.number}) from now on, with all reps"
    return Done(f"{row.name} (#{row.number}) {words}", kind="athlete", athlete=row.uid)


def _changed(row: AthleteRow, known: Known) -> AthleteRow:
    values = {name: value for name, value in msgspec.structs.asdict(known).items() if value is not None}
    name = checked_name(str(values.get("name", row.name)).strip(), "athlete")
    if name in SOLO:
        raise BadInputError(f"athlete '{name}'", "that is anybody who runs alone", "a name of one person")
    return msgspec.structs.replace(row, **{**values, "name": name, "revision": row.revision + 1})
