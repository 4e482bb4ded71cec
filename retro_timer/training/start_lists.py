"""Start lists of meet software, as FinishLynx reads them, as rosters: people (`.ppl`) and events with lanes (`.evt`).

A line of people is id, last name, first name, affiliation. A line of an event is its number, round, heat and name;
those who run in it follow, each behind an empty cell: id, lane, last name, first name, affiliation. A line that begins
with a semicolon is a comment.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping

import msgspec

from retro_timer.errors import BadInputError
from retro_timer.training.roster_text import RosterRow

PEOPLE, STARTS = ".ppl", ".evt"
"""What such files end with."""
_FIELDS = 3
"""An event has at least number, round and heat."""
_MOST_DIGITS = 9
"""Of each of them."""
_MOST_SHOWN = 40


class Entrant(msgspec.Struct, frozen=True):
    """Somebody who starts."""

    name: str
    lane: str = ""
    uid: str = ""
    """What the meet software knows them by."""


def people_of(text: str, where: str) -> dict[str, str]:
    """The names of a list of people by their ids, in its order. Raises BadInputError."""
    names, known = dict[str, str](), dict[str, int]()
    for line, cells in _lines(text, where):
        cells = [*cells, "", "", ""]
        name = f"{cells[2]} {cells[1]}".strip()
        if not name:
            raise BadInputError(f"{where}: line {line}", "no name", "id, last name, first name, affiliation")
        uid = cells[0] or f"line {line}"
        if uid in known:
            problem = f"number {uid[:_MOST_SHOWN]} stands on line {known[uid]} already"
            raise BadInputError(f"{where}: line {line}", problem, "a number for each of the people")
        names[uid], known[uid] = name, line
    return names


def entrants_of(
    text: str, where: str, people: Callable[[], Mapping[str, str]], heat: str | None, tell: Callable[[str], None]
) -> list[Entrant]:
    """Who is in a list of events, each once; or in one of its heats, called as `1-1-2`, with their lanes.

    `people` gives names by id, and is asked where an entry has none. Raises BadInputError.
    """
    heats = dict[str, list[Entrant]]()
    now: list[Entrant] | None = None
    for line, cells in _lines(text, where):
        place = f"{where}: line {line}"
        if cells[0]:
            numbers = cells[:_FIELDS]
            if len(numbers) < _FIELDS or not all(_is_number(cell) for cell in numbers):
                raise BadInputError(place, f"'{','.join(numbers)[:_MOST_SHOWN]}'", "an event's number, round and heat")
            now = heats.setdefault("-".join(str(int(cell)) for cell in numbers), [])
            continue
        if now is None:
            raise BadInputError(place, "somebody before the first event", "the event's line above")
        _, uid, lane, last, given = [*cells, "", "", "", ""][:5]
        name = f"{given} {last}".strip() or people().get(uid, "")
        if not name:
            raise BadInputError(place, f"number {uid} without a name", "a name, or the list of people (.ppl) beside it")
        now.append(Entrant(name, lane, uid))
    if heat is not None and heat not in heats:
        raise BadInputError(f"--heat {heat}", "not in it", f"one of {', '.join(heats)}")
    chosen = heats if heat is None else {heat: heats[heat]}
    if len(chosen) > 1:
        tell(f"{where}: everybody of {len(chosen)} heats, without lanes; --heat takes one: {', '.join(heats)}")
        return _each_once([one for entrants in chosen.values() for one in entrants])
    return [one for entrants in chosen.values() for one in entrants]


def _each_once(entrants: list[Entrant]) -> list[Entrant]:
    """Everybody without a lane. Who has another id is somebody else; who has none is whoever has the name."""
    found = dict.fromkeys((one.name, one.uid) for one in entrants if one.uid)
    with_id = {name for name, _ in found}
    order = dict.fromkeys((one.name, one.uid) for one in entrants if one.uid or one.name not in with_id)
    return [Entrant(name, uid=uid) for name, uid in order]


def _is_number(cell: str) -> bool:
    return cell.isdecimal() and len(cell) <= _MOST_DIGITS


def as_rows(entrants: Iterable[Entrant]) -> list[RosterRow]:
    """As a roster has them."""
    return [RosterRow(one.name, lane=one.lane) for one in entrants]


def _lines(text: str, where: str) -> list[tuple[int, list[str]]]:
    """The lines that say something, with their numbers. An entry may begin with a tab or a space for its empty cell."""
    found = list[tuple[int, list[str]]]()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith(";"):
            continue
        shown = f",{line[1:]}" if line[0] in "\t " else line
        try:
            cells = [cell.strip() for cell in next(csv.reader([shown]), [])]
        except csv.Error as error:
            raise BadInputError(f"{where}: line {number}", str(error), "a start list of meet software") from None
        if any(cells):
            found.append((number, cells))
    return found
