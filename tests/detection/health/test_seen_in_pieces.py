"""What stands in view and is missed now and then is a body in pieces, no phantoms: the state comes back to ok."""

from __future__ import annotations

from random import Random

import pytest

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import SensorState
from retro_timer.detection.expectation import Expectation, WatchMode
from retro_timer.detection.health.persistence import PersistenceThreshold
from retro_timer.detection.pipeline import pipeline_for
from retro_timer.ports import Placement, RangeSample

PERIOD_NS = 125_000_000


@pytest.mark.parametrize("status", [0, None])
@pytest.mark.parametrize("seed", range(4))
def test_a_thing_that_flickers_from_the_first_reading_on(status: int | None, seed: int) -> None:
    rng, pipeline = Random(seed), pipeline_for(WatchConfig(placement=Placement.BELT))
    ok = 0
    for n in range(400):
        seen = rng.random() > (0.4 if n < 12 else 0.1)
        range_mm = round(rng.gauss(1010.0, 13.0)) if seen else None
        told = status if seen or status is None else 2
        pipeline.feed(RangeSample(n * PERIOD_NS, range_mm, told), Expectation(WatchMode.LANE))
        ok += pipeline.health.state is SensorState.OK
    assert pipeline.health.state is SensorState.OK
    assert ok >= 250


@pytest.mark.parametrize("failed", [1, 2, 3])
def test_one_failed_reading_among_the_first_costs_no_state(failed: int) -> None:
    pipeline = pipeline_for(WatchConfig(placement=Placement.BELT))
    for n in range(100):
        status = 2 if n == failed else 0
        pipeline.feed(RangeSample(n * 80_000_000, 2300 + n % 5, status), Expectation(WatchMode.REP))
        assert pipeline.health.state is SensorState.OK


def test_a_run_that_goes_on_without_end_is_clean_while_it_does() -> None:
    threshold = PersistenceThreshold()
    threshold.begin(True, PERIOD_NS)
    for _ in range(6):
        threshold.feed(True, False, PERIOD_NS)
    assert threshold.overwhelmed
    for _ in range(200):
        threshold.feed(True, True, PERIOD_NS)
    assert not threshold.overwhelmed
