"""The middle of a passage, from how much of the beam was covered at each reading."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.detection.gate.cover_kinds import Source
from retro_timer.detection.gate.occlusion_fit import Cover, Fit, Outline, fit_cover
from retro_timer.detection.gate.weighing import Look

PERIOD_S = 0.025
HALF_M = 0.25
SPEED_MPS = 2.3


def bell(t_s: float, middle_s: float) -> float:
    return math.exp(-math.log(2.0) * abs((t_s - middle_s) * SPEED_MPS / HALF_M) ** 2.5)


def looks(middle_s: float) -> list[Look]:
    return [Look(n * PERIOD_S, bell(n * PERIOD_S, middle_s)) for n in range(40)]


def fitted(seen: list[Look], source: Source = "signal") -> Fit:
    duration_s = 2.0 * HALF_M / SPEED_MPS
    return fit_cover(
        Cover(source, seen), Outline(HALF_M, SPEED_MPS, 0.25, PERIOD_S, PERIOD_S, duration_s, (0.35, 0.6), 0.12)
    )


@given(st.floats(0.42, 0.55), st.sampled_from(["signal", "mixture", "pulse", "range"]))
def test_the_middle_is_found_between_the_readings(middle_s: float, source: Source) -> None:
    found = fitted(looks(middle_s), source)
    assert abs(found.middle_s - middle_s) < 0.005
    assert found.speed_mps == pytest.approx(SPEED_MPS, rel=0.15)


@given(st.integers(12, 26), st.floats(0.0, 1.0))
def test_one_wrong_reading_moves_it_less_than_the_fit_says(at: int, cover: float) -> None:
    seen = looks(0.48)
    good = fitted(seen)
    seen[at] = Look(seen[at].t_s, cover)
    bad = fitted(seen)
    assert abs(bad.middle_s - good.middle_s) <= max(1.96 * bad.middle_sd_s, bad.moved_s) + 0.002


@given(st.integers(12, 26))
def test_one_reading_less_moves_it_no_farther_than_foretold(at: int) -> None:
    seen = looks(0.48)
    good = fitted(seen)
    less = fitted([*seen[:at], *seen[at + 1 :]])
    assert abs(less.middle_s - good.middle_s) <= max(1.5 * good.moved_s, 1.96 * good.middle_sd_s)


@given(st.floats(0.42, 0.55), st.sampled_from(["signal", "mixture", "pulse"]))
def test_a_steeper_outline_with_the_same_foot_is_of_the_same_speed(middle_s: float, source: Source) -> None:
    def steep(t_s: float) -> float:
        return math.exp(-math.log(2.0) * abs((t_s - middle_s) * SPEED_MPS / (1.2 * HALF_M)) ** 5)

    seen = [Look(n * PERIOD_S, steep(n * PERIOD_S)) for n in range(40)]
    assert fitted(seen, source).speed_mps == pytest.approx(fitted(looks(middle_s), source).speed_mps, rel=0.06)
