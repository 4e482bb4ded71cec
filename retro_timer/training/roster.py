"""Who trains: a list of athletes from a CSV text, or a solo runner."""

from __future__ import annotations

import csv

from retro_timer.errors import BadInputError

MOST_ATHLETES = 60
_LONGEST_NAME = 40
SOLO = ("Runner",)


def parse_roster(text: str, where: str) -> tuple[str, ...]:
    """Names from CSV text, one athlete a line, in order of turns.

    A first line with the word `name` in it is a header and says which column holds the names; without one it is the
    first column. Empty lines and lines that begin with # are left out. Raises BadInputError with the line's number.
    """
    names: list[str] = []
    column = 0
    header_allowed = True
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        cells = _cells(line, f"{where}: line {number}")
        if header_allowed:
            header_allowed = False
            titles = [cell.lower() for cell in cells]
            if "name" in titles:
                column = titles.index("name")
                continue
        if column >= len(cells) or not cells[column]:
            raise BadInputError(f"{where}: line {number}", "no name", "one athlete's name on each line")
        names.append(_checked(cells[column], names, f"{where}: line {number}"))
    if not names:
        raise BadInputError(where, "no athletes in it", "one name on each line")
    if len(names) > MOST_ATHLETES:
        raise BadInputError(where, f"{len(names)} athletes", f"at most {MOST_ATHLETES}")
    return tuple(names)


def _cells(line: str, where: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], strict=True), [])]
    except csv.Error as error:
        raise BadInputError(where, f"not CSV ({error})", "a name, in quotes if it has a comma") from None


def _checked(name: str, names: list[str], where: str) -> str:
    if len(name) > _LONGEST_NAME:
        raise BadInputError(where, f"a name of {len(name)} characters", f"at most {_LONGEST_NAME}")
    if not name.isprintable():
        raise BadInputError(where, "a name with control characters", "printable text")
    if name.lower() in (other.lower() for other in names):
        raise BadInputError(where, f"'{name}' stands twice", "each athlete once")
    return name
