"""Before a gate whose readings have no light, or whose empty beam's light is not known yet: who stands in the beam is
told, phantoms are not."""

from __future__ import annotations

import msgspec
import pytest

from retro_timer.detection.config import WatchConfig
from retro_timer.ports import Placement, RangeSample
from tests.helpers.replaying import Event, Look, Scene, field, of, rep, replayed, sampled, wall, with_body

GATE = WatchConfig(placement=Placement.GATE)
GO_S, SEEN_S = 2.5, 4.0
BEHIND = pytest.mark.parametrize("behind", [field(), wall()], ids=["open field", "wall"])
RATES = pytest.mark.parametrize("rate_hz", [10.0, 25.0, 41.0])


def obstacles(behind: Scene, rate_hz: float, readings: int, *, lit: bool) -> list[Event]:
    """What is told of so many readings in a row at one range, before anybody can have arrived."""
    first_s = round(SEEN_S * rate_hz) / rate_hz
    scene = with_body(behind, first_s - 0.5 / rate_hz, first_s + (readings - 0.5) / rate_hz)
    samples = sampled(scene, 8.0, rate_hz=rate_hz)
    return of(replayed(samples if lit else [unlit(s) for s in samples], GATE, rep(GO_S, 30, "walk")), "obstacle")


def unlit(sample: RangeSample) -> RangeSample:
    return msgspec.structs.replace(sample, signal_kcps=None, ambient_kcps=None)


@RATES
@BEHIND
def test_two_ranges_that_agree_by_chance_frighten_nobody(behind: Scene, rate_hz: float) -> None:
    assert obstacles(behind, rate_hz, 2, lit=False) == []


@RATES
@BEHIND
def test_who_comes_into_the_beam_is_told_within_four_periods(behind: Scene, rate_hz: float) -> None:
    danger = obstacles(behind, rate_hz, 20, lit=False)[0]
    assert danger["level"] == "danger"
    assert danger["t_s"] - SEEN_S <= 4.0 / rate_hz


@RATES
@BEHIND
def test_two_readings_with_a_bodys_light_are_enough(behind: Scene, rate_hz: float) -> None:
    assert obstacles(behind, rate_hz, 2, lit=True)[0]["level"] == "danger"


@RATES
@pytest.mark.parametrize("phantom", [(130, 0, 60.0), (77, 0, 45.0)], ids=["brighter", "dimmer"])
def test_a_phantom_as_the_first_reading_of_all_has_no_witness_in_a_doubted_one(phantom: Look, rate_hz: float) -> None:
    def scene(t_s: float) -> Look:
        return phantom if t_s < SEEN_S + 0.5 / rate_hz else (None, 2, 50.0)

    samples = sampled(scene, 4.0, rate_hz=rate_hz, from_s=SEEN_S)
    assert of(replayed(samples, GATE, rep(GO_S, 30, "walk")), "obstacle") == []
