"""A plan laid out as steps, and what is wrong with a plan."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.errors import BadInputError
from retro_timer.training.gaits import SPEEDS, Gait, finish_window
from retro_timer.training.orders import CALL_LEAD_S, CLEARING_S, least_every_s
from retro_timer.training.plan import Course, Order, Part, Plan, PlanSet, StartMethod, steps
from retro_timer.training.plan_check import check_plan
from tests.helpers.plans_made import block, plan

SHUTTLE = block(distance_m=20.0, duration_s=60.0, crossings=True)
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
        (
            lambda: plan(block(distances_m=(20.0, 30.0), reps=2)),
            "blocks[0].reps",
            "2 with distances_m",
        ),
        (lambda: plan(block(distances_m=(20.0, 30.0), distance_m=20.0)), "blocks[0]", "distance_m and distances_m"),
        (lambda: plan(block(crossings=True)), "blocks[0].crossings", "distance_m given"),
        (lambda: plan(block(duration_s=60.0, crossings=True)), "blocks[0].crossings", "duration_s given"),
        (lambda: plan(SHUTTLE, order=Order.ROLLING, every_s=90.0), "blocks[0].crossings", "nobody can tell whose"),
        (lambda: plan(SHUTTLE, order=Order.WAVES, wave_size=2), "blocks[0].crossings", "nobody can tell whose"),
        (lambda: plan(SHUTTLE, start=StartMethod.FLYING), "blocks[0].crossings", "start = 'flying'"),
        (
            lambda: plan(SHUTTLE, start=StartMethod.RELEASE, course=Course.OUT_AND_BACK),
            "blocks[0].crossings",
            "begins with a go",
        ),
        (lambda: plan(block(relay=True), order=Order.ROLLING, every_s=90.0), "blocks[0].relay", "one is on the course"),
        (lambda: plan(block(relay=True), order=Order.WAVES, wave_size=2), "blocks[0].relay", "one is on the course"),
        (lambda: plan(block(relay=True), start=StartMethod.FLYING), "blocks[0].relay", "begins with a go"),
        (lambda: plan(block(relay=True, target_s="best")), "blocks[0].relay", "with target_s"),
        (lambda: plan(block(relay=True, duration_s=60.0)), "blocks[0].relay", "with duration_s"),
        (lambda: plan(block(duration_s=60.0, target_s=50.0)), "blocks[0].target_s", "without a time"),
        (lambda: plan(block(distances_m=(10.0, 100.0), target_s=4.0)), "blocks[0].target_s", "nobody runs 100 m"),
        (lambda: plan(block(target_s=3.2)), "blocks[0].target_s", "nobody runs 20 m backward in less than 3.3 s"),
        (lambda: plan(block(until="stop"), block()), "blocks[0].until", "others follow"),
        (lambda: plan(block(until="stop", sets=2)), "blocks[0].until", "sets = 2"),
        (lambda: plan(every_s=20.0), "every_s", "order = 'rotation'"),
        (lambda: plan(wave_size=4), "wave_size", "order = 'rotation'"),
        (lambda: plan(wave_size=4, order=Order.ROLLING), "wave_size", "order = 'rolling'"),
        (lambda: plan(sessions_per_week=(3, 2)), "sessions_per_week", "3 is more than 2"),
    ],
)
def test_what_the_types_cannot_say_is_told_with_its_key(wrong: Callable[[], Plan], key: str, what: str) -> None:
    with pytest.raises(BadInputError) as caught:
        check_plan(wrong(), "my.toml")
    assert f"my.toml: {key}" in str(caught.value)
    assert what in str(caught.value)
    assert "expected" in str(caught.value)


@pytest.mark.parametrize(
    "sound",
    [
        plan(block(), block(duration_s=300.0, speed_kmh=3.0, incline_percent=5.0)),
        plan(block(distances_m=(20.0, 30.0, 40.0, 30.0, 20.0), target_s="best", sets=2), block(kind=Part.COOL_DOWN)),
        plan(block(duration_s=300.0, kind=Part.WARM_UP), block(reps=4, target_s=8.0), block(until="stop", reps=3)),
        plan(SHUTTLE, block(relay=True)),
        plan(order=Order.ROLLING, every_s=20.0, lanes_apart=True),
        plan(order=Order.WAVES, wave_size=4, every_s=60.0),
    ],
)
def test_a_sound_plan_passes(sound: Plan) -> None:
    check_plan(sound, "my.toml")


def test_a_ladder_is_one_set_with_a_rep_over_each_length() -> None:
    laid = steps(plan(block(distances_m=(20.0, 30.0, 20.0)), block(distance_m=50.0, gait=Gait.WALK)))
    assert [(s.set_no, s.rep_no, s.reps, s.distance_m) for s in laid] == [
        (1, 1, 3, 20.0),
        (1, 2, 3, 30.0),
        (1, 3, 3, 20.0),
        (2, 1, 1, 50.0),
    ]
    assert [s.ends_set for s in laid] == [False, False, True, True]
    assert [s.gait for s in laid] == [Gait.JOG, Gait.JOG, Gait.JOG, Gait.WALK]


def test_a_block_that_goes_on_until_the_stop_is_one_long_set_or_one_set_after_the_other() -> None:
    one, sets = (steps(plan(block(until="stop", reps=reps))) for reps in (1, 2))
    assert [(s.set_no, s.rep_no) for s in one[:3]] == [(1, 1), (1, 2), (1, 3)]
    assert [(s.set_no, s.rep_no) for s in sets[:3]] == [(1, 1), (1, 2), (2, 1)]
    assert all(s.open for s in (*one, *sets))


@pytest.mark.parametrize(("gait", "least_s"), [(Gait.JOG, 11.1), (Gait.RUN, 8.7)])
def test_the_least_time_between_goes_lets_no_faster_one_close_within_a_lane(gait: Gait, least_s: float) -> None:
    """Slowest less fastest time of the gait over 20 m, and 4 s to clear the line."""
    of = plan(gait=gait, order=Order.ROLLING)
    assert least_every_s(of) == pytest.approx(least_s, abs=0.05)
    assert least_every_s(plan(gait=gait, order=Order.ROLLING, lanes_apart=True)) == 0.0


@pytest.mark.parametrize(
    ("blocks", "least_s"),
    [
        ([block(distances_m=(50.0, 20.0))], 50.0 / 1.5 - 20.0 / 3.2 + CLEARING_S),
        ([block(distances_m=(20.0, 50.0))], 50.0 / 1.5 - 20.0 / 3.2 + CLEARING_S),
        ([block(gait=Gait.JOG), block(gait=Gait.RUN)], 20.0 / 1.5 - 3.3 + CLEARING_S),
        ([block(gait=Gait.WALK), block(duration_s=60.0), block(gait=Gait.RUN)], 20.0 / 0.3 - 3.3 + CLEARING_S),
        # Whoever runs 50 m has gone by the start of the 5 m before anybody is called to it.
        ([block(distance_m=50.0, gait=Gait.RUN), block(distance_m=5.0, gait=Gait.WALK)], 45.0 / 2.5 + CALL_LEAD_S),
    ],
)
def test_between_steps_nobody_meets_who_runs_another_length_or_in_another_gait(
    blocks: list[PlanSet], least_s: float
) -> None:
    """One athlete may be at the next step while another still is at the one before."""
    assert least_every_s(plan(*blocks, order=Order.ROLLING)) == pytest.approx(least_s)


@given(
    kinds=st.lists(st.tuples(st.floats(5.0, 100.0), st.sampled_from(Gait)), min_size=1, max_size=4),
    share=st.floats(0.0, 1.0),
)
def test_at_the_least_time_between_goes_the_fastest_behind_the_slowest_stays_behind(
    kinds: list[tuple[float, Gait]], share: float
) -> None:
    """Of any two of the plan's lengths and gaits: the slowest is nearer the finish at each moment that both run."""
    of = plan(*(block(distance_m=length_m, gait=gait) for length_m, gait in kinds), order=Order.ROLLING)
    least_s = least_every_s(of)
    for (front_m, front_gait), (behind_m, behind_gait) in product(kinds, repeat=2):
        at_s = least_s + share * finish_window(behind_m, behind_gait).earliest_s
        left_m = front_m - at_s * SPEEDS[front_gait].slow_mps
        assert left_m <= behind_m * (1.0 - share) + 1e-9
