"""The box's clock, as the page's process knows it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retro_timer.coach.clock import BoxClock

S = 1_000_000_000


def test_a_box_whose_clock_is_ahead_shows_more() -> None:
    clock = BoxClock(lambda: 100 * S)
    clock.note(90 * S, 5_091 * S, 92 * S)
    assert clock.now_ns == 5_100 * S


def test_a_box_whose_clock_is_behind_shows_less() -> None:
    clock = BoxClock(lambda: 100 * S)
    clock.note(90 * S, 11 * S, 92 * S)
    assert clock.now_ns == 20 * S


def test_the_quickest_round_trip_is_believed() -> None:
    clock = BoxClock(lambda: 0)
    clock.note(0, 1_000, 1_000)
    clock.note(2_000, 2_700, 2_010)
    clock.note(3_000, 9_000, 9_000)
    assert clock.now_ns == 695


def test_before_the_first_answer_it_is_this_machines() -> None:
    assert BoxClock(lambda: 7).now_ns == 7


def test_a_box_that_begins_anew_has_a_new_clock() -> None:
    clock = BoxClock(lambda: 0)
    clock.note(0, 5_000, 10)
    clock.forget()
    clock.note(0, 9_000, 1_000)
    assert clock.now_ns == 8_500


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=16))
def test_it_is_never_wrong_by_more_than_half_of_the_quickest_round_trip(ways: list[tuple[int, int]]) -> None:
    offset_ns, now_ns = 123_456_789, 0
    clock = BoxClock(lambda: now_ns)
    for there_ns, back_ns in ways:
        clock.note(now_ns, now_ns + there_ns + offset_ns, now_ns + there_ns + back_ns)
        now_ns += 10 * 10**6
    quickest_ns = min(there + back for there, back in ways)
    assert abs(clock.now_ns - (now_ns + offset_ns)) <= quickest_ns / 2 + 1
