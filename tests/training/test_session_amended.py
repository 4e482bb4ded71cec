"""Corrections that were made of this session's reps elsewhere: turns and rests follow, and they are said."""

from __future__ import annotations

import msgspec

from retro_timer.beacon.control.kept_words import edit_of
from retro_timer.beacon.control.protocol import commands
from retro_timer.store.results import edits
from retro_timer.training.corrections import AnyCorrection, GiveRep, NoteRep, RestoreRep, SwapReps, VoidRep, corrected
from retro_timer.training.record import RepStatus
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive

NAMES = ("Ann", "Bea", "Cid")


def group_after(reps: int) -> Drive:
    session = Drive(plan(block(reps=3)), NAMES).begin()
    for _ in range(reps):
        session.to_go().finish(8.0)
    return session


def amend(session: Drive, correction: AnyCorrection, kind: str) -> Drive:
    """As the journal's writer answers."""
    records = corrected({record.rep: record for record in session.state.results}, correction)
    return session.put(inputs.Amended(kind, "00000000000000aa", records))


def steps_done(session: Drive) -> list[int]:
    return [athlete.next_step for athlete in session.state.athletes]


def test_undo_means_the_last_correction_whether_the_session_made_it_or_what_is_kept() -> None:
    def meant(session: Drive) -> object:
        return edit_of(commands.Undo(), session.state)

    session = amend(group_after(2), VoidRep(1), "void")
    assert meant(session) == edits.Undo("00000000000000aa")
    session.put(inputs.Absent("Bea"))
    assert meant(session) is None, "the absence came later, and is the session's own"
    amend(session, GiveRep(2, "Cid"), "give")
    assert meant(session) == edits.Undo("00000000000000aa")
    amend(session, GiveRep(2, "Bea"), "undo")
    assert meant(session) is None
    session.put(inputs.Undo())
    assert session.state.athletes[1].present
    amend(session, VoidRep(2), "void").to_go()
    assert meant(session) is None, "nothing is taken back once somebody has gone"


def test_an_athletes_last_rep_that_is_void_is_run_again() -> None:
    session = amend(group_after(4), VoidRep(2), "void")
    assert steps_done(session) == [2, 0, 1]
    assert session.spoken("voided_of") == {"rep": 1, "name": "Bea", "time": "7.95"}
    assert amend(session, RestoreRep(2), "restore").state.results[1].status is RepStatus.FINISHED
    assert steps_done(session) == [2, 1, 1]


def test_a_void_rep_that_others_of_the_athlete_followed_is_not_run_again() -> None:
    session = amend(group_after(4), VoidRep(1), "void")
    assert steps_done(session) == [2, 1, 1]


def test_a_rep_given_to_somebody_else_counts_for_them() -> None:
    session = amend(group_after(4), GiveRep(4, "Cid"), "give")
    assert steps_done(session) == [1, 1, 2]
    assert session.said()[-1] != "refused"
    assert session.spoken("given")["name"] == "Cid"


def test_swapped_reps_change_no_turn() -> None:
    before = group_after(3)
    turn = before.state.turn
    session = amend(before, SwapReps(2, 3), "swap")
    assert [record.athlete for record in session.state.results] == ["Ann", "Cid", "Bea"]
    assert session.state.turn == turn


def test_programs_hear_which_correction_it_was_and_of_a_note_nothing_is_said() -> None:
    session = group_after(1)
    mark = session.mark
    amend(session, NoteRep(1, "wind"), "note")
    (event,) = session.events("correction", since=mark)
    assert (event.kind, event.rep, event.flags, event.revision) == ("note", 1, (), "00000000000000aa")
    assert session.said(mark) == []


def test_what_the_session_changed_at_the_same_time_is_saved_once_more_above_both() -> None:
    session = group_after(1)
    (record,) = corrected({record.rep: record for record in session.state.results}, NoteRep(1, "wind"))
    session.put(inputs.Amended("note", "aa", (msgspec.structs.replace(record, revision=1),)))
    saved = session.of(effects.Save)[-1].record
    assert (saved.note, saved.revision) == ("wind", session.state.results[0].revision)
    assert saved.revision > 2


def test_undoing_a_correction_of_the_session_keeps_what_was_corrected_elsewhere() -> None:
    session = group_after(2)
    session.put(inputs.Void())
    amend(session, NoteRep(1, "wind"), "note")
    session.put(inputs.Undo())
    assert [(record.note, record.status) for record in session.state.results] == [
        ("wind", "finished"),
        ("", "finished"),
    ]


def test_a_session_that_is_over_takes_it_over_and_says_nothing() -> None:
    session = Drive(plan(block(reps=1)), ("Ann",)).begin().to_go().finish(8.0).until(Phase.DONE)
    mark = session.mark
    amend(session, VoidRep(1), "void")
    assert session.state.results[0].status is RepStatus.VOID
    assert session.said(mark) == []
    assert session.phase is Phase.DONE


def test_what_programs_are_told_of_a_correction_is_what_is_on_disk() -> None:
    session = group_after(1)
    (former,) = session.state.results
    session.put(inputs.Amended("note", "00000000000000aa", (msgspec.structs.replace(former, note="wind"),)))
    (told,) = session.events("correction")
    assert told.record == msgspec.structs.replace(former, note="wind")
    assert session.state.results[0].revision > told.record.revision
