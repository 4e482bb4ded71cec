"""What a solution says of a passage: a finish with its interval, or that it was not the runner."""

from __future__ import annotations

import pytest

from retro_timer.detection.events import CrossingWithdrawn, Finish, PassageOver
from retro_timer.detection.passages import Break
from retro_timer.detection.solution import Solution, finish_of

S = 1_000_000_000
OVER = PassageOver(3, Break([], None, 0.0, 0.0, 1.0, 1.0, 1.0, 0.3, 1.5, over=True, before_others=False), 200 * S)


@pytest.mark.parametrize(("half_width_s", "kind"), [(0.05, Finish), (2.0, Finish), (75.0, CrossingWithdrawn)])
def test_a_moment_that_is_hardly_known_is_no_time(half_width_s: float, kind: type) -> None:
    assert isinstance(finish_of(OVER, Solution(100 * S, round(half_width_s * S), 1.0), "gate"), kind)


def test_a_refusal_takes_the_crossing_back_with_its_reason() -> None:
    told = finish_of(OVER, Solution(refusal="too brief"), "gate")
    assert told == CrossingWithdrawn(3, 200 * S, "too brief")
