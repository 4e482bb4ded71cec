"""A finish by range: the back's way to the line, from many readings, whoever is in view from the first one on."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.passages import Approach
from retro_timer.detection.rear.approach_fit import solve_approach
from retro_timer.ports import Placement, RangeSample
from tests.helpers.replaying import of, rep, replayed

LANE_END = WatchConfig(placement=Placement.LANE_END, finish_range_mm=2000, fov_deg=0.5)
RATE_HZ = 50.0
FIRST_M, LAST_M = 8.7, 1.05


def walked(speed_mps: float, lead_s: float) -> tuple[list[RangeSample], float]:
    """Ranges only: somebody in view from the first reading, or after some seconds of nothing; when they pass 2 m."""
    samples = [RangeSample(round((n / RATE_HZ - lead_s) * 1e9)) for n in range(round(lead_s * RATE_HZ))]
    for n in range(round((FIRST_M - LAST_M) / speed_mps * RATE_HZ)):
        noise = (n * 2_654_435_761 >> 7) % 21 - 10
        samples.append(RangeSample(round(n / RATE_HZ * 1e9), round((FIRST_M - speed_mps * n / RATE_HZ) * 1000) + noise))
    return samples, (FIRST_M - 2.0) / speed_mps


@pytest.mark.parametrize("lead_s", [0.0, 3.0])
@pytest.mark.parametrize(("gait", "speed_mps"), [("walk", 0.66), ("walk", 1.3), ("jog", 1.97)])
def test_who_is_in_view_from_the_first_reading_on_is_timed(gait: str, speed_mps: float, lead_s: float) -> None:
    samples, cross_s = walked(speed_mps, lead_s)
    go_s = cross_s - 20.0 / speed_mps - 1.0
    (finish,) = of(replayed(samples, LANE_END, rep(go_s, 20.0, gait)), "finish")
    assert abs(go_s + finish["time_s"] - cross_s) <= max(0.02, finish["uncertainty_s"])


def line_of(speed_mps: float) -> list[tuple[float, float]]:
    return [(n * 0.02, 2.0 - speed_mps * n * 0.02) for n in range(-30, 13)]


def solved_s(points: list[tuple[float, float]]) -> tuple[float, float]:
    found = solve_approach(Approach(points, 0, 2.0, "approach", sway_m=0.006, sway_s=0.0012))
    assert found.refusal == ""
    return found.back_ns / 1e9, found.uncertainty_ns / 1e9


@settings(max_examples=40)
@given(st.floats(0.6, 4.0), st.integers(18, 40), st.floats(0.3, 7.0))
def test_one_wrong_range_moves_the_finish_by_less_than_its_interval(speed_mps: float, at: int, range_m: float) -> None:
    points = line_of(speed_mps)
    good_s, half_s = solved_s(points)
    bad_s, wider_s = solved_s([*points[:at], (points[at][0], range_m), *points[at + 1 :]])
    assert abs(bad_s - good_s) <= max(half_s, wider_s)


@settings(max_examples=40)
@given(st.floats(0.6, 4.0), st.integers(0, 42))
def test_one_reading_less_does_not_move_it(speed_mps: float, at: int) -> None:
    points = line_of(speed_mps)
    good_s, half_s = solved_s(points)
    less_s, _ = solved_s([*points[:at], *points[at + 1 :]])
    assert abs(less_s - good_s) <= half_s
