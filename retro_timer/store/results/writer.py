"""What the journal's thread is asked to keep: changes, each answered when it is on disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import msgspec

from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.ports import ClockSource
from retro_timer.settings.made import NotWrittenError
from retro_timer.store.results.apply import Mark
from retro_timer.store.results.athlete_edits import Done
from retro_timer.store.results.cut_off import SessionEntry, cut_off
from retro_timer.store.results.edits import AnyEdit, ClaimPlace, CorrectRep, carry_out
from retro_timer.store.results.entries import new_id
from retro_timer.store.results.forgetting import Forgetting, forget
from retro_timer.store.results.journal import Journal, Stamp
from retro_timer.store.results.journal_thread import JournalThread
from retro_timer.store.results.merging.portion import ImportPortion, merge
from retro_timer.store.results.newer import Newer, newer_than
from retro_timer.store.results.presences import presence_lines
from retro_timer.store.results.remembered import remembered_of
from retro_timer.store.results.repair import Repair
from retro_timer.store.results.reps_log import NAME as LOG_NAME
from retro_timer.store.results.revising import revise_records
from retro_timer.store.results.waiting_jobs import Answer
from retro_timer.training.corrections import AnyCorrection, Correction
from retro_timer.training.plan import Plan
from retro_timer.training.record import Presence, RepRecord
from retro_timer.training.remembered import Remembered

SESSION_OPEN = "a session is open: what is long goes on when that is over"


class Edited(msgspec.Struct, frozen=True):
    """What became of a change that somebody asked for."""

    done: Done | None
    trouble: str = ""
    """Why it was refused, or is not on disk yet."""
    of_present: tuple[RepRecord, ...] = ()
    """Reps of the session under way as they are now, where it changed some."""
    is_later: bool = False
    """Whether it is refused only for as long as a session is open."""


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
        self._since_boot_ns = since_boot_ns
        self._wall_ns = wall_ns
        self._session, self._session_open = 0, False
        self.session_id = ""
        """Random id of the session that later changes belong to; empty before the first."""
        self._log = directory / LOG_NAME
        # A session's reps must find the card free.
        self._thread = JournalThread(
            directory, wall_ns, on_repair, lambda: not self._session_open, leaves_snapshots=leaves_snapshots
        )

    def begin(self, plan: Plan, roster: tuple[str, ...], board: str, answer: Answer) -> None:
        """A session starts; later changes belong to it."""
        wall_ns, since_boot_ns, change = self._wall_ns(), self._since_boot_ns(), new_id()
        self.session_id = change

        def job(journal: Journal) -> None:
            self._session, self._session_open = journal.begin(plan, roster, board, wall_ns, since_boot_ns, change), True

        self._thread.put(job, answer)

    def adopt(self, entry: SessionEntry, answer: Answer) -> None:
        """A session that was cut off goes on; later changes belong to it."""
        change, self.session_id = new_id(), entry.uid

        def job(journal: Journal) -> None:
            self._session, self._session_open = entry.id, True
            journal.adopt(entry.id, change)

        self._thread.put(job, answer)

    def find_cut_off(
        self, board: str, found: Callable[[SessionEntry, list[RepRecord]], None], looked: Callable[[], None]
    ) -> None:
        """Look for a session that nobody ended: `found` gets the newest with its reps; older ones are closed.

        `looked` comes after it, found or not, and without a disk as well.
        """
        wall_ns = self._wall_ns()

        def job(journal: Journal) -> None:
            entries = cut_off(journal, board)
            for entry in entries[1:]:
                journal.end(entry.id, "interrupted", wall_ns)
            for entry in entries[:1]:
                found(entry, journal.reps(entry.id))

        self._thread.put(job, lambda _trouble: looked())

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
        also: Sequence[RepRecord] = (),
    ) -> None:
        """The newest word on a rep, its go labelled as the journal has it.

        `change`: its id. `correction`: its kind, where a person corrected the rep, and came from `origin`. `also`:
        others of the same correction, on the disk with it or not at all.
        """
        entry_id = change or new_id()
        ids = (entry_id, *(new_id() for _ in also))
        stamp = Stamp(self._wall_ns(), self._since_boot_ns(), origin, entry_id)

        def job(journal: Journal) -> None:
            if correction and revise_records(journal, self._session, correction, (record, *also), stamp):
                return
            for each, each_id in zip((record, *also), ids, strict=True):
                later_ns = each.go_ns - record.go_ns
                boot_ns = go_boot_ns + later_ns if go_boot_ns else 0
                journal.save(self._session, each, go_wall_ns + later_ns, boot_ns, each_id)

        self._thread.put(job, answer)

    def look_up(self, names: Sequence[str], answer: Callable[[tuple[Remembered, ...]], None]) -> None:
        """What is known of these before the session; nothing where it cannot be read now."""
        known: tuple[Remembered, ...] = ()

        def job(journal: Journal) -> None:
            nonlocal known
            known = remembered_of(journal.database, names, self._session)

        self._thread.put(job, lambda _trouble: answer(known), once=True)

    def keep_presences(self, presences: Sequence[Presence], answer: Answer) -> None:
        """Whether these take part in the session now, all or none of it."""
        change = new_id()

        def job(journal: Journal) -> None:
            session, uid = self._session, journal.uid_of(self._session)
            journal.keep(change, lambda: presence_lines(journal.database, session, uid, presences, change))

        self._thread.put(job, answer)

    def end(self, outcome: str, answer: Answer) -> None:
        """The session ends."""
        wall_ns, since_boot_ns, change = self._wall_ns(), self._since_boot_ns(), new_id()

        def job(journal: Journal) -> None:
            journal.end(self._session, outcome, wall_ns, since_boot_ns, change)
            self._session_open = False

        self._thread.put(job, answer)

    def edit(self, edit: AnyEdit | AnyCorrection, origin: str, answer: Callable[[Edited], None]) -> None:
        """A change of what is kept, in this session or another; a correction that names none is of this one.

        `answer` is called from the writer's thread. A portion of an import waits for whatever else does, and while a
        session is open none is taken.
        """
        stamp = Stamp(self._wall_ns(), self._since_boot_ns(), origin, new_id())
        edited, is_portion = Edited(None), isinstance(edit, ImportPortion)

        def job(journal: Journal) -> None:
            nonlocal edited
            if is_portion and self._session_open:
                edited = Edited(None, SESSION_OPEN, is_later=True)
                return
            try:
                if isinstance(edit, ImportPortion):
                    done = merge(journal, edit, self._thread.give_way)
                else:
                    done = carry_out(journal, self._of_session(edit), stamp)
            except (BadInputError, NotWrittenError) as refused:
                edited = Edited(None, str(refused))
                return
            present = done.session is not None and done.session == self._session
            reps = [record for record in journal.reps(self._session) if record.rep in done.reps] if present else []
            edited = Edited(done, of_present=tuple(reps))

        self._thread.put(
            job, lambda trouble: answer(Edited(None, trouble) if trouble else edited), is_portion=is_portion
        )

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
                with self._thread.exchanging():
                    done = forget(journal, wanted, elsewhere, rendered, gone)
            except BadInputError as refused:
                done = str(refused)
            except (OSError, sqlite3.Error, RetroTimerError) as error:
                done = f"it is not all done; forget them again to complete it ({error})"

        self._thread.put(job, lambda trouble: answer(trouble or done), once=True)

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
        self._thread.put(lambda journal: journal.follow_clock(offset_ns, source), lambda _trouble: None)

    def newer_than(self, mark: Mark) -> Newer | None:
        """Of what is durable, what the log has beyond a mark; None where it is not the log that was read.

        Reads in the caller's thread. Raises OSError.
        """
        return newer_than(self._log, mark, self._thread.log_length)

    def close(self) -> None:
        """Write what waits, then stop."""
        self._thread.close()
