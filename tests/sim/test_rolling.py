"""Whole rolling sessions on the simulated board: several runners at once before one gate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from retro_timer.settings.model import Settings
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Order, Plan
from tests.helpers.plans_made import block, plan
from tests.sim.test_simulation import Day

NAMES = ("Anna", "Ben", "Carla", "David")
SPEEDS = "".join(
    f'[[runners]]\nathlete = "{name}"\nspeed_mps = {speed_mps}\nreaction_s = 0.3\n'
    for name, speed_mps in zip(NAMES, (2.4, 1.9, 2.5, 2.3), strict=True)
)


def rolling(reps: int = 2, **fields: Any) -> Plan:
    given = {"order": Order.ROLLING, "every_s": 6.0, "lanes_apart": True, "rest_s": 5.0, **fields}
    return plan(block(reps=reps, distance_m=30.0), gait=Gait.JOG, **given)


def day(directory: Path, scenario: str = "", of: Plan | None = None, names: tuple[str, ...] = NAMES) -> Day:
    path = directory / "day.toml"
    path.write_text(f'title = "test"\n{SPEEDS}{scenario}')
    return Day(directory / "results", of or rolling(), *names, scenario=str(path), settings=Settings())


def most_at_once(found: Day) -> int:
    """How many were on the course together at the most."""
    out: set[int] = set()
    most = 0
    for event in found.told("go", "finish", "dnf"):
        out ^= {event["rep"]}
        most = max(most, len(out))
    return most


def test_several_run_at_once_and_each_time_is_its_runners_own(tmp_path: Path) -> None:
    found = day(tmp_path)
    assert found.ended
    assert most_at_once(found) >= 3
    assert len(found.told("finish")) == 8
    assert all(abs(error) < 0.1 for error in found.errors_s), found.errors_s
    assert found.told("obstacle", "recall", "dnf") == []


def test_a_drop_out_costs_no_finish_of_those_whose_times_are_known(tmp_path: Path) -> None:
    found = day(tmp_path, "[[runners]]\nrep = 9\nstops_at_m = 15.0\n", rolling(reps=3))
    assert [(dnf["rep"], dnf["reason"]) for dnf in found.told("dnf")] == [(9, "timeout")]
    assert len(found.told("finish")) == 11
    assert all(abs(error) < 0.1 for error in found.errors_s), found.errors_s


def test_somebody_in_the_beam_before_anybody_can_be_there_is_an_obstacle_and_recalls(tmp_path: Path) -> None:
    found = day(tmp_path, "[[intruders]]\nrep = 1\nat_s = 3.6\nstays_s = 2.0\n")
    assert [event["level"] for event in found.told("obstacle")][:1] == ["danger"]
    assert len(found.told("recall")) == 1
    assert len(found.told("finish")) == 8


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3])
def test_twenty_run_behind_each_other(tmp_path: Path, seed: int) -> None:
    names = tuple(f"Athlete {number}" for number in range(20))
    found = Day(tmp_path, rolling(reps=3, every_s=12.0), *names, seed=seed, most_s=3600.0)
    assert found.ended
    assert len(found.told("finish")) == 60
    assert all(abs(error) < 0.1 for error in found.errors_s), found.errors_s
