"""A copy of the database that the writer leaves for whoever may read its folder and not write there.

In a folder of its own, which is all that the page's process sees of the results.

Once the writer has gone SQLite lets no such reader in (see `private_copy`). Nobody ever writes into a snapshot: a newer
one takes its place. It says how much of the log it has, so that a reader can tell whether it is all there is.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from retro_timer.settings.whole import keep_owner
from retro_timer.store.results.apply import Mark, read_mark
from retro_timer.store.results.newer import begins_with
from retro_timer.store.results.reps_log import NAME as LOG_NAME
from retro_timer.store.results.reps_log import sync_directory
from retro_timer.store.space import LEAST_FREE_BYTES, SNAPSHOT, free_bytes

_HALF = f"{SNAPSHOT}.new"
_FORMER = "results.snapshot.db"
"""What an older program left beside the database."""
_STEPS_BETWEEN_LOOKS = 1_000
"""Of SQLite's machine, while it copies: a millisecond or so, within which whatever has to be written gets its turn."""
_SYNCED_BYTES = 1_000_000
"""What a slow card writes in a tenth of a second. SQLite holds 2 MB back besides."""
_CLOSING_S = 5.0
"""Of the 20 s that a service has to stop. A database that takes longer is copied by whoever reads it."""


class Snapshots:
    """Leaves a snapshot while nothing else is to be done: no change is ever durable later for it.

    Not thread-safe.
    """

    def __init__(self, database: Path, *, wanted: bool = True, now_s: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._wanted = wanted
        self._now_s = now_s
        self._is_due = wanted

    def note_change(self) -> None:
        """Something may be durable that no snapshot has."""
        self._is_due = self._wanted

    def leave_idle(self, goes_on: Callable[[], bool]) -> None:
        """Leave one if there is anything new; gives way as soon as `goes_on` says no."""
        self._leave(goes_on)

    def leave_closing(self) -> None:
        """Leave one in the little time that there is."""
        until_s = self._now_s() + _CLOSING_S
        self._leave(lambda: self._now_s() < until_s)

    def _leave(self, goes_on: Callable[[], bool]) -> None:
        if not self._is_due:
            return
        try:
            self._is_due = not leave_snapshot(self._database, goes_on)
        except (OSError, sqlite3.Error):
            # Readers copy the database instead. What is wrong with the disk is told where a change fails by it.
            self._is_due = False


def leave_snapshot(database: Path, goes_on: Callable[[], bool]) -> bool:
    """Copy what is durable, for whoever holds the journal. Whether that is done; without room for it none is left.

    Raises OSError or sqlite3.Error.
    """
    path, half = database.parent / SNAPSHOT, database.parent / _HALF
    current = open_snapshot(database)
    if current is not None:
        current.close()
        return True
    for old in (half, database.parent / _FORMER):
        old.unlink(missing_ok=True)
    path.parent.mkdir(exist_ok=True)
    if free_bytes(database.parent) < LEAST_FREE_BYTES + database.stat().st_size:
        path.unlink(missing_ok=True)
        return True
    try:
        with half.open("xb") as file:
            if not _copied(database, half, file.fileno(), goes_on):
                return False
            keep_owner(file.fileno(), database)
            os.fsync(file.fileno())
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
    sync_directory(path.parent)
    return True


def _copied(database: Path, half: Path, fd: int, goes_on: Callable[[], bool]) -> bool:
    """`fd` is of the file `half`, empty yet. It is synced bit by bit: else what comes would wait for all of it."""
    synced = 0

    def stops() -> bool:
        nonlocal synced
        size = os.fstat(fd).st_size
        if size - synced >= _SYNCED_BYTES:
            os.fsync(fd)
            synced = size
        return not goes_on()

    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.set_progress_handler(stops, _STEPS_BETWEEN_LOOKS)
        try:
            connection.execute("VACUUM INTO ?", (str(half),))
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
            return False
    return True


def drop_snapshot(database: Path) -> None:
    """Delete it, whole or half: it names those who are to be forgotten. Raises OSError."""
    for name in (SNAPSHOT, _HALF, _FORMER):
        (database.parent / name).unlink(missing_ok=True)


def open_snapshot(database: Path) -> sqlite3.Connection | None:
    """The snapshot, if it has all that is durable; None for one that has not, and where there is none."""
    try:
        connection = snapshot_as_it_is(database.parent)
    except sqlite3.Error:
        # It may not be read: there is still the database itself.
        return None
    if connection is None:
        return None
    try:
        mark = read_mark(connection)
        if mark is not None and _ends_log(mark, database.with_name(LOG_NAME)):
            return connection
    except (OSError, sqlite3.Error):
        # Of an older program, or damaged: there is still the database itself.
        pass
    connection.close()
    return None


def snapshot_as_it_is(directory: Path) -> sqlite3.Connection | None:
    """For who sees no other file of the results, as the page's process on the box; the timer is asked for the rest.

    Raises sqlite3.Error where it may not be read.
    """
    path = directory / SNAPSHOT
    if not path.is_file():
        return None
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def _ends_log(mark: Mark, log: Path) -> bool:
    """Whether the log has been read to its end, and is the one that was read."""
    with log.open("rb") as file:
        return os.fstat(file.fileno()).st_size == mark.length and begins_with(file, mark)
