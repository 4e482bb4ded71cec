"""A sensor whose ranging mode follows the light: the watch covers what the mode in force sees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from retro_timer.beacon.control.status import snapshot
from retro_timer.ports import Placement
from retro_timer.sensors.known import spec_of
from retro_timer.sensors.settings import DistanceMode, SensorSettings
from retro_timer.settings.calibration import Calibration
from retro_timer.sim.scenario import Light, Scenario
from retro_timer.sim.sensor import SimSensor
from retro_timer.sim.world import World
from tests.helpers.beacon_made import Beacon, steady

AUTO = SensorSettings(name="rear", placement=Placement.LANE_END, mode=DistanceMode.AUTO, budget_ms=33.0, period_ms=37.0)


@pytest.fixture
def beacon(tmp_path: Path) -> Iterator[Beacon]:
    made = Beacon(tmp_path, AUTO)
    made.scene["rear"] = steady(None)
    yield made.after(1.0)
    made.close()


def test_coverage_and_status_follow_the_mode_that_the_sensor_is_in(beacon: Beacon) -> None:
    before = beacon.core.overview.latest.coverage
    assert before is not None
    assert before.range_m > 3.0
    sensor = beacon.board.buses[0].sensors[0]
    sensor.spec = msgspec.structs.replace(sensor.spec, model="VL53L1X short", mode="short", max_range_mm=1360)
    beacon.after(1.5)
    after = beacon.core.overview.latest.coverage
    assert after is not None
    assert 1.2 < after.range_m < 1.4
    assert after.speed_mps < before.speed_mps
    assert snapshot(beacon.core).sensors[0].model == "VL53L1X short"


def test_the_simulated_sensor_tells_its_mode_as_the_real_one_does() -> None:
    light = (Light(at_s=0.0, ambient_kcps=1500.0), Light(at_s=10.0, ambient_kcps=30_000.0))
    world = World(Scenario(light=light), [spec_of(AUTO)], 2.0, 1)
    sensor = SimSensor(AUTO, Calibration(), world, 1)
    assert sensor.spec.model == "VL53L1X long"
    sensor.sample_at(11_000_000_000)
    assert (sensor.spec.model, sensor.spec.max_range_mm) == ("VL53L1X short", 1360)
