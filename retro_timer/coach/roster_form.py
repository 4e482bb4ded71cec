"""The form of a roster: a row for each athlete, and what its buttons do to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath

from retro_timer.coach.figures import whole
from retro_timer.errors import BadInputError
from retro_timer.settings.encodings import decoded, encoding_remark
from retro_timer.training.roster import MOST_ATHLETES
from retro_timer.training.roster_text import RosterRow, roster_rows, roster_text
from retro_timer.training.start_lists import PEOPLE, STARTS, Entrant, as_rows, entrants_of, people_of

COLUMNS = {"athlete": "name", "say": "say", "lane": "lane", "target": "target_s", "group": "group"}
"""The form's fields of a row, and the roster's columns."""
MOST_FIELDS = len(COLUMNS) * (MOST_ATHLETES + 1) + 5
Tell = Callable[[str], None]


def rows_in(fields: Sequence[tuple[str, str]]) -> list[RosterRow]:
    """The rows of a form. Raises BadInputError where the fields do not make rows."""
    columns: dict[str, list[str]] = {key: [] for key in COLUMNS.values()}
    for field, value in fields:
        if field in COLUMNS:
            columns[COLUMNS[field]].append(" ".join(value.split()))
    if len({len(cells) for cells in columns.values()}) > 1:
        raise BadInputError("the form", "cannot be read", "a row for each athlete")
    return [RosterRow(**dict(zip(columns, cells, strict=True))) for cells in zip(*columns.values(), strict=True)]


def changed(rows: Sequence[RosterRow], do: str) -> list[RosterRow]:
    """After a press: `add`, `up:N`, `down:N` or `remove:N`, N from 0. Anything else changes nothing."""
    word, _, number = do.partition(":")
    made, at = list(rows), whole(number, 3)
    if word == "add" and len(made) < MOST_ATHLETES:
        made.append(RosterRow())
    if at is None or at >= len(made):
        return made
    if word == "remove":
        del made[at]
    elif word == "up" and at > 0:
        made[at - 1], made[at] = made[at], made[at - 1]
    elif word == "down" and at + 1 < len(made):
        made[at + 1], made[at] = made[at], made[at + 1]
    return made


def rows_of_file(data: bytes, called: str, tell: Tell) -> tuple[RosterRow, ...]:
    """The athletes of a file in any encoding and dialect, or of a list of meet software. Raises BadInputError."""
    if not data:
        raise BadInputError("the file", "nothing is in it", "a list of names")
    where = called or "the file"
    text, encoding = decoded(data, where, "a list of names in CSV")
    suffix = PurePath(called).suffix.lower()
    if suffix == PEOPLE:
        text = roster_text(as_rows(map(Entrant, people_of(text, where).values())))
    elif suffix == STARTS:
        text = roster_text(as_rows(entrants_of(text, where, dict, None, tell)))
    rows = roster_rows(text, where, tell)
    if encoding:
        tell(encoding_remark(where, encoding, [row.name for row in rows]))
    return rows
