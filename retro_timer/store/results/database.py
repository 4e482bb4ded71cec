"""Opens the results database for the one writer, or for reading."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from retro_timer.errors import RetroTimerError
from retro_timer.store.results.private_copy import open_private_copy
from retro_timer.store.results.reps_log import NAME as LOG_NAME
from retro_timer.store.results.schema import VERSION, migrate, show_as_newest
from retro_timer.store.results.snapshot import open_snapshot, snapshot_as_it_is
from retro_timer.store.space import SNAPSHOT

NAME = "results.db"
BACKUPS = "backups"
"""Folder, in the state directory, of copies of the database."""
_BUSY_S = 5.0


def open_for_writing(directory: Path) -> sqlite3.Connection:
    """The database in a state directory, made if need be, brought up to date. Each commit is on disk when it returns.

    Raises OSError or sqlite3.Error when there is no disk to write on, RetroTimerError for a newer version.
    """
    directory.mkdir(parents=True, exist_ok=True)
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
def alone(directory: Path) -> Iterator[None]:
    """One program at a time makes or mends the database: SQLite waits for nobody while it changes to WAL."""
    directory.mkdir(parents=True, exist_ok=True)
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
    more than read, so that what its log still holds is seen. Whoever may not write there reads the writer's snapshot if
    that has all, and else a copy.
    """
    path = directory / NAME
    if not _is_there(path):
        log = directory / LOG_NAME
        if (log.is_file() and log.stat().st_size) or any((directory / BACKUPS).glob("*.db")):
            raise RetroTimerError(f"{path}: gone; the next start of the timer rebuilds the results")
        return _snapshot_alone(directory)
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_BUSY_S)
        tables = _tables(connection)
    except sqlite3.OperationalError:
        try:
            connection = _opened_alone(path)
            tables = _tables(connection)
        except PermissionError:
            raise _no_permission(path) from None
        except (OSError, sqlite3.Error) as error:
            raise RetroTimerError(f"{path}: cannot be read ({error})") from None
    except sqlite3.DatabaseError as error:
        raise _damaged(path, error) from None
    return _made_ready(connection, path, tables)


def sees_snapshot_alone(directory: Path) -> bool:
    """Whether the results themselves are not to be seen here, or there are none yet. Raises RetroTimerError."""
    return not _is_there(directory / NAME) and not (directory / LOG_NAME).is_file()


def _snapshot_alone(directory: Path) -> sqlite3.Connection | None:
    path = directory / SNAPSHOT
    try:
        connection = snapshot_as_it_is(directory)
    except sqlite3.Error as error:
        raise RetroTimerError(f"{path}: cannot be read ({error})") from None
    if connection is None:
        return None
    try:
        tables = _tables(connection)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise _damaged(path, error) from None
    return _made_ready(connection, path, tables)


def _made_ready(connection: sqlite3.Connection, path: Path, tables: set[str]) -> sqlite3.Connection:
    try:
        _check(connection, path, tables)
    except BaseException:
        connection.close()
        raise
    if int(connection.execute("PRAGMA user_version").fetchone()[0]) < VERSION:
        show_as_newest(connection)
    connection.execute("PRAGMA query_only = ON")
    connection.row_factory = sqlite3.Row
    return connection


@contextlib.contextmanager
def opened_results(directory: Path) -> Iterator[sqlite3.Connection]:
    """The database for one look, an empty one before the first session. Raises RetroTimerError for one that cannot be
    read, be that found at the look alone.
    """
    connection = open_for_reading(directory) or no_database()
    try:
        yield connection
    except sqlite3.DatabaseError as error:
        raise _damaged(directory / NAME, error) from None
    finally:
        connection.close()


def _is_there(path: Path) -> bool:
    try:
        if path.is_dir():
            raise RetroTimerError(f"{path}: a folder where the results' file should be: move it away")
        return path.is_file()
    except PermissionError:
        raise _no_permission(path) from None


def _no_permission(path: Path) -> RetroTimerError:
    return RetroTimerError(f"{path}: no permission: `sudo usermod -aG retro-timer $USER`, then log in again")


def _damaged(path: Path, error: sqlite3.DatabaseError) -> RetroTimerError:
    return RetroTimerError(f"{path}: damaged ({error}); the next start of the box rebuilds it")


def _opened_alone(path: Path) -> sqlite3.Connection:
    """Without a writer that has it open."""
    if not os.access(path.parent, os.W_OK) or not os.access(path, os.W_OK):
        return open_snapshot(path) or open_private_copy(path)
    return sqlite3.connect(path, timeout=_BUSY_S)


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _check(connection: sqlite3.Connection, path: Path, tables: set[str]) -> None:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if tables and not {"session", "rep"} <= tables:
        raise RetroTimerError(f"{path}: another program's file; the next start of the timer rebuilds the results")
    if version > VERSION:
        raise RetroTimerError(
            f"{path} has version {version}, this program knows up to {VERSION}: install the newer program again"
        )
    if not tables:
        raise RetroTimerError(f"{path}: empty; the next start of the timer rebuilds the results")
