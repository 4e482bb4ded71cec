"""Whole sessions with gates on the way and at the start: what fails there, and who stands there, hold up nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from retro_timer.detection.expectation import Expectation, WatchMode
from retro_timer.ports import START_LINE
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.lines import check_lines
from retro_timer.settings.model import LineSettings, Settings
from retro_timer.training.gaits import Gait
from tests.helpers.plans_made import block, plan
from tests.sim.test_simulation import Day

TWO_REPS = plan(block(reps=2, distance_m=20.0), gait=Gait.JOG, walk_out_s=0.0, rest_s=5.0)


def with_lines(*names: str) -> Settings:
    extra = tuple(
        SensorSettings(name=f"at-{name}", model="tf-luna", line=name, port=f"/dev/ttyUSB{number}")
        for number, name in enumerate(names)
    )
    distances = {"five": LineSettings(distance_m=5.0), "ten": LineSettings(distance_m=10.0)}
    lines = {name: distances[name] for name in names if name in distances}
    settings = Settings(sensors=(SensorSettings(name="end"), *extra), lines=lines)
    check_lines(settings, "test")
    return settings


def day(directory: Path, settings: Settings, scenario: str) -> Day:
    path = directory / "day.toml"
    path.write_text(f'title = "test"\n{scenario}')
    return Day(directory / "results", TWO_REPS, scenario=str(path), settings=settings)


def test_with_a_gate_on_the_way_dead_reps_go_on_without_its_splits_and_that_is_said_once(tmp_path: Path) -> None:
    dead = '[[faults]]\nsensor = "at-ten"\nat_s = 3.0\nlasts_s = 3600.0\n'
    found = day(tmp_path, with_lines("five", "ten"), dead)
    assert [finish["flags"] for finish in found.told("finish")] == [(), ()]
    assert [split["line"] for split in found.told("split")] == ["five", "five"]
    said = [event["text"] for event in found.told("said") if event["key"] in ("line_blind", "watch_lost", "degraded")]
    assert said == ["No times at line ten. at-ten is blind by a sensor that does not answer."]
    assert [event["name"] for event in found.told("sound") if event["name"].startswith("blind")] == []


def test_a_gate_on_the_way_that_comes_back_is_told_and_gives_splits_again(tmp_path: Path) -> None:
    dead = '[[faults]]\nsensor = "at-ten"\nrep = 1\nat_s = 1.0\nlasts_s = 8.0\n'
    found = day(tmp_path, with_lines("ten"), dead)
    assert [(split["rep"], split["line"]) for split in found.told("split")] == [(2, "ten")]
    assert [e["key"] for e in found.told("said") if e["key"].startswith("line_")] == ["line_blind", "line_back"]


@pytest.mark.parametrize("mode", [WatchMode.LANE, WatchMode.START])
def test_who_stands_at_the_start_before_a_go_is_who_goes_and_no_obstacle(mode: WatchMode) -> None:
    before = Expectation(mode)
    assert not before.at_line(START_LINE).armed
    assert before.at_line("finish") is before
