"""A new background is asked for by a time in the expectation; it reaches gate and rear watch with the next reading."""

from __future__ import annotations

import pytest

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import Level
from retro_timer.detection.expectation import Expectation, WatchMode
from retro_timer.detection.pipeline import Pipeline, pipeline_for
from retro_timer.ports import Placement
from tests.helpers.replaying import Scene, sampled, wall

LANE = Expectation(WatchMode.LANE)
MOVED = Expectation(WatchMode.LANE, background_ns=1)
PLACEMENTS = [Placement.GATE, Placement.LANE_END]


def looks(pipeline: Pipeline, scene: Scene, from_s: float, seconds: float, expectation: Expectation) -> Level:
    for sample in sampled(scene, seconds, from_s=from_s):
        pipeline.feed(sample, expectation)
    return pipeline.level


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_a_box_that_was_set_down_before_a_nearer_wall_shouts_until_somebody_asks(placement: Placement) -> None:
    pipeline = pipeline_for(WatchConfig(placement=placement))
    looks(pipeline, wall(3000), 0.0, 4.0, LANE)
    assert looks(pipeline, wall(1200), 4.0, 30.0, LANE) is Level.WARNING
    assert looks(pipeline, wall(1200), 34.0, 4.0, MOVED) is Level.CLEAR


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_so_does_one_whose_background_was_calibrated_elsewhere(placement: Placement) -> None:
    pipeline = pipeline_for(WatchConfig(placement=placement, background_mm=3000))
    assert looks(pipeline, wall(1200), 0.0, 30.0, LANE) is Level.WARNING
    assert looks(pipeline, wall(1200), 30.0, 4.0, MOVED) is Level.CLEAR


def test_a_calibration_is_newer_than_any_wish_before_it() -> None:
    pipeline = pipeline_for(WatchConfig(placement=Placement.GATE, background_mm=3000))
    assert looks(pipeline, wall(1200), 0.0, 4.0, MOVED) is Level.WARNING


def test_who_stands_in_a_beam_is_in_the_way_however_long_nobody_asks() -> None:
    pipeline = pipeline_for(WatchConfig(placement=Placement.GATE))
    looks(pipeline, wall(2500), 0.0, 4.0, LANE)
    assert looks(pipeline, wall(900), 4.0, 60.0, LANE) is Level.WARNING
