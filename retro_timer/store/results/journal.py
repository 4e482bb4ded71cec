"""What a session leaves on disk: one writer, each change durable before anything is announced of it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from retro_timer.errors import RetroTimerError
from retro_timer.ports import ClockSource
from retro_timer.store.results.apply import Mark, apply, is_applied, next_number, read_mark, write_mark
from retro_timer.store.results.athletes import ids_for
from retro_timer.store.results.backups import is_sound
from retro_timer.store.results.completion import Completed, complete, goes_on_from
from retro_timer.store.results.database import NAME, alone, open_for_writing
from retro_timer.store.results.entries import (
    Adopted,
    AnyEntry,
    Begun,
    ClockSet,
    Ended,
    RepKept,
    encode,
    id_number,
    new_id,
)
from retro_timer.store.results.labels import any_label_wrong, is_news
from retro_timer.store.results.owners import boot_mark, owner_mark
from retro_timer.store.results.repair import DAMAGE, TAILS, Repair, put_in_order, was_cut_off
from retro_timer.store.results.reps_log import RepsLog, same_file, sync_directory
from retro_timer.store.results.rows import record_of, row_of
from retro_timer.store.results.summary import settle
from retro_timer.training.plan import Plan
from retro_timer.training.record import RepRecord

_STEPS_BETWEEN_LOOKS = 20_000
"""How many steps of SQLite's machine pass between two looks whether something better is to be done: about 1 ms."""


class DisplacedError(RetroTimerError):
    """A file of the journal was taken from its place, or cut short, while the journal had it open."""


class Stamp(msgspec.Struct, frozen=True):
    """When and where a change was made."""

    wall_ns: int
    since_boot_ns: int = 0
    origin: str = "edit"
    """button, ctl, edit, or page and its client."""
    change: str | None = None
    """Its id, given by whoever may try again."""


def boot_of(since_boot_ns: int) -> str:
    """The boot of a label with this time since it; none for a label that is never corrected."""
    return boot_mark() if since_boot_ns else ""


def open_journal(
    directory: Path, wall_ns: int, *, suspect: bool = False, former: RepsLog | None = None
) -> tuple[Journal, Repair | None]:
    """The journal, with its database in order and in agreement with the log; and what that took, if it is worth a word.

    `suspect`: the whole database is looked at first, a second or so for each hundred thousand reps on a small computer.
    `former`: the log that was open when it was taken from its place. Raises OSError, sqlite3.Error or RetroTimerError.
    """
    with alone(directory):
        if former is not None:
            former.rescue()
        cut_off = was_cut_off(directory) and not suspect
        order = put_in_order(directory, wall_ns, suspect=suspect)
        try:
            journal = Journal(directory)
        except sqlite3.DatabaseError as error:
            if suspect or error.sqlite_errorcode not in DAMAGE:
                raise
            order = put_in_order(directory, wall_ns, suspect=True)
            journal = Journal(directory)
        sync_directory(directory)
    journal.unchecked = cut_off
    return journal, order.repair(journal.completed, journal.count_reps, moved_away=former is not None)


class Journal:
    """The one writer. Every method returns when its change is on disk, or raises OSError or sqlite3.Error, or
    DisplacedError when a file was taken away.

    A label is given as wall time and time since boot; one with 0 for the latter is never corrected. `change` is the
    change's own random id: whoever tries again gives the same, and it is done once.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.unchecked = False
        """Whether the database was left without being closed, or another program has written to its file, and nobody
        has looked at all of it since."""
        self._db = open_for_writing(directory)
        try:
            self.log = RepsLog(directory)
            self.completed = self._make_agree()
            self._files = {path: path.stat() for path in _files(directory) if path.exists()}
            self._written_ns = self._file_written_ns()
        except BaseException:
            self._db.close()
            raise

    def _make_agree(self) -> Completed:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            done = complete(self._db, self.log)
            settle(self._db)
        except BaseException:
            self._db.execute("ROLLBACK")
            self.log.close()
            raise
        self._db.execute("COMMIT")
        return done

    def count_reps(self) -> int:
        """Reps that are kept."""
        return int(self._db.execute("SELECT count(*) FROM rep").fetchone()[0])

    def check(self, goes_on: Callable[[], bool]) -> bool | None:
        """Whether nothing is wrong with the whole database; None when `goes_on` said no before it was read."""
        # A connection of its own remembers no pages from before.
        with contextlib.closing(sqlite3.connect(self.directory / NAME)) as connection:
            connection.set_progress_handler(lambda: not goes_on(), _STEPS_BETWEEN_LOOKS)
            try:
                mark = read_mark(connection)
                held = int(connection.execute("SELECT count(*) FROM entry").fetchone()[0])
                # A write-ahead log may have met an older copy of its database: sound, and yet not all is there.
                sound = mark is not None and held == mark.entries and is_sound(connection)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                    raise
                return None
        self.unchecked = False
        return sound

    def close(self) -> None:
        """Close database and log; again is no harm."""
        self.close_database()
        self.log.close()

    def close_database(self) -> None:
        """Close the database alone: SQLite then deletes its write-ahead log by name, so no new one may be there yet."""
        self._db.close()

    def begin(
        self,
        plan: Plan,
        roster: Sequence[str],
        board: str,
        wall_ns: int,
        since_boot_ns: int = 0,
        change: str | None = None,
    ) -> int:
        """A session starts; returns its number."""
        uid = change or new_id()

        def begun() -> list[AnyEntry]:
            added, ids = ids_for(self._db, roster)
            begin = Begun(
                id=uid,
                session=next_number(self._db),
                begin=wall_ns,
                board=board,
                title=plan.title,
                plan=msgspec.json.encode(plan).decode(),
                roster=tuple(roster),
                owner=owner_mark(),
                started_boot=boot_of(since_boot_ns),
                started_boot_ns=since_boot_ns,
                athletes=ids,
            )
            return [*added, begin]

        self._commit(uid, begun)
        return int(self._db.execute("SELECT id FROM session WHERE uid = ?", (uid,)).fetchone()[0])

    def adopt(self, session: int, change: str | None = None) -> None:
        """A recovered session is this process's now."""
        entry_id, uid = change or new_id(), self.uid_of(session)
        self._commit(entry_id, lambda: [Adopted(id=entry_id, uid=uid, session=session, owner=owner_mark())])

    def save(
        self, session: int, record: RepRecord, go_wall_ns: int, go_boot_ns: int = 0, change: str | None = None
    ) -> None:
        """The newest word on a rep; an older revision never replaces a newer one."""
        entry_id, uid = change or new_id(), self.uid_of(session)

        def kept() -> list[AnyEntry]:
            added, (athlete_id,) = ids_for(self._db, [record.athlete], session)
            row = row_of(session, record, go_wall_ns, boot_of(go_boot_ns), go_boot_ns, athlete_id=athlete_id)
            return [*added, RepKept(id=entry_id, uid=uid, **row)]

        self._commit(entry_id, kept)

    def keep(
        self, change: str, make: Callable[[], Sequence[AnyEntry]], give_way: Callable[[], None] | None = None
    ) -> None:
        """Keep any change; `change` is the id of the last of its lines. `give_way`, of long work, is called again and
        again until it goes to the disk; what that raises undoes all of it.
        """
        self._commit(change, make, give_way)

    @property
    def database(self) -> sqlite3.Connection:
        """For queries."""
        return self._db

    def end(self, session: int, outcome: str, wall_ns: int, since_boot_ns: int = 0, change: str | None = None) -> None:
        """A session ends: done, stopped or interrupted."""
        entry_id, uid, boot = change or new_id(), self.uid_of(session), boot_of(since_boot_ns)
        ended = Ended(
            id=entry_id,
            uid=uid,
            session=session,
            end=wall_ns,
            outcome=outcome,
            ended_boot=boot,
            ended_boot_ns=since_boot_ns,
        )
        self._commit(entry_id, lambda: [ended])

    def follow_clock(self, offset_ns: int, source: ClockSource | None = None) -> None:
        """The wall clock shows time since boot and `offset_ns`, perhaps since a moment ago: labels are corrected.

        What has set it is kept where that decides anew whether they are dates; None where that is not known.
        """
        boot, entry_id = boot_mark(), new_id()
        if any_label_wrong(self._db, boot, offset_ns) or is_news(self._db, boot, source):
            self._commit(entry_id, lambda: [ClockSet(id=entry_id, clock=offset_ns, boot=boot, source=source or "")])

    def uid_of(self, session: int) -> str:
        """A session's id by its number. Raises RetroTimerError for one that is not there."""
        row = self._db.execute("SELECT uid FROM session WHERE id = ?", (session,)).fetchone()
        if row is None:
            raise RetroTimerError(f"{self.directory / NAME}: has no session {session}")
        return str(row[0])

    def _commit(
        self, change: str, make: Callable[[], Sequence[AnyEntry]], give_way: Callable[[], None] | None = None
    ) -> None:
        """One change: synced in the log, then in the database. What is tried again is not there twice.

        `change` is the id of the last of its lines: where that is there, all are.
        """
        self.check_in_place()
        self._db.execute("BEGIN IMMEDIATE")
        try:
            mark = self._read_on()
            if not is_applied(self._db, change):
                entries = make()
                rows = (apply(self._db, entry) for entry in entries)
                if give_way is not None:
                    # What is in the log cannot be undone: that comes last.
                    for _ in rows:
                        give_way()
                start = self.log.append(map(encode, entries))
                for _ in rows:
                    pass
                write_mark(self._db, Mark(self.log.size, start, id_number(change), mark.entries + len(entries)))
            settle(self._db)
        except BaseException:
            # A full disk has undone it already.
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
        self._written_ns = self._file_written_ns()

    def _read_on(self) -> Mark:
        """Take over what another process, killed since, had put into the log and not into the database."""
        mark = read_mark(self._db)
        if mark is not None and self.log.size > mark.length and goes_on_from(self.log, mark):
            complete(self._db, self.log)
            mark = read_mark(self._db)
        if mark is None or self.log.size != mark.length:
            raise DisplacedError(f"{self.log.path} was cut short or exchanged while the timer ran")
        return mark

    def check_in_place(self) -> None:
        """Raise DisplacedError when a file that is open here no longer is what its path leads to."""
        if not self.log.in_place:
            raise DisplacedError(f"{self.log.path} was taken away while the timer ran")
        for path, opened in self._files.items():
            if not same_file(path, opened):
                raise DisplacedError(f"{path} was taken away while the timer ran")
        if self._file_written_ns() != self._written_ns:
            # A copy that was put over the file in its place, or no more than another timer's commit.
            self._written_ns = self._file_written_ns()
            self.unchecked = True

    def _file_written_ns(self) -> int:
        return (self.directory / NAME).stat().st_mtime_ns

    def reps(self, session: int) -> list[RepRecord]:
        """The reps of a session, in order."""
        cursor = self._db.execute("SELECT * FROM rep WHERE session = ? ORDER BY rep", (session,))
        names = [column[0] for column in cursor.description]
        return [record_of(dict(zip(names, row, strict=True))) for row in cursor]


def _files(directory: Path) -> list[Path]:
    """The database and what SQLite keeps beside it: used by its open file, by others found by its name."""
    return [directory / f"{NAME}{tail}" for tail in TAILS]
