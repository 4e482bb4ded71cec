"""A plan's time line: the very session, with everybody as fast as is usual."""

from __future__ import annotations

import pytest

from retro_timer.training.gaits import Gait, usual_time_s
from retro_timer.training.plan import Course, Plan, StartMethod
from retro_timer.training.rehearsal import rehearse
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


def test_more_than_anybody_does_is_not_rehearsed() -> None:
    assert rehearse(plan(block(sets=50, reps=50)), ("Ann",), Rules()) is None
