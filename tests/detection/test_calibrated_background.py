"""What is told when the empty lane does not look any more as it did when it was learnt, or the lens is covered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from retro_timer.detection.background import Background
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.readings import Kind
from retro_timer.ports import Placement, RangeSample
from tests.helpers.replaying import field, of, replayed, sampled, wall, with_body

WALL = WatchConfig(placement=Placement.GATE, background_mm=2000, background_noise_mm=3.0)
OPEN = WatchConfig(placement=Placement.GATE)
Light = Callable[[float], float]


def then(first: Any, second: Any, at_s: float = 4.0) -> Any:
    return lambda t_s: first(t_s) if t_s < at_s else second(t_s)


def told(scene: Any, config: WatchConfig = WALL, *, light: Light | None = None, seconds: float = 12.0) -> list[Any]:
    """Changes of the sensor's state."""
    samples = sampled(scene, seconds)
    if light is not None:
        samples = [in_light(sample, light(sample.t_ns / 1e9)) for sample in samples]
    return [(change["state"], change["reason"]) for change in of(replayed(samples, config), "sensor")]


def in_light(sample: RangeSample, kcps: float) -> RangeSample:
    # A living sensor's ambient rate differs from reading to reading.
    return msgspec.structs.replace(sample, ambient_kcps=kcps * (1.0 + 0.001 * (sample.t_ns % 7)))


def test_a_background_as_it_was_learnt_is_nothing_to_tell() -> None:
    assert told(wall()) == []


@pytest.mark.parametrize("gone", [field(), wall(2300), wall(3500)], ids=["nothing", "farther", "far"])
def test_a_background_that_is_gone_or_farther_away_is_told(gone: Any) -> None:
    assert told(then(wall(), gone)) == [("degraded", "background-gone")]


def test_it_is_told_as_well_if_it_was_never_there_in_this_session() -> None:
    assert told(wall(2600)) == [("degraded", "background-gone")]


def test_a_background_that_nobody_calibrated_may_move_away() -> None:
    assert told(then(wall(), wall(2600)), OPEN) == []


def test_a_background_that_comes_back_is_believed_again_after_a_while() -> None:
    scene = then(wall(), then(wall(2600), wall(), 8.0))
    assert told(scene, seconds=24.0) == [("degraded", "background-gone"), ("ok", "")]


def test_who_passes_before_a_calibrated_background_is_no_reason_for_doubt() -> None:
    assert told(with_body(wall(), 4.0, 4.4)) == []


@pytest.mark.parametrize(
    "covered",
    [lambda _t: (50, 0, 9000.0), lambda _t: (20, 0, 9000.0), lambda _t: (30, 3, 9000.0)],
    ids=["near", "nearer than it can measure", "with the status for that"],
)
@pytest.mark.parametrize("config", [WALL, OPEN], ids=["calibrated", "open"])
def test_a_covered_lens_is_told_however_it_reads(covered: Any, config: WatchConfig) -> None:
    behind = wall() if config is WALL else field()
    assert told(then(behind, covered), config) == [("degraded", "covered")]


def test_a_capped_lens_over_an_open_field_is_told_by_the_light_that_is_gone() -> None:
    assert told(field(), OPEN, light=lambda t_s: 1500.0 if t_s < 5.0 else 2.0) == [("degraded", "covered")]


def test_it_stays_told_for_as_long_as_the_cap_is_on() -> None:
    capped = told(field(), OPEN, light=lambda t_s: 1500.0 if not 5.0 < t_s < 200.0 else 2.0, seconds=230.0)
    assert capped == [("degraded", "covered"), ("ok", "")]


def test_dusk_and_clouds_are_no_cap() -> None:
    assert told(field(), OPEN, light=lambda t_s: 1500.0 * 0.97**t_s, seconds=150.0) == []
    assert told(field(), OPEN, light=lambda t_s: 1500.0 if t_s < 5.0 else 60.0) == []


def test_in_the_dark_a_cap_takes_no_light_away_and_nothing_is_claimed() -> None:
    assert told(field(), OPEN, light=lambda t_s: 100.0 if t_s < 5.0 else 1.0) == []


def test_who_is_carried_into_a_dark_hall_sees_there_and_is_believed() -> None:
    belt = WatchConfig(placement=Placement.BELT)
    scene = then(field(), then(wall(1500), field(), 7.0), 5.0)
    assert told(scene, belt, light=lambda t_s: 1500.0 if t_s < 5.0 else 2.0, seconds=20.0) == []


def test_the_learnt_noise_widens_the_margin_before_the_background_from_the_first_reading_on() -> None:
    quiet, noisy = Background(2000, 2.0), Background(2000, 40.0)
    assert quiet.in_front(1850)
    assert not noisy.in_front(1850)
    noisy.feed(Kind.TARGET, 2000, 0)
    assert not noisy.in_front(1850)
    assert noisy.noise_mm == pytest.approx(40.0, rel=0.02)
