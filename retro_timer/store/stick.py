"""Copies results onto a USB stick: the database, and each athlete's sessions as FIT files that a platform takes."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import socket
import sqlite3
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path

import msgspec

from retro_timer.errors import RetroTimerError
from retro_timer.settings.whole import write_whole
from retro_timer.store.exchange.fit.activity import LeftOut, activities
from retro_timer.store.exchange.selecting import Results, Selection
from retro_timer.store.results.backups import back_up
from retro_timer.store.results.copying import copied

FOLDER = "retro-timer"
"""On the stick; in it a folder for each box, since one stick serves several."""
FILE_SYSTEMS = ("vfat", "exfat")
"""What a stick has that was bought, and what the box mounts: none whose own rights would count here."""
_FIT = "fit"
_DONE = "copied.json"
"""In the folder of the FIT files: what each session was when its files were written."""
_FULL = (errno.ENOSPC, errno.EDQUOT)
_READ_ONLY = (errno.EROFS, errno.EACCES, errno.EPERM)


class Trouble(StrEnum):
    """Why a stick does not have everything, in the socket's words."""

    FULL = "full"
    READ_ONLY = "read-only"
    FOREIGN = "foreign"
    FAILED = "failed"


class StickError(RetroTimerError):
    """A stick that does not have everything; `trouble` is what can be told aloud."""

    def __init__(self, trouble: Trouble, text: str) -> None:
        super().__init__(text)
        self.trouble = trouble


class CopiedOnto(msgspec.Struct, frozen=True):
    """What a stick has now."""

    database: Path
    fit_files: int
    """Written just now: those of sessions that have not changed since the last time stay as they are."""


def check_mounted(stick: Path, mounts: Path = Path("/proc/self/mountinfo")) -> None:
    """Raise StickError unless a stick with one of the known file systems is mounted at this very place."""
    for line in mounts.read_text(encoding="utf-8").splitlines():
        before, _, after = line.partition(" - ")
        if Path(before.split()[4]) == stick:
            kind = after.split()[0]
            if kind in FILE_SYSTEMS:
                return
            raise StickError(Trouble.FOREIGN, f"{stick}: {kind}; expected a stick formatted as FAT or exFAT")
    raise StickError(Trouble.FOREIGN, f"{stick}: no stick that can be read; expected one formatted as FAT or exFAT")


def box_name(machine_id: Path = Path("/etc/machine-id")) -> str:
    """What this box is called on a stick: many have the same host name, as their system was delivered with it."""
    try:
        told = machine_id.read_bytes()
    except OSError:
        return socket.gethostname()
    return f"{socket.gethostname()}-{hashlib.sha256(told).hexdigest()[:6]}"


def copy_to(
    state: Path, stick: Path, wall_ns: int, done: Callable[[float], None] = lambda _: None
) -> CopiedOnto | None:
    """Copy all results into a folder of a stick, each file as a whole or not at all; None when there are none yet.

    `done` hears how many sessions are through. Raises StickError.
    """
    folder = stick / FOLDER / box_name()
    with _told_as_trouble(stick):
        folder.mkdir(parents=True, exist_ok=True)
        database = back_up(state, wall_ns, folder)
        if database is None:
            return None
        written = _write_activities(database, folder / _FIT, done)
        _sync(folder)
    return CopiedOnto(database, written)


@contextlib.contextmanager
def _told_as_trouble(stick: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        kinds = {**dict.fromkeys(_FULL, Trouble.FULL), **dict.fromkeys(_READ_ONLY, Trouble.READ_ONLY)}
        trouble = kinds.get(error.errno or 0, Trouble.FAILED)
        raise StickError(trouble, f"{stick}: not all is copied ({error.strerror or error})") from None
    except sqlite3.Error as error:
        full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        raise StickError(Trouble.FULL if full else Trouble.FAILED, f"{stick}: not all is copied ({error})") from None
    except RetroTimerError as error:
        raise StickError(Trouble.FAILED, str(error)) from None


def _write_activities(database: Path, folder: Path, done: Callable[[float], None]) -> int:
    """Write a FIT file for each athlete of each session that is not there as it is now."""
    # fit-tool takes a while to load.
    from retro_timer.store.exchange.fit.encoding import fit_bytes

    folder.mkdir(exist_ok=True)
    before, now, written = _read_done(folder), dict[str, list[str]](), 0
    with contextlib.closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as there:
        there.row_factory = sqlite3.Row
        with copied(there) as connection:
            connection.row_factory = sqlite3.Row
            results = Results(connection, Selection())
            for count, number in enumerate(results.numbers, start=1):
                mark = _state_of(connection, number)
                names = before.get(mark)
                if names is None or not all((folder / name).is_file() for name in names):
                    names = []
                    for made in activities(connection, results, number, LeftOut()):
                        write_whole(folder / made.file_name, fit_bytes(made))
                        names.append(made.file_name)
                    written += len(names)
                now[mark] = names
                done(count)
    for name in {name for names in before.values() for name in names} - {
        name for names in now.values() for name in names
    }:
        # What has another date, athlete or name by now.
        (folder / name).unlink(missing_ok=True)
    write_whole(folder / _DONE, json.dumps(now).encode())
    return written


def _read_done(folder: Path) -> dict[str, list[str]]:
    try:
        done = msgspec.json.decode((folder / _DONE).read_bytes(), type=dict[str, list[str]])
    except (OSError, msgspec.MsgspecError):
        # Of another program, or none yet: all files are written anew.
        return {}
    # Anybody may have written onto the stick: no name leads out of its folder, to what is not an activity.
    return {mark: names for mark, names in done.items() if all(map(_is_activity, names))}


def _is_activity(name: str) -> bool:
    return Path(name).name == name and name.endswith(".fit")


def _state_of(connection: sqlite3.Connection, number: int) -> str:
    """What a session's files depend on: it changes whenever one of them would."""
    hasher = hashlib.sha256()
    queries = (
        "SELECT uid, started_wall_ns, started_boot, dated, outcome, title, plan FROM session WHERE id = ?",
        "SELECT rep.rep, rep.revision, rep.go_wall_ns, rep.athlete_id, athlete.name, athlete.revision FROM rep"
        " LEFT JOIN athlete ON athlete.uid = rep.athlete_id WHERE rep.session = ? ORDER BY rep.rep",
    )
    for query in queries:
        for row in connection.execute(query, (number,)):
            hasher.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
    return hasher.hexdigest()[:16]


def _sync(folder: Path) -> None:
    """Have the whole stick written: whoever hears that it is copied pulls it."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
