"""Copies of the database, kept by what is in them: an emptier one never takes the place of a fuller one."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import msgspec

from retro_timer.errors import RetroTimerError
from retro_timer.store.results.apply import Mark, read_mark
from retro_timer.store.results.copying import copy_in_portions
from retro_timer.store.results.database import BACKUPS, NAME
from retro_timer.store.results.reps_log import sync_directory
from retro_timer.store.results.snapshot import open_snapshot

KEPT_BACKUPS = 7
PATTERN = "results-*.db"
"""Names of the copies."""
_HALVES = "results-*.new*"
"""One that is being made, and what SQLite keeps beside it."""


class Content(msgspec.Struct, frozen=True, order=True):
    """What a database holds of all that has not been deleted since. The greater, the fuller."""

    reps: int = 0
    sessions: int = 0
    entries: int = 0


def is_sound(connection: sqlite3.Connection) -> bool:
    """Whether SQLite finds nothing wrong with the whole file. Reads all of it. Raises sqlite3.OperationalError."""
    try:
        return str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0]) == "ok"
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return False


def content(connection: sqlite3.Connection, deleted: tuple[int, ...] = ()) -> Content:
    """What a database of any version holds, less the sessions of these numbers. Raises sqlite3.Error."""
    marks = ", ".join("?" * len(deleted))
    reps = connection.execute(f"SELECT count(*) FROM rep WHERE session NOT IN ({marks})", deleted).fetchone()[0]
    sessions = connection.execute(f"SELECT count(*) FROM session WHERE id NOT IN ({marks})", deleted).fetchone()[0]
    mark = _mark(connection)
    return Content(reps, sessions, 0 if mark is None else mark.entries)


def _mark(connection: sqlite3.Connection) -> Mark | None:
    """How much of the log is in a copy; None in one that an older program has made."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    return read_mark(connection) if version >= 3 else None


def back_up(directory: Path, wall_ns: int, folder: Path | None = None) -> Path | None:
    """Copy the database as it is now, beside a running writer, into a folder (`backups`).

    None when nothing is in it yet. The seven fullest copies are kept. Raises OSError or sqlite3.Error, RetroTimerError
    for a database that is damaged or has less in it than a copy that it would push out.
    """
    folder = folder or directory / BACKUPS
    if not (directory / NAME).is_file() and not list(folder.glob(PATTERN)):
        return None
    fresh = folder / f"results-{next_stamp(folder, PATTERN, wall_ns)}.new"
    folder.mkdir(exist_ok=True)
    for half in folder.glob(_HALVES):
        # Whoever made it was cut off.
        half.unlink()
    try:
        found, deleted = _copy(directory / NAME, fresh)
        if found == Content() and not list(folder.glob(PATTERN)):
            return None
        kept = _worth_keeping(folder, deleted, (found, fresh))
        if fresh not in kept:
            raise RetroTimerError(
                f"{directory / NAME}: {found.reps} reps, fewer than in the copies; none is replaced by it."
                " Restart the timer: it completes the results from reps.jsonl"
            )
        path = fresh.replace(fresh.with_suffix(".db"))
    finally:
        fresh.unlink(missing_ok=True)
    for old in set(folder.glob(PATTERN)) - {path, *kept}:
        old.unlink()
    sync_directory(folder)
    return path


def _copy(source: Path, target: Path) -> tuple[Content, tuple[int, ...]]:
    """A whole and sound copy: what is in it, and the numbers of sessions that were deleted."""
    with (
        contextlib.closing(open_snapshot(source) or _opened(source)) as there,
        contextlib.closing(sqlite3.connect(target)) as here,
    ):
        copy_in_portions(there, here)
        if not is_sound(here):
            raise RetroTimerError(f"{source}: damaged, not copied; the next start of the timer rebuilds it")
        try:
            return content(here), _deleted(here)
        except sqlite3.OperationalError:
            raise RetroTimerError(f"{source}: no results in it; the next start of the timer rebuilds them") from None


def _opened(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{database.absolute().as_uri()}?mode=rw", uri=True)


def _deleted(connection: sqlite3.Connection) -> tuple[int, ...]:
    if _mark(connection) is None:
        return ()
    return tuple(number for (number,) in connection.execute("SELECT session FROM tombstone"))


def _worth_keeping(folder: Path, deleted: tuple[int, ...], fresh: tuple[Content, Path]) -> set[Path]:
    """The fullest, the newest of equals first; of copies that say the same only the newest."""
    kept: dict[Content, Path] = {}
    ranked = sorted([fresh, *_found(folder, deleted)], key=lambda pair: (pair[0], pair[1].stem), reverse=True)
    for holds, path in ranked:
        kept.setdefault(holds, path)
    return set(list(kept.values())[:KEPT_BACKUPS])


def _found(folder: Path, deleted: tuple[int, ...] = ()) -> list[tuple[Content, Path]]:
    """Every copy that can be read, with what is in it."""
    found = []
    for path in folder.glob(PATTERN):
        with contextlib.closing(sqlite3.connect(path)) as connection:
            try:
                found.append((content(connection, deleted), path))
            except sqlite3.DatabaseError:
                # A copy that cannot be read is worth nothing to anybody.
                continue
    return found


def restore_fullest(directory: Path) -> Path | None:
    """Put the fullest sound copy in the database's place; None when there is none. Raises OSError or sqlite3.Error."""
    ranked = sorted(_found(directory / BACKUPS), key=lambda pair: (pair[0], pair[1].stem), reverse=True)
    for _, path in ranked:
        with contextlib.closing(sqlite3.connect(path)) as source:
            if not is_sound(source):
                continue
            with contextlib.closing(sqlite3.connect(directory / NAME)) as target:
                source.backup(target)
            return path
    return None


def next_stamp(folder: Path, pattern: str, wall_ns: int) -> str:
    """Wall time in seconds, or what comes after the newest file's: the clock may have been set back since."""
    stamps = [digits for path in folder.glob(pattern) if (digits := path.stem.rpartition("-")[2]).isdigit()]
    return f"{max([wall_ns // 1_000_000_000, *(int(digits) + 1 for digits in stamps)]):011d}"
