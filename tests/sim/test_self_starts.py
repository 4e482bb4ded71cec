"""Whole simulated sessions whose athletes give the start: out and back, from a gate at the start, flying; splits."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from retro_timer.beacon.boards import BoardRequest
from retro_timer.phrases import load_catalogue
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.model import LineSettings, Settings
from retro_timer.sim.virtual import Simulation
from retro_timer.store.results.database import open_for_reading
from retro_timer.store.results.queries import reps
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Course, Order, Plan, StartMethod
from retro_timer.training.record import StartKind
from tests.helpers.command import process
from tests.helpers.events_told import into
from tests.helpers.killed import killed_after
from tests.helpers.plans_made import block, plan
from tests.helpers.replaying import Event, of
from tests.sim.test_simulation import Day

THREE_GATES = Settings(
    sensors=(
        SensorSettings(),
        SensorSettings(name="first", model="tf-luna", line="start"),
        SensorSettings(name="middle", model="tf-luna", line="ten"),
    ),
    lines={"ten": LineSettings(distance_m=10.0)},
)
ONE_BOX = plan(block(reps=2), gait=Gait.JOG, start=StartMethod.RELEASE, course=Course.OUT_AND_BACK, rest_s=5.0)
STRAIGHT = plan(block(reps=2), gait=Gait.JOG, start=StartMethod.RELEASE, rest_s=5.0, say_splits=True)
FLYING = plan(block(reps=2), gait=Gait.RUN, start=StartMethod.FLYING, rest_s=5.0)


def day(directory: Path, of_plan: Plan, settings: Settings | None = None, scenario: Path | None = None) -> list[Event]:
    """Everything that a session tells; finishes and goes with what they are off from the truth, in seconds."""
    chosen = settings or Settings()
    request = BoardRequest(chosen, scenario=None if scenario is None else str(scenario), seed=4)
    simulation = Simulation(request, load_catalogue("en"), directory)
    told: list[Event] = []
    simulation.core.event_bus.subscribe(into(told))
    assert simulation.run(of_plan, ("Runner",), most_s=900.0)
    simulation.close()
    goes = {go["rep"]: go for go in of(told, "go")}
    for rep, go in goes.items():
        go["off_s"] = (go["t_ns"] - simulation.board.world.starts_ns[rep]) / 1e9
    for finish in of(told, "finish"):
        truth_s = simulation.truth_s(finish["rep"], goes[finish["rep"]]["t_ns"])
        assert truth_s is not None
        finish["off_s"] = finish["time_s"] - truth_s
    return told


@pytest.mark.parametrize(
    ("of_plan", "settings", "kind"),
    [
        (ONE_BOX, None, StartKind.RELEASE),
        (STRAIGHT, THREE_GATES, StartKind.RELEASE),
        (FLYING, THREE_GATES, StartKind.FLYING),
    ],
    ids=["out and back", "straight", "flying"],
)
def test_each_rep_is_started_by_its_athlete_and_timed_within_its_interval(
    tmp_path: Path, of_plan: Plan, settings: Settings | None, kind: StartKind
) -> None:
    told = day(tmp_path, of_plan, settings)
    goes, finishes = of(told, "go"), of(told, "finish")
    assert [len(goes), len(finishes)] == [2, 2]
    assert {go["start"] for go in goes} == {finish["start"] for finish in finishes} == {str(kind)}
    outside = [event for event in (*goes, *finishes) if abs(event["off_s"]) > event["uncertainty_s"]]
    assert len(outside) <= 1
    assert of(told, "obstacle") == []
    assert of(told, "stand")[0]["stand"] == "steady" if kind is StartKind.RELEASE else True


@pytest.mark.parametrize("course", [Course.STRAIGHT, Course.OUT_AND_BACK])
def test_who_has_walked_back_stands_in_no_beam_until_asked_again(tmp_path: Path, course: Course) -> None:
    long_rest = plan(block(reps=2), gait=Gait.JOG, start=StartMethod.RELEASE, course=course, rest_s=45.0)
    told = day(tmp_path, long_rest, THREE_GATES if course is Course.STRAIGHT else None)
    assert [stand["stand"] for stand in of(told, "stand")] == ["steady", "steady"]
    assert of(told, "recall") == []
    assert all(abs(event["off_s"]) <= 2.0 * event["uncertainty_s"] for event in (*of(told, "go"), *of(told, "finish")))


def test_splits_are_told_in_time_kept_and_spoken(tmp_path: Path) -> None:
    told = day(tmp_path, STRAIGHT, THREE_GATES)
    splits, finishes = of(told, "split"), of(told, "finish")
    assert [split["rep"] for split in splits] == [1, 2]
    assert all(0.4 * f["time_s"] < s["time_s"] < 0.7 * f["time_s"] for s, f in zip(splits, finishes, strict=True))
    assert next(said["text"] for said in of(told, "said") if said["key"] == "split").startswith("At 10 metres: ")
    reading = open_for_reading(tmp_path)
    assert reading is not None
    kept = [found.record for found in reps(reading)]
    assert [(record.start, record.splits[0].time_ns / 1e9) for record in kept] == [
        (StartKind.RELEASE, split["time_s"]) for split in splits
    ]


def test_who_leaves_before_the_tone_is_told_so_and_stands_again(tmp_path: Path) -> None:
    scenario = tmp_path / "early.toml"
    scenario.write_text('title = "too early"\n[[runners]]\nrep = 2\nleaves_early = true\n')
    told = day(tmp_path / "results", ONE_BOX, scenario=scenario)
    assert len(of(told, "finish")) == 2
    assert [stand["reason"] for stand in of(told, "stand") if stand["reason"]] == ["early"]
    assert "Too early. Stand in the beam until the tone." in [said["text"] for said in of(told, "said")]


ROLLING = plan(
    block(reps=2, distance_m=30.0),
    gait=Gait.JOG,
    start=StartMethod.RELEASE,
    order=Order.ROLLING,
    every_s=5.0,
    lanes_apart=True,
    rest_s=5.0,
)
TWO_GATES = Settings(sensors=THREE_GATES.sensors[:2])
GROUP = ("Anna", "Ben", "Carla", "David")


def rolls(found: Day) -> None:
    """Each of a group has started by release with others on the course, and every time is its runner's own."""
    goes, out = found.told("go"), 0
    most = 0
    for event in found.told("go", "finish"):
        out += 1 if event["event"] == "go" else -1
        most = max(most, out)
    assert found.ended
    assert most >= 2
    assert [go["athlete"] for go in goes] == [*GROUP, *GROUP]
    assert {go["start"] for go in goes} == {"release"}
    assert min(after["t_ns"] - before["t_ns"] for before, after in pairwise(goes)) >= 5e9
    assert len(found.told("finish")) == 8
    starts_ns = found.simulation.board.world.starts_ns
    assert all(abs(go["t_ns"] - starts_ns[go["rep"]]) < 2e9 * go["uncertainty_s"] for go in goes)
    assert all(abs(error) < 0.25 for error in found.errors_s), found.errors_s
    assert found.told("obstacle", "dnf") == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_one_starts_by_release_while_others_are_on_the_course(tmp_path: Path, seed: int) -> None:
    found = Day(tmp_path, ROLLING, *GROUP, settings=TWO_GATES, seed=seed)
    rolls(found)
    assert found.told("recall") == []


def test_who_leaves_before_the_tone_stands_again_while_the_others_run(tmp_path: Path) -> None:
    scenario = tmp_path / "early.toml"
    scenario.write_text('title = "too early"\n[[runners]]\nrep = 3\nleaves_early = true\n')
    found = Day(tmp_path / "results", ROLLING, *GROUP, settings=TWO_GATES, scenario=str(scenario))
    rolls(found)
    assert [stand["reason"] for stand in found.told("stand") if stand["reason"]] == ["early"]


PLAN_FILE = """
title = "rolling by release"
purpose = "a test"
source = "none"
safety = "none"
order = "rolling"
every_s = 5
lanes_apart = true
start = "release"
rest_s = 5
gait = "jog"
blocks = [{ distance_m = 60, reps = 4 }]
"""
SENSORS = '[[sensors]]\n[[sensors]]\nname = "first"\nmodel = "tf-luna"\nline = "start"\n'


@pytest.mark.slow
def test_killed_with_several_on_the_course_such_a_session_goes_on_until_all_have_run(tmp_path: Path) -> None:
    files = {"plan.toml": PLAN_FILE, "config.toml": SENSORS, "group.csv": "name\n" + "\n".join(GROUP) + "\n"}
    plan_file, config, roster = (tmp_path / name for name in files)
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    usual = ["--config", config, "--roster", roster, "--json"]
    _, code = killed_after(10, plan_file, *usual)
    assert code == -9
    resumed, code = killed_after(None, "--resume", *usual)
    assert code == 0
    assert {go["start"] for go in of([json.loads(line) for line in resumed], "go")} == {"release"}
    kept = json.loads(process("results", "reps", "--json").out)
    assert Counter(rep["athlete"] for rep in kept if rep["status"] == "finished") == dict.fromkeys(GROUP, 4)
    assert {rep["reason"] for rep in kept if rep["status"] != "finished"} == {"interrupted"}
