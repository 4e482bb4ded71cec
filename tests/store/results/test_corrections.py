"""Corrections of what is kept: each is durable as one revision, and taken back by its id, whoever made others."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from retro_timer.errors import BadInputError
from retro_timer.store.results.athlete_edits import Done
from retro_timer.store.results.athletes import People
from retro_timer.store.results.database import open_for_reading
from retro_timer.store.results.edits import AnyEdit, CorrectRep, DateSession, NoteSession, Undo, carry_out, edit_of
from retro_timer.store.results.journal import Journal, Stamp
from retro_timer.store.results.presences import presence_lines, presences
from retro_timer.store.results.queries import session
from retro_timer.store.results.revising import revise_records
from retro_timer.store.results.revisions import newest_revision, revisions
from retro_timer.training.corrections import (
    AnyCorrection,
    GiveRep,
    NoteRep,
    RestoreRep,
    SetTime,
    SwapReps,
    VoidRep,
)
from retro_timer.training.record import Presence, RepRecord, RepStatus
from tests.helpers.results_made import ATHLETES, PLAN, WALL_NS, fill, ledger, opened, rep

STAMP = Stamp(WALL_NS + 5, origin="page of Kim")
DATE_NS = 1_763_820_000 * 10**9


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    fill(tmp_path)
    with contextlib.closing(Journal(tmp_path)) as made:
        yield made


def edited(journal: Journal, *edits: AnyEdit) -> Done:
    *_, last = [carry_out(journal, edit, STAMP) for edit in edits]
    return last


def record(journal: Journal, number: int, of: int = 1) -> RepRecord:
    return next(r for r in journal.reps(of) if r.rep == number)


def as_it_was(found: RepRecord) -> dict[str, Any]:
    return {name: getattr(found, name) for name in found.__struct_fields__ if name != "revision"}


CORRECTIONS: list[AnyCorrection] = [
    VoidRep(1),
    GiveRep(2, "Bea"),
    SetTime(1, 11.4),
    NoteRep(3, "wind"),
    SwapReps(2, 3),
]


@pytest.mark.parametrize("correction", CORRECTIONS, ids=lambda c: type(c).__name__)
def test_a_correction_that_is_taken_back_leaves_the_record_as_it_was_with_a_higher_revision(
    journal: Journal, correction: AnyCorrection
) -> None:
    if isinstance(correction, SwapReps):
        edited(journal, CorrectRep(1, GiveRep(2, "Bea")))
    before = journal.reps(1)
    done = edited(journal, CorrectRep(1, correction))
    assert [as_it_was(r) for r in journal.reps(1)] != [as_it_was(r) for r in before]
    edited(journal, Undo(done.revision))
    after = journal.reps(1)
    assert [as_it_was(r) for r in after] == [as_it_was(r) for r in before]
    touched = set(done.reps)
    assert all(
        new.revision == old.revision + (2 if new.rep in touched else 0) for old, new in zip(before, after, strict=True)
    )


def test_one_correction_is_taken_back_and_those_of_others_stay(journal: Journal) -> None:
    note = edited(journal, CorrectRep(1, NoteRep(1, "wind")))
    edited(journal, CorrectRep(1, VoidRep(1)), CorrectRep(2, VoidRep(1)))
    edited(journal, Undo(note.revision))
    assert (record(journal, 1).note, record(journal, 1).status) == ("", "void")
    assert record(journal, 1, of=2).status == "void"


def test_what_a_later_correction_says_outlives_the_undo_of_an_earlier_one_and_its_own_undo_leads_back_to_the_start(
    journal: Journal,
) -> None:
    first = edited(journal, CorrectRep(1, NoteRep(1, "wind")))
    second = edited(journal, CorrectRep(1, NoteRep(1, "rain")))
    edited(journal, Undo(first.revision))
    assert record(journal, 1).note == "rain"
    edited(journal, Undo(second.revision))
    assert record(journal, 1).note == ""


def test_without_an_id_the_last_that_stands_is_taken_back(journal: Journal) -> None:
    edited(journal, CorrectRep(1, NoteRep(1, "wind")), CorrectRep(2, VoidRep(2)), Undo(), Undo())
    assert (record(journal, 1).note, record(journal, 2, of=2).status) == ("", "finished")
    with pytest.raises(BadInputError, match="no correction to take back"):
        edited(journal, Undo())


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (Undo("0000000000000001"), "no such correction"),
        (CorrectRep(9, VoidRep(1)), "session 9: not found"),
        (CorrectRep(1, GiveRep(1, "Zoe")), "nobody of that name"),
        (NoteSession(1, ""), "changes nothing"),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_is_kept_of_it(journal: Journal, edit: AnyEdit, why: str) -> None:
    before = journal.log.size
    with pytest.raises(BadInputError, match=why):
        edited(journal, edit)
    assert journal.log.size == before


def test_nothing_is_taken_back_twice_nor_an_undo_itself(journal: Journal) -> None:
    done = edited(journal, CorrectRep(1, VoidRep(1)))
    back = edited(journal, Undo(done.revision))
    for revision, why in ((done.revision, "taken back already"), (back.revision, "an undo itself")):
        with pytest.raises(BadInputError, match=why):
            edited(journal, Undo(revision))


def test_each_is_kept_with_its_time_and_origin(journal: Journal) -> None:
    done = edited(journal, CorrectRep(1, GiveRep(1, "bea")))
    (row,) = revisions(journal.database, session=1)
    assert (row.id, row.kind, row.rep, row.wall_ns, row.origin) == (
        done.revision,
        "give",
        1,
        WALL_NS + 5,
        "page of Kim",
    )
    assert (row.before["athlete"], row.after["athlete"], row.undone) == ("Ann", "Bea", False)


def test_a_session_is_dated_afterwards_and_its_reps_move_with_it_until_that_is_taken_back(
    journal: Journal, tmp_path: Path
) -> None:
    def labels() -> tuple[int, list[int]]:
        gos = journal.database.execute("SELECT go_wall_ns FROM rep WHERE session = 1 ORDER BY rep").fetchall()
        query = "SELECT started_wall_ns, ended_wall_ns FROM session WHERE id = 1"
        started, ended = journal.database.execute(query).fetchone()
        return started, [moment - started for (moment,) in (*gos, (ended,))]

    before = labels()
    done = edited(journal, DateSession(1, DATE_NS), NoteSession(1, "indoors"), DateSession(1, DATE_NS + 1))
    assert labels() == (DATE_NS + 1, before[1])
    edited(journal, Undo(done.revision))
    assert labels() == (DATE_NS, before[1])
    reading = open_for_reading(tmp_path)
    assert reading is not None
    found = session(reading, 1)
    assert found is not None
    assert (found.started_wall_ns, found.note) == (DATE_NS, "indoors")


def test_a_date_that_is_taken_back_brings_beginning_and_end_back(journal: Journal) -> None:
    query = "SELECT started_wall_ns, ended_wall_ns FROM session WHERE id = 1"
    before = journal.database.execute(query).fetchone()
    edited(journal, DateSession(1, DATE_NS), Undo())
    assert journal.database.execute(query).fetchone() == before


def test_a_session_that_runs_is_dated_when_it_is_over(journal: Journal) -> None:
    number = journal.begin(PLAN, ATHLETES, "sim", WALL_NS)
    with pytest.raises(BadInputError, match=r"session 3: it is open: .*; expected one that is over"):
        edited(journal, DateSession(number, DATE_NS))
    journal.end(number, "done", WALL_NS)
    assert edited(journal, DateSession(number, DATE_NS)).kind == "date"


def test_a_rebuild_from_the_log_alone_gives_the_same_reps_athletes_and_corrections(
    journal: Journal, tmp_path: Path
) -> None:
    done = edited(journal, *(CorrectRep(1, correction) for correction in CORRECTIONS[:4]), DateSession(2, DATE_NS))
    edited(journal, Undo(done.revision), CorrectRep(1, VoidRep(2)), CorrectRep(1, RestoreRep(2)))
    journal.close_database()
    before = ledger(tmp_path)
    (tmp_path / "results.db").unlink()
    opened(tmp_path)
    assert ledger(tmp_path) == before
    (tmp_path / "reps.jsonl").unlink()
    opened(tmp_path)
    (tmp_path / "results.db").unlink()
    opened(tmp_path)
    assert ledger(tmp_path) == before, "and so does a log that was written anew from the database"


def test_what_the_session_under_way_corrects_is_a_revision_too_and_its_undo_is_known_as_one(journal: Journal) -> None:
    before = record(journal, 1)
    voided = msgspec.structs.replace(before, status=RepStatus.VOID, reason="void", revision=before.revision + 3)
    assert revise_records(journal, 1, "void", (voided,), Stamp(WALL_NS, origin="button"))
    assert record(journal, 1) == voided
    back = msgspec.structs.replace(before, revision=voided.revision + 1)
    assert revise_records(journal, 1, "undo", (back,), Stamp(WALL_NS, origin="button"))
    first, second = revisions(journal.database, session=1)
    assert (first.kind, first.origin, first.undone, second.undoes) == ("void", "button", True, first.id)
    assert record(journal, 1) == back
    with pytest.raises(BadInputError, match="no correction to take back"):
        edited(journal, Undo())
    assert not revise_records(journal, 1, "void", (rep(77),), STAMP), "the journal has no such rep yet"


def test_a_rep_that_was_void_while_under_way_is_none_that_goes_on_when_that_is_taken_back(journal: Journal) -> None:
    journal.save(1, rep(9, status=RepStatus.OPEN), WALL_NS)
    revise_records(journal, 1, "void", (rep(9, revision=2, status=RepStatus.VOID),), STAMP)
    edited(journal, Undo())
    assert (record(journal, 9).status, record(journal, 9).reason) == ("dnf", "stopped")


def test_who_is_here_is_kept_and_a_rebuild_knows_it(journal: Journal, tmp_path: Path) -> None:
    session = journal.begin(PLAN, ATHLETES, "sim", WALL_NS)
    uid = journal.uid_of(session)
    here = [Presence("Dee", order=1, skipped=(0, 1)), Presence("Ann", present=False), Presence("Dee", order=2)]
    for number, presence in enumerate(here, start=1):
        change = f"{number:016x}"
        lines = partial(presence_lines, journal.database, session, uid, [presence], change)
        journal.keep(change, lines)
    assert presences(journal.database, session) == (here[1], here[2])
    assert [row.name for row in People.of(journal.database).persons] == ["Ann", "Bea", "Dee"]
    journal.close_database()
    before = ledger(tmp_path)
    for lost in ("results.db", "reps.jsonl", "results.db"):
        (tmp_path / lost).unlink()
        opened(tmp_path)
        assert ledger(tmp_path)["presence"] == before["presence"]


def test_a_change_that_is_tried_again_is_made_once(journal: Journal) -> None:
    stamp = Stamp(WALL_NS, change="00000000000000aa")
    done = carry_out(journal, CorrectRep(1, NoteRep(1, "wind")), stamp)
    assert carry_out(journal, CorrectRep(1, NoteRep(1, "wind")), stamp) == done
    assert len(revisions(journal.database, session=1)) == 1


def test_corrections_are_looked_up_by_an_index_however_many_there_are(journal: Journal) -> None:
    asked = list[str]()
    journal.database.set_trace_callback(asked.append)
    for wanted in ({"session": 1}, {"session": 1, "rep": 2}, {"revision": "00000000000000aa"}):
        revisions(journal.database, **wanted)
    newest_revision(journal.database)
    journal.database.set_trace_callback(None)
    plans = [[row[3] for row in journal.database.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()] for query in asked]
    of_session, of_rep, of_id, newest = [next(step for step in plan if "TEMP B-TREE" not in step) for plan in plans]
    assert "USING INDEX revision_by_rep (session=?)" in of_session
    assert "USING INDEX revision_by_rep (session=? AND rep=?)" in of_rep
    assert "USING INDEX revision_by_id (id=?)" in of_id
    assert newest == "SCAN revision", "from the newest on, until one stands"
    assert all(any("revision_by_undone (undoes=?)" in step for step in plan) for plan in plans)
    assert not any("TEMP B-TREE" in step for step in plans[3])


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"type": "rep"},
        {"type": "rep", "session": 0, "correction": {"kind": "void", "rep": 1}},
        {"type": "rep", "session": 1, "correction": {"kind": "set", "rep": 1, "time_s": -1}},
        {"type": "rep", "session": 1, "correction": {"kind": "eat", "rep": 1}},
        {"type": "date", "session": 1, "started_wall_ns": 10**30},
        "rep",
        None,
    ],
)
def test_a_message_that_is_no_edit_is_bad_input(message: object) -> None:
    with pytest.raises(
        BadInputError, match=r"^edit: .*; expected a change as `retro-timer results edit --help` has it$"
    ):
        edit_of(message)
