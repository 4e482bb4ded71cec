"""Where in a TOML text a mistake is, by what the check calls its place: `plan: blocks[1].reps`, `plan: line 7`."""

from __future__ import annotations

import re

_LINE = re.compile(r"line (\d{1,6})$")
_PLACE = re.compile(r"(?:(?P<table>\w+)\[(?P<index>\d{1,4})\]\.?)?(?P<key>\w*)")
_HEADER = re.compile(r"\s*\[\[?\s*(?P<name>[\w.-]+)\s*\]")


def line_of(text: str, where: str) -> int | None:
    """The line, counted from 1, of an error's `where`; the heading of its table where the key is missing; None for a
    place that is the whole text.
    """
    place = where.rpartition(": ")[2]
    if told := _LINE.fullmatch(place):
        return int(told[1])
    found = _PLACE.match(place)
    if ": " not in where or found is None:
        return None
    lines = text.splitlines()
    first, end = _table(lines, found["table"], int(found["index"] or 0))
    if first is None:
        return None
    key = re.compile(rf"\s*[\"']?{re.escape(found['key'])}[\"']?\s*=")
    at = next((number for number in range(first, end) if found["key"] and key.match(lines[number])), None)
    if at is not None:
        return at + 1
    return first if found["table"] else None


def _table(lines: list[str], name: str | None, index: int) -> tuple[int | None, int]:
    """The first line below the heading of a table, from 0, and the one behind its last; None where there is none."""
    headers = [(number, header["name"]) for number, line in enumerate(lines) if (header := _HEADER.match(line))]
    if name is None:
        return 0, headers[0][0] if headers else len(lines)
    own = [place for place, (_, called) in enumerate(headers) if called == name]
    if index >= len(own):
        return None, 0
    place = own[index]
    end = headers[place + 1][0] if place + 1 < len(headers) else len(lines)
    return headers[place][0] + 1, end
