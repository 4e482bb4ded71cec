"""Finishes that change hands in a session: who left the course, whose a finish was, whose it was not."""

from __future__ import annotations

import msgspec

from retro_timer.training.record import Flag, RepStatus
from retro_timer.training.session import inputs
from retro_timer.training.session.machine import recovered_session
from retro_timer.training.session.reassigning import is_made_here
from tests.helpers.rolling_drive import FOUR, arrive, one_behind, rolling, running, saved_together, times, to_go
from tests.helpers.session_drive import Drive, on_disk


def test_who_left_the_course_hands_on_what_they_took_to_those_behind() -> None:
    session = one_behind()
    mark = session.mark
    session.put(inputs.Out("ann"))
    assert times(session) == {1: ("Ann", None), 2: ("Bea", 6.0), 3: ("Cid", 6.3)}
    assert session.results[1].status is RepStatus.DNF
    assert running(session) == ["Dan"]
    assert not session.state.athletes[0].present
    moved = [("Ann", "dnf"), ("Bea", "finished"), ("Cid", "finished")]
    assert [(kind, sorted(reps)) for kind, reps in saved_together(session, mark)] == [("out", moved)]
    assert [key for key in session.said(mark) if key != "clear_the_lane"] == ["left_course"]
    assert times(arrive(session, "Dan", 6.1))[4] == ("Dan", 6.1)


def test_one_undo_takes_all_of_it_back_with_a_higher_revision_also_after_the_next_go() -> None:
    session = rolling(names=FOUR, reps=2, rest_s=0.0)
    arrive(to_go(session, 2), "Bea", 6.0)
    arrive(to_go(session, 3), "Cid", 6.3)
    before = dict(session.results)
    session.put(inputs.Out("Ann"))
    after = dict(session.results)
    to_go(session, 4)
    mark = session.mark
    session.put(inputs.Undo())
    assert times(session) == {1: ("Ann", 12.0), 2: ("Bea", 12.3)}
    for rep, record in before.items():
        assert session.results[rep] == msgspec.structs.replace(record, revision=after[rep].revision + 1)
    assert session.state.athletes[0].present
    assert running(session) == ["Cid", "Dan"], "Cid is on the course as before"
    assert [kind for kind, _ in saved_together(session, mark)] == ["undo"]
    assert session.put(inputs.Undo()).refused(mark) == ["nothing_to_undo"]
    assert times(arrive(session, "Cid", 12.0))[3][0] == "Cid"


def test_who_has_come_since_keeps_their_finish_when_the_correction_is_taken_back() -> None:
    """Bea is on the course again, as what ended Ann's rep was nobody, and comes; then that was somebody after all."""
    session = to_go(rolling(names=FOUR[:2], reps=2, rest_s=40.0), 2)
    arrive(session, "Ann", 10.0)
    arrive(session, "Bea", 6.0)
    session.put(inputs.Nobody(1))
    assert times(session) == {1: ("Ann", 12.0)}
    arrive(session, "Bea", 7.0)
    assert times(session) == {1: ("Ann", 12.0), 2: ("Bea", 7.0)}
    session.put(inputs.Undo())
    assert times(session) == {1: ("Ann", 10.0), 2: ("Bea", 7.0)}


def test_who_has_gone_anew_is_not_the_finish_of_their_rep_before() -> None:
    session = to_go(rolling(names=FOUR[:1], reps=3, rest_s=0.0), 1)
    arrive(session, "Ann", 4.0)
    arrive(to_go(session, 2), "Ann", 4.0)
    second = session.results[2]
    session.put(inputs.Nobody(1))
    assert (session.results[1].status, session.results[2]) == (RepStatus.DNF, second)
    assert running(session) == []


def test_a_finish_that_is_given_to_another_moves_theirs_on() -> None:
    session = one_behind()
    mark = session.mark
    session.put(inputs.Give("Bea", 1))
    assert times(session)[2] == ("Bea", 6.0)
    assert session.spoken("given") == {"name": "Bea", "rep": 1}
    ((kind, reps),) = saved_together(session, mark)
    assert kind == "give"
    assert len(reps) == len(set(reps)) > 1
    backs = [one.go_ns + one.time_ns for one in session.state.results if one.time_ns is not None]
    assert len(backs) == len(set(backs)) == 2, "each crossing is one rep's"


def test_a_swap_exchanges_crossings_and_what_comes_later_does_not_take_that_back() -> None:
    session = to_go(rolling(names=FOUR[:3], reps=1, rest_s=0.0), 2)
    arrive(session, "Ann", 10.0)
    arrive(session, "Bea", 7.0)
    to_go(session, 3).put(inputs.Swap(1, 2))
    assert times(session) == {1: ("Ann", 13.0), 2: ("Bea", 4.0)}
    assert session.spoken("swapped") == {"name": "Bea", "rep": 1}
    assert [flag for flag in session.results[2].flags if flag is Flag.FAST] == [Flag.FAST]


def test_who_was_stopped_by_hand_takes_part_in_no_move() -> None:
    session = one_behind().wait(9.0).put(inputs.ManualFinish("Dan"))
    by_hand = session.results[4]
    session.put(inputs.Out("Ann"))
    assert {rep: time for rep, time in times(session).items() if rep != by_hand.rep} == {
        1: ("Ann", None),
        2: ("Bea", 6.0),
        3: ("Cid", 6.3),
    }
    assert session.results[4] == by_hand
    assert Flag.MANUAL not in session.results[3].flags


def test_where_all_behind_have_come_as_themselves_who_left_has_taken_a_strangers_crossing() -> None:
    session = to_go(rolling(names=FOUR[:3], reps=2, rest_s=60.0), 2)
    arrive(session, "Ann", 10.8)
    arrive(to_go(session, 3), "Bea", 10.5)
    arrive(session, "Cid", 8.8)
    before = times(session)
    session.put(inputs.Out("Ann"))
    assert times(session) == before | {1: ("Ann", None)}


def test_who_was_given_up_and_has_left_is_awaited_no_more() -> None:
    session = to_go(rolling(names=FOUR[:2], reps=2, rest_s=60.0), 2).wait(26.0)
    assert [one.record.athlete for one in session.state.coming] == ["Ann", "Bea"]
    session.put(inputs.Out("Ann"))
    assert [one.record.athlete for one in session.state.coming] == ["Bea"]
    assert len(session.state.expectation.awaited) == 1


def test_a_repeated_out_moves_nothing_more() -> None:
    session = one_behind().put(inputs.Out("Ann"))
    before = times(session)
    session.put(inputs.Out("Ann"))
    assert times(session) == before


def test_it_is_taken_back_by_its_id_as_well() -> None:
    session = one_behind()
    session.disk = lambda record: inputs.Durable(record.rep, record.revision, "out", "00000000000000cc")
    session.put(inputs.Out("Ann"))
    session.disk = on_disk
    told = [(event.kind, event.rep, event.revision) for event in session.events("correction") if event.rep]
    assert sorted(told) == [("out", rep, "00000000000000cc") for rep in (1, 2, 3)]
    assert is_made_here(session.state, inputs.Undo("00000000000000cc"))
    assert not is_made_here(session.state, inputs.Undo("00000000000000dd"))
    session.put(inputs.Undo("00000000000000cc"))
    assert times(session) == {1: ("Ann", 12.0), 2: ("Bea", 12.3)}


def test_an_id_of_nothing_that_can_be_taken_back_takes_back_no_other_correction() -> None:
    session = one_behind().put(inputs.Out("Ann"))
    before, mark = times(session), session.mark
    session.put(inputs.Undo("00000000000000dd"))
    assert (times(session), session.refused(mark)) == (before, ["nothing_to_undo"])


def test_the_last_finish_is_one_of_now_where_the_clock_of_before_a_power_cut_was_ahead() -> None:
    session = one_behind()
    ahead = [msgspec.structs.replace(one, go_ns=one.go_ns + 10**15) for one in session.state.results]
    again = recovered_session(session.plan, FOUR, session.state.rules, ahead)
    late = Drive(session.plan, FOUR, state=again).put(inputs.Recover())
    arrive(to_go(late, 1), "Cid", 6.0).put(inputs.Void())
    assert {rep: str(record.status) for rep, record in late.results.items()} == {
        1: "finished",
        2: "finished",
        3: "void",
    }


def test_reps_of_before_a_power_cut_are_on_another_clock_and_move_with_none_of_now() -> None:
    session = one_behind()
    again = recovered_session(session.plan, FOUR, session.state.rules, session.state.results)
    late = Drive(session.plan, FOUR, state=again).put(inputs.Recover())
    assert not is_made_here(late.state, inputs.Nobody(1))
    mark = late.mark
    assert late.put(inputs.Nobody(1)).refused(mark) == ["no_finish"]
    before = times(late)
    late.put(inputs.Out("Ann"))
    assert times(late) == before
    assert not late.state.athletes[0].present
