"""Who passes a gate beyond its lane is nobody's alarm, nobody's crossing and hides nobody."""

from __future__ import annotations

import msgspec
import pytest

from retro_timer.detection.config import WatchConfig
from retro_timer.ports import Placement, RangeSample
from tests.helpers.replaying import Scene, field, of, rep, replayed, sampled, wall, with_body

GATE = WatchConfig(placement=Placement.GATE)
BEYOND_MM, WITHIN_MM = 2500, 1400


def ranges_only(samples: list[RangeSample]) -> list[RangeSample]:
    return [msgspec.structs.replace(s, status=None, signal_kcps=None, ambient_kcps=None) for s in samples]


@pytest.mark.parametrize("behind", [field(), wall(4000)], ids=["open field", "wall"])
def test_who_passes_beyond_the_lane_before_anybody_may_arrive_is_no_alarm(behind: Scene) -> None:
    samples = sampled(with_body(behind, 3.0, 3.6, BEYOND_MM), 12.0)
    assert of(replayed(samples, GATE, rep(2.5, 20, "jog")), "obstacle") == []
    assert of(replayed(ranges_only(samples), GATE), "obstacle") == []


def test_who_does_so_within_it_is_one() -> None:
    samples = sampled(with_body(field(), 3.0, 3.6, WITHIN_MM), 12.0)
    assert of(replayed(samples, GATE, rep(2.5, 20, "jog")), "obstacle")[0]["level"] == "danger"


def test_a_crossing_beyond_it_neither_beeps_nor_is_taken_back() -> None:
    samples = sampled(with_body(field(), 9.0, 9.2, BEYOND_MM), 12.0)
    events = replayed(samples, GATE, rep(1.0, 20, "jog"))
    assert of(events, "crossing", "crossing_withdrawn", "finish", "obstacle") == []


def test_a_spectator_beyond_it_does_not_cost_the_runner_the_finish() -> None:
    watched = with_body(field(), 5.0, 60.0, BEYOND_MM, 900.0)
    samples = sampled(with_body(watched, 9.0, 9.17), 12.0)
    (finish,) = of(replayed(samples, GATE, rep(1.0, 20, "jog")), "finish")
    assert finish["time_s"] == pytest.approx(8.0, abs=0.15)


def test_a_lane_that_reaches_farther_is_watched_farther() -> None:
    wide = WatchConfig(placement=Placement.GATE, lane_reach_mm=3000.0)
    samples = sampled(with_body(field(), 3.0, 3.6, BEYOND_MM), 12.0)
    assert of(replayed(samples, wide), "obstacle")[0]["level"] == "danger"
