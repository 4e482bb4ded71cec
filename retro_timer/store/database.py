"""Opens the results database for the one writer, or for reading."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from retro_timer.errors import RetroTimerError
from retro_timer.store.schema import VERSION, migrate

NAME = "results.db"
_BUSY_S = 5.0


def open_for_writing(directory: Path) -> sqlite3.Connection:
    """The database in a state directory, made if need be, brought up to date. Each commit is on disk when it returns.

    Raises OSError or sqlite3.Error when there is no disk to write on, RetroTimerError for a newer version.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with _alone(directory):
        connection = sqlite3.connect(directory / NAME, timeout=_BUSY_S, check_same_thread=False, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            migrate(connection)
        except BaseException:
            connection.close()
            raise
    return connection


@contextlib.contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """One program at a time makes the database: SQLite waits for nobody while it changes to WAL."""
    fd = os.open(directory / ".opening", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def no_database() -> sqlite3.Connection:
    """An empty one in memory, for queries before the first session."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    migrate(connection)
    return connection


def open_for_reading(directory: Path) -> sqlite3.Connection | None:
    """The database for queries only; None when there is none yet. Raises RetroTimerError when it cannot be read.

    A WAL database cannot always be opened read-only once its writer has gone: then it is opened for writing and no
    more than read, so that what its log still holds is seen.
    """
    path = directory / NAME
    if not path.is_file():
        return None
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_S)
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        try:
            connection = sqlite3.connect(path, timeout=_BUSY_S)
            connection.execute("PRAGMA query_only = ON")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error as error:
            raise RetroTimerError(f"{path}: cannot be read ({error})") from None
    except sqlite3.DatabaseError as error:
        raise RetroTimerError(f"{path}: damaged ({error}); the next start of the box rebuilds it") from None
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        connection.close()
        raise RetroTimerError(
            f"{path} has version {version}, this program knows up to {VERSION}: install the newer program again"
        )
    connection.row_factory = sqlite3.Row
    return connection
