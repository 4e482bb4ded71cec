"""Reads the exported document, however it is laid out, without ever holding more of it than one session."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import msgspec

from retro_timer.errors import BadInputError
from retro_timer.store.exchange.taken import WANTED, Taken, newer
from retro_timer.store.results.merging.items import FORMAT, VERSION, AthleteItem, SessionItem

_CHUNK = 1 << 16
_LARGEST = 1 << 28
"""Characters of one session: some hundred thousand reps."""
_SPACE = " \t\r\n"
_INT64 = range(-(2**63), 2**63)
_MOST_DIGITS = 20
_LISTS: dict[str, type[AthleteItem | SessionItem]] = {"athletes": AthleteItem, "sessions": SessionItem}


def read_json(path: Path) -> Iterator[Taken]:
    """Athletes and sessions in the order of the file. Raises BadInputError, OSError or UnicodeDecodeError."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        text = _Text(file, str(path))
        text.expect("{")
        head, seen = dict[str, Any](), set[str]()
        if text.peek() == "}":
            _check_head(head, str(path))
        while True:
            key = text.value()
            text.expect(":")
            if not isinstance(key, str) or key in seen:
                raise text.damaged(f"the key {key!r} does not belong here")
            seen.add(key)
            if key in _LISTS:
                _check_head(head, str(path))
                yield from _items(text, _LISTS[key])
            elif key in ("format", "version", "program"):
                head[key] = text.value()
            else:
                _check_head(head, str(path))
                raise text.damaged(f"an unknown key {key!r}")
            if text.expect(",}") == "}":
                break
        _check_head(head, str(path))
        if missing := set(_LISTS) - seen:
            raise text.damaged(f"no {' and no '.join(sorted(missing))}")
        if text.peek():
            raise text.damaged("something behind its end")


def _check_head(head: dict[str, Any], where: str) -> None:
    if head.get("format") != FORMAT or head.get("version") != VERSION:
        raise newer(where, head.get("version") if head.get("format") == FORMAT else None, VERSION)


def _items(text: _Text, kind: type[AthleteItem | SessionItem]) -> Iterator[Taken]:
    text.expect("[")
    if text.peek() == "]":
        text.expect("]")
        return
    while True:
        text.peek()
        place = text.place
        value = text.value()
        try:
            item = msgspec.convert(value, kind)
        except (msgspec.ValidationError, RecursionError) as error:
            raise BadInputError(place, str(error), WANTED) from None
        yield Taken(item, text.read)
        if text.expect(",]") == "]":
            return


def _whole_number(text: str) -> int:
    """Raises ValueError for one that no file of ours has; thousands of digits would take Python long, or stop it."""
    if len(text) > _MOST_DIGITS or (value := int(text)) not in _INT64:
        raise ValueError(f"a whole number of {len(text):,} digits")
    return value


class _Text:
    """The text of a document, from where it has been read to."""

    def __init__(self, file: TextIO, path: str) -> None:
        self._file = file
        self._path = path
        self._decoder = json.JSONDecoder(parse_int=_whole_number)
        self._rest = ""
        self._at = 0
        self._line = 1
        self.read = 0

    @property
    def place(self) -> str:
        """File and line, for an error."""
        return f"{self._path}: line {self._line + self._rest.count(chr(10), 0, self._at)}"

    def damaged(self, problem: str) -> BadInputError:
        """What to raise for what is not as it should be."""
        return BadInputError(self.place, problem, WANTED)

    def peek(self) -> str:
        """The next sign that is no space; empty at the end."""
        while True:
            while self._at < len(self._rest):
                if self._rest[self._at] not in _SPACE:
                    return self._rest[self._at]
                self._at += 1
            if not self._more():
                return ""

    def expect(self, signs: str) -> str:
        """One of these signs, and on behind it. Raises BadInputError for any other."""
        found = self.peek()
        if not found or found not in signs:
            what = f"'{found}'" if found else "its end"
            raise self.damaged(f"{what} where there should be {' or '.join(signs)}")
        self._at += 1
        return found

    def value(self) -> Any:
        """The next value, whole."""
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._rest, self._at)
            except (json.JSONDecodeError, RecursionError) as error:
                if self._more():
                    continue
                told = error.msg if isinstance(error, json.JSONDecodeError) else "too deep"
                raise self.damaged(f"damaged ({told})") from None
            except ValueError as error:
                raise self.damaged(str(error)) from None
            if end == len(self._rest) and self._more():
                # A number may go on.
                continue
            self._at = end
            return value

    def _more(self) -> bool:
        """Read on: as much again as is held, so that a long value is not tried too often. Whether there was more."""
        self._line += self._rest.count("\n", 0, self._at)
        self._rest, self._at = self._rest[self._at :], 0
        if len(self._rest) > _LARGEST:
            raise self.damaged(f"a session of more than {_LARGEST:,} characters")
        more = self._file.read(max(_CHUNK, len(self._rest)))
        self._rest += more
        self.read += len(more)
        return bool(more)
