"""What the obstacle watch tells the session: who stands in the lane, and how well it sees."""

from __future__ import annotations

from retro_timer.detection.events import Level, SensorState
from retro_timer.training.session import effects
from tests.helpers.session_drive import two_reps


def test_an_obstacle_during_a_rep_is_counted_on_the_rep() -> None:
    session = two_reps().to_go().wait(1.0).obstacle(Level.DANGER).wait(1.0).obstacle(Level.CLEAR)
    session.obstacle(Level.CAUTION).obstacle(Level.WARNING).wait(1.0).obstacle(Level.CLEAR).finish(8.0)
    assert session.results[1].obstacles == 2
    levels = [event.level for event in session.events("obstacle")]
    assert levels == ["danger", "clear", "caution", "warning", "clear"]


def test_an_obstacle_between_reps_is_counted_on_no_rep() -> None:
    session = two_reps().to_go().finish(8.0).wait(1.0).obstacle().wait(1.0).obstacle(Level.CLEAR).to_go().finish(8.0)
    assert [record.obstacles for record in session.results.values()] == [0, 0]


def test_the_runner_who_comes_as_expected_is_no_obstacle() -> None:
    session = two_reps().to_go().wait(6.0).obstacle(Level.WARNING, expected=True).finish(8.0)
    assert session.results[1].obstacles == 0


def test_an_obstacles_range_is_told_in_metres_and_none_when_it_is_clear() -> None:
    session = two_reps().to_go().obstacle(Level.DANGER, 613).obstacle(Level.CLEAR)
    assert [{"level": event.level, "range_m": event.range_m} for event in session.events("obstacle")] == [
        {"level": "danger", "range_m": 0.613},
        {"level": "clear", "range_m": None},
    ]


def test_a_watch_that_goes_is_told_at_once_and_before_anything_else() -> None:
    session = two_reps().to_go().wait(1.0).watch(SensorState.LOST, "frozen")
    (lost,) = [say for say in session.of(effects.Say) if say.key == "watch_lost"]
    assert lost.urgent
    (event,) = session.events("sensor")
    assert (event.state, event.reason) == ("lost", "frozen")
    session.watch(SensorState.OK)
    assert session.said()[-1] == "watch_back"


def test_a_change_of_the_watchs_reason_alone_is_no_event() -> None:
    session = two_reps().watch(SensorState.DEGRADED, "noise").watch(SensorState.DEGRADED, "sunlight")
    assert len(session.events("sensor")) == 1
