"""Before several lanes: a rep is run in the lane that the crossing tells, and what nobody could see is told."""

from __future__ import annotations

import pytest

from retro_timer.training.button_table import Row, row_of
from retro_timer.training.corrections import NoteRep, corrected
from retro_timer.training.listed import Listed
from retro_timer.training.record import Flag, RepStatus
from retro_timer.training.session import inputs
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive, S


def two_reps(*names: str) -> Drive:
    return Drive(plan(block(reps=2)), names or ("Ann",)).begin().to_go()


def unseen(session: Drive, from_s: float, to_s: float, *, nearest: int = 2) -> Drive:
    """Lanes are hidden between these seconds after the go; told a second after."""
    running = session.state.running
    assert running is not None
    go_ns = running.record.go_ns
    session.wait(to_s + 1.0 - (session.now_ns - go_ns) / S)
    first_ns, last_ns = go_ns + round(from_s * S), go_ns + round(to_s * S)
    return session.put(inputs.LanesUnseen(running.record.rep, nearest, 4, first_ns, last_ns, session.now_ns))


def test_the_crossing_tells_the_lane_of_crossing_finish_and_record() -> None:
    session = two_reps().finish(8.0, lane=3)
    assert [event.lane for event in session.events("crossing")] == [3]
    (finish,) = session.events("finish")
    assert (finish.lane, finish.record.lane) == (3, 3)


def test_a_go_tells_the_athlete_s_lane_once_it_is_known() -> None:
    session = two_reps("Ann", "Bea").finish(8.0, lane=1).to_go().finish(8.0, lane=4).to_go()
    assert [go.lane for go in session.events("go")] == [None, None, 1]


def test_a_finish_in_another_lane_than_before_is_told_and_counts() -> None:
    session = two_reps().finish(8.0, lane=3).to_go().finish(8.0, lane=2).wait(1.0)
    assert session.state.results[-1].status is RepStatus.FINISHED
    assert session.spoken("other_lane") == {"lane": 2, "usual": 3}


def test_a_finish_in_the_same_lane_is_told_without_a_word_of_lanes() -> None:
    session = two_reps().finish(8.0, lane=3).to_go().finish(8.0, lane=3).wait(1.0)
    assert "other_lane" not in session.said()


def listed(lane: int, lanes: int = 4) -> Drive:
    rules = Rules(lanes=lanes, listed=(Listed("Ann", lane=lane),))
    return Drive(plan(block(reps=2)), ("Ann", "Bea"), rules).begin().to_go()


def test_before_anybody_was_seen_the_roster_tells_the_lane() -> None:
    session = listed(3).finish(8.0, lane=3).to_go().finish(8.0, lane=1).to_go()
    assert [go.lane for go in session.events("go")] == [3, None, 3]
    assert "other_lane_listed" not in session.said()


def test_a_finish_in_another_lane_than_the_rosters_is_told_and_from_then_on_the_seen_one_counts() -> None:
    session = listed(3).finish(8.0, lane=2).wait(1.0)
    assert session.spoken("other_lane_listed") == {"lane": 2, "usual": 3}
    session.to_go().finish(8.0, lane=1).to_go().finish(8.0, lane=4).wait(1.0)
    assert session.spoken("other_lane") == {"lane": 4, "usual": 2}


@pytest.mark.parametrize(("lane", "lanes"), [(5, 4), (1, 1)])
def test_a_lane_that_the_gate_does_not_tell_apart_is_nobodys(lane: int, lanes: int) -> None:
    assert [go.lane for go in listed(lane, lanes).events("go")] == [None]


@pytest.mark.parametrize(("nearest", "told"), [(2, 3), (4, 4)])
def test_who_was_hidden_is_told_with_their_usual_lane_if_that_was_hidden(nearest: int, told: int) -> None:
    session = two_reps().finish(8.0, lane=3).to_go()
    unseen(session, 7.0, 9.0, nearest=nearest)
    assert session.spoken("lane_not_seen") == {"lane": told}
    (event,) = session.events("unseen")
    assert (event.lane, event.from_s, event.to_s) == (told, 7.0, 9.0)


def test_a_manual_finish_that_answers_takes_the_hidden_span() -> None:
    session = unseen(two_reps(), 7.0, 9.0).wait(3.0)
    assert row_of(session.state) is Row.BY_HAND
    (record,) = session.put(inputs.ManualFinish()).state.results
    assert (record.time_ns, record.uncertainty_ns) == (8 * S, 1 * S)
    assert record.flags == (Flag.HIDDEN, Flag.MANUAL)


def test_after_a_while_a_manual_finish_is_of_its_own_moment_again() -> None:
    session = unseen(two_reps(), 7.0, 9.0).wait(11.0)
    assert row_of(session.state) is Row.RUNNING
    (record,) = session.put(inputs.ManualFinish()).state.results
    assert record.time_ns == 21 * S
    assert record.flags == (Flag.MANUAL,)


def test_an_offer_lasts_its_time_also_after_one_before_it() -> None:
    session = unseen(unseen(Drive(plan(block(distance_m=60.0))).begin().to_go(), 7.0, 9.0), 14.0, 16.0).wait(6.0)
    assert row_of(session.state) is Row.BY_HAND
    assert row_of(session.wait(5.0).state) is Row.RUNNING


def test_a_void_rep_tells_nothing_of_the_athletes_lane() -> None:
    session = Drive(plan(block(reps=4))).begin().to_go().finish(8.0, lane=2).to_go().finish(8.0, lane=3)
    assert session.put(inputs.Void()).to_go().events("go")[-1].lane == 2


def test_the_last_rep_tells_the_lane_whichever_was_corrected_last() -> None:
    session = Drive(plan(block(reps=4))).begin().to_go().finish(8.0, lane=2).to_go().finish(8.0, lane=3)
    noted = corrected({record.rep: record for record in session.state.results}, NoteRep(1, "wind"))
    assert session.put(inputs.Amended("note", "aa", noted)).to_go().events("go")[-1].lane == 3


def test_who_comes_after_all_is_timed_as_ever() -> None:
    session = unseen(two_reps(), 7.0, 8.0).finish(10.0, lane=1)
    (record,) = session.state.results
    assert (record.method, record.flags, record.lane) == ("gate", (), 1)


def test_hidden_lanes_of_a_rep_that_is_over_are_no_news() -> None:
    session = two_reps().finish(8.0, lane=1)
    session.put(inputs.LanesUnseen(1, 2, 4, 0, S, session.now_ns))
    assert session.phase is Phase.REST
    assert session.events("unseen") == []


def test_only_the_lane_whose_crossing_was_told_takes_it_back() -> None:
    session = two_reps().wait(8.0)
    session.put(inputs.CrossingSeen(1, session.now_ns, 3))
    session.put(inputs.CrossingTakenBack(1, session.now_ns, "too brief", 1))
    assert session.events("crossing_withdrawn") == []
    session.put(inputs.CrossingTakenBack(1, session.now_ns, "too brief", 3))
    session.put(inputs.CrossingTakenBack(1, session.now_ns, "too brief", 1))
    assert len(session.events("crossing_withdrawn")) == 1
