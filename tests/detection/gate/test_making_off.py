"""Whoever makes off from before the sensor is a body, however fast, and no phantoms."""

from __future__ import annotations

from random import Random

import pytest

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import SensorState
from retro_timer.detection.expectation import Expectation, WatchMode
from retro_timer.detection.health.outliers import Outliers
from retro_timer.detection.pipeline import pipeline_for
from retro_timer.ports import Placement, RangeSample

SEES_M = 8.0


@pytest.mark.parametrize("placement", [Placement.LANE_END, Placement.BELT])
@pytest.mark.parametrize("rate_hz", [10.0, 11.0, 15.0, 25.0])
@pytest.mark.parametrize("speed_mps", [2.0, 3.0, 5.0, 8.0])
def test_the_state_stays_ok(placement: Placement, rate_hz: float, speed_mps: float) -> None:
    rng, pipeline = Random(1), pipeline_for(WatchConfig(placement=placement))
    for n in range(round(4.0 * rate_hz)):
        range_m = 0.5 + speed_mps * n / rate_hz
        shown = round(1000.0 * range_m + rng.gauss(0.0, 8.0)) if range_m < SEES_M else None
        pipeline.feed(RangeSample(round(n / rate_hz * 1e9), shown, 0 if shown else 2), Expectation(WatchMode.LANE))
        assert pipeline.health.state is SensorState.OK


def test_a_target_that_nobody_can_have_reached_since_stands_alone() -> None:
    outliers = Outliers()
    assert not outliers.feed(0.0, 0.5)
    assert outliers.feed(0.1, 3.0)
