"""Several lanes before one gate: where they are, and what cannot tell them apart is refused with the reason."""

from __future__ import annotations

import pytest

from retro_timer.beacon.assembly import watch_config
from retro_timer.errors import BadInputError
from retro_timer.sensors.known import spec_of
from retro_timer.settings.calibration import Calibration, SensorCalibration
from retro_timer.settings.lanes import lane_map
from retro_timer.settings.loading import check_settings
from retro_timer.settings.model import Settings
from retro_timer.settings.plan_fit import check_fit
from retro_timer.settings.tables import parse_toml
from retro_timer.training.plan import Course, StartMethod
from tests.helpers.plans_made import block, plan

LUNA = '[[sensors]]\nname = "gate"\nmodel = "tf-luna"\n'
FOUR = "[course]\nlanes = 4\n"


def settings_of(text: str) -> Settings:
    settings = parse_toml(text, Settings, "box.toml", "settings")
    check_settings(settings, "box.toml")
    return settings


def test_a_tf_luna_at_the_finish_tells_up_to_four_lanes() -> None:
    lanes = lane_map(settings_of(LUNA + FOUR), Calibration())
    assert lanes is not None
    assert (lanes.count, lanes.width_mm, lanes.first_mm) == (4, 1220.0, 400.0)


def test_with_one_lane_there_are_none_to_tell() -> None:
    assert lane_map(settings_of(LUNA), Calibration()) is None


def test_the_lanes_reach_to_the_far_side_of_the_last_whatever_one_lane_s_reach_is() -> None:
    settings = settings_of(f"{LUNA}{FOUR}lane_reach_m = 1.0\n")
    config = watch_config(spec_of(settings.sensors[0]), settings, Calibration())
    assert config.lanes is not None
    assert config.lane_reach_mm > config.lanes.borders_mm(4)[1]


def test_a_sensor_beside_the_gate_knows_of_no_lanes() -> None:
    rear = (
        '[[sensors]]\nname = "rear"\nmodel = "tf-luna"\nplacement = "lane-end"\nrole = "watch"\nport = "/dev/ttyUSB0"\n'
    )
    settings = settings_of(LUNA + rear + FOUR)
    configs = [watch_config(spec_of(sensor), settings, Calibration()) for sensor in settings.sensors]
    assert [config.lanes is None for config in configs] == [False, True]


def test_what_a_walk_taught_of_the_first_lane_goes_before_the_settings() -> None:
    learnt = Calibration(sensors={"gate": SensorCalibration(placement="gate", first_lane_mm=620)})
    lanes = lane_map(settings_of(LUNA + FOUR), learnt)
    assert lanes is not None
    assert lanes.borders_mm(2) == (620.0 + 1220.0, 620.0 + 2440.0)


@pytest.mark.parametrize(("now_m", "first_mm"), [(0.4, 620.0), (0.9, 900.0)])
def test_once_the_settings_say_something_else_the_walks_no_longer_hold(now_m: float, first_mm: float) -> None:
    walked = SensorCalibration(placement="gate", first_lane_mm=620, first_lane_set_mm=400)
    lanes = lane_map(settings_of(f"{LUNA}{FOUR}first_lane_m = {now_m}\n"), Calibration(sensors={"gate": walked}))
    assert lanes is not None
    assert lanes.first_mm == first_mm


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (FOUR, "4 before 'gate', a VL53L1X: its wide cone sees several bodies as one range; expected 1, or a TF-Luna"),
        (f'{LUNA}placement = "lane-end"\n{FOUR}', "4 with 'gate' as lane-end, which looks along one"),
        (
            f'{LUNA}[[sensors]]\nname = "low"\nmodel = "tf-luna"\nport = "/dev/ttyUSB0"\n{FOUR}',
            "'gate' and 'low' as one",
        ),
        (f"{LUNA}{FOUR}first_lane_m = 2.0\n", "the last is run at 6.0 m and 'gate' sees a person to 5 m"),
    ],
)
def test_what_cannot_tell_lanes_is_refused_with_the_reason(text: str, words: str) -> None:
    with pytest.raises(BadInputError) as refused:
        settings_of(text)
    assert refused.value.where == "box.toml: course.lanes"
    assert words in str(refused.value)


def test_no_lane_shows_who_leaves_the_beam() -> None:
    there_and_back = plan(block(), start=StartMethod.RELEASE, course=Course.OUT_AND_BACK)
    with pytest.raises(BadInputError, match="before 4 lanes: no lane shows who leaves the beam"):
        check_fit(there_and_back, settings_of(LUNA + FOUR), "plan 'x'")
