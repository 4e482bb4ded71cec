"""Trend, drop-off, group and distribution: no line inside the noise, and the same told by shape, print and terminal."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retro_timer.pictures.charts import distribution, drop_off_chart, group_chart, set_chart, trend_chart
from retro_timer.pictures.figures import Chart, Figure
from retro_timer.pictures.svg import draw_along, draw_histogram, draw_rows
from retro_timer.pictures.terminal import chart_lines, histogram_lines
from retro_timer.training.gaits import Gait
from retro_timer.training.progress.attended import Attended, Effort, Kind, Timing
from retro_timer.training.progress.figures import TimeSums
from retro_timer.training.record import Flag
from tests.pictures.test_set_picture import dots, rep, words

KIND = Kind(Gait.JOG, 20.0, Timing.GO)
MONDAY = 739_943


def trend_over(*sessions: tuple[float, ...]) -> Chart | None:
    """Sessions a week apart; one without times has no date either."""
    efforts = []
    for week, times_s in enumerate(sessions):
        sums = TimeSums.of(times_s or (9.0,), [0.02] * len(times_s))
        day = MONDAY + 7 * week if times_s else None
        efforts.append((Attended(week, day, "", None, ()), Effort(KIND, "", 2, 2, None, sums)))
    return trend_chart("Ann", KIND, efforts, lambda day: date.fromordinal(day).isoformat())


def dashed(svg: bytes) -> int:
    return len(re.findall(rb"stroke-dasharray: ?8, ?5", svg))


def test_a_trend_has_a_line_only_where_it_is_more_than_the_noise() -> None:
    steady = trend_over((9.0, 9.1), (9.1, 9.0), (8.9, 9.1))
    assert steady is not None
    assert (steady.line_s, steady.about) == (None, "no trend beyond the noise")
    assert dashed(draw_along(steady)) == 0
    faster = trend_over((9.0, 9.1), (8.5, 8.6), (8.01, 8.1), (7.5, 7.6))
    assert faster is not None
    assert faster.line_s == pytest.approx((9.05, 7.55), abs=0.02)
    assert re.fullmatch(r"faster by 1.50 ± 0.0\d s", faster.about)
    assert dashed(draw_along(faster)) == 1


def test_what_has_no_date_is_in_no_trend() -> None:
    assert trend_over((), ()) is None
    one = trend_over((9.0, 9.1), ())
    assert one is not None
    assert [figure.label for figure in one.figures] == ["2026-11-23"]
    assert len(dots(ET.fromstring(draw_along(one)))) == 1


def test_dates_are_not_written_over_each_other() -> None:
    def dates(*days: int) -> list[str]:
        figures = tuple(Figure(f"day {day}", 9.0, 0.1, float(day)) for day in days)
        told = words(ET.fromstring(draw_along(Chart("t", "", figures))))
        return [text for text in told if text.startswith("day ")]

    assert dates(1, 8, 8) == ["day 1", "day 8"]
    assert dates(3, 3) == ["day 3"]
    assert dates(1, 2, 3, 40, 41) == ["day 1", "day 41"]
    assert dates(1, 2, 20, 40, 41) == ["day 1", "day 20", "day 41"]
    assert len(dates(*range(1, 200))) == 3


def test_few_times_have_the_interval_of_the_scatter_of_all() -> None:
    chart = trend_over((9.0, 9.2), (9.1,), (9.0, 9.2))
    assert chart is not None
    halves = [figure.half_s for figure in chart.figures]
    assert halves[1] == pytest.approx(halves[0] * 2**0.5)


def test_a_drop_off_has_a_line_where_the_reps_get_slower_beyond_the_noise() -> None:
    records = [rep(n, time_s=8.0 + 0.2 * n) for n in range(1, 7)]
    sums = TimeSums.of([8.0 + 0.2 * n for n in range(1, 7)], [0.05] * 6)
    chart = drop_off_chart("Ada", KIND, records, sums)
    assert chart.line_s == pytest.approx((8.2, 9.2))
    assert chart.about.startswith("slower by 1.00 ± ")
    level = drop_off_chart("Ada", KIND, records[:2], TimeSums.of([8.2, 8.4], [0.05] * 2))
    assert (level.line_s, level.about) == (None, "no drop-off beyond the noise")


def test_a_group_is_ranked_by_its_averages_a_row_each() -> None:
    chart = group_chart(
        KIND, [("Ben", TimeSums.of([9.0, 9.2], [0, 0])), ("Ann", TimeSums.of([8.0, 8.1, 8.2], [0] * 3))]
    )
    svg = ET.fromstring(draw_rows(chart))
    assert [text for text in words(svg) if text in ("Ann", "Ben")] == ["Ann", "Ben"]
    assert list(chart_lines(chart, 60)) == [
        "20 m jog, averages in s",
        "Ann          ----o-----                          8.10 ± 0.22",
        "Ben                             ------o-----     9.10 ± 0.26",
        "     7.5                                    9.5",
        "where intervals overlap, no clear order",
    ]


def test_a_distribution_holds_every_time_once() -> None:
    histogram = distribution("Ann", KIND, [8.0, 8.1, 8.2, 8.35, 8.4, 9.0])
    assert sum(each.count for each in histogram.bins) == 6
    assert histogram.bins[0].low_s <= 8.0
    assert histogram.bins[-1].high_s >= 9.0
    assert list(histogram_lines(histogram, 40))[-1] == "of 6 reps"
    bars = re.findall(rb'<rect[^>]*class="rect reactive', draw_histogram(histogram))
    assert len(bars) == len(histogram.bins)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(3.0, 99.0), min_size=1, max_size=30))
def test_no_times_are_too_many_too_few_or_too_alike(times_s: list[float]) -> None:
    histogram = distribution("Ann", KIND, times_s)
    assert sum(each.count for each in histogram.bins) == len(times_s)
    figures = tuple(Figure(str(n), time_s, 0.1, float(n)) for n, time_s in enumerate(times_s))
    for columns in (20, 80):
        assert max(len(line) for line in chart_lines(Chart("t", "", figures), columns)) <= max(columns, 60)


def test_a_set_in_the_terminal_has_who_finished_and_marks_doubt() -> None:
    chart = set_chart(2, [rep(1), rep(2, "Ben", 8.5, flags=(Flag.AMBIGUOUS,)), rep(3, "Cem", None)])
    lines = list(chart_lines(chart, 50))
    assert [line.split()[:2] for line in lines[1:3]] == [["1", "Ada"], ["2", "Ben"]]
    assert "?" in lines[2]
    assert lines[-1] == "? a time in doubt"
