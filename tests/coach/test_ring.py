"""Ids of events: what a phone that comes back gets, and when it has to begin anew."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retro_timer.coach.ring import RING_LENGTH, Ring


def filled(count: int, length: int = 5) -> Ring:
    ring = Ring(length)
    for number in range(1, count + 1):
        ring.add(str(number).encode())
    return ring


def test_a_thousand_events_are_kept() -> None:
    assert RING_LENGTH == 1_000


def test_who_comes_back_gets_what_came_since() -> None:
    ring = filled(4)
    seq = ring.seq_of(ring.name_of(2))
    assert seq == 2
    assert [entry.data for entry in ring.after(seq)] == [b"3", b"4"]


def test_who_has_everything_gets_nothing() -> None:
    ring = filled(4)
    assert ring.seq_of(ring.name_of(4)) == 4
    assert ring.after(4) == []


def test_the_oldest_that_is_kept_may_be_the_next_one() -> None:
    ring = filled(12)
    assert ring.seq_of(ring.name_of(7)) == 7
    assert [entry.seq for entry in ring.after(7)] == [8, 9, 10, 11, 12]


def test_an_id_that_is_too_old_is_unknown() -> None:
    ring = filled(12)
    assert ring.seq_of(ring.name_of(6)) is None


def test_an_id_of_another_run_is_unknown() -> None:
    assert filled(3).seq_of(filled(3).name_of(2)) is None


def test_an_id_that_is_yet_to_come_is_unknown() -> None:
    ring = filled(3)
    assert ring.seq_of(ring.name_of(4)) is None


def test_before_the_first_event_there_is_an_id_as_well() -> None:
    ring = Ring()
    assert ring.seq_of(ring.name_of(0)) == 0
    ring.add(b"first")
    assert [entry.data for entry in ring.after(0)] == [b"first"]


@given(st.text(max_size=30))
def test_whatever_stands_in_an_id_is_a_number_of_this_run_or_unknown(name: str) -> None:
    ring = filled(3)
    for asked in (name, f"{ring.instance}:{name}"):
        assert ring.seq_of(asked) in (None, 0, 1, 2, 3)


@given(st.integers(0, 40), st.integers(0, 45))
def test_what_follows_an_id_is_without_a_gap(count: int, asked: int) -> None:
    ring = filled(count)
    seq = ring.seq_of(ring.name_of(asked))
    if seq is None:
        assert asked > count or count - asked > 5
    else:
        assert [entry.seq for entry in ring.after(seq)] == list(range(asked + 1, count + 1))
