"""A roster's text in CSV from its rows, as `parse_roster` reads it: only the columns in which something stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from retro_timer.training.roster import parse_grouped

_MARKED = (";", "\t", "|", ",", '"', "#", "\n", "\r")


class RosterRow(msgspec.Struct, frozen=True):
    """An athlete as a coach writes them; what is not said is empty."""

    name: str = ""
    say: str = ""
    lane: str = ""
    target_s: str = ""
    group: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return not any(msgspec.structs.astuple(self))


def roster_text(rows: Sequence[RosterRow]) -> str:
    """CSV. A row without anything in it is nobody."""
    filled = [row for row in rows if not row.is_empty]
    columns = [key for key in RosterRow.__struct_fields__ if key == "name" or any(getattr(row, key) for row in filled)]
    lines = [",".join(columns)]
    lines += [",".join(_quoted(getattr(row, key)) for key in columns) for row in filled]
    return "".join(f"{line}\n" for line in lines)


def roster_rows(text: str, where: str, tell: Callable[[str], None]) -> tuple[RosterRow, ...]:
    """The athletes of a roster's text, in the order of turns. `tell`, and what is raised: as of `parse_roster`."""
    return tuple(
        RosterRow(
            one.name,
            one.say,
            "" if one.lane is None else str(one.lane),
            "" if one.target_s is None else f"{one.target_s:g}",
            group,
        )
        for one, group in parse_grouped(text, where, tell)
    )


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in _MARKED) else cell
