"""Dates and times of day of labels, as the calendar of the machine's time zone has them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from retro_timer.store.exchange.clock_faces import ClockFaces


@pytest.fixture
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    "zone",
    [
        "UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,M3.2.0,M11.1.0", "<+0545>-5:45",
        "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
    ],
    indirect=True,
)  # fmt: skip
@pytest.mark.usefixtures("zone")
def test_each_label_is_shown_as_the_calendar_has_it_summer_time_too() -> None:
    faces = ClockFaces()
    for begin in (
        datetime(2025, 1, 1, tzinfo=UTC),
        datetime(2026, 3, 28, tzinfo=UTC),
        datetime(2026, 10, 3, tzinfo=UTC),
    ):
        for minutes in range(0, 40 * 24 * 60, 53):
            moment = begin + timedelta(minutes=minutes, seconds=minutes % 60, milliseconds=minutes % 1000)
            here = moment.astimezone()
            label_ns = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000
            assert faces.shown(label_ns) == (
                f"{here:%Y-%m-%d}", f"{here:%H:%M:%S}", here.isoformat(timespec="milliseconds"),
            )  # fmt: skip
            assert faces.to_the_second(label_ns) == here.isoformat(timespec="seconds")


@pytest.mark.parametrize("label_ns", [-(2**63), -1, 0, 1_700_000_000_000_000_000])
def test_a_label_of_a_clock_that_nobody_had_set_is_no_date(label_ns: int) -> None:
    faces = ClockFaces()
    assert faces.shown(label_ns) == (None, None, None)
    assert faces.to_the_second(label_ns) is None


def test_the_latest_label_that_a_file_may_have_is_a_date() -> None:
    day, _, _ = ClockFaces().shown(2**63 - 1)
    assert day is not None
    assert day.startswith("2262-04-1")
