"""The level behind a runner, from a range and how fast it closes in."""

from __future__ import annotations

import pytest

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import Level, Obstacle
from retro_timer.detection.expectation import NOBODY, Expectation, WatchMode
from retro_timer.detection.rear.guard import Guard
from retro_timer.detection.rear.track import Track
from retro_timer.ports import Placement

PERIOD_NS = 24_000_000
REP = Expectation(WatchMode.REP)


def level_of(range_m: float, closing_mps: float, *, expectation: Expectation = REP) -> Level:
    """What a body's readings of the last half second raise."""
    guard = Guard(WatchConfig(placement=Placement.BELT))
    track = Track(-0.48, range_m + 0.48 * closing_mps)
    for n in range(1, 21):
        track.add(-0.48 + 0.024 * n, range_m + closing_mps * (0.48 - 0.024 * n), valid=True)
    guard.see(track, expectation, 0, PERIOD_NS, True)
    return guard.level


@pytest.mark.parametrize(
    ("range_m", "closing_mps", "level"),
    [
        (0.9, 1.0, Level.DANGER),
        (1.3, 1.0, Level.WARNING),
        (4.0, 1.0, Level.CLEAR),
        (3.0, 3.0, Level.DANGER),
        (1.2, 0.0, Level.CAUTION),
        (0.3, 0.0, Level.DANGER),
        (0.9, -1.0, Level.CLEAR),
    ],
    ids=["stopping distance", "half a second more", "far", "fast", "stands", "touches", "goes away"],
)
def test_the_level_follows_range_and_speed(range_m: float, closing_mps: float, level: Level) -> None:
    assert level_of(range_m, closing_mps) is level


def test_what_is_within_reach_is_dangerous_even_while_it_draws_back() -> None:
    assert level_of(0.25, -0.4) is Level.DANGER


def test_in_a_runout_what_stands_is_nobodys_business() -> None:
    assert level_of(0.3, 0.0, expectation=Expectation(WatchMode.RUNOUT)) is Level.CLEAR


def test_what_moves_too_fitfully_for_a_speed_is_graded_by_its_range() -> None:
    guard = Guard(WatchConfig(placement=Placement.BELT))
    (event,) = guard.present(0.5, REP, 0)
    assert isinstance(event, Obstacle)
    assert event.level is Level.WARNING


def test_a_watch_that_is_off_takes_its_alarm_back_at_once() -> None:
    guard = Guard(WatchConfig(placement=Placement.BELT))
    guard.present(0.2, REP, 0)
    (event,) = guard.quiet(NOBODY, PERIOD_NS)
    assert isinstance(event, Obstacle)
    assert event.level is Level.CLEAR
