"""A damaged database is set aside and built anew from the newest backup and `reps.jsonl`: nothing durable is lost."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import msgspec

from retro_timer.store.database import NAME, open_for_writing
from retro_timer.store.labels import correct_labels
from retro_timer.store.reps_log import read_log
from retro_timer.store.rows import save_row

BACKUPS = "backups"
KEPT_BACKUPS = 7
_MOST_DAMAGED = 3
_TAILS = ("", "-wal", "-shm")
_UNLABELLED = {"started_boot": "", "started_boot_ns": 0, "ended_boot": "", "ended_boot_ns": 0}
"""What a line that an older program wrote into the log does not have."""


class Repair(msgspec.Struct, frozen=True):
    """What a repair did."""

    set_aside: Path
    backup: Path | None
    reps: int
    """Reps in the database that was built."""


def is_sound(connection: sqlite3.Connection) -> bool:
    """Whether SQLite finds nothing wrong with the whole file. Reads all of it."""
    try:
        return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0]) == "ok"
    except sqlite3.DatabaseError:
        return False


def was_cut_off(directory: Path) -> bool:
    """Whether the database was left without being closed: its write-ahead log is still there."""
    wal = directory / f"{NAME}-wal"
    return wal.is_file() and wal.stat().st_size > 0


def repair(directory: Path, wall_ns: int) -> Repair:
    """Set the database aside and build it anew. Raises OSError or sqlite3.Error when that cannot be done either."""
    aside = _set_aside(directory, wall_ns)
    backup = _restore_newest_backup(directory)
    connection = open_for_writing(directory)
    try:
        connection.execute("BEGIN IMMEDIATE")
        for entry in read_log(directory):
            _apply(connection, entry)
        connection.execute("COMMIT")
        reps = int(connection.execute("SELECT count(*) FROM rep").fetchone()[0])
    finally:
        connection.close()
    return Repair(aside, backup, reps)


def _set_aside(directory: Path, wall_ns: int) -> Path:
    """Move the damaged files away; only the newest few are kept."""
    aside = directory / f"results.damaged-{_next_stamp(directory, 'results.damaged-*.db', wall_ns)}.db"
    for tail in _TAILS:
        path = directory / f"{NAME}{tail}"
        if path.exists():
            path.replace(aside.with_name(aside.name + tail))
    for old in sorted(directory.glob("results.damaged-*.db"))[:-_MOST_DAMAGED]:
        for tail in _TAILS:
            old.with_name(old.name + tail).unlink(missing_ok=True)
    return aside


def _restore_newest_backup(directory: Path) -> Path | None:
    for path in sorted((directory / BACKUPS).glob("results-*.db"), reverse=True):
        with contextlib.closing(sqlite3.connect(path)) as source:
            if not is_sound(source):
                continue
            with contextlib.closing(sqlite3.connect(directory / NAME)) as target:
                source.backup(target)
            return path
    return None


def back_up(directory: Path, wall_ns: int) -> Path | None:
    """Copy the database as it is now, beside a running writer; None when there is none. The newest seven are kept.

    Raises OSError or sqlite3.Error.
    """
    if not (directory / NAME).is_file():
        return None
    folder = directory / BACKUPS
    folder.mkdir(exist_ok=True)
    path = folder / f"results-{_next_stamp(folder, 'results-*.db', wall_ns)}.db"
    fresh = path.with_suffix(".new")
    with (
        contextlib.closing(sqlite3.connect(directory / NAME)) as source,
        contextlib.closing(sqlite3.connect(fresh)) as target,
    ):
        source.backup(target)
    fresh.replace(path)
    for old in sorted(folder.glob("results-*.db"))[:-KEPT_BACKUPS]:
        old.unlink()
    return path


def _next_stamp(folder: Path, pattern: str, wall_ns: int) -> str:
    """Wall time in seconds, or what comes after the newest file's: the clock may have been set back since."""
    stamps = [digits for path in folder.glob(pattern) if (digits := path.stem.rpartition("-")[2]).isdigit()]
    return f"{max([wall_ns // 1_000_000_000, *(int(digits) + 1 for digits in stamps)]):011d}"


def _apply(connection: sqlite3.Connection, entry: dict[str, Any]) -> None:
    """One line of the log; one that does not fit the schema is passed over, as a torn one is."""
    with contextlib.suppress(KeyError, sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError):
        if "begin" in entry:
            connection.execute(
                "INSERT INTO session (id, started_wall_ns, outcome, board, owner, title, plan, roster, started_boot,"
                " started_boot_ns) VALUES (:session, :begin, 'open', :board, :owner, :title, :plan, :roster,"
                " :started_boot, :started_boot_ns)"
                " ON CONFLICT (id) DO UPDATE SET started_wall_ns = :begin, board = :board, owner = :owner,"
                " title = :title, plan = :plan, roster = :roster, started_boot = :started_boot,"
                " started_boot_ns = :started_boot_ns",
                {**_UNLABELLED, **entry, "roster": msgspec.json.encode(entry["roster"]).decode()},
            )
        elif "end" in entry:
            connection.execute(
                "UPDATE session SET outcome = :outcome, ended_wall_ns = :end, ended_boot = :ended_boot,"
                " ended_boot_ns = :ended_boot_ns WHERE id = :session",
                {**_UNLABELLED, **entry},
            )
        elif "clock" in entry:
            correct_labels(connection, entry["boot"], entry["clock"])
        elif "rep" in entry:
            save_row(connection, entry)
