"""A copy of the database to read, for whoever may read its folder and not write there.

While the timer runs SQLite lets such a reader in. Once the writer has gone, the first reader would have to make the
shared memory anew beside the database, or replay what a killed writer left in the write-ahead log: it may do neither.
Where the writer has left a snapshot of all that is durable, none of this is needed.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

_LOG = "-wal"
_ROOMY = Path("/var/tmp")
"""On the disk, where /tmp is memory."""
_TRIES = 5


def open_private_copy(path: Path) -> sqlite3.Connection:
    """The database as it is now, in a copy that is gone with the connection, whatever becomes of this process.

    Raises OSError when it cannot be read or there is no room, sqlite3.Error for a file that is no database.
    """
    for _ in range(_TRIES):
        before = _state(path)
        with tempfile.TemporaryDirectory(prefix="retro-timer-", dir=roomy_folder()) as folder:
            copy = Path(folder) / path.name
            for tail in ("", _LOG):
                source = path.with_name(path.name + tail)
                if source.exists():
                    shutil.copyfile(source, copy.with_name(copy.name + tail))
            if _state(path) == before:
                return _opened(copy)
    raise OSError(None, "the timer writes all the while; try again", str(path))


def _opened(copy: Path) -> sqlite3.Connection:
    """Every file open: their names are not needed from here on."""
    connection = sqlite3.connect(copy)
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _state(path: Path) -> list[tuple[int, int, int] | None]:
    """Changes with every change of the database and of its log: a copy that was made meanwhile is torn."""
    found = list[tuple[int, int, int] | None]()
    for tail in ("", _LOG):
        try:
            stat = path.with_name(path.name + tail).stat()
        except FileNotFoundError:
            found.append(None)
        else:
            found.append((stat.st_ino, stat.st_size, stat.st_mtime_ns))
    return found


def roomy_folder() -> Path | None:
    """Where a copy of the database has room; None for the usual place."""
    return _ROOMY if "TMPDIR" not in os.environ and os.access(_ROOMY, os.W_OK | os.X_OK) else None
