"""Finishes that change hands, on the disk: one correction of several reps, taken back by one undo, and from the log."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from retro_timer.errors import BadInputError
from retro_timer.store.results.cut_off import cut_off
from retro_timer.store.results.edits import AnyEdit, CorrectRep, Undo, carry_out
from retro_timer.store.results.journal import Journal, Stamp
from retro_timer.store.results.revising import revise_records
from retro_timer.store.results.revisions import revisions
from retro_timer.training.corrections import NobodyRep, SwapReps, VoidRep
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Order
from retro_timer.training.record import RepRecord, RepStatus
from tests.helpers.plans_made import block, plan
from tests.helpers.results_made import WALL_NS, ledger, opened

S = 1_000_000_000
NAMES = ("Ann", "Bea", "Cid")
STAMP = Stamp(WALL_NS, origin="ctl")


def run(number: int, name: str, time_s: float | None) -> RepRecord:
    """Goes every 6 s."""
    status = RepStatus.DNF if time_s is None else RepStatus.FINISHED
    time_ns = None if time_s is None else round(time_s * S)
    reason = "timeout" if time_s is None else ""
    return RepRecord(
        number, 1, 1, name, 20.0, None, Gait.JOG, status, number * 6 * S, time_ns, 20_000_000, reason=reason
    )


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """A walker was taken for Ann, Ann for Bea and Bea for Cid, who so has no finish of her own."""
    with contextlib.closing(Journal(tmp_path)) as journal:
        of = plan(block(reps=1), order=Order.ROLLING, every_s=6.0, lanes_apart=True)
        number = journal.begin(of, NAMES, "sim", WALL_NS)
        for record in (run(1, "Ann", 9.0), run(2, "Bea", 5.0), run(3, "Cid", 5.2)):
            journal.save(number, record, WALL_NS)
        yield journal


def times(journal: Journal) -> list[tuple[str, float | None, str]]:
    return [(one.athlete, one.time_ns and one.time_ns / S, str(one.status)) for one in journal.reps(1)]


def edited(journal: Journal, edit: AnyEdit) -> tuple[int, ...]:
    return carry_out(journal, edit, STAMP).reps


def test_nobodys_finish_of_a_session_that_is_over_moves_those_behind_up_and_one_undo_takes_all_back(
    journal: Journal, tmp_path: Path
) -> None:
    before = journal.reps(1)
    assert edited(journal, CorrectRep(1, NobodyRep(1))) == (1, 2, 3)
    assert times(journal) == [("Ann", 11.0, "finished"), ("Bea", 11.2, "finished"), ("Cid", None, "dnf")]
    assert len({row.id for row in revisions(journal.database, session=1)}) == 1
    assert edited(journal, Undo()) == (1, 2, 3)
    assert journal.reps(1) == [msgspec.structs.replace(one, revision=one.revision + 2) for one in before]
    journal.close_database()
    kept = ledger(tmp_path)
    (tmp_path / "results.db").unlink()
    opened(tmp_path)
    assert ledger(tmp_path) == kept, "from the log alone"


def test_what_the_session_moved_is_one_correction_and_so_is_its_undo(journal: Journal) -> None:
    before = journal.reps(1)
    moved = [
        msgspec.structs.replace(before[0], status=RepStatus.DNF, time_ns=None, reason="stopped", revision=2),
        msgspec.structs.replace(before[1], time_ns=2 * S, revision=2),
    ]
    assert revise_records(journal, 1, "out", moved, STAMP)
    assert journal.reps(1)[:2] == moved
    back = [msgspec.structs.replace(one, revision=3) for one in before[:2]]
    assert revise_records(journal, 1, "undo", back, STAMP)
    assert journal.reps(1)[:2] == back
    out, _, undo, _ = revisions(journal.database, session=1)
    assert (out.kind, out.undone, undo.kind, undo.undoes) == ("out", True, "undo", out.id)


def test_two_finishes_that_were_each_others_are_exchanged_and_the_reps_stay_whose_they_are(journal: Journal) -> None:
    edited(journal, CorrectRep(1, SwapReps(2, 3)))
    assert times(journal)[1:] == [("Cid", 5.0, "finished"), ("Bea", 5.2, "finished")], "Cid had not gone yet: the names"
    edited(journal, Undo())
    for record in (run(2, "Bea", 12.0), run(3, "Cid", 5.0)):
        journal.save(1, msgspec.structs.replace(record, revision=9), WALL_NS)
    edited(journal, CorrectRep(1, SwapReps(2, 3)))
    assert times(journal)[1:] == [("Bea", 11.0, "finished"), ("Cid", 6.0, "finished")]


def test_while_others_are_on_the_course_the_session_is_asked(journal: Journal) -> None:
    journal.save(1, msgspec.structs.replace(run(4, "Ann", 1.0), status=RepStatus.OPEN), WALL_NS)
    with pytest.raises(BadInputError, match="others are on the course"):
        edited(journal, CorrectRep(1, NobodyRep(1)))


def test_who_has_no_finish_has_none_that_is_nobodys(journal: Journal) -> None:
    journal.save(1, run(4, "Ann", None), WALL_NS)
    with pytest.raises(BadInputError, match="rep 4: it has no finish"):
        edited(journal, CorrectRep(1, NobodyRep(4)))


def on_again(journal: Journal) -> str:
    """Bea's finish was nobody's, the session has said: she is on the course again. The correction's id."""
    back = msgspec.structs.replace(
        journal.reps(1)[1], status=RepStatus.OPEN, time_ns=None, uncertainty_ns=None, method="", revision=2
    )
    assert revise_records(journal, 1, "nobody", [back], STAMP)
    return revisions(journal.database, session=1)[-1].id


def ended(journal: Journal, time_ns: int | None, reason: str = "") -> None:
    status = RepStatus.FINISHED if time_ns else RepStatus.DNF
    end = msgspec.structs.replace(journal.reps(1)[1], status=status, time_ns=time_ns, reason=reason, revision=3)
    journal.save(1, end, WALL_NS)


def test_a_finish_is_not_had_back_while_its_runner_is_on_the_course_since_what_ends_it_then_would_be_kept(
    journal: Journal,
) -> None:
    revision = on_again(journal)
    with pytest.raises(BadInputError, match=f"rep 2 is under way again; expected `retro-timer ctl undo {revision}`"):
        edited(journal, Undo(revision))
    ended(journal, None, "timeout")
    assert edited(journal, Undo(revision)) == (2,)


@pytest.mark.parametrize("reason", ["timeout", "interrupted"])
def test_a_finish_that_is_had_back_has_no_reason_for_being_none(journal: Journal, reason: str) -> None:
    revision = on_again(journal)
    ended(journal, None, reason)
    edited(journal, Undo(revision))
    bea = journal.reps(1)[1]
    assert (bea.status, bea.time_ns, bea.reason) == (RepStatus.FINISHED, 5 * S, "")
    back = revisions(journal.database, session=1)[-1]
    assert (back.before["status"], back.before["reason"]) == ("dnf", reason)


def test_who_has_come_since_keeps_that_finish(journal: Journal) -> None:
    revision = on_again(journal)
    ended(journal, 8 * S)
    edited(journal, Undo(revision))
    assert times(journal)[1] == ("Bea", 8.0, "finished")


def test_what_the_session_takes_back_after_a_time_out_is_known_as_taken_back(journal: Journal) -> None:
    before = journal.reps(1)[1]
    revision = on_again(journal)
    ended(journal, None, "timeout")
    assert revise_records(journal, 1, "undo", [msgspec.structs.replace(before, revision=4)], STAMP)
    assert journal.reps(1)[1] == msgspec.structs.replace(before, revision=4)
    with pytest.raises(BadInputError, match="taken back already"):
        edited(journal, Undo(revision))


def test_a_relays_leg_that_began_with_nobodys_finish_stays_void_when_that_is_taken_back(journal: Journal) -> None:
    bea, cid = journal.reps(1)[1:]
    leg = msgspec.structs.replace(cid, status=RepStatus.OPEN, time_ns=None, uncertainty_ns=None, method="", revision=2)
    journal.save(1, leg, WALL_NS)
    on = msgspec.structs.replace(bea, status=RepStatus.OPEN, time_ns=None, uncertainty_ns=None, method="", revision=2)
    void = msgspec.structs.replace(leg, status=RepStatus.VOID, reason="void", revision=3)
    assert revise_records(journal, 1, "nobody", [on, void], STAMP)
    ended(journal, None, "timeout")
    edited(journal, Undo())
    assert times(journal)[1:] == [("Bea", 5.0, "finished"), ("Cid", None, "void")]


def test_the_last_correction_of_a_session_that_was_cut_off_is_known(journal: Journal) -> None:
    revision = on_again(journal)
    other = journal.begin(plan(block(reps=1)), NAMES, "other", WALL_NS)
    journal.save(other, run(1, "Ann", 9.0), WALL_NS)
    edited(journal, CorrectRep(other, VoidRep(1)))
    journal.database.execute("UPDATE session SET owner = ''")
    (found,) = cut_off(journal, "sim")
    assert found.corrected == revision
    ended(journal, None, "interrupted")
    assert edited(journal, Undo(revision)) == (2,)
    assert [one.corrected for one in cut_off(journal, "sim")] == [""]
