"""Whole sessions in waves on the simulated board: several at once before one gate that tells their lanes."""

from __future__ import annotations

from pathlib import Path

import pytest

from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.model import CourseSettings, Settings
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Order, Plan
from tests.helpers.plans_made import block, plan
from tests.sim.test_simulation import Day

FOUR_LANES = Settings(sensors=(SensorSettings(model="tf-luna"),), course=CourseSettings(lanes=4))
APART = "".join(
    f'[[runners]]\nathlete = "{name}"\nspeed_mps = {speed_mps}\nreaction_s = 0.3\n'
    for name, speed_mps in (("Anna", 2.4), ("Ben", 1.9), ("Carla", 2.8), ("David", 2.1), ("Emil", 2.5))
)
"""So far apart that nobody hides another one."""


def waves(size: int, reps: int = 2) -> Plan:
    return plan(block(reps=reps, distance_m=30.0), gait=Gait.JOG, order=Order.WAVES, wave_size=size, rest_s=5.0)


def day(directory: Path, of: Plan, *names: str, before: Settings = FOUR_LANES) -> Day:
    path = directory / "day.toml"
    path.write_text(f'title = "test"\n{APART}')
    return Day(directory / "results", of, *names, scenario=str(path), settings=before)


@pytest.mark.slow
def test_whoever_starts_together_is_timed_each_in_their_lane(tmp_path: Path) -> None:
    found = day(tmp_path, waves(2), "Anna", "Ben", "Carla")
    assert found.ended
    goes = found.told("go")
    assert [(go["wave"], go["lane"], go["athlete"]) for go in goes] == [
        (1, 1, "Anna"), (1, 2, "Ben"), (2, 1, "Carla"), (3, 1, "Anna"), (3, 2, "Ben"), (4, 1, "Carla"),
    ]  # fmt: skip
    lanes = {go["rep"]: go["lane"] for go in goes}
    assert {finish["rep"]: finish["lane"] for finish in found.told("finish")} == lanes
    assert all(abs(error) < 0.1 for error in found.errors_s), found.errors_s
    assert found.told("obstacle", "recall", "dnf") == []


@pytest.mark.slow
def test_before_one_lane_each_place_is_timed_as_that_of_whoever_came_as_it(tmp_path: Path) -> None:
    found = day(tmp_path, waves(3), "Anna", "Ben", "Carla", before=Settings())
    assert found.ended
    assert [(go["wave"], go["athlete"]) for go in found.told("go")] == [(1, "")] * 3 + [(2, "")] * 3
    assert [(finish["rep"], finish["place"]) for finish in found.told("finish")] == [
        (n, (n - 1) % 3 + 1) for n in range(1, 7)
    ]
    assert all(abs(error) < 0.1 for error in found.errors_s), found.errors_s
    assert found.told("obstacle", "recall", "dnf", "crossing_withdrawn") == []
