"""A sensor from a package that is not this one, installed by entry points alone: the whole program knows it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.helpers.command import PROGRAM, environment_with
from tests.helpers.plans_made import plan_text
from tests.helpers.timer_process import DEADLINE_S, QUICK, timer

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
MODEL = """
from retro_timer.header import GROUND, HEADER_UART, V5
from retro_timer.ports import SensorSpec
from retro_timer.sensors.kind import Buy, Module, ReturnedLight, SensorKind, Serial, Terminal

def spec(sensor, mode):
    return SensorSpec(sensor.name, "TFmini-S", sensor.placement, sensor.role, 10_000_000, 10_000_000, 2.0, 100, 7000)

def module(sensor):
    txd, rxd = HEADER_UART, HEADER_UART + 1
    lines = (Terminal("+5V", V5), Terminal("RXD", txd, "TXD"), Terminal("TXD", rxd, "RXD"), Terminal("GND", GROUND))
    return Module("TFmini-S", lines, ("Its plug is a GH1.25.",))

TFMINI_S = SensorKind(
    name="tfmini-s", shown="TFmini-S", keys=("port",), connection=Serial(), spec=spec, module=module,
    buy=Buy("TFmini-S", "1", "made up", 140, 200),
    optics={"": ReturnedLight(40_000.0, 100.0, 100.0, 12_000.0, 10.0, 10)},
)
"""
ENTRY_POINTS = """
[retro_timer.sensors]
tfmini-s = tfmini:TFMINI_S
[retro_timer.sensor_drivers]
tfmini-s = retro_firmware.tf_luna.sensor:open_buses
[retro_timer.sensor_twins]
tfmini-s = retro_firmware.tf_luna.staged:StagedLunas
"""
"""It speaks the TF-Luna's frames, so its driver and twin may be those."""
SENSOR = '[[sensors]]\nname = "line"\nmodel = "tfmini-s"\n'
DRAW = """
from wiring.draw.build import draw_build
from retro_timer.settings.loading import load_settings
from retro_timer.settings.schemas import schema_texts
print(draw_build(load_settings(), "Box", "with a foreign sensor"), schema_texts()["settings.schema.json"])
"""


@pytest.fixture
def foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The package on the path, and a config directory whose box has its sensor."""
    site = tmp_path / "site"
    info = site / "tfmini-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tfmini\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    (site / "tfmini.py").write_text(MODEL)
    config = tmp_path / "config"
    (config / "plans").mkdir(parents=True)
    (config / "plans" / "one.toml").write_text(plan_text("reps = 1\ndistance_m = 5", gait="run", rest_s=1.0))
    (config / "config.toml").write_text(SENSOR)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(site), str(ROOT))))
    monkeypatch.setenv("RETRO_TIMER_CONFIG", str(config))
    monkeypatch.setenv("RETRO_TIMER_STATE", str(tmp_path / "state"))
    return config


def told(command: Sequence[object]) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        env=environment_with({name: value for name, value in os.environ.items() if name != "COLUMNS"}),
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    return done.stdout + done.stderr


def test_its_wires_its_boot_lines_its_drawing_and_its_schema_are_told(foreign: Path) -> None:
    assert "sensor 'line' +5V" in (table := told([PROGRAM, "wiring"])), table
    assert "Its plug is a GH1.25." in table
    assert "The serial port of the TFmini-S" in told([PROGRAM, "wiring", "--boot"]).replace("\n# ", " ")
    drawn = told([sys.executable, "-c", DRAW])
    assert "Its plug is a GH1.25." in drawn
    assert '"TF-Luna, TFmini-S: serial port."' in drawn


def test_a_misspelt_model_is_told_with_it_among_the_known_ones(foreign: Path) -> None:
    (foreign / "config.toml").write_text(SENSOR.replace("mini-s", "mini"))
    assert "did you mean 'tfmini-s'" in told([PROGRAM, "wiring"])


def test_a_simulation_times_with_it(foreign: Path) -> None:
    events = [json.loads(line) for line in told([PROGRAM, "simulate", "one", "--json"]).splitlines()]
    (finish,) = [event for event in events if event["event"] == "finish"]
    assert finish["time_s"] == pytest.approx(finish["truth_s"], abs=0.1)


def test_on_the_twin_doctor_finds_it_and_a_session_is_timed(foreign: Path) -> None:
    assert "line: rate" in (found := told([PROGRAM, "doctor", "--board", "twin"])), found
    assert "on /dev/serial0" in found
    (foreign / "config.toml").write_text(SENSOR + QUICK)
    with timer("--plan", "one", "--once", board="twin", env={"RETRO_TIMER_CONFIG": str(foreign)}) as running:
        assert running.ended() == 0, running.err
        (rep,) = running.results()
    assert rep["status"] == "finished"
