"""Whose an arrival is, by what each ran today and when each went."""

from __future__ import annotations

import pytest

from retro_timer.training.arrival_odds import Candidate, Choice, likeliest, may_be_exchanged
from retro_timer.training.gaits import Gait, finish_window

WINDOW = finish_window(20.0, Gait.JOG)
"""From 6.25 to 13.3 s, given up at 26.7 s."""


def whose(*candidates: Candidate) -> int | None:
    choice = likeliest(candidates)
    return None if choice is None else choice.index


def on_course(elapsed_s: float, *times_s: float, given_up: bool = False, other_lane: bool = False) -> Candidate:
    return Candidate(elapsed_s, WINDOW, times_s, given_up, other_lane)


def test_nobody_arrives_who_would_be_faster_than_any_human() -> None:
    assert whose() is None
    assert whose(on_course(3.2)) is None
    assert whose(on_course(3.4)) == 0


@pytest.mark.parametrize(("first_s", "second_s"), [(8.0, 8.0), (10.0, 7.0), (13.0, 12.9)])
def test_without_own_times_the_first_to_have_gone_comes_first(first_s: float, second_s: float) -> None:
    assert whose(on_course(first_s), on_course(second_s)) == 0


def test_own_times_tell_one_who_overtakes() -> None:
    slow, fast = on_course(9.0, 12.0, 12.2), on_course(7.0, 7.0, 7.1)
    choice = likeliest((slow, fast))
    assert choice is not None
    assert (choice.index, choice.rivals) == (1, ())


def test_who_is_long_overdue_has_left_the_course_and_takes_nobodys_finish() -> None:
    """Three goes behind each other; the first of them dropped out."""
    gone, second, third = on_course(19.0, 8.0), on_course(13.0, 8.0), on_course(8.0, 8.1)
    assert whose(gone, second, third) == 2
    assert whose(gone, on_course(8.1, 8.0)) == 1


def test_beyond_the_gaits_window_an_arrival_is_rather_one_within_it() -> None:
    assert whose(on_course(15.0), on_course(9.0)) == 1
    assert whose(on_course(15.0)) == 0


def test_two_who_may_be_it_are_told_so_and_two_well_apart_are_not() -> None:
    alike = likeliest((on_course(8.0, 8.0), on_course(8.0, 8.1)))
    assert alike is not None
    assert alike.rivals
    apart = likeliest((on_course(8.0, 8.0), on_course(5.0, 8.0)))
    assert apart is not None
    assert apart.rivals == ()


def test_two_finishes_whose_exchange_is_as_likely_are_in_doubt_though_neither_by_itself_is() -> None:
    late, within = on_course(15.0), on_course(8.0)
    assert likeliest((on_course(14.0), on_course(8.0))) == Choice(1)
    assert may_be_exchanged(late, 14.0, within, 9.0)
    assert not may_be_exchanged(on_course(8.0), 7.0, on_course(8.0), 3.0), "nobody is so quick"
    assert not may_be_exchanged(on_course(9.0), 14.0, on_course(8.0), 13.0), "one of them would be too slow"
    assert not may_be_exchanged(on_course(9.0, 9.0, 9.1), 12.0, on_course(12.0, 12.0, 12.2), 9.0), "as they always run"


def test_who_was_given_up_comes_only_where_it_can_be_nobody_else() -> None:
    assert whose(on_course(27.0, given_up=True)) == 0
    assert whose(on_course(27.0, given_up=True), on_course(14.0)) == 1
    assert whose(on_course(27.0, given_up=True), on_course(2.0)) == 0


def test_a_lane_tells_more_than_a_time() -> None:
    assert whose(on_course(8.0, 8.0, other_lane=True), on_course(8.5, 8.0)) == 1
