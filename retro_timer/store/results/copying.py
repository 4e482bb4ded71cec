"""Copies a database that somebody writes to, bit by bit: no portion of it holds the writer's log for long."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from retro_timer.errors import RetroTimerError
from retro_timer.store.results.private_copy import roomy_folder

PORTION_PAGES = 1000
"""4 MB, within which SQLite's write-ahead log cannot begin anew: 0.2 s from a slow card."""
_MOST_BEGINNINGS = 50
"""A change by another process makes SQLite begin again. Somebody who runs is timed every few seconds at most."""


def copy_in_portions(
    source: sqlite3.Connection, target: sqlite3.Connection, told: Callable[[int], None] = lambda _left: None
) -> None:
    """Copy all of `source`, of any size, as it is at the end; `told` hears after each portion how many pages are left.

    Raises sqlite3.Error, RetroTimerError where it changes faster than it can be copied.
    """
    beginnings, before = 0, -1

    def count(_status: int, left: int, _total: int) -> None:
        nonlocal beginnings, before
        beginnings += left > before
        before = left
        if beginnings > _MOST_BEGINNINGS:
            raise RetroTimerError("the results change faster than they can be copied: try again after the session")
        told(left)

    source.backup(target, pages=PORTION_PAGES, progress=count)


@contextlib.contextmanager
def work_folder() -> Iterator[Path]:
    """A folder for a while, with room for a copy. Raises OSError."""
    with tempfile.TemporaryDirectory(prefix="retro-timer-", dir=roomy_folder()) as folder:
        yield Path(folder)


@contextlib.contextmanager
def copied(source: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """A copy for one long look, which holds up no writer. Raises OSError, sqlite3.Error or RetroTimerError."""
    with work_folder() as folder, contextlib.closing(sqlite3.connect(folder / "copy.db")) as copy:
        copy_in_portions(source, copy)
        yield copy
