"""What stands still in view is no danger, however its readings scatter within what a data sheet allows."""

from __future__ import annotations

import random

import pytest

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import Level, Obstacle
from retro_timer.detection.expectation import Expectation, WatchMode
from retro_timer.detection.pipeline import pipeline_for
from retro_timer.ports import Placement, RangeSample

REP = Expectation(WatchMode.REP)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("noise_mm", [12, 18, 22])
@pytest.mark.parametrize("rate_hz", [15, 25, 50])
def test_a_still_thing_in_a_noisy_sensors_view_raises_no_danger(rate_hz: int, noise_mm: int, seed: int) -> None:
    rng, judge = random.Random(seed), pipeline_for(WatchConfig(placement=Placement.BELT))
    told = []
    for n in range(8 * rate_hz):
        range_mm = round(rng.gauss(1150, noise_mm))
        told += judge.feed(RangeSample(n * 1_000_000_000 // rate_hz, range_mm, 0, None, None), REP)
    levels = [e.level for e in told if isinstance(e, Obstacle) and e.t_ns > 600_000_000]
    assert not [level for level in levels if level >= Level.WARNING]


@pytest.mark.parametrize("hidden_s", [0.3, 0.7, 1.2])
@pytest.mark.parametrize("rate_hz", [15, 25, 50])
def test_nor_where_it_was_lost_from_sight_for_a_while(rate_hz: int, hidden_s: float) -> None:
    rng, judge = random.Random(rate_hz), pipeline_for(WatchConfig(placement=Placement.BELT))
    told = []
    for n in range(8 * rate_hz):
        t_s = n / rate_hz
        status = 7 if 4.0 <= t_s < 4.0 + hidden_s else 0
        told += judge.feed(RangeSample(round(t_s * 1e9), round(rng.gauss(1150, 12)), status, None, None), REP)
    assert not [e for e in told if isinstance(e, Obstacle) and e.t_ns > 600_000_000 and e.level >= Level.WARNING]


@pytest.mark.parametrize("rate_hz", [10, 25, 50])
def test_who_comes_from_where_something_stood_is_told_in_time(rate_hz: int) -> None:
    rng, judge = random.Random(rate_hz), pipeline_for(WatchConfig(placement=Placement.BELT))
    told, comes_s = [], 4.8
    for n in range(6 * rate_hz):
        t_s = n / rate_hz
        status = 7 if 4.0 <= t_s < comes_s else 0
        range_mm = 1700.0 - 2000.0 * max(0.0, t_s - comes_s)
        if range_mm > 60.0:
            sample = RangeSample(round(t_s * 1e9), round(range_mm + rng.gauss(0.0, 8.0)), status, None, None)
            told += judge.feed(sample, REP)
    dangers = [e.t_ns / 1e9 for e in told if isinstance(e, Obstacle) and e.level is Level.DANGER]
    assert comes_s < dangers[-1] <= comes_s + max(0.3, 4.0 / rate_hz)
