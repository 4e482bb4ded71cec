"""Bursts of phantoms: runs that agree, stand alone and are too brief or too rough for a body."""

from __future__ import annotations

from random import Random

import pytest

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import Level, Obstacle, SensorState
from retro_timer.detection.expectation import Expectation, WatchMode
from retro_timer.detection.health.bursts import Bursts
from retro_timer.detection.pipeline import pipeline_for
from retro_timer.ports import Placement, RangeSample

PERIOD_S = 0.04
REP = Expectation(WatchMode.REP)


def seen(*runs: list[float], apart: int = 25) -> int:
    """Readings of the longest bursts after these runs of ranges (m), with so many readings of nothing after each."""
    bursts, t_s = Bursts(), 0.0
    for run in runs:
        for range_m in (*run, *[None] * apart):
            bursts.feed(t_s, range_m)
            t_s += PERIOD_S
    return bursts.longest


def test_the_longest_that_came_twice_counts() -> None:
    assert seen([0.4, 0.45], [0.3, 0.35, 0.3], [0.5, 0.5, 0.52]) == 3


def test_what_came_once_may_have_been_somebody() -> None:
    assert seen([0.4, 0.45, 0.4]) == 0


def test_a_run_that_lasts_and_lies_on_a_line_is_a_body() -> None:
    closing = [2.0 - 0.08 * n for n in range(6)]
    assert seen(closing, closing) == 0


def test_a_run_that_lasts_and_lies_on_no_line_is_none() -> None:
    rough = [0.4, 0.6, 0.35, 0.55, 0.3, 0.6]
    assert seen(rough, rough) == 6


def test_a_body_in_pieces_is_no_burst() -> None:
    piece = [1.5, 1.5]
    assert seen(*[piece] * 6, apart=4) == 0


def test_who_stays_in_view_is_no_burst_however_fitfully_he_moves() -> None:
    fitful = [0.4, 0.6, 0.35, 0.55, 0.3] * 8
    assert seen(fitful, fitful) == 0


def test_single_phantoms_are_no_bursts() -> None:
    assert seen(*[[0.4]] * 6) == 0


def test_bursts_are_forgotten_after_two_minutes() -> None:
    assert seen([0.4, 0.45], [0.4, 0.45], apart=1400) == 2
    assert seen([0.4, 0.45], [0.4, 0.45], apart=1600) == 0


def test_what_turns_out_to_be_the_background_was_no_burst() -> None:
    bursts = Bursts()
    for begin_s in (0.0, 1.0):
        bursts.feed(begin_s, 2.0)
        bursts.feed(begin_s + PERIOD_S, 2.0)
        bursts.forget_run()
        bursts.feed(begin_s + 0.9, None)
    assert bursts.longest == 0


@pytest.mark.parametrize("placement", [Placement.LANE_END, Placement.BELT])
@pytest.mark.parametrize("status", [0, None])
def test_bursts_that_go_on_raise_few_alarms_and_the_state_stays_ok(placement: Placement, status: int | None) -> None:
    rng, pipeline, alarms, level = Random(3), pipeline_for(WatchConfig(placement=placement)), 0, Level.CLEAR
    nothing = None if status is None else 2
    readings: list[float | None] = []
    for _ in range(60):
        at_mm = rng.uniform(200.0, 800.0)
        readings += [None] * rng.randint(40, 80)
        readings += [at_mm + rng.gauss(0.0, 50.0) for _ in range(rng.choice((2, 3, 4)))]
    for n, range_mm in enumerate(readings):
        t_ns = round(n * PERIOD_S * 1e9)
        shown = None if range_mm is None else max(60, round(range_mm))
        for event in pipeline.feed(RangeSample(t_ns, shown, nothing if shown is None else status), REP):
            if isinstance(event, Obstacle):
                alarms += level is Level.CLEAR
                level = event.level
    assert alarms <= 6
    assert pipeline.health.state is SensorState.OK
