"""Copies of the database without those who are to be forgotten: each is written anew, or goes if it cannot be read."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from retro_timer.errors import RetroTimerError
from retro_timer.settings.whole import keep_owner
from retro_timer.store.results.anonymised_lines import Rewritten
from retro_timer.store.results.apply import read_mark, write_mark
from retro_timer.store.results.athletes import forget_athlete
from retro_timer.store.results.backups import PATTERN, is_sound
from retro_timer.store.results.database import BACKUPS, NAME, open_for_writing
from retro_timer.store.results.entries import Forgotten, new_id
from retro_timer.store.results.repair import DAMAGE, DAMAGED, TAILS
from retro_timer.store.results.reps_log import sync_directory
from retro_timer.store.results.schema import migrate


def clean_database(directory: Path) -> None:
    """Write the whole database anew, so that nothing stands in its unused pages.

    Raises sqlite3.Error, or RetroTimerError where a reader holds on to what was there before.
    """
    with contextlib.closing(open_for_writing(directory)) as connection:
        _leave_nothing(connection)
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise RetroTimerError(
                f"{directory / NAME}: another program reads it and holds on to the name: end that one, then run this"
                " again to complete it"
            )


def mark_log(directory: Path, log: Rewritten) -> None:
    """Tell the database that it has read all of a log that was written anew; else it would read it once more."""
    with contextlib.closing(open_for_writing(directory)) as connection:
        mark = read_mark(connection)
        if mark is not None:
            write_mark(connection, type(mark)(log.length, log.last_start, log.last_id, mark.entries))


def clean_backups(directory: Path, uids: Iterable[str]) -> tuple[int, list[Path], list[Path]]:
    """How many copies were written anew, which could not be read and are gone, which a newer program has made.

    Raises OSError or sqlite3.Error.
    """
    folder, cleaned = directory / BACKUPS, 0
    gone, newer = list[Path](), list[Path]()
    if not folder.is_dir():
        return 0, gone, newer
    for half in folder.glob("*.new*"):
        half.unlink()
    known = tuple(uids)
    for path in sorted(folder.glob(PATTERN)):
        try:
            if _clean_copy(path, known):
                cleaned += 1
                continue
            gone.append(path)
        except RetroTimerError:
            newer.append(path)
    for path in gone:
        path.unlink()
    sync_directory(folder)
    return cleaned, gone, newer


def delete_damaged(directory: Path) -> list[Path]:
    """Delete what was set aside as damaged: nobody can tell whom it names. Raises OSError."""
    gone = sorted(directory.glob(DAMAGED))
    for path in gone:
        path.unlink()
    sync_directory(directory)
    return gone


def _clean_copy(path: Path, uids: tuple[str, ...]) -> bool:
    """Whether it could be read, and is without them now."""
    fresh = path.with_suffix(".new")
    try:
        with contextlib.closing(sqlite3.connect(path)) as there, contextlib.closing(_connect(fresh)) as here:
            there.backup(here)
            if not is_sound(here):
                return False
            here.execute("PRAGMA journal_mode = DELETE")
            migrate(here)
            for uid in uids:
                if here.execute("SELECT 1 FROM athlete WHERE uid = ?", (uid,)).fetchone() is not None:
                    forget_athlete(here, Forgotten(id=new_id(), athlete=uid))
            _leave_nothing(here)
        with fresh.open("rb+") as file:
            keep_owner(file.fileno(), path)
            os.fsync(file.fileno())
        for tail in TAILS[1:]:
            # What a reader left beside the old file must not be read into the new one.
            path.with_name(path.name + tail).unlink(missing_ok=True)
        fresh.replace(path)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode not in DAMAGE:
            raise
        return False
    finally:
        for tail in ("", "-journal", *TAILS[1:]):
            fresh.with_name(fresh.name + tail).unlink(missing_ok=True)
    return True


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def _leave_nothing(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("VACUUM")
