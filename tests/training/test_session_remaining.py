"""How long a session still takes: for status, and said when half of it is done."""

from __future__ import annotations

import pytest

from retro_timer.training.gaits import Gait, usual_time_s
from retro_timer.training.plan import StartMethod
from retro_timer.training.rehearsal import rehearse
from retro_timer.training.session import inputs
from retro_timer.training.session.machine import recovered_session
from retro_timer.training.session.remaining import remaining_s
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive

NAMES = ("Ann", "Bea", "Cid")
USUAL_S = usual_time_s(20.0, Gait.JOG)


@pytest.mark.parametrize("names", [("Ann",), NAMES])
@pytest.mark.parametrize("rest_s", [10.0, 60.0])
def test_what_is_left_is_what_it_then_takes(names: tuple[str, ...], rest_s: float) -> None:
    of = plan(block(duration_s=60.0), block(reps=3), rest_s=rest_s, recovery_s=30.0)
    session = Drive(of, names).begin().to_go().until(Phase.REST if len(names) > 1 else Phase.RECOVERY)
    told = [(session.now_s, remaining_s(session.state, session.now_ns))]
    while session.phase is not Phase.DONE:
        session.to_go()
        told.append((session.now_s, remaining_s(session.state, session.now_ns)))
        session.finish(USUAL_S)
        told.append((session.now_s, remaining_s(session.state, session.now_ns)))
    assert told[-1][1] is None
    for at_s, left_s in told[:-1]:
        assert left_s == pytest.approx(session.now_s - at_s, abs=15.0, rel=0.15)


def test_the_beginning_agrees_with_the_time_line() -> None:
    of = plan(block(reps=4), rest_s=40.0)
    rehearsal = rehearse(of, NAMES, Rules())
    session = Drive(of, NAMES).begin().to_go()
    assert rehearsal is not None
    assert remaining_s(session.state, session.now_ns) == pytest.approx(rehearsal.length_s - session.now_s, rel=0.1)


def test_what_is_made_up_is_in_it() -> None:
    session = Drive(plan(block(reps=10), rest_s=10.0), ("Ann", "Bea")).begin()
    for _ in range(8):
        session.to_go().finish(USUAL_S)
    session.put(inputs.Add("Cid")).put(inputs.Owe("Cid"))
    told = []
    while session.phase is not Phase.DONE:
        told.append((session.now_s, remaining_s(session.state, session.now_ns)))
        session.to_go().finish(USUAL_S)
    assert all(left_s is not None for _, left_s in told)
    for at_s, left_s in told:
        assert left_s == pytest.approx(session.now_s - at_s, abs=15.0, rel=0.15)


@pytest.mark.parametrize("held", [Phase.PAUSED, Phase.AWAIT_PRESS, Phase.LANE_CHECK])
def test_it_does_not_run_down_while_nothing_goes_on(held: Phase) -> None:
    method = StartMethod.BUTTON if held is Phase.AWAIT_PRESS else StartMethod.COUNTDOWN
    session = Drive(plan(block(reps=4), rest_s=10.0, start=method), [f"Athlete {n}" for n in range(12)]).begin()
    session.until(Phase.LANE_CHECK)
    if held is Phase.PAUSED:
        session.put(inputs.Pause())
    elif held is Phase.LANE_CHECK:
        session.obstacle()
    session.until(held).wait(20.0)
    left_s = remaining_s(session.state, session.now_ns)
    assert remaining_s(session.wait(600.0).state, session.now_ns) == left_s
    assert session.phase is held


def test_it_is_said_once_when_half_is_done() -> None:
    session = Drive(plan(block(reps=6), rest_s=60.0)).begin()
    for _ in range(6):
        session.to_go().finish(8.0)
    halves = [say for say in session.said() if say == "session_half"]
    assert len(halves) == 1
    assert session.spoken("session_half") == {"minutes": 3}


def test_that_half_is_done_is_said_in_the_next_rest_where_the_one_before_was_cut_short() -> None:
    session = Drive(plan(block(reps=10), rest_s=60.0)).begin()
    for _ in range(5):
        session.to_go().finish(8.0)
    session.put(inputs.Skip())
    assert "session_half" not in session.said()
    session.to_go().finish(8.0).to_go()
    assert session.said().count("session_half") == 1


@pytest.mark.parametrize(("reps", "told"), [(5, 0), (6, 1), (9, 0)])
def test_after_a_power_cut_it_is_said_only_if_half_is_done_just_now(reps: int, told: int) -> None:
    session = Drive(plan(block(reps=12), rest_s=60.0)).begin()
    for _ in range(reps):
        session.to_go().finish(8.0)
    again = recovered_session(session.plan, ("Runner",), Rules(), session.state.results)
    recovered = Drive(session.plan, state=again).put(inputs.Recover()).to_go()
    assert recovered.said().count("session_half") == told


def test_nobody_knows_how_long_it_goes_on_until_a_stop_or_before_it_has_begun() -> None:
    assert remaining_s(Drive(plan()).state, 0) is None
    session = Drive(plan(block(until="stop"))).begin().to_go()
    assert remaining_s(session.state, session.now_ns) is None
    assert remaining_s(session.put(inputs.Stop()).state, session.now_ns) is None
