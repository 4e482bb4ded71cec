"""Log and database made to agree: what one lacks is taken from the other, and nothing is done twice."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Iterable, Iterator

import msgspec

from retro_timer.ports import ClockSource
from retro_timer.store.results.apply import OPEN, Mark, apply, read_mark, write_mark
from retro_timer.store.results.athletes import athlete_rows, entry_of_row
from retro_timer.store.results.entries import (
    Adopted,
    AnyEntry,
    AthleteKept,
    Begun,
    Change,
    ClockSet,
    Deleted,
    Ended,
    Forgotten,
    PresenceKept,
    RepKept,
    Revised,
    encode,
    id_number,
    new_id,
)
from retro_timer.store.results.log_lines import LineReader
from retro_timer.store.results.reps_log import RepsLog
from retro_timer.store.results.rows import COLUMNS

_NOTHING = Mark(0, 0, 0, 0)
_CACHE_KIB, _USUAL_CACHE_KIB = 48_000, 2_000


class Completed(msgspec.Struct, frozen=True):
    """What it took to make them agree."""

    added: int
    """Sessions, and words on reps, that the log had and the database had not."""
    appended: int
    """The other way round."""
    unread: int
    """Lines of the log that no program can read: torn or damaged."""


def complete(connection: sqlite3.Connection, log: RepsLog) -> Completed:
    """Make database and log agree, within the caller's transaction.

    Where the database knows the log's beginning, only the rest is read. Else both are read whole, which takes about
    a minute for a million reps on a desktop computer. Raises OSError, sqlite3.Error or RetroTimerError.
    """
    mark = read_mark(connection)
    if mark is not None and goes_on_from(log, mark):
        return _read_on(connection, log, mark)
    return _read_all(connection, log, mark or _NOTHING)


def goes_on_from(log: RepsLog, mark: Mark) -> bool:
    """Whether the log begins with what the database has read: its last line is looked at, not all of them."""
    if log.size < mark.length:
        return False
    if mark.entries == 0 or mark.length == 0:
        return mark.length == 0
    _, line = next(log.lines(mark.last_start), (0, b""))
    entry = LineReader().read(line)
    return entry is not None and id_number(entry.id) == mark.last_id


def _read_on(connection: sqlite3.Connection, log: RepsLog, mark: Mark) -> Completed:
    if log.size == mark.length:
        return Completed(0, 0, 0)
    log.sync()
    return take_over(connection, mark, log.lines(mark.length), log.size)


def take_over(connection: sqlite3.Connection, mark: Mark, lines: Iterable[tuple[int, bytes]], length: int) -> Completed:
    """Apply lines that follow the mark, each with where it begins, within the caller's transaction.

    `length`: of the log to the end of the last of them. Raises sqlite3.Error or RetroTimerError.
    """
    reading = _Reading(connection, mark)
    for start, line in lines:
        reading.take(start, line)
    return reading.finish(length, 0)


def _read_all(connection: sqlite3.Connection, log: RepsLog, mark: Mark) -> Completed:
    log.sync()
    # Ids are random: with SQLite's usual 2 MB each of them would cost a page from the disk.
    connection.execute(f"PRAGMA cache_size = {-_CACHE_KIB}")
    reading = _Reading(connection, msgspec.structs.replace(mark, length=0, last_start=0, last_id=0))
    connection.execute("CREATE TEMP TABLE logged (uid TEXT, part INTEGER, revision INTEGER)")
    for start, line in log.lines():
        entry = reading.take(start, line)
        if entry is not None:
            connection.executemany("INSERT INTO logged VALUES (?, ?, ?)", _parts(entry))
    connection.execute("CREATE INDEX temp.logged_by_uid ON logged (uid, part, revision)")
    lacking = 0

    def lines() -> Iterator[bytes]:
        nonlocal lacking
        for entry in _not_logged(connection):
            lacking += 1
            reading.last_id = id_number(entry.id)
            # A session's beginning keeps its id, which is there already.
            added = connection.execute("INSERT OR IGNORE INTO entry VALUES (?)", (reading.last_id,))
            reading.entries += added.rowcount
            yield encode(entry)

    last_start = log.append(lines())
    if lacking:
        reading.last_start = last_start
    connection.execute("DROP TABLE logged")
    connection.execute(f"PRAGMA cache_size = {-_USUAL_CACHE_KIB}")
    return reading.finish(log.size, lacking)


class _Reading:
    """Applies lines one after the other and remembers the last."""

    def __init__(self, connection: sqlite3.Connection, mark: Mark) -> None:
        self._connection = connection
        self._reader = LineReader()
        self.last_start, self.last_id, self.entries = mark.last_start, mark.last_id, mark.entries
        self._added = self._unread = 0

    def take(self, start: int, line: bytes) -> AnyEntry | None:
        """The entry of a line, applied; None when it cannot be read."""
        if not line.strip():
            return None
        entry = self._reader.read(line)
        try:
            changed = None if entry is None else apply(self._connection, entry)
        except (sqlite3.IntegrityError, OverflowError):
            entry = None
        if entry is None:
            self._unread += 1
            return None
        self.last_start, self.last_id = start, id_number(entry.id)
        self.entries += changed is not None
        self._added += bool(changed)
        return entry

    def finish(self, length: int, appended: int) -> Completed:
        """Write the mark down."""
        write_mark(self._connection, Mark(length, self.last_start, self.last_id, self.entries))
        return Completed(self._added, appended, self._unread)


_BEGIN, _END, _DELETED, _ATHLETE, _FORGOTTEN, _REVISED, _PRESENCE, _CLOCK = range(0, -8, -1)


def _parts(entry: AnyEntry) -> list[tuple[str, int, int]]:
    """Of what an entry tells: an id, a rep by its number or one of the above, and a revision."""
    match entry:
        case Begun():
            return [(entry.id, _BEGIN, 0)]
        case RepKept():
            return [(entry.uid, entry.rep, entry.revision)]
        case Ended():
            return [(entry.uid, _END, 0)]
        case Deleted():
            return [(entry.uid, _DELETED, 0)]
        case Revised():
            return [(entry.id, _REVISED, 0), *((rep.uid, rep.rep, rep.revision) for rep in entry.reps)]
        case AthleteKept():
            return [(entry.athlete, _ATHLETE, entry.revision)]
        case Forgotten():
            return [(entry.athlete, _FORGOTTEN, 0)]
        case PresenceKept():
            return [(f"{entry.uid} {entry.name}", _PRESENCE, entry.revision)]
        case ClockSet() if entry.source:
            return [(entry.boot, _CLOCK, int(entry.source != ClockSource.NOBODY))]
        case Adopted() | ClockSet():
            return []


def _not_logged(connection: sqlite3.Connection) -> Iterator[AnyEntry]:
    """What the database has and the log lacks, as lines for it."""
    yield from _people_not_logged(connection)
    yield from _sessions_not_logged(connection)
    columns = ", ".join(f"rep.{name}" for name in COLUMNS)
    reps = connection.execute(
        f"SELECT session.uid, {columns} FROM rep JOIN session ON session.id = rep.session WHERE rep.revision >"
        " (SELECT coalesce(max(revision), 0) FROM logged WHERE logged.uid = session.uid AND part = rep.rep)"
    )
    for uid, *row in reps:
        yield RepKept(id=new_id(), uid=uid, **dict(zip(COLUMNS, row, strict=True)))
    ended = connection.execute(
        "SELECT uid, id, ended_wall_ns, outcome, ended_boot, ended_boot_ns FROM session WHERE outcome != ?"
        f" AND ended_wall_ns IS NOT NULL AND NOT EXISTS {_logged('session.uid', _END)}",
        (OPEN,),
    )
    for uid, number, end, outcome, boot, boot_ns in ended:
        yield Ended(
            id=new_id(), uid=uid, session=number, end=end, outcome=outcome, ended_boot=boot, ended_boot_ns=boot_ns
        )
    deleted = connection.execute(
        f"SELECT uid, session FROM tombstone WHERE NOT EXISTS {_logged('tombstone.uid', _DELETED)}"
    )
    for uid, number in deleted:
        yield Deleted(id=new_id(), uid=uid, session=number)
    yield from _corrections_not_logged(connection)


def _sessions_not_logged(connection: sqlite3.Connection) -> Iterator[AnyEntry]:
    begun = connection.execute(
        "SELECT uid, id, started_wall_ns, board, title, plan, roster, owner, started_boot, started_boot_ns,"
        f" athletes FROM session WHERE NOT EXISTS {_logged('session.uid', _BEGIN)} ORDER BY id"
    )
    for uid, number, begin, board, title, plan, roster, owner, boot, boot_ns, athletes in begun:
        yield Begun(
            id=uid,
            session=number,
            begin=begin,
            board=board,
            title=title,
            plan=plan,
            roster=tuple(json.loads(roster)),
            owner=owner,
            started_boot=boot,
            started_boot_ns=boot_ns,
            athletes=tuple(json.loads(athletes)),
        )


def _people_not_logged(connection: sqlite3.Connection) -> Iterator[AnyEntry]:
    """Those of whom no more than a name is known come with their sessions and reps."""
    for row in athlete_rows(connection):
        newest = connection.execute(
            "SELECT coalesce(max(revision), 0), coalesce(sum(part = ?), 0) FROM logged WHERE uid = ?"
            " AND part IN (?1, ?3)",
            (_FORGOTTEN, row.uid, _ATHLETE),
        ).fetchone()
        if row.revision > newest[0]:
            yield entry_of_row(row, new_id())
        if row.removed and not newest[1]:
            yield Forgotten(id=new_id(), athlete=row.uid)


def _corrections_not_logged(connection: sqlite3.Connection) -> Iterator[AnyEntry]:
    found = connection.execute(
        "SELECT revision.id, uid, session, rep, kind, before, after, wall_ns, boot, boot_ns, origin, undoes"
        " FROM revision JOIN session ON session.id = session"
        f" WHERE NOT EXISTS {_logged('revision.id', _REVISED)} ORDER BY seq"
    )
    for _, rows in itertools.groupby(found.fetchall(), key=lambda row: row[0]):
        same = list(rows)
        entry_id, uid, session, _, kind, _, _, wall_ns, boot, boot_ns, origin, undoes = same[0]
        yield Revised(
            id=entry_id,
            uid=uid,
            session=session,
            correction=kind,
            changes=tuple(Change(row[3], json.loads(row[5]), json.loads(row[6])) for row in same),
            wall_ns=wall_ns,
            boot=boot,
            boot_ns=boot_ns,
            origin=origin,
            undoes=undoes,
        )
    here = connection.execute(
        "SELECT uid, session, name, athlete_id, revision, present, place, skipped FROM presence"
        " JOIN session ON session.id = session WHERE revision > (SELECT coalesce(max(revision), 0) FROM logged"
        " WHERE logged.uid = session.uid || ' ' || name AND part = ?)",
        (_PRESENCE,),
    )
    for uid, session, name, athlete_id, revision, present, order, skipped in here.fetchall():
        yield PresenceKept(
            id=new_id(),
            uid=uid,
            session=session,
            name=name,
            athlete_id=athlete_id,
            revision=revision,
            present=bool(present),
            order=order,
            skipped=tuple(json.loads(skipped)),
        )
    clocks = connection.execute(
        "SELECT boot, source, offset_ns FROM clock WHERE NOT EXISTS (SELECT 1 FROM logged WHERE logged.uid = clock.boot"
        " AND part = ? AND revision >= (clock.source != ?))",
        (_CLOCK, ClockSource.NOBODY),
    )
    for boot, source, offset_ns in clocks.fetchall():
        yield ClockSet(id=new_id(), clock=offset_ns, boot=boot, source=source)


def _logged(uid: str, part: int) -> str:
    return f"(SELECT 1 FROM logged WHERE logged.uid = {uid} AND part = {part})"
