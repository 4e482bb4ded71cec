"""A plan laid out as steps, and what is wrong with a plan."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.errors import BadInputError
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Plan, PlanSet, check_plan, steps
from tests.helpers.plans_made import block, plan

BLOCKS = st.lists(
    st.builds(
        block,
        sets=st.integers(1, 9),
        reps=st.integers(1, 9),
        distance_m=st.floats(5.0, 100.0),
        rest_s=st.none() | st.floats(0.0, 300.0),
    ),
    min_size=1,
    max_size=5,
)


def test_sets_and_reps_are_laid_out_in_order_with_rest_within_and_recovery_after_each_set() -> None:
    laid = steps(plan(block(sets=2, reps=2, distance_m=20.0), block(reps=1, distance_m=30.0, gait=Gait.RUN)))
    assert [(s.set_no, s.sets, s.rep_no, s.reps) for s in laid] == [
        (1, 3, 1, 2),
        (1, 3, 2, 2),
        (2, 3, 1, 2),
        (2, 3, 2, 2),
        (3, 3, 1, 1),
    ]
    assert [s.rest_s for s in laid] == [25.0, 120.0, 25.0, 120.0, 120.0]
    assert [s.ends_set for s in laid] == [False, True, False, True, True]
    assert [s.gait for s in laid] == [Gait.JOG] * 4 + [Gait.RUN]


@given(BLOCKS)
def test_every_step_has_a_place_of_its_own(blocks: list[PlanSet]) -> None:
    laid = steps(plan(*blocks))
    assert len(laid) == sum(b.sets * b.reps for b in blocks)
    places = [(s.set_no, s.rep_no) for s in laid]
    assert places == sorted(set(places))
    assert {s.sets for s in laid} == {laid[-1].set_no}


def test_a_treadmills_speed_may_be_given_in_either_unit() -> None:
    mph, kmh = steps(
        plan(block(duration_s=60.0, speed_mph=2.0), block(duration_s=60.0, speed_kmh=3.2, incline_percent=8.0))
    )
    assert mph.speed_kmh == pytest.approx(3.219, abs=0.001)
    assert kmh.speed_kmh == 3.2
    assert kmh.incline_percent == 8.0


@pytest.mark.parametrize(
    ("wrong", "key", "what"),
    [
        (lambda: plan(block(distance_m=20.0, duration_s=60.0)), "blocks[0]", "both of distance_m and duration_s"),
        (lambda: plan(block(), block(distance_m=None)), "blocks[1]", "neither of distance_m and duration_s"),
        (lambda: plan(block(duration_s=60.0, speed_mph=2.0, speed_kmh=3.0)), "blocks[0]", "both speed_mph"),
        (lambda: plan(block(speed_kmh=3.0)), "blocks[0]", "treadmill"),
        (lambda: plan(block(incline_percent=3.0)), "blocks[0]", "treadmill"),
        (lambda: plan(sessions_per_week=(3, 2)), "sessions_per_week", "3 is more than 2"),
    ],
)
def test_what_the_types_cannot_say_is_told_with_its_key(wrong: Callable[[], Plan], key: str, what: str) -> None:
    with pytest.raises(BadInputError) as caught:
        check_plan(wrong(), "my.toml")
    assert f"my.toml: {key}" in str(caught.value)
    assert what in str(caught.value)
    assert "expected" in str(caught.value)


def test_a_sound_plan_passes() -> None:
    check_plan(plan(block(), block(duration_s=300.0, speed_kmh=3.0, incline_percent=5.0)), "my.toml")
