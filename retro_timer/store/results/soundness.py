"""Looks at results, log and copies as a whole, and says which of them can be relied on. Changes nothing."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec

from retro_timer.errors import BadInputError
from retro_timer.store.results.apply import read_mark
from retro_timer.store.results.backups import PATTERN, Content, content, is_sound
from retro_timer.store.results.copying import copied
from retro_timer.store.results.database import BACKUPS, NAME, open_for_reading
from retro_timer.store.results.log_lines import LineReader
from retro_timer.store.results.reps_log import NAME as LOG_NAME
from retro_timer.store.results.schema import APPLICATION_ID, VERSION

_WANTED = "a copy of the results, such as results-….db of a stick"
_FIRST_WITH_ID = 3
"""The version from which a database says whose it is."""


class Line(msgspec.Struct, frozen=True):
    """A word on a file."""

    text: str
    is_fault: bool = False
    is_copy: bool = False


def check_copy(path: Path) -> Content:
    """What is in a copy of the database. Raises BadInputError for one that is damaged, another program's or newer."""
    if not path.is_file():
        raise BadInputError(str(path), "no file", _WANTED)
    try:
        with contextlib.closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        ) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            application = int(connection.execute("PRAGMA application_id").fetchone()[0])
            if not {"session", "rep"} <= tables or (version >= _FIRST_WITH_ID and application != APPLICATION_ID):
                raise BadInputError(str(path), "another program's file", _WANTED)
            if version > VERSION:
                raise BadInputError(
                    str(path), f"of version {version}, made by a newer program", f"{VERSION} or older: upgrade this box"
                )
            if not is_sound(connection):
                raise BadInputError(str(path), "damaged", "a sound copy; another one beside it may be")
            return content(connection)
    except sqlite3.Error as error:
        raise BadInputError(str(path), f"no sound database ({error})", _WANTED) from None


def look_at_all(directory: Path) -> Iterator[Line]:
    """A line for the database, the log and each copy. Raises OSError, sqlite3.Error or RetroTimerError."""
    connection = open_for_reading(directory)
    if connection is None:
        yield Line("no results yet")
        return
    with contextlib.closing(connection), copied(connection) as copy:
        yield from _database(copy)
        yield from _log(directory / LOG_NAME, copy)
    for path in sorted((directory / BACKUPS).glob(PATTERN)):
        try:
            found = check_copy(path)
        except BadInputError as error:
            yield Line(str(error), is_fault=True, is_copy=True)
        else:
            yield Line(f"{BACKUPS}/{path.name}: sound, sessions: {found.sessions:,}, reps: {found.reps:,}")


def _database(copy: sqlite3.Connection) -> Iterator[Line]:
    if not is_sound(copy):
        yield Line(f"{NAME}: damaged", is_fault=True)
        return
    found = content(copy)
    yield Line(f"{NAME}: sound, sessions: {found.sessions:,}, reps: {found.reps:,}")


def _log(path: Path, copy: sqlite3.Connection) -> Iterator[Line]:
    """Whether every line can be read, and is in the database."""
    reader, lines, torn = LineReader(), 0, 0
    with path.open("rb") as file:
        for line in file:
            if line.strip():
                lines += 1
                torn += reader.read(line.rstrip(b"\n")) is None
    if torn:
        yield Line(f"{LOG_NAME}: lines that cannot be read: {torn:,} of {lines:,}", is_fault=True)
    mark = read_mark(copy)
    if mark is None or mark.length != path.stat().st_size:
        # A timer that writes meanwhile is no fault: look again.
        yield Line(f"{LOG_NAME}: not as {NAME} has it", is_fault=True)
    elif not torn:
        yield Line(f"{LOG_NAME}: sound, all of its {lines:,} lines are in {NAME}")
