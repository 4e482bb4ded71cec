"""The results' database for one command that reads."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator

from retro_timer.errors import RetroTimerError
from retro_timer.settings import paths
from retro_timer.store.results.database import NAME, no_database, open_for_reading


@contextlib.contextmanager
def opened_results() -> Iterator[sqlite3.Connection]:
    """The database, an empty one before the first session. Raises RetroTimerError for one that cannot be read."""
    connection = open_for_reading(paths.state_dir()) or no_database()
    try:
        yield connection
    except sqlite3.DatabaseError as error:
        raise RetroTimerError(
            f"{paths.state_dir() / NAME}: damaged ({error}); the next start of the box rebuilds it"
        ) from None
    finally:
        connection.close()
