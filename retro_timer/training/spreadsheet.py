"""Rows of a table as a spreadsheet writes it: any delimiter, quotes, blank lines and comments; each with its line."""

from __future__ import annotations

import csv
import re
import string
from collections.abc import Iterator

import msgspec

from retro_timer.errors import BadInputError

DELIMITERS = ("\t", ";", "|", ",")
"""The last one stands within names and numbers as well, the first ones hardly ever."""
_BETWEEN_CELLS = string.whitespace + "".join(DELIMITERS)
_SEP = re.compile(r'[ \t]*"?sep=([^\w\s"]|\t)"?[;,\t ]*(?=[\r\n]|$)', re.IGNORECASE)
_ABOVE = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))+")
"""Blank lines and comments."""
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_ANY_SPACE = re.compile(r"[^\S\t\n\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
"""A no-break space and its kin look like a space and are meant as one."""


class Row(msgspec.Struct, frozen=True):
    """Cells without the space around them."""

    line: int
    cells: tuple[str, ...]

    def cell(self, column: int) -> str:
        """A cell, empty where the row is shorter."""
        return self.cells[column] if column < len(self.cells) else ""

    @property
    def filled(self) -> tuple[int, ...]:
        """Columns that have something in them."""
        return tuple(i for i, cell in enumerate(self.cells) if cell)


def readings(text: str, where: str) -> dict[str, list[Row]]:
    """The rows by each delimiter that can be meant: the one of a `sep=` line, else all under which it is CSV.

    Raises BadInputError with the line when it is CSV under none.
    """
    text = text.lstrip("\ufeff")
    above = _ABOVE.match(text)
    told = _SEP.match(text, above.end() if above else 0)
    delimiters = (told[1],) if told else DELIMITERS
    found, complaint = {}, None
    for delimiter in delimiters:
        try:
            found[delimiter] = list(_rows(_blanked(text, told.end()) if told else text, delimiter, where))
        except BadInputError as error:
            complaint = error
    if not found and complaint is not None:
        raise complaint
    return found


def _blanked(text: str, end: int) -> str:
    """The text with nothing before `end`, its lines counted as before."""
    return "\n" * (len(_LINE.findall(text[:end])) - 1) + text[end:]


def _rows(text: str, delimiter: str, where: str) -> Iterator[Row]:
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    while True:
        lines.between_rows = True
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem, expected = f"not CSV ({error})", "a name, in quotes if it has a comma"
            raise BadInputError(f"{where}: line {lines.row_line}", problem, expected) from None
        row = Row(lines.row_line, tuple(_ANY_SPACE.sub(" ", cell).strip() for cell in cells))
        if row.filled:
            yield row


class _Lines:
    """Lines for a CSV reader; between rows, not within quotes, those that say nothing are left out."""

    def __init__(self, text: str) -> None:
        self._lines = enumerate((found[0] for found in _LINE.finditer(text)), start=1)
        self.between_rows = True
        self.row_line = 1
        """Line at which the present row begins."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        for number, line in self._lines:
            if self.between_rows and (not line.strip(_BETWEEN_CELLS) or _is_comment(line)):
                continue
            if self.between_rows:
                self.row_line = number
            self.between_rows = False
            return line
        raise StopIteration


def _is_comment(line: str) -> bool:
    """A line after # is one, but neither a number ("#5,Anna") nor the heading of numbers ("#,Name")."""
    text = line.strip()
    return text.startswith("#") and not text[1:2].isdecimal() and text[1:2] not in DELIMITERS
