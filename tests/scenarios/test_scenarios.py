"""Every scenario that ships, run as a whole session, comes to what expected.toml says."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from retro_timer.beacon.boards import BoardRequest
from retro_timer.phrases import load_catalogue
from retro_timer.ports import Placement
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.loading import load_plan
from retro_timer.settings.model import CourseSettings, Settings
from retro_timer.sim.scenario import scenario_names
from retro_timer.sim.virtual import Simulation
from retro_timer.training.record import RepRecord
from tests.helpers.events_told import into

pytestmark = pytest.mark.slow

EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "expected.toml").read_text())
PLAN = msgspec.structs.replace(load_plan("first-steps"), recovery_s=25.0)
"""With a shorter recovery, in which no scenario has anything happen."""
LOUDNESS = ["clear", "caution", "warning", "danger"]
MOST_S = 3600.0
WITHIN_S = 0.15
LATE_WITHIN_S = 0.6


class Session:
    """One simulated session."""

    def __init__(self, directory: Path, scenario: str, seed: int, placement: str) -> None:
        rear = SensorSettings(name="rear", model="tf-luna", placement=Placement.LANE_END)
        lanes = Settings(sensors=(SensorSettings(model="tf-luna"),), course=CourseSettings(lanes=3))
        settings = {"lane-end": Settings(sensors=(rear,)), "lanes": lanes}.get(placement, Settings())
        request = BoardRequest(settings, scenario=scenario, seed=seed)
        self.simulation = Simulation(request, load_catalogue("en"), directory)
        self.events: list[dict[str, Any]] = []
        self.simulation.core.event_bus.subscribe(into(self.events))
        self.ended = self.simulation.run(PLAN, ("Runner",), most_s=MOST_S)
        self.simulation.close()
        state = self.simulation.core.session.state
        assert state is not None
        self.results: dict[int, RepRecord] = {r.rep: r for r in state.results}

    def truth_s(self, rep: int) -> float | None:
        """When the back really reached the line, from the go."""
        return self.simulation.truth_s(rep, self.results[rep].go_ns)

    def told(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["event"] == name]


def test_every_scenario_that_ships_has_an_expected_outcome() -> None:
    assert sorted(EXPECTED) == sorted(scenario_names())


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", EXPECTED)
def test_a_scenario_comes_to_what_is_expected_of_it(tmp_path: Path, name: str, seed: int) -> None:
    expected = EXPECTED[name]
    session = Session(tmp_path, name, seed, expected.get("placement", "gate"))
    assert session.ended, "the session did not come to its end within an hour"
    levels = [event["level"] for event in session.told("obstacle")]
    came_to = {
        "finished": len(session.told("finish")),
        "dnf": [[event["rep"], event["reason"]] for event in session.told("dnf")],
        "flags": {str(rep): [str(f) for f in record.flags] for rep, record in session.results.items() if record.flags},
        "sensor": [[event["state"], event["reason"]] for event in session.told("sensor")],
        "recalls": len(session.told("recall")),
        "withdrawn": len(session.told("crossing_withdrawn")),
        "obstacles": {str(rep): record.obstacles for rep, record in session.results.items() if record.obstacles},
    }
    nothing = {"dnf": [], "flags": {}, "sensor": [], "recalls": 0, "withdrawn": 0, "obstacles": {}}
    wanted = {key: expected.get(key, nothing.get(key)) for key in came_to}
    if name == "sensor-freezes":
        came_to.pop("flags"), wanted.pop("flags")
    assert came_to == wanted
    if "loudest" in expected:
        assert max(levels, key=LOUDNESS.index) == expected["loudest"]
        assert levels[-1] == "clear"
    else:
        assert levels == expected.get("levels", [])
    assert session.told("summary")[0]["finished"] == expected["finished"]
    for finish in session.told("finish"):
        truth_s = session.truth_s(finish["rep"])
        assert truth_s is not None
        assert finish["time_s"] == pytest.approx(truth_s, abs=LATE_WITHIN_S if "late" in finish["flags"] else WITHIN_S)


def test_the_demonstration_shows_an_intruder_and_a_warning_and_ends_within_a_minute_or_so(tmp_path: Path) -> None:
    simulation = Simulation(BoardRequest(Settings(), scenario="demo"), load_catalogue("en"), tmp_path)
    events: list[dict[str, Any]] = []
    simulation.core.event_bus.subscribe(into(events))
    assert simulation.run(load_plan("demo"), ("Runner",), most_s=80.0)
    simulation.close()
    assert [e["level"] for e in events if e["event"] == "obstacle"] == ["danger", "clear"]
    assert len([e for e in events if e["event"] == "finish"]) == 3
