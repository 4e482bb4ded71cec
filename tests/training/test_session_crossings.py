"""Crossings: as many lengths as one can in a time, each counted at the line in the middle."""

from __future__ import annotations

import pytest

from retro_timer.detection.events import SensorState
from retro_timer.detection.expectation import WatchMode
from retro_timer.training.gaits import human_limit_s
from retro_timer.training.record import Flag, RepStatus
from retro_timer.training.session import inputs
from retro_timer.training.session.effects import Save, Signal
from retro_timer.training.session.machine import recovered_session
from retro_timer.training.session.remaining import remaining_s
from retro_timer.training.session.rules import Line, Rules
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive

OVER_20 = block(distance_m=20.0, duration_s=60.0, crossings=True)
ONE = plan(OVER_20)


def running(*names: str) -> Drive:
    return Drive(plan(block(distance_m=20.0, duration_s=60.0, crossings=True, reps=2)), names or ("Runner",)).begin()


def test_it_is_called_by_its_length_and_its_time() -> None:
    session = Drive(ONE).begin().to_go()
    assert session.spoken("turn_crossings") == {
        "set": 1, "sets": 1, "rep": 1, "reps": 1, "gait": "jog", "name": "Runner", "distance": "20", "seconds": "60",
    }  # fmt: skip
    endless = Drive(plan(block(distance_m=20.0, duration_s=60.0, crossings=True, until="stop"))).begin().to_go()
    assert "turn_crossings_open" in endless.said()


def test_each_crossing_beeps_and_is_on_the_disk_and_told_while_the_clock_runs() -> None:
    session = Drive(ONE).begin().to_go()
    go = session.events("go")[-1]
    assert (go.distance_m, go.duration_s, go.crossings_m) == (None, 60.0, 20.0)
    mark = session.mark
    for at_s in (6.0, 16.0, 25.0):
        session.finish(at_s)
    assert session.beeps(mark) == [Signal.FINISH] * 3
    assert [len(save.record.splits) for save in session.of(Save, mark)] == [1, 2, 3]
    told = [(split.line, split.distance_m, split.time_s) for split in session.events("split", since=mark)]
    assert told == [("finish", 10.0, 6.0), ("finish", 30.0, 16.0), ("finish", 50.0, 25.0)]
    assert session.phase is Phase.RUNNING


def test_the_end_comes_by_the_clock_and_the_count_is_said() -> None:
    session = Drive(ONE).begin().to_go()
    go_s = session.now_s
    for at_s in (6.0, 16.0, 25.0, 40.0):
        session.finish(at_s)
    session.until(Phase.DONE)
    assert session.now_s - go_s == pytest.approx(61.0)
    record = session.results[1]
    assert (record.status, record.method, record.time_ns) == (RepStatus.FINISHED, "clock", 60_000_000_000)
    assert (record.crossings, record.official_splits, record.distance_m) == (4, "4 × 20 m", None)
    assert session.spoken("crossings") == {"count": 4}
    assert session.events("finish")[-1].crossings == 4
    assert session.said_at_s("halfway") - go_s == pytest.approx(30.0)
    assert session.said_at_s("ten_seconds") - go_s == pytest.approx(50.0)
    assert session.beeps()[-1] is Signal.FINISH
    assert {"result", "timed_over", "split"}.isdisjoint(session.said())


def test_a_crossing_just_before_the_end_that_is_timed_after_it_counts_and_a_later_one_does_not() -> None:
    session = Drive(ONE).begin().to_go()
    go_ns = session.state.on_course[0].record.go_ns
    session.finish(20.0).wait(60.2 - (session.now_ns - go_ns) / 1e9)
    session.put(inputs.CrossingSeen(1, session.now_ns)).wait(1.6)
    assert session.phase is Phase.RUNNING
    session.put(inputs.FinishSeen(1, go_ns + 59_990_000_000, 0, "gate", session.now_ns))
    assert session.results[1].crossings == 2

    late = Drive(ONE).begin().to_go()
    go_ns = late.state.on_course[0].record.go_ns
    late.finish(20.0).wait(60.3 - (late.now_ns - go_ns) / 1e9)
    mark = late.mark
    late.put(inputs.CrossingSeen(1, late.now_ns)).wait(0.5)
    late.put(inputs.FinishSeen(1, go_ns + 60_010_000_000, 0, "gate", late.now_ns)).until(Phase.DONE)
    assert late.results[1].crossings == 1
    assert (late.beeps(mark), late.events("crossing", "crossing_withdrawn", since=mark)) == ([], [])


def test_one_who_stands_in_the_beam_at_the_end_is_waited_for_no_longer_than_a_decision_takes() -> None:
    session = Drive(ONE).begin().to_go()
    session.finish(20.0).wait(39.0)
    session.put(inputs.CrossingSeen(1, session.now_ns)).until(Phase.DONE, within_s=4.1)
    assert session.results[1].crossings == 1


def test_a_withdrawn_crossing_is_taken_back_with_its_tones_and_does_not_end_the_rep() -> None:
    session = Drive(ONE).begin().to_go().wait(10.0)
    session.put(inputs.CrossingSeen(1, session.now_ns)).wait(0.3)
    session.put(inputs.CrossingTakenBack(1, session.now_ns, "an arm"))
    assert session.beeps()[-2:] == [Signal.FINISH, Signal.WITHDRAWN]
    assert session.phase is Phase.RUNNING
    assert session.state.on_course[0].record.splits == ()


def test_nobody_is_expected_sooner_than_they_could_be_back() -> None:
    session = Drive(ONE).begin().to_go()
    go_ns = session.state.on_course[0].record.go_ns
    first = session.state.expectation
    assert first.mode is WatchMode.REP
    assert first.earliest_ns == go_ns + round(1e9 * human_limit_s(10.0))
    session.finish(6.0)
    back_ns = go_ns + 6_000_000_000
    again = session.state.expectation
    assert again.earliest_ns == back_ns + round(1e9 * human_limit_s(20.0))
    assert not again.may_arrive(back_ns + 2_000_000_000)
    session.put(inputs.FinishSeen(1, back_ns + 2_000_000_000, 0, "gate", session.now_ns))
    assert len(session.state.on_course[0].record.splits) == 1


def test_without_any_crossing_it_is_not_finished_and_nothing_revives_it() -> None:
    session = running().to_go().until(Phase.REST)
    record = session.results[1]
    assert (record.status, record.reason) == (RepStatus.DNF, "timeout")
    assert session.state.athletes[0].active is None
    assert session.spoken("dnf") == {"name": "Runner", "rep": 1}


def test_in_a_group_they_take_turns_and_each_count_has_its_name() -> None:
    session = running("Ann", "Bea").to_go()
    assert len(session.state.on_course) == 1
    session.finish(9.0).until(Phase.REST).to_go()
    assert session.spoken("crossings_of") == {"count": 1, "name": "Ann"}
    assert session.state.on_course[0].record.athlete == "Bea"


def test_with_the_gate_lost_each_press_counts_one_by_hand() -> None:
    session = Drive(ONE).begin().to_go().watch(SensorState.LOST, "silent").wait(9.0)
    session.put(inputs.ManualFinish()).wait(1.0).put(inputs.ManualFinish()).wait(9.0).put(inputs.ManualFinish())
    assert session.refused() == ["too_early"]
    session.until(Phase.DONE)
    assert session.results[1].crossings == 2
    assert Flag.MANUAL in session.results[1].flags


def test_whoever_leaves_off_keeps_what_was_counted() -> None:
    session = running().to_go()
    session.finish(6.0).put(inputs.Skip())
    assert (session.results[1].status, session.results[1].crossings) == (RepStatus.DNF, 1)
    stopped = running().to_go().finish(6.0).put(inputs.Stop())
    assert Signal.HALT in stopped.beeps()
    assert stopped.results[1].crossings == 1


def test_after_a_power_cut_it_is_run_again() -> None:
    session = running().to_go().finish(6.0)
    open_rep = session.of(Save)[-1].record
    recovered = recovered_session(session.plan, ("Runner",), Rules(), [open_rep])
    assert recovered.athletes[0].next_step == 0
    assert (recovered.results[0].reason, recovered.results[0].crossings) == ("interrupted", 1)


def test_what_is_left_of_the_session_has_its_time() -> None:
    session = Drive(ONE).begin().to_go().wait(20.0)
    assert remaining_s(session.state, session.now_ns) == pytest.approx(40.0, abs=Rules().get_ready_s)


def test_a_crossing_that_has_beeped_and_whose_back_was_too_late_is_taken_back() -> None:
    session = Drive(ONE).begin().to_go()
    go_ns = session.state.on_course[0].record.go_ns
    session.finish(20.0).wait(59.9 - (session.now_ns - go_ns) / 1e9)
    mark = session.mark
    session.put(inputs.CrossingSeen(1, session.now_ns)).wait(0.5)
    session.put(inputs.FinishSeen(1, go_ns + 60_100_000_000, 0, "gate", session.now_ns)).until(Phase.DONE)
    assert session.results[1].crossings == 1
    told = [event.tag for event in session.events("crossing", "crossing_withdrawn", since=mark)]
    assert told == ["crossing", "crossing_withdrawn"]
    assert session.beeps(mark) == [Signal.FINISH, Signal.FINISH, Signal.WITHDRAWN]


def test_a_press_after_the_end_counts_none_and_does_not_beep_as_if_it_had() -> None:
    session = Drive(ONE).begin().to_go()
    session.finish(20.0).wait(40.0)
    mark = session.mark
    session.put(inputs.ManualFinish())
    assert session.refused(mark) == ["nothing_to_finish"]
    assert (session.beeps(mark), session.events("crossing", since=mark)) == ([Signal.REFUSAL], [])


def test_what_a_gate_on_the_way_sees_is_no_crossing() -> None:
    session = Drive(ONE, rules=Rules(lines=(Line("five", 5.0),))).begin().to_go()
    session.pass_line("five", 4.0).finish(6.0)
    assert [split.line for split in session.state.on_course[0].record.splits] == ["finish"]
