"""A plan's time line: the very session, with everybody as fast as is usual."""

from __future__ import annotations

from itertools import groupby, pairwise

import pytest

from retro_timer.training.gaits import Gait, usual_time_s
from retro_timer.training.plan import Course, Order, Plan, StartMethod
from retro_timer.training.rehearsal import rehearse
from retro_timer.training.rehearsed import Rehearsal
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive

NAMES = ("Ann", "Bea", "Cid")


def test_the_line_is_what_the_session_does() -> None:
    of = plan(block(duration_s=60.0), block(reps=2, distance_m=30.0), gait=Gait.WALK)
    rehearsal = rehearse(of, NAMES, Rules())
    session = Drive(of, NAMES).begin().to_go().until(Phase.REST)
    while session.state.steps and any(athlete.next_step < 3 for athlete in session.state.athletes):
        session.to_go().finish(usual_time_s(30.0, Gait.WALK))
    assert rehearsal is not None
    goes = [(go.athlete, go.t_ns - session.events("go")[0].t_ns) for go in session.events("go")]
    begun = [(rehearsal.athletes[s.athlete], s.begin_s - rehearsal.stretches[0].begin_s) for s in rehearsal.stretches]
    assert [name for name, _ in begun] == [name for name, _ in goes]
    # Detection takes half a second for each finish, which nobody rehearses.
    assert [s for _, s in begun] == pytest.approx([t_ns / 1e9 for _, t_ns in goes], abs=4.0)
    assert rehearsal.length_s >= rehearsal.stretches[-1].end_s


def test_nobody_rests_less_than_the_plan_says() -> None:
    rehearsal = rehearse(plan(block(reps=3), rest_s=70.0), NAMES, Rules())
    assert rehearsal is not None
    for index in range(3):
        assert min(rehearsal.rests_s(index)) >= 70.0 - 1e-6


@pytest.mark.parametrize(
    "of",
    [
        plan(block(reps=2), start=StartMethod.BUTTON),
        plan(block(reps=2), start=StartMethod.FLYING),
        plan(block(reps=2), start=StartMethod.RELEASE, course=Course.OUT_AND_BACK),
        plan(block(reps=2), start=StartMethod.MARKS_SET_GO),
        plan(block(reps=2, until="stop")),
    ],
)
def test_every_way_to_start_comes_to_its_end_and_what_has_none_is_gone_through_once(of: Plan) -> None:
    rehearsal = rehearse(of, ("Ann",), Rules())
    assert rehearsal is not None
    assert len(rehearsal.stretches) == 2


def begun(rehearsal: Rehearsal | None) -> list[tuple[int, float]]:
    """Who sets out, and when, in order."""
    assert rehearsal is not None
    return sorted(((s.athlete, s.begin_s) for s in rehearsal.stretches), key=lambda of: (of[1], of[0]))


def test_a_rolling_line_has_a_go_as_often_as_the_plan_says_and_rests_for_each() -> None:
    of = plan(block(reps=2, distance_m=20.0), order=Order.ROLLING, every_s=30.0, rest_s=40.0)
    rehearsal = rehearse(of, NAMES, Rules())
    whose, when = zip(*begun(rehearsal), strict=True)
    assert whose == (0, 1, 2, 0, 1, 2)
    assert [after - before for before, after in pairwise(when)] == pytest.approx([30.0] * 5, abs=0.1)
    assert rehearsal is not None
    assert min(rehearsal.rests_s(0)) >= 40.0


def test_of_different_lengths_the_shorter_may_end_first() -> None:
    of = plan(block(distance_m=50.0), block(distance_m=20.0), order=Order.ROLLING, every_s=8.0, lanes_apart=True)
    rehearsal = rehearse(of, NAMES, Rules())
    assert len(begun(rehearsal)) == 6


@pytest.mark.parametrize("lanes", [1, 3])
def test_a_wave_sets_out_at_once_before_one_lane_and_before_several(lanes: int) -> None:
    of = plan(block(reps=2, distance_m=20.0), order=Order.WAVES, wave_size=3)
    went = begun(rehearse(of, (*NAMES, "Dan"), Rules(lanes=lanes)))
    waves = [[athlete for athlete, _ in group] for _, group in groupby(went, key=lambda of: round(of[1]))]
    assert waves[0] == [0, 1, 2]
    assert sorted(athlete for athlete, _ in went) == [0, 0, 1, 1, 2, 2, 3, 3]
    assert max(len(wave) for wave in waves) == 3


def test_more_than_anybody_does_is_not_rehearsed() -> None:
    assert rehearse(plan(block(sets=50, reps=50)), ("Ann",), Rules()) is None
