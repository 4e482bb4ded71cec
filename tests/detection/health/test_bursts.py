"""Bursts of phantoms: runs that agree, stand alone and are too brief or too rough for a body."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import pytest

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import Level, Obstacle, SensorState
from retro_timer.detection.expectation import Expectation, WatchMode
from retro_timer.detection.health.bursts import Bursts
from retro_timer.detection.pipeline import Pipeline, pipeline_for
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
    nothing = None if status is None else 2
    pipeline = pipeline_for(WatchConfig(placement=placement))
    samples = [RangeSample(t_ns, mm, nothing if mm is None else status) for t_ns, mm in bursty()]
    assert alarms(pipeline, samples) <= 6
    assert pipeline.health.state is SensorState.OK


def bursty() -> list[tuple[int, int | None]]:
    """Nanoseconds and millimetres of an empty field with sixty bursts."""
    rng, readings = Random(3), list[float | None]()
    for _ in range(60):
        at_mm = rng.uniform(200.0, 800.0)
        readings += [None] * rng.randint(40, 80)
        readings += [at_mm + rng.gauss(0.0, 50.0) for _ in range(rng.choice((2, 3, 4)))]
    return [
        (round(n * PERIOD_S * 1e9), None if range_mm is None else max(60, round(range_mm)))
        for n, range_mm in enumerate(readings)
    ]


def alarms(pipeline: Pipeline, samples: Iterable[RangeSample]) -> int:
    """How often the level leaves clear."""
    count, level = 0, Level.CLEAR
    for sample in samples:
        for event in pipeline.feed(sample, REP):
            if isinstance(event, Obstacle):
                count += level is Level.CLEAR
                level = event.level
    return count


@pytest.mark.parametrize("placement", [Placement.LANE_END, Placement.BELT])
def test_bursts_with_the_empty_fields_light_raise_no_alarm(placement: Placement) -> None:
    rng, pipeline = Random(4), pipeline_for(WatchConfig(placement=placement))
    samples = [
        RangeSample(t_ns, mm, 2 if mm is None else 0, rng.uniform(10.0, 60.0), rng.uniform(380.0, 420.0))
        for t_ns, mm in bursty()
    ]
    assert alarms(pipeline, samples) == 0
    assert pipeline.health.state is SensorState.OK


@pytest.mark.parametrize(
    ("range_mm", "signal_kcps", "latest_s"),
    [(600, 5000.0, 0.1), (600, 1000.0, 0.3), (200, 2000.0, 0.4)],
    ids=["bright cloth", "dark cloth", "darker than any cloth"],
)
def test_who_steps_in_is_told_the_later_the_darker_he_is(range_mm: int, signal_kcps: float, latest_s: float) -> None:
    rng, pipeline = Random(5), pipeline_for(WatchConfig(placement=Placement.LANE_END))
    for n in range(100):
        pipeline.feed(RangeSample(round(n * PERIOD_S * 1e9), None, 2, 5.0 + rng.random(), 400.0 + rng.random()), REP)
    for n in range(round(latest_s / PERIOD_S) + 1):
        seen = RangeSample(
            round((4.0 + n * PERIOD_S) * 1e9), range_mm, 0, signal_kcps + rng.random(), 400.0 + rng.random()
        )
        pipeline.feed(seen, REP)
    assert pipeline.level >= Level.WARNING
