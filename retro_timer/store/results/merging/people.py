"""Athletes of a file become lines of the log: known by their ids, by their names only where that is asked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec

from retro_timer.store.results.athletes import AthleteRow, People, entry_of_row, removed_name
from retro_timer.store.results.entries import AnyEntry, AthleteKept, Forgotten, new_id
from retro_timer.store.results.merging.items import AthleteItem
from retro_timer.training.names import folded


class AthleteMerge:
    """Who comes with a portion, and who of them is here."""

    def __init__(self, connection: sqlite3.Connection, athletes: Sequence[AthleteItem], *, match_names: bool) -> None:
        self._people = People.of(connection)
        self._items = {item.id: item for item in athletes}
        self._rows = {row.uid: row for row in self._people.rows}
        self._match_names = match_names
        self._gone: dict[str, str] = {}
        """Of those who come with this portion and are forgotten here: what the log may call each id."""
        self.lines: list[AnyEntry] = []
        self.conflicts: list[str] = []
        self.notes: list[str] = []
        self.added = 0

    def called(self, uid: str, name: str) -> str:
        """What the log may call an athlete: by no name, where they have been forgotten here."""
        if uid in self._gone:
            return self._gone[uid]
        return removed_name(self._rows[uid].number) if self._is_gone(uid) else name

    def _is_gone(self, uid: str) -> bool:
        """Whether somebody, or who they are one person with, has been forgotten here."""
        row = self._rows.get(uid)
        return uid in self._gone or (row is not None and (row.removed or self._people.persons_by_uid[uid].removed))

    def _ends_gone(self, item: AthleteItem) -> bool:
        """Whether who somebody is by all merges of the file, or by those here, has been forgotten here."""
        seen, uid = set[str](), item.merged_into
        while uid and uid not in seen:
            if self._is_gone(uid):
                return True
            seen.add(uid)
            uid = self._items[uid].merged_into if uid in self._items else ""
        return False

    def is_same(self, one: str, other: str) -> bool:
        """Whether two ids are one person's here."""
        persons = self._people.persons_by_uid
        return one == other or (one in persons and other in persons and persons[one].uid == persons[other].uid)

    def take(self, item: AthleteItem) -> None:
        """Take an athlete of the file."""
        here = self._rows.get(item.id)
        if here is None:
            self._add(item)
        elif self._is_gone(item.id):
            if not item.forgotten:
                self.notes.append(f"#{here.number} is forgotten here and stays so: no name is taken from the file")
        elif item.forgotten:
            self.conflicts.append(f"{_called(here)} has been forgotten in the file, and not here")
        elif here.revision == 0 < item.revision and not self._ends_gone(item):
            into = item.merged_into or self._namesake(here)
            self._keep(msgspec.structs.replace(item, merged_into=into), here.number)
        else:
            self._compare(here, item)
            into = "" if item.merged_into else self._namesake(here)
            if into:
                row = msgspec.structs.replace(here, revision=here.revision + 1, merged_into=into)
                self.lines.append(entry_of_row(row, new_id()))

    def _namesake(self, here: AthleteRow) -> str:
        """The id of whom a row that came before is one person with, by name, where that is asked for; empty for nobody.

        Whoever is in the file as well is somebody else there too.
        """
        if not self._match_names or here.merged_into:
            return ""
        name = folded(here.name)
        same = [one for one in self._people.persons if folded(one.name) == name and one.uid not in self._items]
        if len(same) == 1:
            self.notes.append(f"{_called(here)} of the file is {_called(same[0])} here")
            return same[0].uid
        if same:
            several = ", ".join(map(_called, same))
            self.notes.append(f"{_called(here)} of the file may be one of {several}: `athletes merge` makes two one")
        return ""

    def _add(self, item: AthleteItem) -> None:
        self.added += 1
        if item.forgotten:
            self.lines.append(Forgotten(id=new_id(), athlete=item.id))
            return
        if self._ends_gone(item):
            # The merge stays, so that their reps are that person's, who has no name.
            self._keep(
                msgspec.structs.replace(item, name="", say="", group="", born=None, notes="", forward=()), item.number
            )
            self.lines.append(Forgotten(id=new_id(), athlete=item.id))
            self._gone[item.id] = removed_name(item.number)
            self.notes.append("somebody of the file is one person with who is forgotten here: no name is taken")
            return
        into, uid = item.merged_into, self._people.id_by_name(item.name)
        if uid is not None and not into:
            person = self._people.persons_by_uid[uid]
            if self._match_names:
                into = person.uid
                self.notes.append(f"{item.name} of the file is {_called(person)} here")
            else:
                told = f"is another athlete than {_called(person)} here: --match-names makes them one"
                self.notes.append(f"{item.name} of the file {told}")
        if item.revision or into:
            self._keep(msgspec.structs.replace(item, merged_into=into), item.number)
        # Of whom no more is known than a name comes with their reps.

    def _keep(self, item: AthleteItem, number: int) -> None:
        line = AthleteKept(
            id=new_id(),
            athlete=item.id,
            number=number,
            revision=max(1, item.revision),
            name=item.name,
            say=item.say,
            team=item.group,
            born=item.born,
            notes=item.notes,
            forward=_forward(item),
            merged_into=item.merged_into,
        )
        self.lines.append(line)

    def _compare(self, here: AthleteRow, item: AthleteItem) -> None:
        pairs: dict[str, tuple[object, object]] = {"name": (self._people.persons_by_uid[item.id].name, item.name)}
        if item.revision:
            pairs = {
                "name": (here.name, item.name),
                "say": (here.say, item.say),
                "group": (here.team, item.group),
                "born": (here.born, item.born),
                "notes": (here.notes, item.notes),
                "forward": (here.forward, _forward(item)),
            }
            if item.merged_into and not self.is_same(item.id, item.merged_into):
                told = "is one person with somebody else in the file, and not here (`athletes merge`)"
                self.conflicts.append(f"{_called(here)}: {told}")
        for name, (ours, theirs) in pairs.items():
            if ours != theirs:
                self.conflicts.append(f"{_called(here)}: {name} {ours!r} here, {theirs!r} in the file")


def _called(row: AthleteRow) -> str:
    return f"{row.name} (#{row.number})"


def _forward(item: AthleteItem) -> tuple[tuple[int, int], ...]:
    return tuple((round(one.distance_m * 1000), round(one.time_s * 1e9)) for one in item.forward)
