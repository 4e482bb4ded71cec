"""A frozen sensor is told by range, signal and light that repeat, never by its range alone."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from retro_timer.detection.health.stuck_sensor import StuckSensor
from retro_timer.ports import RangeSample


def frozen_at_s(samples: Iterable[RangeSample]) -> float | None:
    stuck = StuckSensor()
    return next((sample.t_ns / 1e9 for sample in samples if stuck.feed(sample)), None)


def readings(
    count: int,
    range_mm: int | None,
    signal: float | None,
    ambient: float | None,
    *,
    from_n: int = 0,
    rate_hz: float = 41.0,
    alive: bool = False,
) -> list[RangeSample]:
    return [
        RangeSample(
            round(n / rate_hz * 1e9),
            range_mm,
            0 if range_mm is not None else 2,
            None if signal is None else signal + (n * 7 % 5 if alive else 0),
            None if ambient is None else ambient + (n * 3 % 7 if alive else 0),
        )
        for n in range(from_n, from_n + count)
    ]


@pytest.mark.parametrize(("rate_hz", "at_s"), [(10.0, 0.7), (41.0, 13 / 41), (100.0, 0.3)])
def test_a_sensor_that_freezes_on_the_first_thing_it_sees_is_told(rate_hz: float, at_s: float) -> None:
    assert frozen_at_s(readings(60, 905, 2610.4, 1480.2, rate_hz=rate_hz)) == pytest.approx(at_s, abs=1e-6)


def test_so_is_one_that_freezes_on_a_passer_after_an_empty_field() -> None:
    before = readings(400, None, 5.0, 1480.0, alive=True)
    assert frozen_at_s([*before, *readings(40, 905, 2610.4, 1480.2, from_n=400)]) == pytest.approx(413 / 41, abs=1e-6)


def test_a_range_that_repeats_for_seconds_while_nothing_else_is_recorded_is_alive() -> None:
    assert frozen_at_s(readings(300, 1016, None, None, rate_hz=11.0)) is None


@pytest.mark.parametrize(("signal", "ambient"), [(2610.4, None), (None, 1480.2), (0.0, 0.0)])
def test_a_sensor_that_does_not_measure_both_is_left_to_its_driver(signal: float | None, ambient: float | None) -> None:
    assert frozen_at_s(readings(300, 1016, signal, ambient)) is None


def test_light_that_differs_shows_a_living_sensor() -> None:
    assert frozen_at_s(readings(300, 1016, 2610.4, 1480.2, alive=True)) is None


def test_empty_readings_in_the_dark_repeat_while_alive() -> None:
    assert frozen_at_s(readings(300, None, 7.8, 0.0)) is None


def test_empty_readings_that_never_repeated_and_now_do_are_frozen() -> None:
    before = readings(400, None, 5.0, 1480.0, alive=True)
    assert frozen_at_s([*before, *readings(80, None, 5.0, 1480.0, from_n=400)]) is not None
