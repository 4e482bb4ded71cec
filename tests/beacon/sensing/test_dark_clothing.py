"""How far a gate before several lanes sees dark clothing: told with every session, by where the lanes are then."""

from __future__ import annotations

from pathlib import Path

import pytest

from retro_timer.beacon.assembly import watch_config
from retro_timer.beacon.sensing.coverage import dark_clothing
from retro_timer.detection.lane_map import LaneMap
from retro_timer.sensors.known import spec_of
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.calibration import Calibration, SensorCalibration
from retro_timer.settings.model import CourseSettings, Settings
from retro_timer.training.safe_speed import DarkClothing
from tests.helpers.beacon_made import Beacon, steady
from tests.helpers.plans_made import block, plan

LUNA = SensorSettings(name="gate", model="tf-luna")


@pytest.mark.parametrize(("first_mm", "lane", "phrase"), [(400, 2, "dark_clothing"), (3000, 0, "dark_clothing_unseen")])
def test_it_is_told_up_to_the_farthest_lane_or_of_none(first_mm: int, lane: int, phrase: str) -> None:
    told = dark_clothing([(spec_of(LUNA), LaneMap(4, 1220.0, float(first_mm)))])
    assert told == DarkClothing(2.5, lane, 4)
    assert told.phrase == phrase


def test_without_lanes_nothing_is_told() -> None:
    assert dark_clothing([(spec_of(LUNA), None), (spec_of(SensorSettings()), LaneMap(4, 1220.0, 400.0))]) is None


def test_a_session_tells_it_by_where_calibration_has_put_the_lanes_since_the_start(tmp_path: Path) -> None:
    settings = Settings(sensors=(LUNA,), course=CourseSettings(lanes=4))
    beacon = Beacon(tmp_path, settings=settings)
    beacon.scene = {"gate": steady(6300)}
    learnt = SensorCalibration(placement="gate", first_lane_mm=1200)
    gate = beacon.core.sensing["gate"]
    gate.begin_anew(watch_config(gate.spec, settings, Calibration(sensors={"gate": learnt})))
    beacon.after(3.0).begin(plan(block())).after(20.0)
    beacon.close()
    assert [text for text in beacon.voice.said if "ark clothing" in text] == [
        "Dark clothing is seen to 2.5 metres, up to lane 1 of 4."
    ]
