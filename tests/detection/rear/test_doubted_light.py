"""A row of targets that began while the sensor was well is somebody, and does not stay somebody for ever."""

from __future__ import annotations

from random import Random

import pytest

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import Level, Obstacle, SensorChange, SensorState
from retro_timer.detection.expectation import Expectation, WatchMode
from retro_timer.detection.pipeline import pipeline_for
from retro_timer.ports import Placement, RangeSample

ARMED = Expectation(mode=WatchMode.REP)


@pytest.mark.parametrize("placement", [Placement.BELT, Placement.LANE_END])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_sun_that_gives_a_near_range_in_each_reading_is_no_danger_for_ever(placement: Placement, seed: int) -> None:
    watch, rng = pipeline_for(WatchConfig(placement=placement)), Random(seed)
    events = []
    for n in range(600):
        sample = RangeSample(n * 94_000_000, rng.randint(60, 900), None, None, None)
        events += watch.feed(sample, ARMED)
    states = [e.state for e in events if isinstance(e, SensorChange)]
    dangers = [e.t_ns / 1e9 for e in events if isinstance(e, Obstacle) and e.level is Level.DANGER]
    assert states == [SensorState.DEGRADED]
    assert [t_s for t_s in dangers if t_s < 4.0]
    alarmed_s, since_s = 0.0, None
    for e in events:
        if isinstance(e, Obstacle):
            alarmed_s += 0.0 if since_s is None else e.t_ns / 1e9 - since_s
            since_s = e.t_ns / 1e9 if e.level >= Level.WARNING else None
    assert alarmed_s < 8.0


def test_who_stays_near_is_a_danger_also_in_such_light() -> None:
    watch, rng = pipeline_for(WatchConfig(placement=Placement.BELT)), Random(4)
    level = Level.CLEAR
    for n in range(600):
        phantom = n < 400 and rng.random() < 0.9
        range_mm = rng.randint(60, 900) if phantom else round(rng.gauss(250.0, 8.0)) if n >= 400 else None
        watch.feed(RangeSample(n * 94_000_000, range_mm, None, None, None), ARMED)
        level = watch.level
    assert level is Level.DANGER
