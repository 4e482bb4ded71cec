"""Averages, drop-offs and trends: against plain arithmetic, and never more sure than the times are."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.training.progress.figures import Estimate, TimeSums, Verdict, student, trend, verdict, worthwhile_s

times = st.lists(st.floats(3.0, 60.0), min_size=3, max_size=40)


def sums(times_s: Sequence[float], spread_s: float = 0.0) -> TimeSums:
    return TimeSums(
        len(times_s),
        sum(times_s),
        sum(time * time for time in times_s),
        sum(place * time for place, time in enumerate(times_s)),
        len(times_s) * spread_s**2,
    )


@given(times)
def test_the_average_and_its_interval_are_those_of_the_times_one_by_one(times_s: list[float]) -> None:
    average = sums(times_s).average()
    assert average is not None
    assert average.value_s == pytest.approx(statistics.fmean(times_s))
    error_s = statistics.stdev(times_s) / math.sqrt(len(times_s))
    assert average.half_s == pytest.approx(student(len(times_s) - 1) * error_s, rel=1e-4, abs=1e-4)


@given(times)
def test_the_drop_off_is_the_straight_lines_through_the_times(times_s: list[float]) -> None:
    drop_off = sums(times_s).drop_off()
    assert drop_off is not None
    slope, _ = statistics.linear_regression(range(len(times_s)), times_s)
    assert drop_off.value_s == pytest.approx((len(times_s) - 1) * slope, abs=1e-6)


@given(times)
def test_a_trend_over_even_days_is_the_drop_off_of_the_same_figures(times_s: list[float]) -> None:
    drop_off, lasting = sums(times_s).drop_off(), trend([(float(n), time) for n, time in enumerate(times_s)])
    assert drop_off is not None
    assert lasting is not None
    assert (lasting.value_s, lasting.half_s) == pytest.approx((drop_off.value_s, drop_off.half_s), abs=1e-3)


def test_the_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = random.Random(1)
    held = [0, 0, 0]
    for _ in range(400):
        first, second = ([rng.gauss(9.0 + 0.05 * n, 0.3) for n in range(6)] for _ in range(2))
        truths = ((sums(first).drop_off(), 0.25), (sums(first).change_from(sums(second)), 0.0))
        lasting = trend([(float(day), rng.gauss(9.0, 0.2)) for day in (0, 3, 8, 20)])
        for place, (estimate, truth) in enumerate((*truths, (lasting, 0.0))):
            assert estimate is not None
            held[place] += estimate.low_s <= truth <= estimate.high_s
    assert all(0.92 * 400 <= count <= 0.985 * 400 for count in held), held


def test_times_that_agree_by_chance_are_no_surer_than_they_were_measured() -> None:
    average, drop_off = sums([8.0] * 5, spread_s=0.05).average(), sums([8.0] * 5, spread_s=0.05).drop_off()
    assert average is not None
    assert drop_off is not None
    assert average.half_s == pytest.approx(student(4) * 0.05 / 1.96 / math.sqrt(5))
    assert drop_off.half_s > 0.05


def test_of_one_time_its_own_interval_is_all_and_nothing_is_said_of_a_change() -> None:
    one, several = sums([8.0], spread_s=0.02), sums([8.0, 9.0])
    assert one.average() == Estimate(8.0, 0.02)
    assert TimeSums().average() is None
    assert one.drop_off() is several.drop_off() is one.change_from(several) is several.change_from(one) is None
    assert sums([8.0, 8.0]).change_from(sums([9.0, 9.0])) == Estimate(-1.0, 0.0)
    assert trend([(1.0, 8.0), (2.0, 9.0)]) is trend([(1.0, 8.0)] * 4) is None


@pytest.mark.parametrize(
    ("value_s", "half_s", "said"),
    [
        (-0.10, 0.05, Verdict.FASTER),
        (0.10, 0.05, Verdict.SLOWER),
        (0.00, 0.02, Verdict.SAME),
        (-0.10, 0.09, Verdict.UNCLEAR),
        (0.03, 0.01, Verdict.UNCLEAR),
    ],
)
def test_a_change_counts_where_all_of_its_interval_is_worthwhile(value_s: float, half_s: float, said: Verdict) -> None:
    assert verdict(Estimate(value_s, half_s), worthwhile_s(20.0)) is said


def test_the_smallest_worthwhile_change_is_the_published_one_and_on_its_line_beyond() -> None:
    found = [round(worthwhile_s(distance_m), 4) for distance_m in (5.0, 10.0, 20.0, 30.0, 50.0)]
    assert found == [0.016, 0.016, 0.025, 0.034, 0.052]
