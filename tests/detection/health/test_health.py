"""What makes a sensor's state leave ok, what its reason is called, and what is ordinary motion."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

import pytest

from retro_timer.detection.background import Background
from retro_timer.detection.events import SensorChange, SensorState
from retro_timer.detection.health.sensor_health import Health
from retro_timer.detection.readings import kind_of
from retro_timer.ports import RangeSample

Reads = Callable[[float], int | None]
STRONG_KCPS, WEAK_KCPS = 20_000.0, 400.0


def told(
    reads: Reads,
    seconds: float,
    *,
    rate_hz: float = 10.0,
    ambient_kcps: float | None = None,
    overwhelmed: Callable[[float], bool] = lambda _t: False,
) -> list[SensorChange]:
    health, changes = Health(Background()), []
    for n in range(round(seconds * rate_hz)):
        t_s = n / rate_hz
        sample = RangeSample(round(t_s * 1e9), reads(t_s), None, None, ambient_kcps)
        change = health.feed(sample, kind_of(sample), False, overwhelmed(t_s), round(1e9 / rate_hz), False)
        if change is not None:
            changes.append(change)
    return changes


def scattered(_t: float, rng: Random = Random(5)) -> int:  # noqa: B008
    return rng.randint(100, 1000)


def test_ranges_that_go_to_and_fro_are_noise() -> None:
    (change,) = told(scattered, 20.0)
    assert (change.state, change.reason) == (SensorState.DEGRADED, "noise")


def test_only_a_light_that_was_measured_is_called_sunlight() -> None:
    assert told(scattered, 5.0, ambient_kcps=STRONG_KCPS)[0].reason == "sunlight"
    assert told(scattered, 5.0, ambient_kcps=WEAK_KCPS)[0].reason == "noise"


def door(t_s: float) -> int:
    """Swings open, half shut and open again, as fast as doors do."""
    return round(1100.0 - 850.0 * math.cos(2.0 * math.pi * t_s / 1.6))


def walker(t_s: float) -> int:
    """To and fro before the sensor at a brisk pace, turning at once."""
    return round(600.0 + 2000.0 * abs((t_s * 0.75) % 2.0 - 1.0))


@pytest.mark.parametrize("moves", [door, walker])
@pytest.mark.parametrize("rate_hz", [10.0, 25.0, 50.0])
def test_the_ordinary_motion_of_a_body_is_no_noise(moves: Reads, rate_hz: float) -> None:
    assert told(moves, 60.0, rate_hz=rate_hz) == []


def passer(t_s: float) -> int | None:
    """Comes by every four seconds: at last a leg before the trunk is read, in every other reading."""
    since_s = t_s % 4.0
    if since_s > 0.8:
        return None
    leg_mm = 210.0 if since_s > 0.6 and round(t_s * 43.0) % 3 == 0 else 0.0
    return round(2500.0 - 1200.0 * since_s - leg_mm)


def starter(t_s: float) -> int | None:
    """The same, and the leg is read at first."""
    since_s = t_s % 4.0
    if since_s > 0.8:
        return None
    leg_mm = 210.0 if 0.1 < since_s < 0.25 and round(t_s * 43.0) % 3 == 0 else 0.0
    return round(1500.0 + 1200.0 * since_s - leg_mm)


@pytest.mark.parametrize("moves", [passer, starter])
def test_legs_before_a_trunk_are_no_noise_though_the_smooth_readings_are_older(moves: Reads) -> None:
    assert told(moves, 60.0, rate_hz=43.0) == []


def test_a_target_of_three_centimetres_noise_is_none_either() -> None:
    rng = Random(11)
    assert told(lambda _t: round(rng.gauss(730.0, 28.0)), 240.0) == []


def test_noise_is_counted_over_what_is_seen_and_not_over_what_is_missed() -> None:
    rng = Random(3)
    changes = told(lambda _t: None if rng.random() < 0.41 else round(rng.gauss(2900.0, 300.0)), 60.0, rate_hz=12.0)
    assert [change.reason for change in changes] == ["noise"]


def test_being_overwhelmed_is_told_at_the_very_reading() -> None:
    changes = told(lambda _t: None, 3.0, overwhelmed=lambda t_s: t_s >= 0.5)
    assert [(change.t_ns, change.reason) for change in changes] == [(500_000_000, "phantoms")]


def test_the_way_back_takes_eight_seconds() -> None:
    changes = told(lambda _t: None, 30.0, overwhelmed=lambda t_s: 1.0 <= t_s < 2.0)
    assert [change.state for change in changes] == [SensorState.DEGRADED, SensorState.OK]
    assert changes[1].t_ns / 1e9 == pytest.approx(9.9, abs=0.11)


def test_who_falls_ill_again_and_again_is_believed_later_each_time() -> None:
    changes = told(lambda _t: None, 120.0, overwhelmed=lambda t_s: t_s % 10.0 < 0.2)
    assert len(changes) <= 3


def states_about_a_gap(reads: Reads) -> list[SensorState]:
    """What the state changes to when readings are missing for a second after the first four seconds."""
    health, period_ns, states = Health(Background()), 100_000_000, []
    for n in range(80):
        sample = RangeSample(n * period_ns + (1_000_000_000 if n >= 40 else 0), reads(n / 10), None, None, None)
        change = health.feed(sample, kind_of(sample), False, False, period_ns, n == 40)
        if change is not None:
            states.append(change.state)
    return states


def test_a_gap_in_bad_light_is_no_recovery() -> None:
    assert states_about_a_gap(scattered) == [SensorState.DEGRADED, SensorState.LOST, SensorState.DEGRADED]


def test_a_gap_in_good_light_ends_in_ok_again() -> None:
    assert states_about_a_gap(lambda _t: 900) == [SensorState.LOST, SensorState.OK]
