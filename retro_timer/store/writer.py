"""The journal's thread: takes changes in order, answers each when it is on disk, and outlives a full or dead disk."""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

from retro_timer.errors import RetroTimerError
from retro_timer.store.journal import DAMAGE, Journal, SessionEntry, open_journal
from retro_timer.store.repair import Repair
from retro_timer.store.space import make_room_for_results
from retro_timer.training.plan import Plan
from retro_timer.training.record import RepRecord

Answer = Callable[[str], None]
"""Called from the writer's thread: an empty string when the change is on disk, else why it is not. Whoever was told
that it is not is called again if it gets there after all.
"""
_Job = Callable[[Journal], None]
_RETRY_S = 10.0
"""How often what could not be written is tried again while nothing new comes."""


class JournalWriter:
    """Thread-safe. Every call returns at once."""

    def __init__(
        self,
        directory: Path,
        wall_ns: Callable[[], int],
        on_repair: Callable[[Repair], None] = lambda _repair: None,
        *,
        since_boot_ns: Callable[[], int] = lambda: 0,
    ) -> None:
        self._directory = directory
        self._since_boot_ns = since_boot_ns
        self._on_repair = on_repair
        self._suspect = False
        self._wall_ns = wall_ns
        self._jobs: queue.SimpleQueue[tuple[_Job, Answer] | None] = queue.SimpleQueue()
        self._backlog: list[tuple[_Job, Answer]] = []
        self._journal: Journal | None = None
        self._session = 0
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def begin(self, plan: Plan, roster: tuple[str, ...], board: str, answer: Answer) -> None:
        """A session starts; later changes belong to it."""
        wall_ns, since_boot_ns = self._wall_ns(), self._since_boot_ns()

        def job(journal: Journal) -> None:
            self._session = journal.begin(plan, roster, board, wall_ns, since_boot_ns)

        self._jobs.put((job, answer))

    def adopt(self, session: int, answer: Answer) -> None:
        """A session that was cut off goes on; later changes belong to it."""

        def job(journal: Journal) -> None:
            self._session = session
            journal.adopt(session)

        self._jobs.put((job, answer))

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

        self._jobs.put((job, lambda _trouble: looked()))

    def save(self, record: RepRecord, go_wall_ns: int, answer: Answer, go_boot_ns: int = 0) -> None:
        """The newest word on a rep, its go labelled as the journal has it."""
        self._jobs.put((lambda journal: journal.save(self._session, record, go_wall_ns, go_boot_ns), answer))

    def end(self, outcome: str, answer: Answer) -> None:
        """The session ends."""
        wall_ns, since_boot_ns = self._wall_ns(), self._since_boot_ns()
        self._jobs.put((lambda journal: journal.end(self._session, outcome, wall_ns, since_boot_ns), answer))

    def follow_clock(self, offset_ns: int) -> None:
        """The wall clock shows time since boot and `offset_ns`: labels of this boot are corrected."""
        self._jobs.put((lambda journal: journal.follow_clock(offset_ns), lambda _trouble: None))

    def close(self) -> None:
        """Write what waits, then stop."""
        self._jobs.put(None)
        self._thread.join(timeout=30.0)

    def _run(self) -> None:
        while True:
            try:
                item = self._jobs.get(timeout=_RETRY_S if self._backlog else None)
            except queue.Empty:
                self._work_off()
                continue
            if item is None:
                break
            self._backlog.append(item)
            if trouble := self._work_off():
                _, answer = item
                answer(trouble)
        if self._backlog:
            self._work_off()
        if self._journal is not None:
            self._journal.close()

    def _work_off(self) -> str:
        """Do what waits, in order, repairing the database or at the cost of old traces if need be; why it cannot be
        done, or an empty string.

        What fails is kept and tried again, with the next change or after a while: a disk may come back.
        """
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
                job, answer = self._backlog[0]
                job(self._journal)
                del self._backlog[0]
                answer("")
        except (OSError, sqlite3.Error, RetroTimerError) as error:
            self._suspect = isinstance(error, sqlite3.DatabaseError) and error.sqlite_errorcode in DAMAGE
            self._give_up_journal()
            return str(error)
        return ""

    def _open(self) -> Journal:
        journal, repaired = open_journal(self._directory, self._wall_ns(), suspect=self._suspect)
        self._suspect = False
        if repaired is not None:
            self._on_repair(repaired)
        return journal

    def _give_up_journal(self) -> None:
        journal, self._journal = self._journal, None
        if journal is not None:
            try:
                journal.close()
            except (OSError, sqlite3.Error):
                # It failed already and its answer says so; a new one is opened for the next change.
                return
