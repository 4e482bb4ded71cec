"""Two simulated athletes behind each other have their truths; both are timed where neither hides the other."""

from __future__ import annotations

import pytest

from benchmarks.followers.figures import time_case
from benchmarks.physics.followers import APART_S, followers
from retro_timer.training.gaits import Gait


@pytest.mark.parametrize("gait", [Gait.JOG, Gait.RUN])
def test_two_come_in_order_each_after_their_own_go(gait: Gait) -> None:
    case = followers(3, gait, 41.0, "open")
    first, second = case.reps
    assert first.back_ns is not None
    assert second.back_ns is not None
    assert APART_S[0] / 2 < (second.back_ns - first.back_ns) / 1e9 < APART_S[1] + 0.5
    assert (second.go_ns - first.go_ns) / 1e9 >= APART_S[0]
    assert case == followers(3, gait, 41.0, "open")


def test_both_are_timed_where_the_beam_is_free_between_them() -> None:
    timed = [time_case(followers(seed, Gait.JOG, 41.0, "open"), thin=False) for seed in range(4)]
    assert any(one.apart for one in timed)
    assert all(one.both for one in timed if one.apart)
