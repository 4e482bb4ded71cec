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
