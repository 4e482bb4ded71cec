"""Timed steps: minutes by the clock, on the ground and on a treadmill."""

from __future__ import annotations

import pytest

from retro_timer.detection.events import SensorState
from retro_timer.detection.expectation import WatchMode
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import StartMethod
from retro_timer.training.record import RepStatus
from retro_timer.training.session import inputs
from retro_timer.training.session.effects import Signal
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive

WALK = plan(block(duration_s=300.0), gait=Gait.WALK)


def test_a_timed_step_ends_by_the_clock_to_the_nanosecond() -> None:
    session = Drive(WALK).begin().to_go()
    go_s = session.now_s
    session.until(Phase.DONE)
    assert session.now_s - go_s == pytest.approx(300.0)
    assert session.results[1].status is RepStatus.FINISHED
    assert session.results[1].time_ns == 300_000_000_000
    assert session.results[1].method == "clock"
    assert session.results[1].uncertainty_ns == 0
    assert session.said()[-2] == "timed_over"
    assert session.beeps()[-1] is Signal.FINISH


def test_halfway_and_the_last_ten_seconds_are_said() -> None:
    session = Drive(WALK).begin().to_go()
    go_s = session.now_s
    session.until(Phase.DONE)
    assert session.said_at_s("halfway") - go_s == pytest.approx(150.0)
    assert session.said_at_s("ten_seconds") - go_s == pytest.approx(290.0)


def test_a_timed_step_asks_for_no_walk_out_and_is_called_by_its_minutes() -> None:
    session = Drive(WALK).begin().to_go()
    assert "walk_out" not in session.said()
    assert session.spoken("turn_timed") == {
        "set": 1, "sets": 1, "rep": 1, "reps": 1, "gait": "walk", "minutes": "5", "name": "Runner",
    }  # fmt: skip


@pytest.mark.parametrize(("names", "key"), [(("Ann",), "turn_timed_open"), (("Ann", "Bea"), "turn_together_open")])
def test_a_step_that_goes_on_until_the_stop_is_called_without_an_end(names: tuple[str, ...], key: str) -> None:
    session = Drive(plan(block(duration_s=60.0, until="stop"), rest_s=5.0), names).begin().to_go()
    spoken = session.spoken(key)
    assert (spoken["rep"], spoken["minutes"]) == (1, "1")
    assert {"turn_timed", "turn_together"}.isdisjoint(session.said())


def test_a_treadmill_is_called_with_its_speed_in_kilometres_an_hour_and_its_incline() -> None:
    step = block(duration_s=180.0, speed_mph=2.0, incline_percent=8.0)
    session = Drive(plan(step, gait=Gait.WALK, start=StartMethod.BUTTON)).begin().until(Phase.AWAIT_PRESS)
    spoken = session.spoken("turn_treadmill")
    assert (spoken["minutes"], spoken["speed"], spoken["incline"]) == ("3", "3.2", "8")


def test_nothing_that_a_gate_sees_matters_to_somebody_who_walks_by_the_clock() -> None:
    session = Drive(WALK).begin().watch(SensorState.LOST, "silent").to_go()
    assert session.state.expectation.mode is WatchMode.OFF
    session.until(Phase.DONE)
    assert session.results[1].status is RepStatus.FINISHED


def test_a_timed_step_has_no_sound_delay_and_its_shown_time_is_its_length() -> None:
    session = Drive(WALK).begin().to_go().until(Phase.DONE)
    assert session.results[1].sound_delay_ns == 0
    assert session.results[1].official() == "300.00"


def test_a_timed_step_may_be_ended_by_hand_at_any_moment() -> None:
    session = Drive(WALK).begin().to_go().wait(12.0).put(inputs.ManualFinish())
    assert session.results[1].time_ns == 12_000_000_000
    assert session.results[1].method == "manual"


def test_a_skipped_timed_step_is_a_dnf() -> None:
    session = Drive(plan(block(reps=2, duration_s=60.0))).begin().to_go().wait(12.0).put(inputs.Skip())
    assert session.results[1].status is RepStatus.DNF
    assert session.results[1].reason == "stopped"
    assert session.phase is Phase.REST


def test_a_crossing_that_a_sensor_reports_does_not_end_a_timed_step() -> None:
    session = Drive(WALK).begin().to_go().wait(20.0)
    session.put(inputs.FinishSeen(1, session.now_ns, 20_000_000, "gate", session.now_ns))
    assert session.phase is Phase.RUNNING
    assert session.results == {}


def test_no_best_time_is_made_of_timed_steps() -> None:
    session = Drive(WALK).begin().to_go().until(Phase.DONE)
    assert "summary" in session.said()
    assert "summary_best" not in session.said()


def test_a_timed_step_is_not_over_by_hand_at_the_instant_of_its_go() -> None:
    session = Drive(plan(block(duration_s=60.0))).begin().to_go().put(inputs.ManualFinish())
    assert session.refused() == ["too_early"]
    session.wait(1.0).put(inputs.ManualFinish())
    assert [r.time_ns for r in session.results.values()] == [1_000_000_000]
