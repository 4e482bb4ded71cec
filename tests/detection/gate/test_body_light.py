"""What tells a body's light from a phantom's: the empty beam's own signal, and the sensor model's least figure."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.detection.gate.body_light import OpenLight, dims_wall, is_bodily, shows_wall
from retro_timer.detection.passages import BeamEntry
from retro_timer.detection.readings import Kind
from retro_timer.sensors.known import least_body_kcps_m2


def entry(
    range_mm: int | None, signal: float | None, *, hit: bool = True, kind: Kind = Kind.TARGET, t_s: float = 0.0
) -> BeamEntry:
    return BeamEntry(round(t_s * 1e9), kind, hit, range_mm, signal)


def learnt(mean_kcps: float, spread: float, seed: int = 1, wall_mm: float | None = 2000.0) -> OpenLight:
    light, rng = OpenLight(), random.Random(seed)
    kind = Kind.NOTHING if wall_mm is None else Kind.TARGET
    for n in range(60):
        seen = entry(None, mean_kcps * rng.gauss(1.0, spread), hit=False, kind=kind, t_s=(n - 60) / 41.0)
        light.learn(seen, wall_mm)
    return light


def seen_for(light: OpenLight, kcps: float, seconds: float, rate_hz: float) -> None:
    """A wall at 2 m with that light, from now on."""
    for n in range(round(seconds * rate_hz)):
        light.learn(entry(1990, kcps, hit=False, t_s=n / rate_hz), 2000.0)


@given(st.floats(50.0, 8000.0), st.floats(0.005, 0.08), st.integers(0, 1000))
def test_the_empty_beams_own_signal_does_not_stand_out(mean: float, spread: float, seed: int) -> None:
    light = learnt(mean, spread, seed)
    assert not is_bodily(entry(500, mean), light.stands_out_kcps, 0.0)


def test_an_open_fields_signal_is_learnt_from_readings_without_a_target() -> None:
    light = learnt(400.0, 0.03, wall_mm=None)
    assert not is_bodily(entry(525, 400.0), light.stands_out_kcps, 0.0)
    assert is_bodily(entry(900, 5000.0), light.stands_out_kcps, 0.0)


def test_a_signal_that_was_not_recorded_says_nothing_against_a_body() -> None:
    assert is_bodily(entry(500, None), 3000.0, 600.0)


def test_what_stands_out_is_yet_no_body_where_the_model_knows_better() -> None:
    assert is_bodily(entry(300, 4000.0), 1000.0, 0.0)
    assert not is_bodily(entry(300, 4000.0), 1000.0, least_body_kcps_m2("vl53l1x"))


def test_a_model_is_known_by_the_first_word_of_its_name() -> None:
    assert least_body_kcps_m2("VL53L1X long") == least_body_kcps_m2("vl53l1x") > 0.0
    assert least_body_kcps_m2("Garmin LIDAR-Lite v3, 50 Hz") == least_body_kcps_m2("") == 0.0


@pytest.mark.parametrize("rate_hz", [41.0, 100.0, 250.0])
def test_a_slow_walkers_shade_hardly_moves_the_empty_beams_light_and_a_wall_that_got_wet_is_learnt(
    rate_hz: float,
) -> None:
    light = learnt(3000.0, 0.01)
    seen_for(light, 1800.0, 0.6, rate_hz)
    assert light.mean_kcps > 2800.0
    seen_for(light, 1800.0, 24.0, rate_hz)
    assert abs(light.mean_kcps - 1800.0) < 100.0


@pytest.mark.parametrize("rate_hz", [10.0, 41.0, 100.0, 250.0])
def test_a_little_shade_is_followed_within_a_second_or_twenty_readings_and_by_no_sensor_sooner(rate_hz: float) -> None:
    light = learnt(3000.0, 0.01)
    seen_for(light, 2850.0, 0.2, rate_hz)
    assert light.mean_kcps > 2925.0
    seen_for(light, 2850.0, max(1.0, 20.0 / rate_hz), rate_hz)
    assert light.mean_kcps < 2910.0


def test_a_first_reading_that_was_too_bright_is_soon_made_up_for() -> None:
    light = OpenLight()
    for kcps in (6000.0, *[3000.0] * 19):
        light.learn(entry(1990, kcps, hit=False), 2000.0)
    assert abs(light.mean_kcps - 3000.0) < 200.0


def test_a_reading_without_a_target_shows_the_wall_by_its_range_and_a_part_of_its_light() -> None:
    def shown(range_mm: int | None, kcps: float, kind: Kind = Kind.NOTHING) -> bool:
        return shows_wall(entry(range_mm, kcps, hit=False, kind=kind), 2000.0, 3000.0)

    assert shown(1980, 1300.0)
    assert not shown(1980, 60.0)
    assert not shown(1200, 1300.0)
    assert not shown(None, 1300.0)
    assert not shown(1980, 1300.0, Kind.REJECTED)


def test_a_wall_that_loses_light_is_hidden_by_somebody() -> None:
    assert dims_wall(entry(1990, 2000.0, hit=False), 2000.0, 3000.0)
    assert not dims_wall(entry(1990, 2950.0, hit=False), 2000.0, 3000.0)
    assert not dims_wall(entry(900, 2000.0, hit=False), 2000.0, 3000.0)
    assert dims_wall(entry(1990, 2000.0, hit=False, kind=Kind.REJECTED), 2000.0, 3000.0)
    assert not dims_wall(entry(900, 2000.0, hit=False, kind=Kind.REJECTED), 2000.0, 3000.0)
    assert not dims_wall(entry(3900, 2000.0, hit=False, kind=Kind.REJECTED), 2000.0, 3000.0)
