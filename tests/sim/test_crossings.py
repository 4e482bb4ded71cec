"""Crossings and relays on the simulated board: every crossing is counted once, and every leg is its own runner's."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from retro_timer.beacon.boards import BoardRequest
from retro_timer.phrases import load_catalogue
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.model import CourseSettings, LineSettings, Settings
from retro_timer.sim.virtual import Simulation
from retro_timer.store.results.database import open_for_reading
from retro_timer.store.results.queries import reps
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Course, Plan, StartMethod
from tests.helpers.events_told import into
from tests.helpers.plans_made import block, plan
from tests.helpers.replaying import Event, of

LANES = Settings(sensors=(SensorSettings(model="tf-luna"),), course=CourseSettings(lanes=2))


@pytest.mark.slow
@pytest.mark.parametrize("settings", [Settings(), LANES], ids=["one lane", "two lanes"])
def test_every_crossing_in_time_is_counted_once_and_kept(tmp_path: Path, settings: Settings) -> None:
    simulation = Simulation(BoardRequest(settings, seed=7), load_catalogue("en"), tmp_path)
    told: list[Event] = []
    simulation.core.event_bus.subscribe(into(told))
    shuttling = block(distance_m=10.0, duration_s=20.0, crossings=True, gait=Gait.RUN)
    assert simulation.run(plan(shuttling, block(distance_m=10.0), recovery_s=5.0), ("Ann", "Bea"), most_s=600.0)
    simulation.close()
    shuttles = simulation.board.world.shuttles
    finishes = [finish for finish in of(told, "finish") if finish["method"] == "clock"]
    assert {finish["rep"]: finish["crossings"] for finish in finishes} == {
        rep: len(shuttle.crossings_s) for rep, shuttle in shuttles.items()
    }
    for split in of(told, "split"):
        truth_s = min(shuttles[split["rep"]].crossings_s, key=lambda at_s: abs(at_s - split["time_s"]))
        assert abs(split["time_s"] - truth_s) < 0.1
    assert of(told, "obstacle") == of(told, "crossing_withdrawn") == []
    connection = open_for_reading(tmp_path)
    assert connection is not None
    with contextlib.closing(connection):
        kept = {rep.record.rep: rep.record.crossings for rep in reps(connection)}
    assert kept == {**{rep: len(one.crossings_s) for rep, one in shuttles.items()}, 3: None, 4: None}


@pytest.mark.slow
def test_every_leg_of_a_relay_is_timed_from_the_end_of_the_one_before(tmp_path: Path) -> None:
    simulation = Simulation(BoardRequest(Settings(), seed=3), load_catalogue("en"), tmp_path)
    told: list[Event] = []
    simulation.core.event_bus.subscribe(into(told))
    assert simulation.run(plan(block(distance_m=20.0, relay=True)), ("Ann", "Bea", "Cid"), most_s=300.0)
    simulation.close()
    goes, finishes = of(told, "go"), of(told, "finish")
    assert [go["athlete"] for go in goes] == ["Ann", "Bea", "Cid"]
    for go, finish in zip(goes, finishes, strict=True):
        truth_s = simulation.truth_s(finish["rep"], go["t_ns"])
        assert truth_s is not None
        assert abs(finish["time_s"] - truth_s) < 0.1
    (team,) = of(told, "relay")
    assert (team["legs"], team["time_s"]) == (3, pytest.approx(sum(finish["time_s"] for finish in finishes)))
    assert of(told, "obstacle") == []


FIVE = Settings(
    sensors=(SensorSettings(), SensorSettings(name="way", model="tf-luna", line="five")),
    lines={"five": LineSettings(distance_m=5.0)},
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("of_plan", "names"),
    [
        (plan(block(distance_m=20.0, relay=True)), ("Ann", "Bea", "Cid")),
        (plan(block(reps=2), start=StartMethod.RELEASE, course=Course.OUT_AND_BACK, rest_s=5.0), ("Runner",)),
    ],
    ids=["relay", "out and back by release"],
)
def test_who_goes_out_and_back_has_a_split_on_the_way_out_alone(
    tmp_path: Path, of_plan: Plan, names: tuple[str, ...]
) -> None:
    simulation = Simulation(BoardRequest(FIVE, seed=5), load_catalogue("en"), tmp_path)
    told: list[Event] = []
    simulation.core.event_bus.subscribe(into(told))
    assert simulation.run(of_plan, names, most_s=400.0)
    simulation.close()
    finishes, splits = of(told, "finish"), of(told, "split")
    assert [split["rep"] for split in splits] == [finish["rep"] for finish in finishes]
    assert len(finishes) == max(2, len(names))
    for split, finish in zip(splits, finishes, strict=True):
        assert 0.15 < split["time_s"] / finish["time_s"] < 0.45
    assert of(told, "obstacle") == []
