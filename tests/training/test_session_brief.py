"""What a group is told before it begins: where everybody walks and waits, and whether the start will hear the box."""

from __future__ import annotations

import pytest

from retro_timer.ports import Placement
from retro_timer.training.plan import Course, StartMethod
from retro_timer.training.session.rules import Rules
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive

NAMES = ("Ann", "Bea")
UNHEARD = Rules(start_hears=False)


def test_a_group_is_told_where_the_box_stands_and_where_to_walk_and_wait() -> None:
    assert Drive(plan(block()), NAMES).begin().said()[-1] == "group_paths"


def test_where_nobody_at_the_start_has_said_yes_a_group_is_told_that_it_may_not_hear() -> None:
    assert Drive(plan(block()), NAMES, UNHEARD).begin().said()[-2:] == ["group_paths", "start_unheard"]


@pytest.mark.parametrize(
    "session",
    [
        Drive(plan(block()), ("Ann",), UNHEARD),
        Drive(plan(block(duration_s=60.0)), NAMES, UNHEARD),
        Drive(plan(block(), start=StartMethod.RELEASE, course=Course.OUT_AND_BACK), NAMES, UNHEARD),
    ],
    ids=["alone", "by the clock", "out and back"],
)
def test_who_starts_at_the_box_or_stands_there_is_told_neither(session: Drive) -> None:
    assert session.begin().said()[-1] == "safety"


def test_a_box_that_looks_up_the_lane_has_nothing_behind_it_to_walk_past() -> None:
    rules = Rules(timing=Placement.LANE_END, watching=Placement.LANE_END, start_hears=False)
    assert Drive(plan(block()), NAMES, rules).begin().said()[-1] == "start_unheard"
