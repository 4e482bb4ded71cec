"""How a rep is started: countdown, marks-set-go, button and auto; and what forbids or recalls a start."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.detection.events import Level, SensorState
from retro_timer.ports import Placement
from retro_timer.training.plan import SELF_STARTED, StartMethod
from retro_timer.training.record import Flag
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.effects import Signal
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive

LOOK_S = 2.0


def started_by(method: StartMethod, *, seed: int = 1, reps: int = 1) -> Drive:
    return Drive(plan(block(reps=reps), start=method), rules=Rules(seed=seed)).begin()


def holds_s(seed: int, reps: int) -> list[float]:
    """How long `set` was held in each rep."""
    session = started_by(StartMethod.MARKS_SET_GO, seed=seed, reps=reps)
    held = []
    for _ in range(reps):
        session.until(Phase.SET)
        set_ns = session.now_ns
        session.to_go()
        held.append((session.now_ns - set_ns) / 1e9)
        session.finish(8.0)
    return held


def test_marks_set_go_says_marks_then_set_then_holds() -> None:
    session = started_by(StartMethod.MARKS_SET_GO).until(Phase.COUNTDOWN)
    assert session.said()[-1] == "on_your_marks"
    session.until(Phase.SET)
    assert session.said()[-1] == "set"
    session.to_go()
    assert session.beeps() == []


def test_the_hold_varies_from_rep_to_rep_within_its_bounds() -> None:
    held = holds_s(seed=7, reps=8)
    assert all(1.2 <= hold <= 2.4 for hold in held)
    assert len({round(hold, 3) for hold in held}) >= 7
    assert max(held) - min(held) > 0.3


@given(st.integers(0, 2**40))
def test_the_hold_is_the_same_for_the_same_seed(seed: int) -> None:
    held = holds_s(seed, 2)
    assert held == holds_s(seed, 2)
    assert all(1.2 <= hold <= 2.4 for hold in held)


def test_another_seed_holds_otherwise() -> None:
    assert holds_s(1, 3) != holds_s(2, 3)


def test_a_button_start_waits_for_the_press_and_gives_the_go_at_once() -> None:
    session = started_by(StartMethod.BUTTON).until(Phase.AWAIT_PRESS)
    assert session.said()[-1] == "press_for_go"
    session.wait(300.0)
    assert session.asked_for_go == 0
    session.put(inputs.Start())
    assert session.phase is Phase.RUNNING


def test_a_press_with_somebody_in_the_lane_gives_no_go() -> None:
    session = started_by(StartMethod.BUTTON).until(Phase.AWAIT_PRESS)
    session.obstacle(Level.WARNING).put(inputs.Start())
    assert session.asked_for_go == 0
    assert Signal.RECALL in session.beeps()
    session.obstacle(Level.CLEAR).until(Phase.AWAIT_PRESS).put(inputs.Start())
    assert session.phase is Phase.RUNNING


def test_a_press_with_the_watch_lost_gives_no_go() -> None:
    session = started_by(StartMethod.BUTTON).until(Phase.AWAIT_PRESS)
    session.watch(SensorState.LOST, "silent").put(inputs.Start())
    assert session.asked_for_go == 0


def test_an_automatic_start_counts_by_beeps_alone() -> None:
    session = started_by(StartMethod.AUTO, reps=2).to_go()
    assert session.beeps() == [Signal.COUNT] * 3
    assert not [key for key in session.said() if key.startswith("count")]


@pytest.mark.parametrize("method", [StartMethod.COUNTDOWN, StartMethod.MARKS_SET_GO, StartMethod.AUTO])
@pytest.mark.parametrize("level", [Level.CAUTION, Level.WARNING, Level.DANGER])
def test_an_obstacle_during_a_start_recalls_it(method: StartMethod, level: Level) -> None:
    session = started_by(method).until(Phase.COUNTDOWN).wait(0.5).obstacle(level)
    assert session.phase is Phase.LANE_CHECK
    assert session.beeps()[-1] is Signal.RECALL
    assert session.said()[-1] in ("recall", "lane_blocked")
    assert len(session.events("recall")) == 1
    session.wait(120.0)
    assert session.asked_for_go == 0
    session.obstacle(Level.CLEAR).to_go()
    assert session.asked_for_go == 1


def test_the_recall_is_urgent_and_comes_before_anything_else_that_waits_to_be_said() -> None:
    session = started_by(StartMethod.COUNTDOWN).until(Phase.COUNTDOWN).wait(0.5).obstacle()
    (recall,) = [say for say in session.of(effects.Say) if say.key == "recall"]
    assert recall.urgent


def test_after_a_recall_the_whole_countdown_is_counted_again_once_the_lane_has_been_clear_for_a_second() -> None:
    session = started_by(StartMethod.COUNTDOWN).until(Phase.COUNTDOWN).wait(1.5).obstacle()
    session.wait(7.0).obstacle(Level.CLEAR)
    mark, cleared_s = session.mark, session.now_s
    session.to_go()
    assert session.now_s - cleared_s >= 1.0 + 3.0
    assert [key for key in session.said(mark) if key.startswith("count")] == ["count_3", "count_2", "count_1"]


def test_no_start_while_somebody_stands_in_the_lane_and_it_is_said() -> None:
    session = started_by(StartMethod.COUNTDOWN).until(Phase.LANE_CHECK).obstacle()
    session.wait(60.0)
    assert session.phase is Phase.LANE_CHECK
    assert session.said().count("lane_blocked") >= 1
    assert session.asked_for_go == 0


def test_a_long_wait_for_the_lane_is_explained_again() -> None:
    session = started_by(StartMethod.COUNTDOWN).until(Phase.LANE_CHECK).obstacle().wait(65.0)
    assert session.said().count("lane_blocked_still") >= 2


def test_a_box_that_was_set_down_anew_says_so_and_a_press_makes_what_stands_there_its_background() -> None:
    session = started_by(StartMethod.COUNTDOWN).until(Phase.LANE_CHECK).obstacle().wait(45.0)
    assert session.said()[-1] == "lane_blocked_still"
    asked_ns = session.state.expectation.background_ns
    session.put(inputs.Start())
    assert session.said()[-1] == "background_anew"
    assert session.state.expectation.background_ns > asked_ns
    assert session.phase is Phase.LANE_CHECK


def test_before_a_lane_that_is_clear_the_same_word_is_refused() -> None:
    session = started_by(StartMethod.COUNTDOWN).until(Phase.LANE_CHECK)
    before = session.state.expectation
    session.put(inputs.Start())
    assert session.said()[-1] == "not_now"
    assert session.state.expectation == before


def test_what_was_asked_holds_for_the_whole_session() -> None:
    session = started_by(StartMethod.COUNTDOWN).until(Phase.LANE_CHECK).obstacle().wait(25.0).put(inputs.Start())
    asked_ns = session.state.expectation.background_ns
    assert session.obstacle(Level.CLEAR).to_go().state.expectation.background_ns == asked_ns


def test_an_alarm_that_holds_the_buzzer_when_the_go_is_due_recalls_the_start() -> None:
    session = started_by(StartMethod.COUNTDOWN).until(Phase.COUNTDOWN)
    # The sensor's thread has told the buzzer; the session has not heard of it yet.
    session.arbiter.level("watch", Level.DANGER)
    session.until(Phase.LANE_CHECK)
    assert session.asked_for_go == 1
    assert session.events("go") == []
    assert session.state.reps == 0
    session.arbiter.level("watch", Level.CLEAR)
    session.to_go()
    assert [go.rep for go in session.events("go")] == [1]


def test_a_lost_watch_allows_no_start_and_says_why_and_says_it_again() -> None:
    session = started_by(StartMethod.COUNTDOWN).watch(SensorState.LOST, "silent").until(Phase.LANE_CHECK).wait(65.0)
    assert session.phase is Phase.LANE_CHECK
    assert session.asked_for_go == 0
    assert session.said().count("lost_needs_spotter") >= 3
    assert session.spoken("lost_needs_spotter") == {"reason": "silent"}


def test_a_spotter_allows_the_start_without_a_watch_and_the_rep_is_flagged_blind() -> None:
    session = started_by(StartMethod.COUNTDOWN).watch(SensorState.LOST, "silent").until(Phase.LANE_CHECK).wait(5.0)
    session.put(inputs.Spotter())
    assert session.said()[-1] == "spotter"
    assert [a.blind for a in session.of(effects.Acknowledge)][-1] is True
    session.to_go().finish(8.0)
    assert session.results[1].flags == (Flag.BLIND,)


def test_a_watch_that_is_lost_during_the_countdown_recalls_the_start() -> None:
    session = started_by(StartMethod.COUNTDOWN).until(Phase.COUNTDOWN).wait(1.0).watch(SensorState.LOST, "frozen")
    assert session.phase is Phase.LANE_CHECK
    assert Signal.RECALL in session.beeps()
    assert session.asked_for_go == 0


def test_a_spotter_serves_until_the_watch_is_back_and_no_longer() -> None:
    session = started_by(StartMethod.COUNTDOWN, reps=2).watch(SensorState.LOST, "silent").until(Phase.LANE_CHECK)
    session.put(inputs.Spotter()).to_go().finish(8.0)
    session.watch(SensorState.OK).watch(SensorState.LOST, "silent").until(Phase.LANE_CHECK).wait(60.0)
    assert session.asked_for_go == 1


def test_no_spotter_is_taken_while_the_watch_sees() -> None:
    session = started_by(StartMethod.COUNTDOWN).put(inputs.Spotter())
    assert session.refused() == ["watch_is_ok"]


def test_with_a_degraded_watch_the_limit_is_said_before_the_go() -> None:
    session = started_by(StartMethod.COUNTDOWN).watch(SensorState.DEGRADED, "sunlight").to_go()
    said = session.said()
    assert said.index("degraded") < said.index("count_3")
    assert session.now_s - session.said_at_s("degraded") >= 3.0 + 4.0
    assert session.spoken("degraded") == {"reason": "sunlight"}
    session.finish(8.0)
    assert session.results[1].flags == (Flag.BLIND,)


def test_the_limit_of_a_degraded_watch_is_said_once_and_not_before_every_rep() -> None:
    session = started_by(StartMethod.COUNTDOWN, reps=2).watch(SensorState.DEGRADED).to_go().finish(8.0).to_go()
    assert session.said().count("degraded") == 1


@pytest.mark.parametrize("method", [method for method in StartMethod if method not in SELF_STARTED])
def test_no_go_is_given_with_a_degraded_watch_before_its_limit_was_said(method: StartMethod) -> None:
    waiting = Phase.AWAIT_PRESS if method is StartMethod.BUTTON else Phase.COUNTDOWN
    session = started_by(method).until(waiting).wait(0.2).watch(SensorState.DEGRADED, "sunlight")
    session.put(inputs.Start()).until(waiting).put(inputs.Start()).to_go()
    assert "degraded" in session.said()
    assert session.now_s - session.said_at_s("degraded") >= 4.0
    assert len(session.events("go")) == 1


@pytest.mark.parametrize("method", sorted(SELF_STARTED))
def test_nobody_is_waited_for_at_the_line_before_the_limit_of_a_degraded_watch_was_said(method: StartMethod) -> None:
    session = started_by(method).watch(SensorState.DEGRADED, "sunlight").until(Phase.AWAIT_RELEASE)
    assert session.now_s - session.said_at_s("degraded") >= 3.0


def test_a_rep_that_began_with_a_seeing_watch_is_flagged_when_the_watch_goes_blind_on_the_way() -> None:
    session = started_by(StartMethod.COUNTDOWN).to_go().wait(2.0).watch(SensorState.LOST, "silent")
    assert session.spoken("watch_lost") == {"reason": "silent"}
    assert "manual_finish_offered" in session.said()
    session.watch(SensorState.OK).finish(8.0)
    assert session.results[1].flags == (Flag.BLIND,)


def test_what_moves_in_the_lane_before_the_go_but_not_at_the_go_does_no_harm() -> None:
    session = started_by(StartMethod.COUNTDOWN).until(Phase.GET_READY).obstacle().wait(1.0).obstacle(Level.CLEAR)
    session.to_go()
    assert session.events("recall") == []


def test_a_session_without_any_watch_starts_without_waiting_for_one() -> None:
    session = Drive(rules=Rules(watching=None), coverage=None).begin()
    session.watch(SensorState.LOST, "silent", None).to_go().finish(8.0)
    assert session.results[1].flags == ()


def test_a_belt_is_watched_on_a_timed_step_too() -> None:
    rules = Rules(timing=Placement.BELT, watching=Placement.BELT)
    session = Drive(plan(block(duration_s=60.0)), rules=rules).begin().watch(SensorState.LOST, "silent")
    session.until(Phase.LANE_CHECK).wait(30.0)
    assert session.asked_for_go == 0
