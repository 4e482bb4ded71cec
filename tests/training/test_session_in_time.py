"""Who comes too soon, too late or never, alone: fast, late, a DNF, and one that is revived."""

from __future__ import annotations

import pytest

from retro_timer.detection.expectation import WatchMode
from retro_timer.ports import Placement
from retro_timer.training.gaits import Gait
from retro_timer.training.record import Flag, RepStatus
from retro_timer.training.session import inputs
from retro_timer.training.session.effects import Signal
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive


def test_a_finish_quicker_than_the_gaits_window_is_flagged_fast() -> None:
    session = Drive(plan(block(reps=2))).begin().to_go().finish(5.0)
    assert session.results[1].flags == (Flag.FAST,)
    session.to_go().finish(6.3)
    assert session.results[2].flags == ()


def test_nobody_finishes_faster_than_any_human() -> None:
    session = Drive().begin().to_go().finish(3.2)
    assert session.phase is Phase.RUNNING
    assert session.events("finish") == []
    assert len(session.events("crossing_withdrawn")) == 1
    assert Signal.WITHDRAWN in session.beeps()
    session.finish(8.0)
    assert session.results[1].time_ns == 8_000_000_000


def test_after_twice_the_gaits_latest_time_the_rep_is_a_dnf() -> None:
    session = Drive(plan(block(reps=2, gait=Gait.JOG))).begin().to_go()
    go_s = session.now_s
    session.until(Phase.REST)
    assert session.now_s - go_s == pytest.approx(2.0 * 20.0 / 1.5)
    (dnf,) = session.events("dnf")
    assert (dnf.rep, dnf.reason) == (1, "timeout")
    assert session.results[1].status is RepStatus.DNF
    assert session.results[1].time_ns is None


def test_a_crossing_before_the_next_go_revives_a_dnf_and_is_flagged_late() -> None:
    session = Drive(plan(block(reps=2))).begin().to_go().until(Phase.REST).wait(5.0)
    mark = session.mark
    active = session.state.athletes[0].active
    assert active is not None
    assert active.given_up
    time_s = (session.now_ns - active.record.go_ns) / 1e9
    session.finish(rep=1)
    (finish,) = session.events("finish", since=mark)
    assert finish.flags == ("late",)
    assert session.results[1].status is RepStatus.FINISHED
    assert session.results[1].time_ns == pytest.approx(time_s * 1e9, abs=1e6)
    session.to_go()
    assert session.state.reps == 2


def test_a_crossing_that_is_taken_back_when_the_time_is_up_leaves_a_dnf() -> None:
    session = Drive(plan(block(reps=2, gait=Gait.JOG))).begin().to_go().wait(26.5)
    session.put(inputs.CrossingSeen(1, session.now_ns)).wait(1.0)
    assert session.events("dnf") == []
    session.put(inputs.CrossingTakenBack(1, session.now_ns, "too brief for a torso"))
    assert [event.reason for event in session.events("dnf")] == ["timeout"]
    assert session.phase is Phase.REST


def test_a_crossing_that_nothing_decides_does_not_keep_the_rep_open() -> None:
    session = Drive(plan(block(reps=2, gait=Gait.JOG))).begin().to_go().wait(26.5)
    session.put(inputs.CrossingSeen(1, session.now_ns)).wait(5.0)
    assert session.results[1].status is RepStatus.DNF


def test_a_correction_does_not_make_the_run_out_longer() -> None:
    rules = Rules(timing=Placement.LANE_END, watching=Placement.LANE_END)
    session = Drive(plan(block(reps=2)), rules=rules).begin().to_go().finish(8.0)
    session.put(inputs.Void())
    assert session.state.expectation.mode is WatchMode.RUNOUT
    assert session.wait(rules.runout_s + 0.1).state.expectation.mode is WatchMode.OFF


def test_after_the_next_go_a_dnf_stays_a_dnf() -> None:
    session = Drive(plan(block(reps=2))).begin().to_go().until(Phase.REST).to_go()
    mark = session.mark
    session.finish(rep=1)
    assert session.events("finish", "crossing", since=mark) == []
    assert session.results[1].status is RepStatus.DNF


def test_the_rest_after_a_dnf_is_a_full_one() -> None:
    session = Drive(plan(block(reps=2))).begin().to_go().until(Phase.REST)
    given_up_s = session.now_s
    session.to_go()
    assert session.now_s - given_up_s == pytest.approx(25.0)
