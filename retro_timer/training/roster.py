"""Who trains: a list of athletes from the text of a CSV file as spreadsheets write them, or a solo runner."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

import msgspec

from retro_timer.errors import BadInputError
from retro_timer.training.listed import Listed, read_listed
from retro_timer.training.names import folded
from retro_timer.training.roster_headings import BESIDE_NAMES, NO_NAMES, Role, name_columns, role_of
from retro_timer.training.spreadsheet import DELIMITERS, Row, readings

MOST_ATHLETES = 60
_LONGEST_NAME = 40
_MARKS = (*"BCDEFGHIJKLMNOPQRSTUVWXYZ", *map(str, range(27, 2 * MOST_ATHLETES + 27)))
"""What tells apart those who have one name; enough for a roster of one name that has the others too."""
SOLO = ("Runner",)
_MOST_TITLE_LINES = 10
_FIGURES = re.compile(r"[^\w#]*\d[\d\s.,:;/'’+-]*(?:s|sec|m|min|%)?", re.IGNORECASE)
_HEADING_WANTED = "a first line that names the columns, one of them: name"
_KEYS = {Role.SAY: "say", Role.LANE: "lane", Role.TARGET: "target_s"}
"""What is used under its own name needs no word; groups have theirs."""
_PLACES = {delimiter: place for place, delimiter in enumerate(DELIMITERS)}


def without(athletes: Sequence[str], names: Collection[str]) -> tuple[str, ...]:
    """A roster without those of these names, in any capitals; a solo runner where nobody is left."""
    gone = {folded(name) for name in names}
    return tuple(athlete for athlete in athletes if folded(athlete) not in gone) or SOLO


class _Table(msgspec.Struct, frozen=True):
    """A file's rows under one delimiter, and what its heading says."""

    delimiter: str
    rows: Sequence[Row]
    """What stands below the heading, or everything where there is none."""
    heading: Row | None
    columns: tuple[int, ...]
    """Those that make up a name; empty without a heading that tells."""
    titles: Sequence[Row]
    """What stands above the heading."""

    @property
    def beside(self) -> dict[Role, int]:
        """The columns that are used beside the names; of two for one thing the first."""
        cells = () if self.heading is None else self.heading.cells
        found = {role: column for column, cell in reversed([*enumerate(cells)]) if (role := role_of(cell)) is not None}
        return {role: column for role, column in found.items() if role in BESIDE_NAMES}

    def is_beyond(self, row: Row) -> bool:
        """Whether a row has something beyond the last column that the heading names."""
        return self.heading is not None and row.filled[-1] > self.heading.filled[-1]

    @property
    def likeliness(self) -> tuple[bool, int, int, int]:
        """The right delimiter leaves no text beyond the heading, makes known headings of it, and parts most rows."""
        heading = self.heading
        width = len(heading.cells) if heading else 0
        known = [role_of(heading.cells[column]) for column in heading.filled] if heading else []
        torn = any(_is_text(cell) for row in self.rows for cell in row.cells[width:]) if heading else False
        parted = sum(len(row.cells) > 1 for row in self.rows)
        return not torn, len(known) - known.count(None), parted, -_PLACES.get(self.delimiter, 0)


def parse_roster(text: str, where: str, tell: Callable[[str], None] = lambda _remark: None) -> tuple[Listed, ...]:
    """The athletes of CSV text, one a row, in order of turns; more in `parse_grouped`."""
    return tuple(one for one, _ in parse_grouped(text, where, tell))


def parse_grouped(text: str, where: str, tell: Callable[[str], None]) -> tuple[tuple[Listed, str], ...]:
    """The athletes of CSV text, one a row, in order of turns, and what a column of groups says of each.

    Where there is a column of groups those of a group go one after the other, in the order in which the groups come.

    The delimiter is found out, or told by a `sep=` line. A heading says which columns hold what, in any order and in
    several languages; without one there must be no doubt about the names. Blank lines and lines that begin with # are
    left out. What is taken from elsewhere than a column `name`, or not used, and who is called otherwise because the
    name stands twice, goes to `tell`. Raises BadInputError with the line's number.
    """
    tables = [_table(delimiter, rows) for delimiter, rows in readings(text, where).items()]
    table = max(tables, key=lambda table: table.likeliness)
    if not table.rows:
        raise BadInputError(where, "no athletes in it", "one name on each line")
    columns = table.columns or _without_heading(table, where)
    names = list[tuple[str, int]]()
    for row in table.rows:
        cells = (cell for column in columns if (cell := row.cell(column)))
        names.append((checked_name(" ".join(cells), f"{where}: line {row.line}"), row.line))
    if len(names) > MOST_ATHLETES:
        raise BadInputError(where, f"{len(names)} athletes", f"at most {MOST_ATHLETES}")
    _tell(table, where, tell)
    return _in_turn(table, _told_apart(names, where, tell), where, tell)


def _in_turn(
    table: _Table, names: Sequence[str], where: str, tell: Callable[[str], None]
) -> tuple[tuple[Listed, str], ...]:
    """The athletes with what the other columns say of them, those of a group together."""
    beside = table.beside
    listed = []
    for name, row in zip(names, table.rows, strict=True):
        place = f"{where}: line {row.line}"
        say, lane, target = (row.cell(beside[role]) if role in beside else "" for role in _KEYS)
        if (lane or target) and table.is_beyond(row):
            # A decimal comma that parts a number moves whatever stands behind it.
            tell(f"{place}: more cells than the heading has; lane and target are left out: '8,5' stands in quotes")
            lane = target = ""
        listed.append(read_listed(name, say, lane, target, place, tell))
    if Role.GROUP not in beside:
        return tuple((one, "") for one in listed)
    return _by_groups(listed, [row.cell(beside[Role.GROUP]) for row in table.rows], where, tell)


def _by_groups(
    listed: Sequence[Listed], groups: Sequence[str], where: str, tell: Callable[[str], None]
) -> tuple[tuple[Listed, str], ...]:
    """Those of each group together, in the order in which the groups come; no entry is a group as well."""
    members: dict[str, list[tuple[Listed, str]]] = {}
    spelt: dict[str, str] = {}
    for one, group in zip(listed, groups, strict=True):
        members.setdefault(folded(group), []).append((one, group))
        spelt.setdefault(folded(group), group or "none")
    if len(members) > 1:
        shown = ", ".join(f"{spelt[group]} ({len(of)})" for group, of in members.items())
        tell(f"{where}: groups take turns: {shown}")
    return tuple(one for of in members.values() for one in of)


def _told_apart(names: Sequence[tuple[str, int]], where: str, tell: Callable[[str], None]) -> tuple[str, ...]:
    """Names, given with their lines, of which no two are one: whoever comes second under a name is called "Anna B"."""
    taken, called = {folded(name) for name, _ in names}, dict[str, str]()
    for name, line in names:
        if folded(name) not in called:
            called[folded(name)] = name
            continue
        other = next(f"{name} {mark}" for mark in _MARKS if folded(f"{name} {mark}") not in taken)
        place = f"{where}: line {line}"
        tell(f"{place}: '{name}' stands twice; the second is called '{checked_name(other, place)}'")
        taken.add(folded(other))
        called[folded(other)] = other
    return tuple(called.values())


def _table(delimiter: str, rows: list[Row]) -> _Table:
    """Finds the heading: the first row, or one below a few lines of title. It is no athlete wherever it comes again."""
    for index, row in enumerate(rows[: _MOST_TITLE_LINES + 1]):
        columns = name_columns([role_of(cell) for cell in row.cells])
        if columns and (index == 0 or len(row.filled) > 1):
            below = [other for other in rows[index + 1 :] if other.cells != row.cells]
            return _Table(delimiter, below, row, columns, rows[:index])
        if len(row.filled) > 1:
            break
    return _Table(delimiter, rows, None, (), ())


def _without_heading(table: _Table, where: str) -> tuple[int, ...]:
    """The one column that can hold the names. Raises BadInputError where there is a doubt."""
    first = table.rows[0]
    roles = [role_of(cell) for cell in first.cells]
    if NO_NAMES & set(roles) and not any(_is_figure(cell) for cell in first.cells):
        shown = ", ".join(cell for cell in first.cells if cell)
        raise BadInputError(f"{where}: line {first.line}", f"'{shown}' is a heading without names", _HEADING_WANTED)
    with_text = [tuple(i for i in row.filled if _is_text(row.cells[i])) for row in table.rows]
    for row, columns in zip(table.rows, with_text, strict=True):
        if len(columns) > 1:
            shown = "' or '".join(row.cells[column] for column in columns[:2])
            problem = f"no heading, and the name may be '{shown}'"
            raise BadInputError(f"{where}: line {row.line}", problem, _HEADING_WANTED)
    found = {column for columns in with_text for column in columns}
    if len(found) == 1:
        return tuple(found)
    if 0 in found or max(len(row.cells) for row in table.rows) == 1:
        return (0,)
    raise BadInputError(f"{where}: line {first.line}", "no heading, and no column of names", _HEADING_WANTED)


def _is_figure(cell: str) -> bool:
    return _FIGURES.fullmatch(cell) is not None


def _is_text(cell: str) -> bool:
    return any(map(str.isalpha, cell)) and not _is_figure(cell)


def checked_name(name: str, where: str) -> str:
    """A name as it may be kept. Raises BadInputError for what is none."""
    if not name:
        raise BadInputError(where, "no name", "one athlete's name on each line")
    if len(name) > _LONGEST_NAME:
        raise BadInputError(where, f"a name of {len(name)} characters", f"at most {_LONGEST_NAME}")
    if not name.isprintable():
        raise BadInputError(where, "a name with control characters", "printable text")
    return name


def _tell(table: _Table, where: str, tell: Callable[[str], None]) -> None:
    """What of the file is taken for the names, and what is not used."""
    if table.titles:
        first, last = table.titles[0].line, table.titles[-1].line
        lines = f"line {first}" if first == last else f"lines {first} to {last}"
        tell(f"{where}: {lines} above the heading left out")
    heading = table.heading
    if heading is None:
        return
    beside = table.beside
    used = (*table.columns, *beside.values())
    unused = [heading.cells[column] for column in heading.filled if column not in used]
    named = {role: heading.cells[beside[role]] for role in _KEYS if role in beside}
    strange = {role: cell for role, cell in named.items() if cell.strip().lower() != _KEYS[role]}
    if not unused and not strange and [role_of(heading.cells[column]) for column in table.columns] == [Role.NAME]:
        return
    taken = " and ".join(f"'{heading.cells[column]}'" for column in table.columns)
    others = "".join(f", {_KEYS[role]} from '{cell}'" for role, cell in strange.items())
    left = f"; not used: {', '.join(unused)}" if unused else ""
    tell(f"{where}: names from {taken}{others}{left}")
