"""The journal's thread: does what is asked in order, tries again what fails, and lets long work wait for the rest."""

from __future__ import annotations

import contextlib
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from retro_timer.errors import RetroTimerError
from retro_timer.store.results.database import NAME
from retro_timer.store.results.journal import DisplacedError, Journal, open_journal
from retro_timer.store.results.repair import DAMAGE, Repair
from retro_timer.store.results.reps_log import RepsLog
from retro_timer.store.results.snapshot import Snapshots
from retro_timer.store.results.waiting_jobs import Answer, Change, GaveWayError, Job, WaitingJobs
from retro_timer.store.results.writer_lock import WriterLock
from retro_timer.store.space import make_room_for_results

_RETRY_S = 10.0
"""How often what could not be written is tried again, and the files are looked for, while nothing new comes."""


class JournalThread:
    """Has the journal, the lock and the files while it runs. `put` and `close` are thread-safe."""

    def __init__(
        self,
        directory: Path,
        wall_ns: Callable[[], int],
        on_repair: Callable[[Repair], None],
        rests: Callable[[], bool],
        *,
        leaves_snapshots: bool,
    ) -> None:
        """`rests`, called from the thread: whether the card is free for a snapshot."""
        self._directory = directory
        self._wall_ns = wall_ns
        self._on_repair = on_repair
        self._rests = rests
        self._suspect = False
        self._jobs = WaitingJobs()
        self._backlog: list[Change] = []
        self._journal: Journal | None = None
        self._former: RepsLog | None = None
        """The log as it was open when it was taken from its place: what it holds is put back."""
        self.log_length = 0
        """Bytes of the log that are durable, and in the database."""
        self._lock = WriterLock(directory)
        self._snapshots = Snapshots(directory / NAME, wanted=leaves_snapshots)
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def put(self, job: Job, answer: Answer, *, once: bool = False, is_portion: bool = False) -> None:
        """Have it done; returns at once. `is_portion`, of long work: whatever else waits goes before it, and it calls
        `give_way` until it is on disk, so that no change waits for more than a portion's way to the disk.
        """
        self._jobs.put(Change(job, answer, once, is_portion))

    def give_way(self) -> None:
        """For the portion in work, from its own thread: raises GaveWayError where it is to be undone for a change."""
        self._jobs.give_way(self._backlog[0])

    def close(self) -> None:
        """Write what waits, then stop."""
        self._jobs.end()
        self._thread.join(timeout=30.0)

    @contextlib.contextmanager
    def exchanging(self) -> Iterator[None]:
        """For a job that closes the journal and puts other files in the place of its own, while nobody else writes.

        Raises RetroTimerError where somebody else does.
        """
        try:
            with self._lock.alone():
                self._journal = None
                yield
        finally:
            if self._journal is None:
                self._open_again()

    def _run(self) -> None:
        while True:
            self._look_whole()
            try:
                item = self._jobs.next(_RETRY_S)
            except queue.Empty:
                self._look_for_files()
                self._work_off()
                if self._journal is not None and not self._backlog and self._rests():
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
        change = self._backlog[0]
        trouble, began_s = "", time.monotonic()
        try:
            change.job(journal)
        except GaveWayError:
            self._jobs.put_back(self._backlog.pop(0))
            return
        except (OSError, sqlite3.Error, RetroTimerError):
            raise
        except Exception as error:  # noqa: BLE001
            # Whatever it is, every later rep depends on this thread.
            trouble = f"a change that no file can hold ({type(error).__name__}: {error})"
            self._note(error)
        del self._backlog[0]
        if change.is_portion:
            self._jobs.rest(time.monotonic() - began_s)
        if self._journal is not None:
            self.log_length = self._journal.log.size
        self._snapshots.note_change()
        change.answer(trouble)

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
        self.log_length = journal.log.size
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
