"""What came from a file becomes lines of the log, a portion at a time: what is here already is never written over.

Sessions, athletes and corrections are known by their random ids, reps by their session and number, so that the same
file may come again, or after another box's, and nothing is there twice.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from retro_timer.store.results.apply import OPEN
from retro_timer.store.results.athlete_edits import Done
from retro_timer.store.results.entries import (
    AnyEntry,
    Begun,
    Change,
    ClockSet,
    Ended,
    PresenceKept,
    Revised,
    Values,
    new_id,
)
from retro_timer.store.results.journal import Journal
from retro_timer.store.results.merged import Merged
from retro_timer.store.results.merging.items import AthleteItem, RepItem, SessionItem
from retro_timer.store.results.merging.people import AthleteMerge
from retro_timer.store.results.merging.rep_lines import (
    UNSET_BOOT,
    differences,
    differs,
    label_of,
    lacking,
    rep_line,
    text_of_plan,
)
from retro_timer.store.results.revisions import IMPORTED

PORTION_ROWS = 200
"""Of a file at once, so that a rep that a running timer has to save waits for no more than these."""


class ImportPortion(msgspec.Struct, frozen=True, tag="import"):
    """Take over a part of an exported file: what is not here yet. Nothing is written over."""

    athletes: tuple[AthleteItem, ...] = ()
    sessions: tuple[SessionItem, ...] = ()
    """With the reps, corrections and presences of this portion."""
    goes_on: bool = False
    """Whether the head of the first of them came with the portion before."""
    match_names: bool = False
    """Whether an athlete of the file is one person with whoever has that name here."""


def merge(journal: Journal, portion: ImportPortion, give_way: Callable[[], None] = lambda: None) -> Done:
    """Make a portion durable, and say what it brought. Raises OSError or sqlite3.Error, and whatever `give_way` does,
    which is called again and again until the portion goes to the disk: then nothing of it is kept.
    """
    merging = _Merging(journal.database, portion)
    for athlete in portion.athletes:
        merging.people.take(athlete)
    for index, session in enumerate(portion.sessions):
        merging.session(session, goes_on=portion.goes_on and index == 0)
        give_way()
    entries = merging.entries()
    if entries:
        journal.keep(entries[-1].id, lambda: entries, give_way)
    merged = merging.merged(journal.database)
    return Done(merged.words, kind="import", merged=merged)


class _Merging:
    """The lines that a portion makes, and what is told of it."""

    def __init__(self, connection: sqlite3.Connection, portion: ImportPortion) -> None:
        self._connection = connection
        self.people = AthleteMerge(connection, portion.athletes, match_names=portion.match_names)
        self._lines: list[AnyEntry] = []
        self._conflicts: list[str] = []
        self._notes: list[str] = []
        self._begun: list[SessionItem] = []
        self._reps = self._same = 0
        self._without_date = False

    def session(self, item: SessionItem, *, goes_on: bool) -> None:
        """Take a session, or more of it."""
        if self._row("SELECT 1 AS one FROM tombstone WHERE uid = ?", item.id):
            if not goes_on:
                self._notes.append(f"session {item.session} of the file was deleted here, and stays so")
            return
        here = self._row("SELECT * FROM session WHERE uid = ?", item.id)
        if here is None:
            if not goes_on:
                self._begin(item)
                self._correct(item, lambda _rep: True)
                self._presences(item, {})
                for rep in item.reps:
                    self._add(item, rep)
            return
        place = f"session {here['id']}"
        if here["outcome"] == OPEN:
            self._conflicts.append(f"{place}: not over here, so nothing is added to it")
            return
        told = [] if goes_on else list(differences(place, here, item))
        self._conflicts += told if goes_on else [*told, *lacking(place, here, item)]
        other = {0} if told else set[int]()
        new = list[RepItem]()
        reps = {row["rep"]: row for row in self._rows("SELECT * FROM rep WHERE session = ?", here["id"])}
        for rep in item.reps:
            if rep.rep not in reps:
                new.append(rep)
            elif difference := differs(reps[rep.rep], rep, self.people.is_same):
                self._conflicts.append(f"{place} rep {rep.rep}: {difference}")
                other.add(rep.rep)
            else:
                self._same += 1
        self._correct(item, lambda number: number not in other)
        found = self._rows("SELECT * FROM presence WHERE session = ?", here["id"])
        self._presences(item, {row["name"]: row for row in found}, place)
        for rep in new:
            self._add(item, rep)

    def _begin(self, item: SessionItem) -> None:
        self._begun.append(item)
        boot, boot_ns = self._label(item.started_at, item.started_label_ns)
        ended_ns = item.ended_label_ns
        if ended_ns is None:
            ended_ns = max((rep.go_label_ns for rep in item.reps), default=item.started_label_ns)
        if item.outcome == OPEN:
            self._notes.append(f"session {item.session} of the file was not over: kept as interrupted")
        end_boot, end_boot_ns = self._label(item.ended_at or item.started_at, ended_ns)
        self._lines += [
            Begun(
                id=item.id,
                session=item.session,
                begin=item.started_label_ns,
                board=item.board,
                title=item.title,
                plan=text_of_plan(item),
                roster=tuple(self.people.called(one.athlete_id, one.name) for one in item.roster),
                owner="",
                started_boot=boot,
                started_boot_ns=boot_ns,
                athletes=tuple(one.athlete_id for one in item.roster),
            ),
            Ended(
                id=new_id(),
                uid=item.id,
                session=item.session,
                end=ended_ns,
                outcome="interrupted" if item.outcome == OPEN else item.outcome,
                ended_boot=end_boot,
                ended_boot_ns=end_boot_ns,
            ),
        ]

    def _add(self, item: SessionItem, rep: RepItem) -> None:
        boot, boot_ns = self._label(rep.go_at, rep.go_label_ns)
        name = self.people.called(rep.athlete_id, rep.athlete)
        self._lines.append(rep_line(item, rep, name, boot, boot_ns))
        self._reps += 1

    def _label(self, date: str | None, label_ns: int) -> tuple[str, int]:
        self._without_date |= date is None
        return label_of(date, label_ns)

    def _correct(self, item: SessionItem, is_wanted: Callable[[int], bool]) -> None:
        """The corrections of what is new, or here as in the file: they say what it was before."""
        by_id = dict[str, list[Change]]()
        of_id = {one.id: one for one in item.corrections}
        for one in item.corrections:
            if is_wanted(one.rep):
                change = Change(one.rep, self._anonymised(one.before), self._anonymised(one.after))
                by_id.setdefault(one.id, []).append(change)
        for uid, changes in by_id.items():
            if self._row("SELECT 1 AS one FROM revision WHERE id = ?", uid):
                continue
            one = of_id[uid]
            line = Revised(
                id=uid,
                uid=item.id,
                session=item.session,
                correction=one.kind,
                changes=tuple(changes),
                wall_ns=one.made_ns,
                origin=f"{IMPORTED}{one.origin}",
                undoes=one.undoes,
            )
            self._lines.append(line)

    def _anonymised(self, values: Values) -> Values:
        """Without the name of who has been forgotten here."""
        uid, name = values.get("athlete_id"), values.get("athlete")
        if isinstance(uid, str) and isinstance(name, str):
            return {**values, "athlete": self.people.called(uid, name)}
        return dict(values)

    def _presences(self, item: SessionItem, here: Mapping[str, Any], place: str = "") -> None:
        for one in item.presences:
            name = self.people.called(one.athlete_id, one.name)
            if name in here:
                row = here[name]
                if (bool(row["present"]), msgspec.json.decode(row["skipped"])) != (one.present, list(one.skipped)):
                    self._conflicts.append(f"{place}: whether {name} was there, and what they missed, is not the same")
                continue
            line = PresenceKept(
                id=new_id(),
                uid=item.id,
                session=item.session,
                name=name,
                athlete_id=one.athlete_id,
                revision=one.revision,
                present=one.present,
                order=one.order,
                skipped=one.skipped,
            )
            self._lines.append(line)

    def entries(self) -> list[AnyEntry]:
        """The lines for the log, in their order."""
        clock = list[AnyEntry]()
        if self._without_date and self._lines and not self._row("SELECT boot FROM clock WHERE boot = ?", UNSET_BOOT):
            clock = [ClockSet(id=new_id(), clock=0, boot=UNSET_BOOT, source="nobody")]
        return [*clock, *self.people.lines, *self._lines]

    def merged(self, connection: sqlite3.Connection) -> Merged:
        """What it came to; after the lines are kept."""
        for item in self._begun:
            number = connection.execute("SELECT id FROM session WHERE uid = ?", (item.id,)).fetchone()[0]
            if number != item.session:
                self._notes.append(f"session {item.session} of the file is session {number} here")
        return Merged(
            sessions=len(self._begun),
            reps=self._reps,
            same=self._same,
            athletes=self.people.added,
            conflicts=(*self.people.conflicts, *self._conflicts),
            notes=(*self.people.notes, *self._notes),
        )

    def _row(self, query: str, value: object) -> dict[str, Any] | None:
        return next(self._rows(query, value), None)

    def _rows(self, query: str, value: object) -> Iterator[dict[str, Any]]:
        cursor = self._connection.execute(query, (value,))
        names = [column[0] for column in cursor.description]
        return (dict(zip(names, row, strict=True)) for row in cursor.fetchall())
