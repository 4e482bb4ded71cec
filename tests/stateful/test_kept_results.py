"""Random sessions, kills, power cuts and losses against the files of the results: nothing that was durable is lost."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from retro_timer.errors import BadInputError
from retro_timer.store.results.athlete_edits import AddAthlete, ChangeAthlete, Done, Known, MergeAthletes
from retro_timer.store.results.athletes import athlete_rows
from retro_timer.store.results.backups import back_up
from retro_timer.store.results.edits import AnyEdit, CorrectRep, DateSession, Undo, carry_out
from retro_timer.store.results.entries import new_id
from retro_timer.store.results.forgetting import forget
from retro_timer.store.results.journal import DisplacedError, Journal, Stamp, open_journal
from retro_timer.store.results.presences import presence_lines, presences
from retro_timer.store.results.revisions import revisions
from retro_timer.store.results.rows import COLUMNS
from retro_timer.training.corrections import NoteRep, RestoreRep, VoidRep
from retro_timer.training.record import Presence
from tests.helpers.results_made import ATHLETES, PLAN, WALL_NS, kept, numbers, opened, rep
from tests.stateful.losses import DATABASE_LOSSES, LOSSES

DATABASE, LOG = "results.db", "reps.jsonl"
STAMP = Stamp(WALL_NS)
REMOVED = "removed"
MEMORY = Path("/dev/shm")
"""A file system that syncs at once, where there is one."""


class KeptResults(RuleBasedStateMachine):
    """One state directory; `words` is what was durable: the newest revision of each rep, by session."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="rt", dir=MEMORY if MEMORY.is_dir() else None))
        self.state = self.folder / "state"
        self.words: dict[int, dict[int, int]] = {}
        self.people: dict[str, tuple[str, str]] = {}
        """Name, and whom they are merged into, by id."""
        self.forgotten: set[str] = set()
        """Names that may stand in no file."""
        self.here: dict[tuple[int, str], bool] = {}
        """Who takes part, by session and name, where more is known than the roster."""
        self.standing: dict[str, bool] = {}
        """Whether each correction still stands, by id."""
        self.older: Path | None = None
        self.hour = 0
        self._open()

    def teardown(self) -> None:
        self.journal.close()
        with contextlib.suppress(FileNotFoundError):
            for path in [*self.state.glob(f"{DATABASE}*"), *(self.state / "backups").glob("*")]:
                path.unlink()
            opened(self.state)
            assert self._found() == self.words, "a rebuild from the log alone"
            assert self._others() == (self.people, self.standing, self.here)
        shutil.rmtree(self.folder)

    def _open(self, former: Journal | None = None) -> None:
        log = None if former is None else former.log
        self.journal, _ = open_journal(self.state, WALL_NS, former=log)
        if log is not None:
            log.close()

    def _reopen_after(self, loss: Callable[[Path], Any], name: str) -> None:
        self.journal.close()
        loss(self.state / name)
        self._open()

    def _found(self) -> dict[int, dict[int, int]]:
        found: dict[int, dict[int, int]] = {number: {} for number in numbers(kept(self.state))}
        for session, number, revision, *_ in (row for row in kept(self.state) if isinstance(row[1], int)):
            found[session][number] = revision
        return found

    def _others(self) -> tuple[dict[str, tuple[str, str]], dict[str, bool], dict[tuple[int, str], bool]]:
        with contextlib.closing(sqlite3.connect(self.state / DATABASE)) as db:
            people = {
                row.uid: (REMOVED if row.removed else row.name, row.merged_into)
                for row in athlete_rows(db)
                if row.name not in ATHLETES
            }
            standing = {row.id: not row.undone for row in revisions(db) if row.kind != "undo"}
            here = {(of, who.name): who.present for of in self.words for who in presences(db, of)}
            return people, standing, here

    def _edit(self, edit: AnyEdit) -> Done:
        done = carry_out(self.journal, edit, STAMP)
        for number in done.reps:
            assert done.session is not None
            self.words[done.session][number] += 1
        return done

    # What a session does.

    @rule()
    def a_session_begins(self) -> None:
        number = self.journal.begin(PLAN, ATHLETES, "sim", WALL_NS)
        assert number == max(self.words, default=0) + 1, "no number is used twice"
        self.words[number] = {}

    @precondition(lambda self: self.words)
    @rule(data=st.data(), number=st.integers(1, 3))
    def a_rep_is_kept(self, data: st.DataObject, number: int) -> None:
        session = data.draw(st.sampled_from(sorted(self.words)))
        revision = self.words[session].get(number, 0) + 1
        self.journal.save(session, rep(number, revision), WALL_NS)
        self.words[session][number] = revision

    @precondition(lambda self: self.words)
    @rule()
    def the_session_ends(self) -> None:
        self.journal.end(max(self.words), "done", WALL_NS + 1)

    # What people put right.

    @precondition(lambda self: any(self.words.values()))
    @rule(data=st.data(), kind=st.sampled_from([VoidRep, RestoreRep, None]), text=st.sampled_from("abc"))
    def a_rep_is_corrected(self, data: st.DataObject, kind: type[VoidRep | RestoreRep] | None, text: str) -> None:
        session = data.draw(st.sampled_from(sorted(number for number, words in self.words.items() if words)))
        number = data.draw(st.sampled_from(sorted(self.words[session])))
        correction = NoteRep(number, text) if kind is None else kind(number)
        with contextlib.suppress(BadInputError):
            self.standing[self._edit(CorrectRep(session, correction)).revision] = True

    @precondition(lambda self: any(self.standing.values()))
    @rule(data=st.data())
    def a_correction_is_regretted(self, data: st.DataObject) -> None:
        revision = data.draw(st.sampled_from(sorted(of for of, stands in self.standing.items() if stands)))
        self._edit(Undo(revision))
        self.standing[revision] = False

    @precondition(lambda self: any(self.words.values()))
    @rule(data=st.data(), dates=st.booleans())
    def a_correction_that_is_taken_back_at_once_leaves_no_trace(self, data: st.DataObject, dates: bool) -> None:
        session = data.draw(st.sampled_from(sorted(number for number, words in self.words.items() if words)))
        number = data.draw(st.sampled_from(sorted(self.words[session])))
        before = self._rows(session)
        edit = DateSession(session, WALL_NS + 77) if dates else CorrectRep(session, NoteRep(number, "regretted"))
        with contextlib.suppress(BadInputError):
            revision = self._edit(edit).revision
            assert self._rows(session) != before
            self._edit(Undo(revision))
            self.standing[revision] = False
        assert self._rows(session) == before

    def _rows(self, session: int) -> list[tuple[Any, ...]]:
        """A session and its reps, less their revisions."""
        database = self.journal.database
        columns = ", ".join(name for name in COLUMNS if name != "revision")
        rows = database.execute(f"SELECT {columns} FROM rep WHERE session = ? ORDER BY rep", (session,)).fetchall()
        return [*rows, *database.execute("SELECT * FROM session WHERE id = ?", (session,)).fetchall()]

    @precondition(lambda self: self.words)
    @rule(data=st.data(), name=st.sampled_from(ATHLETES), present=st.booleans())
    def somebody_goes_or_comes_back(self, data: st.DataObject, name: str, present: bool) -> None:
        session = data.draw(st.sampled_from(sorted(self.words)))
        who, change = Presence(name, present=present, order=1, skipped=(2,)), new_id()
        database, uid = self.journal.database, self.journal.uid_of(session)
        self.journal.keep(change, lambda: presence_lines(database, session, uid, [who], change))
        self.here[session, name] = present

    @rule()
    def somebody_is_added(self) -> None:
        name = f"Cid {len(self.people)} the added"
        self.people[self._edit(AddAthlete(Known(name=name))).athlete] = (name, "")

    @precondition(lambda self: len(self._own()) > 1)
    @rule(data=st.data(), rename=st.booleans())
    def somebody_gets_another_name_or_is_somebody_else(self, data: st.DataObject, rename: bool) -> None:
        first, second = data.draw(st.lists(st.sampled_from(self._own()), min_size=2, max_size=2, unique=True))
        if rename:
            name = self.people[first][0].replace("the added", "the renamed")
            self._edit(ChangeAthlete(first, Known(name=name)))
            self.people[first] = (name, "")
        else:
            self._edit(MergeAthletes(first, second))
            self.people[first] = (self.people[first][0], second)

    def _own(self) -> list[str]:
        """The ids of those who are somebody of their own."""
        return sorted(uid for uid, (name, merged) in self.people.items() if not merged and name != REMOVED)

    @precondition(lambda self: self._own())
    @rule(data=st.data())
    def somebody_is_forgotten(self, data: st.DataObject) -> None:
        person = data.draw(st.sampled_from(self._own()))
        forget(self.journal, person)
        meant = {person}
        while more := {uid for uid, (_, merged) in self.people.items() if merged in meant} - meant:
            meant |= more
        for uid in meant:
            name, merged = self.people[uid]
            self.forgotten |= {name, name.replace("the renamed", "the added")}
            self.people[uid] = (REMOVED, merged)
        # Nobody can clean what lies elsewhere.
        self.older = None
        self._open()

    # What becomes of the files.

    @rule()
    def the_hour_strikes(self) -> None:
        self.hour += 1
        back_up(self.state, WALL_NS + self.hour * 3600 * 10**9)

    @rule()
    def kill_9(self) -> None:
        """What a killed process leaves is what the files hold at that instant."""
        snapshot = self.folder / "snapshot"
        shutil.copytree(self.state, snapshot)
        self.journal.close()
        shutil.rmtree(self.state)
        snapshot.rename(self.state)
        self._open()
        assert self.journal.check(lambda: True)

    @precondition(lambda self: self.words)
    @rule()
    def the_power_goes_between_log_and_database(self) -> None:
        self.journal.close()
        before = self.folder / "before.db"
        shutil.copy(self.state / DATABASE, before)
        self._open()
        session = max(self.words)
        self.a_rep_of(session)
        self.journal.close()
        before.replace(self.state / DATABASE)
        self._open()

    def a_rep_of(self, session: int) -> None:
        revision = self.words[session].get(1, 0) + 1
        self.journal.save(session, rep(1, revision), WALL_NS)
        self.words[session][1] = revision

    @rule(loss=DATABASE_LOSSES)
    def the_database_is_lost(self, loss: Callable[[Path], Any]) -> None:
        self._reopen_after(loss, DATABASE)

    @rule(loss=LOSSES)
    def the_log_is_lost(self, loss: Callable[[Path], Any]) -> None:
        self._reopen_after(loss, LOG)

    @rule(loss=DATABASE_LOSSES)
    def both_are_lost_after_a_copy_was_made(self, loss: Callable[[Path], Any]) -> None:
        self.the_hour_strikes()
        self.journal.close()
        loss(self.state / DATABASE)
        (self.state / LOG).unlink()
        self._open()

    @rule()
    def a_copy_is_put_aside(self) -> None:
        self.journal.close()
        self.older = self.folder / "older.db"
        shutil.copy(self.state / DATABASE, self.older)
        self._open()

    @precondition(lambda self: self.older is not None)
    @rule()
    def the_copy_is_put_back(self) -> None:
        assert self.older is not None
        older = self.older
        self._reopen_after(lambda path: shutil.copy(older, path), DATABASE)

    @rule(names=st.sampled_from([(DATABASE,), (LOG,), (DATABASE, LOG), (f"{DATABASE}-wal",)]), moved=st.booleans())
    def files_are_taken_away_while_it_runs(self, names: tuple[str, ...], moved: bool) -> None:
        for name in names:
            if moved:
                (self.state / name).rename(self.folder / name)
            else:
                (self.state / name).unlink()
        try:
            self.journal.begin(PLAN, ATHLETES, "sim", WALL_NS)
        except DisplacedError:
            former = self.journal
            former.close_database()
            self._open(former)
        else:
            raise AssertionError("a change was taken for durable in files that are gone")

    @invariant()
    def what_was_durable_is_there(self) -> None:
        assert self._found() == self.words
        assert self._others() == (self.people, self.standing, self.here)

    @invariant()
    def who_was_forgotten_is_named_nowhere(self) -> None:
        if self.forgotten:
            held = b"".join(path.read_bytes() for path in self.state.rglob("*") if path.is_file())
            assert not [name for name in self.forgotten if name.encode() in held]


TestKeptResults = KeptResults.TestCase
TestKeptResults.settings = settings(max_examples=settings().max_examples // 8, stateful_step_count=20)
