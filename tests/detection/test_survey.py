"""What a stretch of readings shows."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.detection.survey import survey
from retro_timer.ports import RangeSample
from tests.helpers.replaying import field, sampled, wall, with_body


def test_a_wall_is_seen_with_its_range_noise_rate_and_light() -> None:
    seen = survey(sampled(wall(1200), 3.0))
    assert seen.readings == 123
    assert seen.rate_hz == pytest.approx(41.0, rel=0.01)
    assert seen.target_share == 1.0
    assert seen.range_mm == pytest.approx(1200, abs=2)
    assert 1.0 < seen.noise_mm < 3.0
    assert abs(seen.drift_mm) <= 1.0
    assert seen.ambient_kcps == pytest.approx(500.0, abs=1.0)


def test_an_open_field_has_no_range_and_no_noise() -> None:
    seen = survey(sampled(field(), 2.0))
    assert (seen.target_share, seen.range_mm, seen.noise_mm, seen.drift_mm) == (0.0, None, 0.0, 0.0)


def test_a_fly_is_no_noise() -> None:
    still = survey(sampled(wall(1200), 3.0)).noise_mm
    assert survey(sampled(with_body(wall(1200), 1.0, 1.1, 700), 3.0)).noise_mm == pytest.approx(still, abs=0.5)


def test_what_walks_away_drifts() -> None:
    assert survey(sampled(lambda t_s: (round(1000 + 200 * t_s), 0, 600.0), 3.0)).drift_mm == pytest.approx(300, abs=15)


def test_missing_readings_lower_the_rate() -> None:
    kept = [sample for n, sample in enumerate(sampled(wall(), 3.0)) if n % 2 == 0]
    assert survey(kept).rate_hz == pytest.approx(20.5, rel=0.02)


def test_readings_that_the_sensor_doubts_and_those_that_cannot_be_are_counted_apart() -> None:
    doubted = survey(sampled(lambda t_s: (900, 7, 300.0) if t_s < 1.0 else (20, 0, 300.0), 2.0))
    assert doubted.rejected_share == 1.0
    assert doubted.target_share == 0.0


def test_of_no_readings_nothing_is_told() -> None:
    nothing = survey([])
    assert (nothing.readings, nothing.rate_hz, nothing.range_mm, nothing.ambient_kcps) == (0, None, None, None)


@given(st.lists(st.tuples(st.none() | st.integers(0, 5000), st.sampled_from([None, 0, 1, 2, 7])), max_size=40))
def test_whatever_is_read_shares_are_shares_and_noise_is_no_less_than_none(rows: list[tuple[int | None, int]]) -> None:
    samples = [RangeSample(n * 24_000_000, range_mm, status) for n, (range_mm, status) in enumerate(rows)]
    seen = msgspec.to_builtins(survey(samples))
    assert 0.0 <= seen["target_share"] <= 1.0
    assert 0.0 <= seen["rejected_share"] <= 1.0
    assert seen["noise_mm"] >= 0.0
