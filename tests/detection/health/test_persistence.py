"""How many readings must agree, and when that is more than an alarm in time leaves room for."""

from __future__ import annotations

import pytest

from retro_timer.detection.health.persistence import PersistenceThreshold, readings_in_time

PERIOD_NS = 24_000_000


def seen(
    *runs: int, persistence: PersistenceThreshold | None = None, status_known: bool = True
) -> PersistenceThreshold:
    """A run of so many agreeing targets for each positive number, so many readings of nothing for each negative one."""
    found = persistence or PersistenceThreshold()
    for run in runs:
        for n in range(abs(run)):
            found.begin(status_known, PERIOD_NS)
            found.feed(run > 0, run > 0 and n > 0, PERIOD_NS)
    return found


@pytest.mark.parametrize(("rate_hz", "readings"), [(10.0, 4), (13.0, 4), (25.0, 7), (41.0, 12), (100.0, 30)])
def test_an_alarm_in_time_leaves_room_for_four_periods_or_a_third_of_a_second(rate_hz: float, readings: int) -> None:
    assert readings_in_time(round(1e9 / rate_hz)) == readings


def test_in_a_clean_field_two_readings_are_enough() -> None:
    assert seen(-100).needed == 2


@pytest.mark.parametrize("status_known", [True, False])
@pytest.mark.parametrize("rate_hz", [10.0, 25.0, 41.0, 100.0])
def test_nobody_is_overwhelmed_before_anything_was_seen(rate_hz: float, status_known: bool) -> None:
    young = PersistenceThreshold()
    young.begin(status_known, round(1e9 / rate_hz))
    assert not young.overwhelmed


def test_the_more_phantoms_there_are_the_more_must_agree_until_it_is_too_many() -> None:
    few, many = seen(*(1, -60) * 10), seen(*(1, -1) * 100)
    assert 2 < few.needed <= few.in_time
    assert not few.overwhelmed
    assert many.overwhelmed


@pytest.mark.parametrize("readings", [1, 2, 3, 4])
def test_a_body_one_of_whose_first_readings_fails_is_none_either(readings: int) -> None:
    threshold = seen(-50, readings, -1)
    for _ in range(20):
        threshold.feed(True, True, PERIOD_NS)
    assert seen(-50, persistence=threshold).needed == 2


def test_nor_is_one_that_comes_after_a_phantom() -> None:
    threshold = seen(-60, 1, -60, 1, -1)
    for _ in range(20):
        threshold.feed(True, True, PERIOD_NS)
    assert seen(-3, persistence=threshold).needed_for_finish == 2


def test_one_phantom_is_rare_the_more_empty_readings_follow() -> None:
    after = seen(-60, 1)
    seen(-5, persistence=after)
    assert after.needed_for_finish == 3
    seen(-200, persistence=after)
    assert after.needed_for_finish == 2


def test_a_body_is_no_phantom() -> None:
    assert seen(-50, 40, -50).needed == 2


def test_a_run_that_is_briefer_than_any_body_was_a_burst_of_phantoms() -> None:
    runs = (-60, 4) * 12
    assert seen(*runs, persistence=PersistenceThreshold(150_000_000)).needed > 4
    assert seen(*runs).needed == 2


def test_what_turns_out_to_be_the_background_was_none_either() -> None:
    persistence = seen(-50, 2)
    persistence.forget_run()
    assert seen(-50, persistence=persistence).needed == seen(-102).needed


def test_once_the_sun_has_gone_it_is_forgotten_within_some_seconds() -> None:
    persistence = seen(*(1, -1) * 150)
    assert persistence.overwhelmed
    assert not seen(-120, persistence=persistence).overwhelmed


def test_a_phantom_after_that_does_not_bring_the_old_ones_back() -> None:
    persistence = seen(*(1, -1) * 150, -300, 1, -1)
    assert not persistence.overwhelmed
