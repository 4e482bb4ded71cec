"""What the pages of results show: sets with their reps, who is in them, and corrections in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from retro_timer.coach.view import ResultRow, row_of
from retro_timer.phrases import Catalogue
from retro_timer.pictures.reps import by_set, has_times, height_of
from retro_timer.store.results.athletes import AthleteRow, People
from retro_timer.store.results.entries import Values
from retro_timer.store.results.queries import KeptRep
from retro_timer.store.results.revisions import UNDO, RevisionRow
from retro_timer.training.record import NS_PER_S
from retro_timer.training.relay import TeamTime, team_times


class SetShown(msgspec.Struct, frozen=True):
    """A set."""

    number: int
    rows: list[ResultRow]
    picture: int
    """How high its picture is, in the pixels of which 360 are its width; 0 where there is nothing to draw."""
    teams: list[TeamTime]
    """Of its relays."""


def sets_of(reps: Iterable[KeptRep]) -> list[SetShown]:
    """The sets of a session, in their order."""
    sets = by_set(kept.record for kept in reps)
    return [
        SetShown(
            number,
            list(map(row_of, records)),
            height_of(records) if has_times(records) else 0,
            team_times(records),
        )
        for number, records in sets.items()
    ]


def who_ran(reps: Iterable[KeptRep], people: People) -> list[AthleteRow]:
    """Everybody with a rep, each once, by name."""
    found = (people.persons_by_uid.get(kept.athlete_id) for kept in reps)
    persons = {person.uid: person for person in found if person is not None}
    return sorted(persons.values(), key=lambda person: (person.name.casefold(), person.number))


class Corrected(msgspec.Struct, frozen=True):
    """A correction, as a line of the history."""

    row: RevisionRow
    changes: tuple[str, ...]
    rep: int
    stands: bool
    """Whether it can be taken back."""


def history_of(rows: Sequence[RevisionRow], catalogue: Catalogue) -> list[Corrected]:
    """Corrections, the newest first. One that concerns two reps is two lines."""
    return [
        Corrected(row, tuple(_changes(row, catalogue)), row.rep, row.kind != UNDO and not row.undone)
        for row in reversed(rows)
    ]


def _changes(row: RevisionRow, catalogue: Catalogue) -> Iterable[str]:
    for name in ("athlete", "status", "time_ns", "note"):
        if name in row.after:
            yield f"{_shown(name, row.before, catalogue)} → {_shown(name, row.after, catalogue)}"


def _shown(name: str, values: Values, catalogue: Catalogue) -> str:
    value = values.get(name)
    if value is None or value == "":
        return "–"
    if name == "time_ns":
        return f"{int(value) / NS_PER_S:.3f} s"
    if name == "status":
        return catalogue.shown(f"status_{value}", str(value))
    return catalogue.shown("who", name=value) if name == "athlete" else str(value)
