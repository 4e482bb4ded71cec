"""Stopping distance, and what a watch covers (docs/safety.md, docs/sources.md)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.detection.people import Braking
from retro_timer.ports import Placement
from retro_timer.sensors.vl53l1x import RANGE_M
from retro_timer.training.gaits import Gait
from retro_timer.training.safe_speed import STRONG_AMBIENT_KCPS, coverage, range_in_light_m

SPEEDS_MPS = st.floats(0.0, 9.0)


@pytest.mark.parametrize(
    ("speed_mps", "least_m", "most_m"),
    [(0.8, 0.4, 0.8), (1.5, 1.0, 1.8), (2.5, 2.0, 3.7), (4.0, 4.3, 7.4), (5.5, 7, 12)],
)
def test_stopping_distances_lie_within_the_facts(speed_mps: float, least_m: float, most_m: float) -> None:
    assert least_m <= Braking().stopping_distance_m(speed_mps) <= most_m


def test_the_stopping_distance_is_delay_and_braking() -> None:
    assert Braking(0.6, 2.5).stopping_distance_m(2.0) == pytest.approx(2.0 * 0.6 + 4.0 / 5.0)


@given(SPEEDS_MPS)
def test_the_safe_speed_is_the_one_whose_stopping_distance_is_the_range(speed_mps: float) -> None:
    braking = Braking()
    assert braking.safe_speed_mps(braking.stopping_distance_m(speed_mps)) == pytest.approx(speed_mps, abs=1e-6)


@given(st.floats(-5.0, 0.0))
def test_without_any_range_no_speed_is_safe(range_m: float) -> None:
    assert Braking().safe_speed_mps(range_m) == 0.0


@pytest.mark.parametrize("range_m", [0.5, 1.35, 3.6, 8.0])
def test_a_gate_covers_no_pace_whatever_it_sees(range_m: float) -> None:
    assert coverage(Placement.GATE, range_m, Braking()).speed_mps == 0.0
    assert coverage(Placement.GATE, range_m, Braking()).phrase == "covers_line_only"


def test_a_vl53l1x_up_the_lane_covers_walking_only_and_nothing_in_the_sun() -> None:
    dark = coverage(Placement.LANE_END, range_in_light_m(*RANGE_M["short"], 0.0), Braking())
    assert dark.gait is Gait.WALK
    assert dark.phrase == "covers_walk"
    blinded = coverage(Placement.LANE_END, 0.3, Braking())
    assert blinded.gait is None
    assert blinded.phrase == "covers_nothing"


def test_a_tf_luna_up_the_lane_covers_jogging() -> None:
    assert coverage(Placement.LANE_END, 5.0, Braking()).gait is Gait.JOG


@pytest.mark.parametrize(
    ("mode", "dark_m", "bright_m"), [("short", 1.36, 1.35), ("medium", 2.90, 0.76), ("long", 3.60, 0.73)]
)
def test_ranges_fall_from_the_data_sheets_dark_figure_to_its_bright_one(
    mode: str, dark_m: float, bright_m: float
) -> None:
    assert range_in_light_m(*RANGE_M[mode], None) == dark_m
    assert range_in_light_m(*RANGE_M[mode], 0.0) == dark_m
    assert range_in_light_m(*RANGE_M[mode], STRONG_AMBIENT_KCPS) == pytest.approx(bright_m)
    assert range_in_light_m(*RANGE_M[mode], 10 * STRONG_AMBIENT_KCPS) == pytest.approx(bright_m)


@given(st.sampled_from(["short", "medium", "long"]), st.floats(0.0, 1e6), st.floats(0.0, 1e6))
def test_more_light_never_makes_a_sensor_see_farther(mode: str, one_kcps: float, other_kcps: float) -> None:
    dim, bright = sorted((one_kcps, other_kcps))
    assert range_in_light_m(*RANGE_M[mode], bright) <= range_in_light_m(*RANGE_M[mode], dim)
