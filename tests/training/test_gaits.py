"""Finish windows against the facts that were read (docs/sources.md, People)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.training.gaits import (
    SPEEDS,
    Gait,
    default_walk_out_s,
    finish_window,
    human_limit_s,
    sound_delay_s,
    walk_back_s,
)

DISTANCES = st.floats(5.0, 100.0)


@pytest.mark.parametrize(
    ("distance_m", "seconds"), [(10, 2.0), (15, 2.7), (20, 3.3), (30, 4.5), (50, 7.0), (100, 13.17)]
)
def test_no_human_is_faster_than_the_record_runners_curve(distance_m: float, seconds: float) -> None:
    assert human_limit_s(distance_m) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("gait", "distance_m", "earliest_s", "latest_s"),
    [
        (Gait.WALK, 20, 12, 67), (Gait.WALK, 30, 18, 100), (Gait.WALK, 50, 29, 167),
        (Gait.JOG, 20, 6.2, 13), (Gait.JOG, 30, 9.4, 20), (Gait.JOG, 50, 16, 33),
        (Gait.RUN, 20, 3.3, 8), (Gait.RUN, 30, 4.5, 12), (Gait.RUN, 50, 7, 20),
    ],
)  # fmt: skip
def test_finish_windows_are_those_of_the_facts(
    gait: Gait, distance_m: float, earliest_s: float, latest_s: float
) -> None:
    window = finish_window(distance_m, gait)
    assert window.earliest_s == pytest.approx(earliest_s, rel=0.04)
    assert window.latest_s == pytest.approx(latest_s, rel=0.04)


@given(DISTANCES, st.sampled_from(Gait))
def test_a_window_is_in_order_and_given_up_after_twice_the_gaits_latest_time(distance_m: float, gait: Gait) -> None:
    window = finish_window(distance_m, gait)
    assert 0.0 < window.human_limit_s <= window.earliest_s < window.latest_s
    assert window.timeout_s == pytest.approx(2.0 * window.latest_s)


@given(DISTANCES, DISTANCES)
def test_a_longer_lane_never_takes_a_human_less_time(one_m: float, other_m: float) -> None:
    near, far = sorted((one_m, other_m))
    assert human_limit_s(near) <= human_limit_s(far)


@given(st.floats(-10.0, 2000.0))
def test_the_human_limit_of_any_number_is_a_time(distance_m: float) -> None:
    assert human_limit_s(distance_m) >= 0.0


def test_gaits_follow_each_other_without_a_gap() -> None:
    walk, jog, run = (SPEEDS[gait] for gait in Gait)
    assert walk.slow_mps < jog.slow_mps < walk.fast_mps < jog.fast_mps
    assert jog.slow_mps < run.slow_mps < jog.fast_mps < run.fast_mps


def test_sound_takes_58_ms_to_20_m_and_146_ms_to_50_m() -> None:
    assert sound_delay_s(20.0) == pytest.approx(0.058, abs=0.0005)
    assert sound_delay_s(50.0) == pytest.approx(0.146, abs=0.0005)


def test_walking_out_takes_the_way_at_1_2_metres_a_second_and_ten_seconds_more() -> None:
    assert default_walk_out_s(30.0) == pytest.approx(35.0)
    assert walk_back_s(30.0) == pytest.approx(25.0)
