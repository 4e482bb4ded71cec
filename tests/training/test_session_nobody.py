"""A finish that was nobody's: who runs on, who moves up, and what of it can be taken back."""

from __future__ import annotations

import pytest

from retro_timer.training.record import RepStatus
from retro_timer.training.session import inputs
from retro_timer.training.session.reassigning import is_made_here
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.rolling_drive import FOUR, arrive, goes, one_behind, rolling, running, saved_together, times, to_go
from tests.helpers.session_drive import Drive


def test_what_was_nobodys_finish_moves_those_behind_up_and_nobody_runs_again() -> None:
    """A walker breaks the beam 10 s after Ann's go, and Ann, Bea and Cid come as the next one each."""
    session = to_go(rolling(names=FOUR[:3], reps=1, rest_s=0.0), 2)
    arrive(session, "Ann", 10.0)
    arrive(to_go(session, 3), "Bea", 6.1)
    assert times(session) == {1: ("Ann", 10.0), 2: ("Bea", 6.1)}
    mark = session.mark
    session.put(inputs.Nobody(1))
    assert session.said(mark) == ["nobody_of"]
    assert session.spoken("nobody_of") == {"name": "Ann"}
    assert times(session) == {1: ("Ann", 12.1)}
    assert running(session) == ["Bea", "Cid"]
    arrive(session, "Bea", 12.2)
    arrive(session, "Cid", 12.4)
    assert times(session) == {1: ("Ann", 12.1), 2: ("Bea", 12.2), 3: ("Cid", 12.4)}
    assert (len(goes(session)), session.phase) == (3, Phase.DONE)
    assert saved_together(session, mark) == [("nobody", [("Ann", "finished"), ("Bea", "open")])]


def test_nobodys_finish_of_the_only_one_leaves_them_on_the_course_until_they_come() -> None:
    session = to_go(rolling(names=FOUR[:1], reps=2, rest_s=30.0), 1)
    arrive(session, "Ann", 4.0).put(inputs.Nobody(1))
    assert running(session) == ["Ann"]
    assert session.state.expectation.armed
    arrive(session, "Ann", 7.0)
    assert times(session) == {1: ("Ann", 7.0)}
    to_go(session, 2)
    assert goes(session)[1][1] == pytest.approx(goes(session)[0][1] + 37.0, abs=1.0), "rest runs from the true finish"


def test_nobodys_finish_of_who_is_past_their_time_is_a_dnf() -> None:
    session = to_go(rolling(names=FOUR[:1], reps=1), 1)
    arrive(session, "Ann", 4.0)
    assert session.phase is Phase.DONE
    assert not is_made_here(session.state, inputs.Nobody(1)), "the journal makes it when the session is over"
    session = to_go(rolling(names=FOUR[:1], reps=2, rest_s=60.0), 1)
    arrive(session, "Ann", 4.0).wait(40.0).put(inputs.Nobody(1))
    assert (session.results[1].status, session.results[1].reason) == (RepStatus.DNF, "timeout")


def test_in_rotation_whose_finish_was_nobodys_runs_on_and_comes_with_their_own_time() -> None:
    session = Drive(plan(block(reps=1)), FOUR[:2]).begin().to_go().finish(5.0)
    session.put(inputs.Nobody(1))
    assert (session.phase, running(session)) == (Phase.RUNNING, ["Ann"])
    assert session.state.expectation.rep == 1
    session.finish(8.0)
    assert times(session) == {1: ("Ann", 8.0)}
    assert session.results[1].flags == ()
    assert session.to_go().finish(8.0).phase is Phase.DONE
    assert [go.athlete for go in session.events("go")] == ["Ann", "Bea"]


def test_in_rotation_a_start_under_way_is_called_off_for_who_is_on_the_course_still() -> None:
    session = Drive(plan(block(reps=1, distance_m=60.0), rest_s=5.0), FOUR[:2]).begin().to_go().finish(9.0)
    session.until(Phase.COUNTDOWN).put(inputs.Nobody(1))
    assert len(session.events("recall")) == 1
    assert (session.phase, running(session)) == (Phase.RUNNING, ["Ann"])
    assert "go" not in session.said(session.mark)
    session.finish(40.0).to_go()
    assert running(session) == ["Bea"]


def test_in_rotation_nobodys_finish_is_a_dnf_once_they_can_come_no_more_or_are_gone() -> None:
    session = Drive(plan(block(reps=2), rest_s=60.0), FOUR[:1]).begin().to_go().finish(5.0)
    session.wait(35.0).put(inputs.Nobody(1))
    assert (session.results[1].status, session.results[1].reason) == (RepStatus.DNF, "timeout")
    assert running(session) == []
    session = Drive(plan(block(reps=1)), FOUR[:2]).begin().to_go().finish(5.0)
    session.put(inputs.Absent("Ann")).put(inputs.Nobody(1))
    assert session.results[1].status is RepStatus.DNF
    assert running(session.to_go()) == ["Bea"]


def test_in_rotation_who_runs_on_after_a_nobody_is_held_by_nothing_and_a_pause_stays() -> None:
    session = Drive(plan(block(reps=1)), FOUR[:2]).begin().to_go().put(inputs.Pause()).finish(5.0)
    held = session.phase
    session.put(inputs.Nobody(1))
    assert (held, session.phase, running(session)) == (Phase.PAUSED, Phase.RUNNING, ["Ann"])
    assert session.finish(8.0).phase is Phase.PAUSED


def test_in_rotation_a_nobody_is_taken_back_while_they_run_and_the_rest_begins() -> None:
    session = Drive(plan(block(reps=1)), FOUR[:2]).begin().to_go().finish(5.0)
    session.put(inputs.Nobody(1)).put(inputs.Undo())
    assert times(session) == {1: ("Ann", 5.0)}
    assert session.phase is Phase.REST
    assert running(session.to_go()) == ["Bea"]
    session = Drive(plan(block(reps=1)), FOUR[:2]).begin().to_go().finish(5.0)
    mark = session.put(inputs.Nobody(1)).finish(8.0).mark
    session.put(inputs.Undo())
    assert times(session) == {1: ("Ann", 8.0)}, "she has come since"
    assert session.refused(mark) == []


def test_a_nobody_is_taken_back_also_when_they_have_not_come_in_time_since() -> None:
    session = Drive(plan(block(reps=1)), FOUR[:2]).begin().to_go().finish(5.0)
    session.put(inputs.Nobody(1)).until(Phase.REST)
    assert times(session.put(inputs.Undo())) == {1: ("Ann", 5.0)}
    assert running(session.to_go()) == ["Bea"]
    session = arrive(to_go(rolling(names=FOUR[:2], reps=2, rest_s=60.0), 2), "Ann", 9.0)
    session.put(inputs.Nobody(1)).wait(40.0)
    assert {record.reason for record in session.results.values()} == {"timeout"}
    assert times(session.put(inputs.Undo())) == {1: ("Ann", 9.0), 2: ("Bea", None)}


def test_in_rotation_who_runs_on_and_never_comes_has_not_finished() -> None:
    session = Drive(plan(block(reps=1)), FOUR[:2]).begin().to_go().finish(5.0)
    session.put(inputs.Nobody(1)).until(Phase.REST)
    assert (session.results[1].status, session.results[1].reason) == (RepStatus.DNF, "timeout")


def test_in_rotation_nobodys_finish_moves_no_finish_of_another_turn() -> None:
    """Turns so close that Ann, as slow as one may be, could have come at Bea's finish."""
    session = Drive(plan(block(distance_m=60.0, reps=1), rest_s=5.0), FOUR[:3]).begin().to_go().finish(9.0)
    session.to_go().finish(14.0)
    before = dict(session.results)
    session.put(inputs.Nobody(1))
    assert (session.results[1].status, session.results[2]) == (RepStatus.DNF, before[2])


@pytest.mark.parametrize("rep", [0, 3, 99])
def test_nobodys_finish_of_a_rep_without_one_is_refused(rep: int) -> None:
    session = one_behind()
    mark = session.mark
    assert session.put(inputs.Nobody(rep)).refused(mark) == ["no_finish"]
