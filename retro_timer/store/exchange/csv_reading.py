"""Reads exported reps back from comma-separated values, a session at a time, also as a spreadsheet has saved them."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import msgspec

from retro_timer.errors import BadInputError
from retro_timer.store.exchange.csv_file import COLUMNS, LATER, SESSION_COLUMNS, TEXTS, as_written
from retro_timer.store.exchange.selecting import REP_COLUMNS
from retro_timer.store.exchange.taken import WANTED, Taken, newer
from retro_timer.store.results.merging.items import VERSION, AthleteItem, OnRoster, RepItem, SessionItem
from retro_timer.training.plan import Course

_DELIMITERS = ",;\t"
_LONGEST_CELL = 1 << 20
_MOST_DIGITS = 9
"""Of a version."""
_EMPTY_IS_NONE = frozenset(
    field.name for field in msgspec.structs.fields(RepItem) if type(None) in getattr(field.type, "__args__", ())
)
_OF_SESSION = {
    "session_id": "id",
    "session": "session",
    "session_title": "title",
    "session_outcome": "outcome",
    "session_board": "board",
    "session_started_at": "started_at",
    "session_ended_at": "ended_at",
    "session_started_label_ns": "started_label_ns",
    "session_ended_label_ns": "ended_label_ns",
}


def read_csv(path: Path) -> Iterator[Taken]:
    """Each session with its reps, behind those of its athletes who were not told before.

    Raises BadInputError, OSError or UnicodeDecodeError.
    """
    csv.field_size_limit(_LONGEST_CELL)
    with path.open(encoding="utf-8-sig", newline="") as file:
        known, size = set[str](), 0
        first = file.readline()
        delimiter = max(_DELIMITERS, key=first.count)
        names = next(csv.reader([first], delimiter=delimiter), [])
        _check_heading(names, str(path))
        _check_end(path)
        head, reps, course = list[str](), list[RepItem](), ""
        for line, cells in _rows(file, delimiter, str(path)):
            if not cells:
                continue
            row = _row(names, cells, f"{path}: line {line}")
            size += sum(map(len, cells)) + len(cells)
            now = [row[name] for name in SESSION_COLUMNS]
            if reps and now != head:
                yield from _session(head, course, reps, known, size, f"{path}: line {line - 1}")
                reps = []
            told = row.get("course", "")
            if reps and told != course:
                expected = f"'{course}', as in the session's rows before" if course else "none, as in the rows before"
                raise BadInputError(f"{path}: line {line}: course", f"'{told}'", expected)
            head, course = now, told
            reps.append(_rep(row, f"{path}: line {line}"))
        if reps:
            yield from _session(head, course, reps, known, size, f"{path}: its end")


def _check_end(path: Path) -> None:
    """A file that was cut off in its last cell still looks whole."""
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            if file.read(1) not in (b"\n", b"\r"):
                raise BadInputError(f"{path}: its end", "cut off in the middle of a line", WANTED)


def _check_heading(names: list[str], where: str) -> None:
    missing = [name for name in COLUMNS if name not in names]
    if "version" in missing or "session_id" in missing:
        raise BadInputError(where, "no exported results", WANTED)
    if needed := [name for name in missing if name not in LATER]:
        raise BadInputError(f"{where}: line 1", f"no column {needed[0]}", "every column of an exported file")


def _rows(file: TextIO, delimiter: str, where: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadInputError(f"{where}: line {reader.line_num + 1}", f"damaged ({error})", WANTED) from None
        yield reader.line_num + 1, cells


def _row(names: list[str], cells: list[str], where: str) -> dict[str, str]:
    if len(cells) != len(names):
        raise BadInputError(where, f"{len(cells)} cells", f"{len(names)}, one for each column")
    row = dict(zip(names, cells, strict=True))
    if row["version"] != str(VERSION):
        version = row["version"]
        is_number = version.isdecimal() and len(version) <= _MOST_DIGITS
        raise newer(where, int(version) if is_number else None, VERSION)
    if unknown := next((name for name in names if name not in COLUMNS and row[name]), None):
        raise BadInputError(where, f"an unknown column '{unknown}'", "the columns of an exported file")
    return {name: as_written(cell) if name in TEXTS else cell for name, cell in row.items()}


def _rep(row: dict[str, str], where: str) -> RepItem:
    values = dict[str, Any]()
    for name in REP_COLUMNS:
        values[name] = None if name in _EMPTY_IS_NONE and not row[name] else row[name]
    values["flags"] = row["flags"].split(";") if row["flags"] else []
    try:
        values["splits"] = json.loads(row["splits"]) if row["splits"] else []
        return msgspec.convert(values, RepItem, strict=False)
    except (ValueError, RecursionError) as error:
        raise BadInputError(where, str(error), WANTED) from None


def _session(
    head: list[str], course: str, reps: list[RepItem], known: set[str], size: int, where: str
) -> Iterator[Taken]:
    """A session from what each of its rows says of it, behind its athletes."""
    cells = dict(zip(SESSION_COLUMNS, head, strict=True))
    values: dict[str, Any] = {key: cells[name] for name, key in _OF_SESSION.items()}
    for key in ("started_at", "ended_at", "ended_label_ns"):
        values[key] = values[key] or None
    # A place that nobody has claimed has no athlete.
    athletes = {rep.athlete_id or rep.athlete: rep for rep in reps if rep.athlete}
    roster = tuple(OnRoster(name=rep.athlete, athlete_id=rep.athlete_id) for rep in athletes.values())
    values |= {
        "note": None,
        "plan": _plan(course, where),
        "roster": roster,
        "presences": (),
        "corrections": (),
        "reps": (),
    }
    try:
        session = msgspec.structs.replace(msgspec.convert(values, SessionItem, strict=False), reps=tuple(reps))
    except msgspec.ValidationError as error:
        raise BadInputError(where, str(error), WANTED) from None
    for rep in athletes.values():
        if rep.athlete_id and rep.athlete_id not in known:
            known.add(rep.athlete_id)
            yield Taken(_person(rep), size)
    yield Taken(session, size)


def _plan(course: str, where: str) -> dict[str, str]:
    """What the rows tell of a session's plan: by it times are compared."""
    if course in ("", Course.STRAIGHT):
        return {}
    if course != Course.OUT_AND_BACK:
        raise BadInputError(f"{where}: course", f"'{course}'", f"'{Course.OUT_AND_BACK}', or nothing")
    return {"course": course}


def _person(rep: RepItem) -> AthleteItem:
    """An athlete of whom no more is known than a name."""
    return AthleteItem(
        id=rep.athlete_id,
        number=1,
        name=rep.athlete,
        say="",
        group="",
        born=None,
        notes="",
        forward=(),
        merged_into="",
        forgotten=False,
        revision=0,
    )
