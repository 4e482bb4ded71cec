"""An arm that is held into a thin beam is no runner; whoever passes, stops, or cannot be told from one is none."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.gate.crossing_fit import solve
from retro_timer.detection.passages import BeamEntry, Break
from retro_timer.detection.readings import Kind

CONFIG = WatchConfig(fov_deg=2.0)
TOO_FLAT = "too flat for a torso"
Light = Callable[[float], float | None]
"""Of the part of the break that is over, from 0 to 1."""


def noisy(kcps: float) -> Light:
    """One light with a TF-Luna's noise."""
    rng = random.Random(7)
    return lambda _part: kcps * rng.gauss(1.0, 0.02)


def refusal(
    light: Light,
    *,
    lasts_s: float = 0.2,
    speed_mps: float = 2.0,
    rate_hz: float = 250.0,
    flank_mm: float = 0.0,
    over: bool = True,
    hidden_after: bool = False,
) -> str:
    """Why what breaks the beam at 1 m, flat or a quarter of it flanks, is nobody; "" where it may be the runner."""
    rng, count = random.Random(3), round(lasts_s * rate_hz)
    entries = [BeamEntry(round(n * 1e9 / rate_hz), Kind.NOTHING, False, None, 10.0) for n in range(count + 400)]
    for n in range(count):
        deeper_mm = flank_mm if min(n, count - 1 - n) < count / 8 else 0.0
        range_mm = round(1000.0 + deeper_mm + rng.gauss(0.0, 12.0))
        t_ns = entries[200 + n].t_ns
        entries[200 + n] = BeamEntry(t_ns, Kind.TARGET, True, range_mm, light(n / count))
    if hidden_after:
        entries[200 + count] = BeamEntry(entries[200 + count].t_ns, Kind.REJECTED, False, None, None)
    seen = entries if over else entries[: 200 + count]
    broken = Break(seen, None, 10.0, 20.0, 1 / rate_hz, 1 / rate_hz, speed_mps, speed_mps / 2, 2 * speed_mps, over=over)
    return solve(broken, CONFIG).refusal


@pytest.mark.parametrize("rate_hz", [100.0, 250.0])
@pytest.mark.parametrize(("lasts_s", "speed_mps"), [(0.2, 1.0), (0.15, 2.0), (0.2, 2.0), (0.12, 4.0), (0.5, 4.0)])
def test_an_arm_that_is_held_in_gives_the_same_light_all_the_while(
    rate_hz: float, lasts_s: float, speed_mps: float
) -> None:
    assert refusal(noisy(900.0), lasts_s=lasts_s, speed_mps=speed_mps, rate_hz=rate_hz) == TOO_FLAT


def test_whose_light_changes_as_they_pass_may_be_the_runner() -> None:
    assert refusal(lambda part: 900.0 - 200.0 * part) == ""
    assert refusal(lambda part: 900.0 if part < 0.5 else 800.0) == ""


def test_who_shows_flanks_is_no_arm_however_even_their_light() -> None:
    assert refusal(noisy(900.0), flank_mm=120.0) == ""


def test_only_the_light_of_the_midst_counts() -> None:
    dim_at_the_edges = noisy(900.0)
    assert refusal(lambda part: 400.0 if part < 0.1 or part > 0.9 else dim_at_the_edges(part)) == TOO_FLAT


@pytest.mark.parametrize("lights", [None, 60_000.0])
def test_light_that_is_not_recorded_or_at_the_sensor_s_limit_says_nothing_against_a_body(lights: float | None) -> None:
    assert refusal(lambda _part: lights) == ""


def test_who_stops_in_the_beam_is_no_arm() -> None:
    assert refusal(noisy(900.0), lasts_s=1.2) == ""
    assert refusal(noisy(900.0), lasts_s=1.0, over=False) == ""


def test_seven_readings_are_too_few_to_say() -> None:
    assert refusal(noisy(900.0), lasts_s=0.07, rate_hz=100.0, speed_mps=4.0) == ""
    assert refusal(noisy(900.0), lasts_s=0.08, rate_hz=100.0, speed_mps=4.0) == TOO_FLAT


def test_whose_flank_is_behind_somebody_nearer_is_no_arm() -> None:
    assert refusal(noisy(900.0), hidden_after=True) == ""


def test_of_less_than_half_a_trunk_the_flanks_may_be_too_dark() -> None:
    assert refusal(noisy(900.0), lasts_s=0.05) == ""
    assert refusal(noisy(900.0), lasts_s=0.07) == TOO_FLAT
