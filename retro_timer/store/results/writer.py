"""The journal's thread: takes changes in order, answers each when it is on disk, and outlives a full or dead disk."""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.ports import ClockSource
from retro_timer.settings.made import NotWrittenError
from retro_timer.store.results.athlete_edits import Done
from retro_timer.store.results.database import NAME
from retro_timer.store.results.edits import AnyEdit, ClaimPlace, CorrectRep, carry_out
from retro_timer.store.results.entries import new_id
from retro_timer.store.results.forgetting import Forgetting, forget
from retro_timer.store.results.journal import DisplacedError, Journal, SessionEntry, Stamp, open_journal
from retro_timer.store.results.presences import presence_lines
from retro_timer.store.results.remembered import remembered_of
from retro_timer.store.results.repair import DAMAGE, Repair
from retro_timer.store.results.reps_log import RepsLog
from retro_timer.store.results.revising import revise_record
from retro_timer.store.results.snapshot import Snapshots
from retro_timer.store.results.writer_lock import WriterLock
from retro_timer.store.space import make_room_for_results
from retro_timer.training.corrections import AnyCorrection, Correction
from retro_timer.training.plan import Plan
from retro_timer.training.record import Presence, RepRecord
from retro_timer.training.remembered import Remembered

Answer = Callable[[str], None]
"""Called from the writer's thread: an empty string when the change is on disk, else why it is not. Whoever was told
that it is not is called again if it gets there after all.
"""
_Job = Callable[[Journal], None]


class _Change(NamedTuple):
    """What waits for the disk."""

    job: _Job
    answer: Answer
    once: bool = False
    """Whether it is dropped where it cannot be done at once, and not tried again."""


_RETRY_S = 10.0
"""How often what could not be written is tried again, and the files are looked for, while nothing new comes."""


class Edited(msgspec.Struct, frozen=True):
    """What became of a change that somebody asked for."""

    done: Done | None
    trouble: str = ""
    """Why it was refused, or is not on disk yet."""
    of_present: tuple[RepRecord, ...] = ()
    """Reps of the session under way as they are now, where it changed some."""


class JournalWriter:
    """Thread-safe. Every call returns at once."""

    def __init__(
        self,
        directory: Path,
        wall_ns: Callable[[], int],
        on_repair: Callable[[Repair], None] = lambda _repair: None,
        *,
        since_boot_ns: Callable[[], int] = lambda: 0,
        leaves_snapshots: bool = False,
    ) -> None:
        """`leaves_snapshots`: other users' processes read the results as well."""
        self._directory = directory
        self._since_boot_ns = since_boot_ns
        self._on_repair = on_repair
        self._suspect = False
        self._wall_ns = wall_ns
        self._jobs: queue.SimpleQueue[_Change | None] = queue.SimpleQueue()
        self._backlog: list[_Change] = []
        self._journal: Journal | None = None
        self._former: RepsLog | None = None
        """The log as it was open when it was taken from its place: what it holds is put back."""
        self._session, self._session_open = 0, False
        self.session_id = ""
        """Random id of the session that later changes belong to; empty before the first."""
        self._lock = WriterLock(directory)
        self._snapshots = Snapshots(directory / NAME, wanted=leaves_snapshots)
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def begin(self, plan: Plan, roster: tuple[str, ...], board: str, answer: Answer) -> None:
        """A session starts; later changes belong to it."""
        wall_ns, since_boot_ns, change = self._wall_ns(), self._since_boot_ns(), new_id()
        self.session_id = change

        def job(journal: Journal) -> None:
            self._session, self._session_open = journal.begin(plan, roster, board, wall_ns, since_boot_ns, change), True

        self._jobs.put(_Change(job, answer))

    def adopt(self, entry: SessionEntry, answer: Answer) -> None:
        """A session that was cut off goes on; later changes belong to it."""
        change, self.session_id = new_id(), entry.uid

        def job(journal: Journal) -> None:
            self._session, self._session_open = entry.id, True
            journal.adopt(entry.id, change)

        self._jobs.put(_Change(job, answer))

    def find_cut_off(
        self, board: str, found: Callable[[SessionEntry, list[RepRecord]], None], looked: Callable[[], None]
    ) -> None:
        """Look for a session that nobody ended: `found` gets the newest with its reps; older ones are closed.

        `looked` comes after it, found or not, and without a disk as well.
        """
        wall_ns = self._wall_ns()

        def job(journal: Journal) -> None:
            entries = journal.cut_off(board)
            for entry in entries[1:]:
                journal.end(entry.id, "interrupted", wall_ns)
            for entry in entries[:1]:
                found(entry, journal.reps(entry.id))

        self._jobs.put(_Change(job, lambda _trouble: looked()))

    def save(
        self,
        record: RepRecord,
        go_wall_ns: int,
        answer: Answer,
        go_boot_ns: int = 0,
        *,
        change: str | None = None,
        correction: str = "",
        origin: str = "",
    ) -> None:
        """The newest word on a rep, its go labelled as the journal has it.

        `change`: its id. `correction`: its kind, where a person corrected the rep, and came from `origin`.
        """
        entry_id = change or new_id()
        stamp = Stamp(self._wall_ns(), self._since_boot_ns(), origin, entry_id)

        def job(journal: Journal) -> None:
            if not (correction and revise_record(journal, self._session, correction, record, stamp)):
                journal.save(self._session, record, go_wall_ns, go_boot_ns, entry_id)

        self._jobs.put(_Change(job, answer))

    def look_up(self, names: Sequence[str], answer: Callable[[tuple[Remembered, ...]], None]) -> None:
        """What is known of these before the session; nothing where it cannot be read now."""
        known: tuple[Remembered, ...] = ()

        def job(journal: Journal) -> None:
            nonlocal known
            known = remembered_of(journal.database, names, self._session)

        self._jobs.put(_Change(job, lambda _trouble: answer(known), once=True))

    def keep_presences(self, presences: Sequence[Presence], answer: Answer) -> None:
        """Whether these take part in the session now, all or none of it."""
        change = new_id()

        def job(journal: Journal) -> None:
            session, uid = self._session, journal.uid_of(self._session)
            journal.keep(change, lambda: presence_lines(journal.database, session, uid, presences, change))

        self._jobs.put(_Change(job, answer))

    def end(self, outcome: str, answer: Answer) -> None:
        """The session ends."""
        wall_ns, since_boot_ns, change = self._wall_ns(), self._since_boot_ns(), new_id()

        def job(journal: Journal) -> None:
            journal.end(self._session, outcome, wall_ns, since_boot_ns, change)
            self._session_open = False

        self._jobs.put(_Change(job, answer))

    def edit(self, edit: AnyEdit | AnyCorrection, origin: str, answer: Callable[[Edited], None]) -> None:
        """A change of what is kept, in this session or another; a correction that names none is of this one.

        `answer` is called from the writer's thread.
        """
        stamp = Stamp(self._wall_ns(), self._since_boot_ns(), origin, new_id())
        edited = Edited(None)

        def job(journal: Journal) -> None:
            nonlocal edited
            try:
                done = carry_out(journal, self._of_session(edit), stamp)
            except (BadInputError, NotWrittenError) as refused:
                edited = Edited(None, str(refused))
                return
            present = done.session is not None and done.session == self._session
            reps = [record for record in journal.reps(self._session) if record.rep in done.reps] if present else []
            edited = Edited(done, of_present=tuple(reps))

        self._jobs.put(_Change(job, lambda trouble: answer(Edited(None, trouble) if trouble else edited)))

    def forget(
        self,
        wanted: str,
        elsewhere: Sequence[Path],
        rendered: Path | None,
        gone: Callable[[Collection[str]], None],
        answer: Callable[[Forgetting | str], None],
    ) -> None:
        """Forget somebody, while no session is under way and no other timer writes; see `forgetting.forget`.

        `answer` gets what was done, or why not all of it was: it is not tried again by itself, and again is no harm.
        """
        done: Forgetting | str = ""

        def job(journal: Journal) -> None:
            nonlocal done
            try:
                with self._lock.alone():
                    # It closes the journal, whose files it puts others in the place of.
                    self._journal = None
                    done = forget(journal, wanted, elsewhere, rendered, gone)
            except BadInputError as refused:
                done = str(refused)
            except (OSError, sqlite3.Error, RetroTimerError) as error:
                done = f"it is not all done; forget them again to complete it ({error})"
            if self._journal is None:
                self._open_again()

        self._jobs.put(_Change(job, lambda trouble: answer(trouble or done), once=True))

    def _of_session(self, edit: AnyEdit | AnyCorrection) -> AnyEdit:
        of_present = isinstance(edit, Correction) or (isinstance(edit, ClaimPlace) and edit.session is None)
        if of_present and not self._session:
            where = f"rep {edit.rep}" if isinstance(edit, Correction) else "claim"
            raise BadInputError(where, "no session", "`retro-timer results edit SESSION REP` for an older one")
        if isinstance(edit, ClaimPlace):
            return msgspec.structs.replace(edit, session=edit.session or self._session)
        if not isinstance(edit, Correction):
            return edit
        return CorrectRep(self._session, edit)

    def follow_clock(self, offset_ns: int, source: ClockSource | None = None) -> None:
        """The wall clock shows time since boot and `offset_ns`, set by `source`: labels of this boot are corrected."""
        self._jobs.put(_Change(lambda journal: journal.follow_clock(offset_ns, source), lambda _trouble: None))

    def close(self) -> None:
        """Write what waits, then stop."""
        self._jobs.put(None)
        self._thread.join(timeout=30.0)

    def _run(self) -> None:
        while True:
            self._look_whole()
            try:
                item = self._jobs.get(timeout=_RETRY_S)
            except queue.Empty:
                self._look_for_files()
                self._work_off()
                # A session's reps must find the card free.
                if self._journal is not None and not (self._backlog or self._session_open):
                    self._snapshots.leave_idle(self._jobs.empty)
                continue
            if item is None:
                break
            self._backlog.append(item)
            if trouble := self._work_off():
                if item.once:
                    self._backlog.remove(item)
                item.answer(trouble)
                if self._former is not None:
                    # Whoever waited has heard that something is wrong; nothing keeps the change from its new file.
                    self._work_off()
        if self._backlog:
            self._work_off()
        if self._journal is not None:
            self._snapshots.leave_closing()
            self._journal.close()
        self._lock.leave()

    def _look_whole(self) -> None:
        """Read the whole of a database that was cut off by the power, while nothing waits, and mend what is wrong.

        A start does not wait for that, and it gives way to whatever comes: until then the log knows all that is done.
        """
        if self._journal is None or not self._journal.unchecked:
            return
        try:
            if self._journal.check(self._jobs.empty) is not False:
                return
            self._suspect = True
            self._give_up_journal()
        except (OSError, sqlite3.Error) as error:
            self._note(error)
        self._work_off(open_anyway=True)

    def _look_for_files(self) -> None:
        """See whether database and log are still in their places, and begin new ones where they are not."""
        try:
            if self._journal is not None:
                self._journal.check_in_place()
        except (OSError, DisplacedError) as error:
            self._note(error)
            self._work_off(open_anyway=True)

    def _work_off(self, *, open_anyway: bool = False) -> str:
        """Do what waits, in order, repairing the database or at the cost of old traces if need be; why it cannot be
        done, or an empty string.

        What fails is kept and tried again, with the next change or after a while: a disk may come back.
        """
        if not self._backlog and not open_anyway:
            return ""
        trouble = self._try()
        return self._try() if trouble and (self._suspect or self._make_room()) else trouble

    def _make_room(self) -> bool:
        try:
            return make_room_for_results(self._directory)
        except OSError:
            # The disk is not full but dead: the trouble at hand tells of it.
            return False

    def _try(self) -> str:
        try:
            if self._journal is None:
                self._journal = self._open()
            while self._backlog:
                self._do_next(self._journal or self._open())
        except (OSError, sqlite3.Error, RetroTimerError) as error:
            self._note(error)
            return str(error)
        return ""

    def _do_next(self, journal: Journal) -> None:
        """Do what waits longest. What is wrong in itself is told and dropped: at every try it would fail as now."""
        self._journal = journal
        job, answer, _ = self._backlog[0]
        trouble = ""
        try:
            job(journal)
        except (OSError, sqlite3.Error, RetroTimerError):
            raise
        except Exception as error:  # noqa: BLE001
            # Whatever it is, every later rep depends on this thread.
            trouble = f"a change that no file can hold ({type(error).__name__}: {error})"
            self._note(error)
        del self._backlog[0]
        self._snapshots.note_change()
        answer(trouble)

    def _note(self, error: Exception) -> None:
        """Remember what kind of trouble it is, and open everything anew for the next try."""
        self._suspect = isinstance(error, sqlite3.DatabaseError) and error.sqlite_errorcode in DAMAGE
        self._give_up_journal(keep_log=isinstance(error, DisplacedError) or self._is_displaced())

    def _is_displaced(self) -> bool:
        """Whether a file is no longer in its place: SQLite may have stumbled over that before anybody looked."""
        if self._journal is None:
            return False
        try:
            self._journal.check_in_place()
        except (OSError, DisplacedError):
            return True
        return False

    def _open(self) -> Journal:
        self._lock.take()
        journal, repaired = open_journal(self._directory, self._wall_ns(), suspect=self._suspect, former=self._former)
        self._suspect = False
        if self._former is not None:
            self._former.close()
            self._former = None
        if repaired is not None:
            self._on_repair(repaired)
        return journal

    def _open_again(self) -> None:
        """After the files were exchanged, so that a snapshot is left of them; what is wrong the next change tells."""
        try:
            self._journal = self._open()
        except (OSError, sqlite3.Error, RetroTimerError) as error:
            self._note(error)

    def _give_up_journal(self, *, keep_log: bool = False) -> None:
        journal, self._journal = self._journal, None
        if journal is None:
            return
        if keep_log:
            self._former = journal.log
        else:
            journal.log.close()
        try:
            journal.close_database()
        except sqlite3.Error:
            # It failed already and its answer says so; a new one is opened for the next change.
            return
