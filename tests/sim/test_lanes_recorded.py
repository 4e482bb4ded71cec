"""A session before four lanes on the simulated board: each athlete in a lane, and its recording judged again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from retro_timer.beacon.boards import BoardRequest
from retro_timer.cli.main import cli
from retro_timer.phrases import load_catalogue
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.model import CourseSettings, Settings
from retro_timer.sim.virtual import Simulation
from tests.helpers.events_told import into
from tests.helpers.plans_made import block, plan

FOUR = Settings(sensors=(SensorSettings(model="tf-luna"),), course=CourseSettings(lanes=4))


def test_four_athletes_are_timed_in_their_lanes_live_and_from_the_recording(tmp_path: Path) -> None:
    told: list[dict[str, Any]] = []
    trace = tmp_path / "day.csv"
    simulation = Simulation(BoardRequest(FOUR, seed=1), load_catalogue("en"), tmp_path / "state", record=trace)
    simulation.core.event_bus.subscribe(into(told))
    assert simulation.run(plan(block(distance_m=10.0)), ("Ann", "Bea", "Cid", "Dan"), most_s=400.0)
    truths_s = {e["rep"]: simulation.truth_s(e["rep"], e["t_ns"]) for e in told if e["event"] == "go"}
    simulation.close()
    live = [event for event in told if event["event"] == "finish"]
    assert [(event["lane"], event["flags"]) for event in live] == [(1, ()), (2, ()), (3, ()), (4, ())]
    for event in live:
        assert event["time_s"] == pytest.approx(truths_s[event["rep"]], abs=0.1)
    result = CliRunner().invoke(cli, ["replay", str(trace), "--json"])
    assert (result.exit_code, result.stderr) == (0, "")
    again = [e for e in map(json.loads, result.stdout.splitlines()) if e["event"] == "finish"]
    assert [event["lane"] for event in again] == [1, 2, 3, 4]
    assert [event["time_s"] for event in again] == pytest.approx([event["time_s"] for event in live], abs=0.05)
