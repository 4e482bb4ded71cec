"""Rolling: one goes while others are on the course, and whose each finish is the session decides."""

from __future__ import annotations

from itertools import pairwise

import pytest

from retro_timer.detection.events import Level
from retro_timer.detection.expectation import ARRIVAL, WatchMode
from retro_timer.training.plan import Order
from retro_timer.training.record import Flag, RepStatus
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.machine import recovered_session
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.rolling_drive import NAMES, arrive, goes, rolling, times, to_go
from tests.helpers.session_drive import Drive, no_disk


def test_the_next_goes_every_so_often_while_others_are_on_the_course() -> None:
    session = to_go(rolling(), 3)
    assert [name for name, _ in goes(session)] == list(NAMES)
    assert [round(then - before, 3) for (_, before), (_, then) in pairwise(goes(session))] == [6.0, 6.0]
    assert [one.record.athlete for one in session.state.on_course] == list(NAMES)


def test_nobody_goes_before_their_own_rest_is_over_nor_while_still_on_the_course() -> None:
    session = to_go(rolling(), 3)
    arrive(arrive(session, "Ann", 12.5), "Bea", 9.0)
    finished = session.now_s
    to_go(session, 4)
    name, at_s = goes(session)[3]
    assert name == "Ann"
    assert at_s - (goes(session)[0][1] + 12.5) >= 20.0
    assert at_s > finished
    assert [one.record.athlete for one in session.state.on_course] == ["Cid", "Ann"]


def test_a_session_waits_for_the_last_finish_and_is_over_then() -> None:
    session = to_go(rolling(reps=1), 3)
    assert len(session.state.on_course) == 3
    assert session.events("phase")[-1].phase == "running"
    for name, time_s in (("Ann", 12.5), ("Bea", 8.5), ("Cid", 8.0)):
        arrive(session, name, time_s)
    assert session.phase == Phase.DONE
    assert times(session) == {1: ("Ann", 12.5), 2: ("Bea", 8.5), 3: ("Cid", 8.0)}
    assert session.state.expectation.mode is WatchMode.OFF


def test_the_sensors_know_how_many_may_arrive_and_from_when() -> None:
    session = to_go(rolling(), 2)
    expectation = session.state.expectation
    ann, bea = session.state.on_course
    assert expectation.rep == ARRIVAL
    assert [one.go_ns for one in expectation.awaited] == [ann.record.go_ns, bea.record.go_ns]
    assert not expectation.may_arrive(ann.earliest_ns - 1)
    assert expectation.may_arrive(ann.earliest_ns)
    assert not expectation.at_line("start").may_arrive(ann.earliest_ns)
    arrive(session, "Ann", 9.0)
    assert [one.go_ns for one in session.state.expectation.awaited] == [bea.record.go_ns]


@pytest.mark.parametrize("at_s", [number / 10 for number in range(0, 45, 1)])
def test_who_arrives_recalls_no_start(at_s: float) -> None:
    """A finish at every tenth of a second of the look at the lane and the countdown."""
    session = to_go(rolling(every_s=12.0), 1)
    (ann,) = session.state.on_course
    arrive(session, "Ann", 7.5 + at_s)
    to_go(session, 2)
    assert session.events("recall") == []
    assert round(goes(session)[1][1] - goes(session)[0][1], 3) == 12.0
    assert session.results[ann.record.rep].status is RepStatus.FINISHED


def flags(session: Drive) -> dict[int, tuple[Flag, ...]]:
    return {record.rep: record.flags for record in session.results.values()}


def test_whose_time_lies_just_outside_the_gaits_window_and_is_taken_for_anothers_both_finishes_say_so() -> None:
    """Ann, at 14 s, is slower than a jog over 20 m is taken for; Bea, 6 s behind her, would just then be quick."""
    session = to_go(rolling(), 2)
    arrive(session, "Ann", 14.0)
    assert times(session) == {2: ("Bea", 8.0)}
    assert flags(session) == {2: ()}, "of one arrival alone it is most likely so"
    mark = session.mark
    arrive(session, "Ann", 15.5)
    assert flags(session) == {1: (Flag.AMBIGUOUS,), 2: (Flag.AMBIGUOUS,)}
    (told,) = [event for event in session.events("correction") if event.kind == "ambiguous"]
    assert (told.rep, told.flags, told.revision) == (2, ("ambiguous",), None)
    assert session.said(mark).count("result_of") == 1, "of the one that was flagged nothing is said again"
    assert session.results[2].revision == 3


def test_two_who_come_in_turn_each_in_their_window_are_in_no_doubt() -> None:
    session = to_go(rolling(), 2)
    arrive(session, "Ann", 8.0)
    arrive(session, "Bea", 8.0)
    assert set(flags(session).values()) == {()}


def test_before_a_go_the_watch_goes_on_with_those_who_run_expected() -> None:
    session = to_go(rolling(every_s=12.0), 1).until(Phase.COUNTDOWN)
    assert session.state.expectation.mode is WatchMode.START
    assert len(session.state.expectation.awaited) == 1
    session.obstacle(Level.WARNING)
    assert len(session.events("recall")) == 1
    assert [one.record.athlete for one in session.state.on_course] == ["Ann"]


@pytest.mark.parametrize("phase", [Phase.REST, Phase.LANE_CHECK, Phase.COUNTDOWN])
def test_on_the_way_nothing_is_watched_with_somebody_on_the_course(phase: Phase) -> None:
    """Their passages would recall the start of the next one."""
    session = to_go(rolling(every_s=12.0), 1).until(phase)
    assert session.state.expectation.at_line("finish") is session.state.expectation
    on_the_way = session.state.expectation.at_line("ten")
    assert not on_the_way.armed
    assert on_the_way.rep is None


def test_own_times_tell_who_overtook() -> None:
    session = to_go(rolling(reps=2, every_s=6.0), 3)
    for name, time_s in (("Ann", 12.5), ("Bea", 9.0), ("Cid", 6.8)):
        arrive(session, name, time_s)
    assert [whose for whose, _ in times(session).values()] == list(NAMES)
    to_go(session, 6)
    cid = session.state.on_course[-1]
    assert cid.record.athlete == "Cid"
    arrive(session, "Cid", 6.9)
    assert times(session)[cid.record.rep] == ("Cid", 6.9)
    assert session.results[cid.record.rep].flags == ()


def test_a_drop_out_holds_nobody_up_and_is_given_up_by_time() -> None:
    session = rolling(reps=3)
    for round_no in range(2):
        to_go(session, 3 * round_no + 3)
        for name in NAMES:
            arrive(session, name, 12.5 if name == "Ann" else 8.0)
    to_go(session, 9)
    dropped = session.state.on_course[0]
    for name in NAMES[1:]:
        arrive(session, name, 8.1)
    assert [r.athlete for r in session.results.values() if r.rep > 7] == ["Bea", "Cid"]
    session.until(Phase.DONE)
    (dnf,) = session.events("dnf")
    assert (dnf.rep, dnf.reason) == (dropped.record.rep, "timeout")


def test_two_who_may_both_be_it_are_flagged_and_so_is_the_other_one() -> None:
    session = to_go(rolling(reps=1, every_s=5.0, names=NAMES[:2]), 2)
    arrive(session, "Ann", 11.5)
    arrive(session, "Bea", 8.5)
    assert [r.flags for r in session.results.values()] == [(Flag.AMBIGUOUS,), (Flag.AMBIGUOUS,)]


def test_two_at_the_line_at_once_are_both_timed_and_flagged_crowded() -> None:
    session = to_go(rolling(reps=1, names=NAMES[:2]), 2)
    arrive(session, "Ann", 13.0)
    arrive(session, "Bea", 7.4)
    assert times(session) == {1: ("Ann", 13.0), 2: ("Bea", 7.4)}
    assert all(Flag.CROWDED in r.flags for r in session.results.values())


def test_whom_nobody_on_the_course_can_be_finishes_nothing() -> None:
    session = to_go(rolling(), 1).wait(2.0)
    session.put(inputs.CrossingSeen(ARRIVAL, session.now_ns))
    session.put(inputs.FinishSeen(ARRIVAL, session.now_ns, 20_000_000, "gate", session.now_ns))
    assert session.results == {}
    assert session.events("crossing", "finish") == []


def test_a_crossing_that_is_taken_back_leaves_its_runner_on_the_course() -> None:
    session = to_go(rolling(), 2).wait(3.0)
    session.put(inputs.CrossingSeen(ARRIVAL, session.now_ns)).wait(0.3)
    session.put(inputs.CrossingTakenBack(ARRIVAL, session.now_ns, "too brief"))
    assert [e.rep for e in session.events("crossing", "crossing_withdrawn")] == [1, 1]
    assert len(session.state.on_course) == 2
    arrive(session, "Ann", 12.0)
    assert times(session) == {1: ("Ann", 12.0)}


def test_a_late_crossing_revives_who_was_given_up_until_the_next_go() -> None:
    session = to_go(rolling(reps=2, names=("Ann",), rest_s=120.0), 1).wait(27.0)
    assert [event.reason for event in session.events("dnf")] == ["timeout"]
    session.put(inputs.CrossingSeen(ARRIVAL, session.now_ns))
    session.put(inputs.FinishSeen(ARRIVAL, session.now_ns, 20_000_000, "gate", session.now_ns))
    assert session.results[1].status is RepStatus.FINISHED
    assert Flag.LATE in session.results[1].flags


def test_the_call_is_the_name_alone_and_whoever_finishes_is_asked_to_clear_the_lane() -> None:
    session = arrive(to_go(rolling(every_s=20.0), 1), "Ann", 9.0).wait(15.0)
    calls = [say for say in session.of(effects.Say) if say.key.startswith("turn")]
    assert [(say.key, say.values) for say in calls][:2] == [
        ("turn_rolling", {"name": "Ann"}), ("turn_rolling", {"name": "Bea"}),
    ]  # fmt: skip
    assert session.said().count("clear_the_lane") == 1
    assert session.said().count("rolling_unwatched") == 1


def test_a_step_by_the_clock_waits_until_all_have_come_to_it() -> None:
    of = plan(block(reps=1), block(duration_s=60.0), order=Order.ROLLING, every_s=6.0, lanes_apart=True, rest_s=5.0)
    session = to_go(Drive(of, NAMES[:2]).begin(), 2)
    arrive(session, "Ann", 12.0)
    assert session.phase is Phase.RUNNING
    arrive(session, "Bea", 9.0)
    to_go(session, 4)
    assert {go.athlete for go in session.events("go")[2:]} == {"Ann", "Bea"}
    session.until(Phase.DONE)
    assert {r.method for r in session.results.values() if r.rep > 2} == {"clock"}


def test_an_obstacle_counts_for_all_who_run_and_so_does_a_blind_watch() -> None:
    session = to_go(rolling(), 2)
    session.obstacle(Level.DANGER).obstacle(Level.CLEAR)
    assert [one.record.obstacles for one in session.state.on_course] == [1, 1]


def test_after_a_power_cut_those_on_the_course_run_their_rep_again() -> None:
    session = arrive(to_go(rolling(), 3), "Ann", 13.0)
    saved = {save.record.rep: save.record for save in session.of(effects.Save)}
    state = recovered_session(session.plan, NAMES, Rules(), tuple(saved.values()))
    again = Drive(session.plan, state=state).put(inputs.Recover())
    assert [a.next_step for a in again.state.athletes] == [1, 0, 0]
    to_go(again, 1)
    assert again.events("go")[0].athlete == "Bea"


def test_a_disk_that_fails_holds_nobody_up() -> None:
    session = rolling()
    session.disk = no_disk
    assert len(goes(to_go(session, 3))) == 3


def test_the_time_left_counts_goes_behind_each_other_and_not_one_after_the_other() -> None:
    from retro_timer.training.session.remaining import remaining_s

    session = to_go(rolling(reps=1, names=tuple(f"Athlete {n}" for n in range(20))), 1)
    left_s = remaining_s(session.state, session.now_ns)
    assert left_s is not None
    assert 110.0 <= left_s <= 150.0


def test_who_comes_after_having_been_given_up_rests_from_then_on() -> None:
    """Alone on the course, given up after 26.7 s, and at the line when the rest from then on is nearly over."""
    session = to_go(rolling(reps=2, names=("Ann",)), 1).until(Phase.COUNTDOWN)
    session.put(inputs.CrossingSeen(ARRIVAL, session.now_ns))
    session.put(inputs.FinishSeen(ARRIVAL, session.now_ns, 20_000_000, "gate", session.now_ns))
    assert len(session.events("recall")) == 1
    finished_s = session.now_s
    assert goes(to_go(session, 2))[1][1] >= finished_s + 20.0
