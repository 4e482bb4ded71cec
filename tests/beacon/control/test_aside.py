"""What may wait for a disk, beside the socket's thread."""

from __future__ import annotations

import functools
import threading

import pytest

from retro_timer.beacon.control.aside import MOST_WAITING, Aside
from retro_timer.beacon.control.protocol.answers import RequestRefusedError

LONG_S = 60.0


def test_a_job_that_hangs_holds_nobody_and_the_next_ones_wait_in_order() -> None:
    aside, disk, done = Aside(), threading.Event(), threading.Event()
    order: list[int] = []
    aside.do(lambda: order.append(0) if disk.wait(LONG_S) else None)
    for number in (1, 2):
        aside.do(functools.partial(order.append, number))
    aside.do(done.set)
    assert order == []
    disk.set()
    assert done.wait(LONG_S)
    assert order == [0, 1, 2]


def test_only_so_many_wait_and_the_others_are_told() -> None:
    aside, disk, began, done = Aside(), threading.Event(), threading.Event(), threading.Event()

    def hang() -> None:
        began.set()
        disk.wait(LONG_S)

    aside.do(hang)
    assert began.wait(LONG_S)
    for _ in range(MOST_WAITING - 1):
        aside.do(lambda: None)
    aside.do(done.set)
    with pytest.raises(RequestRefusedError, match="waits for its disk"):
        aside.do(lambda: None)
    disk.set()
    assert done.wait(LONG_S)
    again = threading.Event()
    aside.do(again.set)
    assert again.wait(LONG_S)
