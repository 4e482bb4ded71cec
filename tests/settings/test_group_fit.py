"""What `plans check` says of a group's plan beside whether it can be run."""

from __future__ import annotations

import pytest

from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.calibration import SoundCheck
from retro_timer.settings.group_fit import group_remarks
from retro_timer.settings.model import CourseSettings, LineSettings, SessionSettings, Settings
from retro_timer.training.plan import Course, Order, Plan, StartMethod
from tests.helpers.plans_made import block, plan

ROLLING = plan(block(), order=Order.ROLLING, every_s=30.0)
HEARD = SoundCheck(heard=True, voice=100, buzzer=100)
ALONE = Settings()
GROUP = Settings(session=SessionSettings(roster="monday"))
TWO_BEAMS = Settings(sensors=(SensorSettings(name="near"), SensorSettings(name="far", offset_mm=100)))


def remarks(of: Plan, settings: Settings = ALONE, sound: SoundCheck = HEARD) -> list[str]:
    return list(group_remarks(of, settings, sound))


@pytest.mark.parametrize("sound", [SoundCheck(), SoundCheck(heard=False, voice=100, buzzer=100)])
def test_without_a_yes_a_groups_plan_says_that_the_start_may_not_hear(sound: SoundCheck) -> None:
    for of, settings in ((plan(block()), GROUP), (ROLLING, TWO_BEAMS)):
        (told,) = remarks(of, settings, sound)
        assert told.startswith("the start line may not hear the box")
        assert told.endswith("use the page, or somebody who calls")
        assert remarks(of, settings) == []


def test_a_solo_runners_plan_one_by_the_clock_and_one_out_and_back_say_nothing() -> None:
    assert remarks(plan(block()), sound=SoundCheck()) == []
    assert remarks(plan(block(duration_s=60.0)), GROUP, SoundCheck()) == []
    there = plan(block(), start=StartMethod.RELEASE, course=Course.OUT_AND_BACK)
    assert remarks(there, GROUP, SoundCheck()) == []


def test_with_a_single_gate_rolling_warns_of_who_walks_back_through_the_beam() -> None:
    (told,) = remarks(ROLLING)
    assert told.startswith("order = 'rolling' with a single gate: whoever walks back through its beam is taken for a")
    assert "farther than 1.7 m from the sensor, or behind it" in told
    assert remarks(plan(block()), GROUP) == []


def test_before_several_lanes_rolling_says_who_waits_the_least_time_between_goes() -> None:
    four = Settings(sensors=TWO_BEAMS.sensors, course=CourseSettings(lanes=4))
    (told,) = remarks(plan(block(), order=Order.ROLLING, every_s=5.0), four)
    assert told.startswith("order = 'rolling' before 4 lanes: behind who shares the lane by the roster (column lane)")
    assert "a go comes 11.1 s after the last one" in told
    assert remarks(ROLLING, four) == [], "no shorter than the least"
    assert remarks(plan(block(), order=Order.ROLLING, every_s=5.0, lanes_apart=True), four) == []
    assert remarks(plan(block()), Settings(course=CourseSettings(lanes=4))) == []


def test_rolling_says_that_it_takes_no_splits() -> None:
    sensors = (*TWO_BEAMS.sensors, SensorSettings(name="middle", line="ten"), SensorSettings(name="go", line="start"))
    settings = Settings(sensors=sensors, lines={"ten": LineSettings(distance_m=10.0)})
    (told,) = remarks(ROLLING, settings)
    assert told == (
        "order = 'rolling' takes no splits, since nobody can tell whose they are: while anybody is on the course the"
        " gate at 'ten' neither times nor watches; order = 'rotation' takes them"
    )
    assert remarks(plan(block()), settings) == []


def test_goes_that_come_sooner_than_a_call_and_a_countdown_take_are_told() -> None:
    (told,) = list(group_remarks(ROLLING, TWO_BEAMS, HEARD, 26.25))
    assert told.startswith(
        "every_s = 30, and the longest call of the roster, the countdown and a pause of 1 s take 30.3"
    )
    assert remarks(ROLLING, TWO_BEAMS) == list(group_remarks(ROLLING, TWO_BEAMS, HEARD, 25.9)) == []
