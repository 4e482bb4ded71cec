"""What waits for the journal's thread: a portion of long work gives way to changes, rests after the one before, and
comes to its end all the same.
"""

from __future__ import annotations

import queue

import pytest

from retro_timer.store.results.waiting_jobs import Change, GaveWayError, WaitingJobs


class Time:
    """Each look at it is a tenth of a millisecond later: what rests for some of these is hardly waited for."""

    def __init__(self) -> None:
        self.s = 0.0

    def now_s(self) -> float:
        self.s += 0.0001
        return self.s


def change(*, is_portion: bool = False) -> Change:
    return Change(lambda _journal: None, lambda _trouble: None, is_portion=is_portion)


def waits(jobs: WaitingJobs) -> bool:
    """Whether nothing is to be done now."""
    try:
        jobs.next(0.0)
    except queue.Empty:
        return True
    return False


def test_a_portion_begun_is_undone_for_what_comes_and_is_the_first_portion_after_it() -> None:
    jobs = WaitingJobs()
    first, second, correction = change(is_portion=True), change(is_portion=True), change()
    jobs.put(first)
    assert jobs.next(0.0) is first
    jobs.give_way(first)
    jobs.put(second)
    jobs.give_way(first)
    jobs.put(correction)
    with pytest.raises(GaveWayError):
        jobs.give_way(first)
    jobs.put_back(first)
    assert jobs.next(0.0) is correction
    again = jobs.next(0.0)
    assert again is not None
    assert (again.job, again.given_way) == (first.job, 1)
    assert jobs.next(0.0) is second
    assert jobs.empty()


def test_it_goes_before_portions_that_waited_behind_it() -> None:
    jobs = WaitingJobs(Time().now_s)
    jobs.rest(0.002)
    first, second, correction = change(is_portion=True), change(is_portion=True), change()
    jobs.put(first)
    jobs.put(second)
    assert jobs.next(0.0) is first
    jobs.put(correction)
    jobs.put_back(first)
    assert jobs.next(0.0) is correction
    again = jobs.next(0.0)
    assert again is not None
    assert again.job is first.job
    assert jobs.next(0.0) is second


def test_a_portion_beside_somebody_who_never_stops_is_written_in_the_end() -> None:
    jobs = WaitingJobs()
    jobs.put(change(is_portion=True))
    taken = jobs.next(0.0)
    for _ in range(3):
        assert taken is not None
        jobs.put(change())
        with pytest.raises(GaveWayError):
            jobs.give_way(taken)
        jobs.put_back(taken)
        jobs.next(0.0)
        taken = jobs.next(0.0)
    assert taken is not None
    jobs.put(change())
    jobs.give_way(taken)


@pytest.mark.parametrize(("beside_somebody", "times"), [(False, 1.0), (True, 3.0)])
def test_the_next_portion_leaves_time_to_whoever_comes_meanwhile_and_more_to_who_is_there(
    beside_somebody: bool, times: float
) -> None:
    time = Time()
    jobs = WaitingJobs(time.now_s)
    if beside_somebody:
        jobs.put(change())
        jobs.next(0.0)
    began_s, took_s = time.s, 0.002
    jobs.rest(took_s)
    portion, correction = change(is_portion=True), change()
    jobs.put(portion)
    jobs.put(correction)
    assert jobs.next(0.0) is correction
    assert jobs.next(0.0) is portion
    assert began_s + times * took_s <= time.s < began_s + (times + 1.0) * took_s


def test_who_was_there_long_ago_has_left() -> None:
    time = Time()
    jobs = WaitingJobs(time.now_s)
    jobs.put(change())
    jobs.next(0.0)
    time.s = began_s = 60.0
    jobs.rest(0.002)
    portion = change(is_portion=True)
    jobs.put(portion)
    assert jobs.next(0.0) is portion
    assert time.s < began_s + 0.004


def test_at_the_end_portions_that_rest_are_written_at_once_and_nothing_comes_after() -> None:
    time = Time()
    jobs = WaitingJobs(time.now_s)
    jobs.rest(3600.0)
    portions = [change(is_portion=True) for _ in range(2)]
    for portion in portions:
        jobs.put(portion)
    jobs.end()
    assert [jobs.next(0.0) for _ in range(3)] == [*portions, None]


def test_with_nothing_to_do_it_says_so_after_a_while() -> None:
    assert waits(WaitingJobs())
