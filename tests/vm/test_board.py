"""A session on the real service, as the installer leaves it: gpiozero and lgpio on the kernel's pins, ST's driver at
41 Hz on the kernel's I2C bus, speech on the kernel's sound card.

The machine counts its own time, so that it keeps its deadlines however slowly it is emulated; what the tests assert is
the order of things, never how long they took.
"""

from __future__ import annotations

import array
import json
import wave
from pathlib import Path
from typing import Any

import pytest

from tests.rig.board import HEADER_CHIP
from tests.vm.box import BUTTON, BUZZER, SERVICE, WAIT_S, Box

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2700)]

OWN_TIME = True
SETTINGS = """
[session]
default_plan = "field"
countdown_s = 1
get_ready_s = 2.0
"""
PLAN: dict[str, Any] = {"title": "Field", "gait": "walk", "reps": 9, "distance_m": 10, "rest_s": 10, "walk_out_s": 10}


@pytest.fixture(scope="module")
def field(box: Box) -> Box:
    box.lane()
    box.plug_sensor_in()
    box.vm.start_recording()
    box.set_up("pi", SETTINGS, **PLAN)
    return box


def test_it_finds_the_headers_chip_though_that_is_not_number_0(field: Box) -> None:
    # Whatever else the doctor finds in a virtual machine, and with which exit code.
    findings = json.loads(field.vm.run("retro-timer doctor --json --for 1", timeout_s=WAIT_S).output)["findings"]
    (header,) = [finding for finding in findings if finding["name"] == "GPIO"]
    assert (header["verdict"], header["found"]) == ("ok", f"the header is gpiochip{HEADER_CHIP} (pinctrl-bcm2711)")


def wait_for_buzzer(field: Box) -> None:
    """Wait until the buzzer's line is driven, by what happens from now on."""
    field.vm.clear_gpio_edges()
    field.vm.wait_for(lambda: any(edge.value for edge in field.vm.gpio_edges(BUZZER)), WAIT_S, "the buzzer's line")


def test_it_says_that_it_is_ready_through_the_sound_card(field: Box, tmp_path: Path) -> None:
    field.wait("said", key="covers_line_only")
    field.vm.wait_for(lambda: not field.ask("facts")["speaking"], WAIT_S, "silence")
    with wave.open(str(field.vm.stop_recording(tmp_path / "heard.wav"))) as heard:
        loud = [sample for sample in array.array("h", heard.readframes(heard.getnframes())) if abs(sample) > 2000]
    assert len(loud) > 4800, "a twentieth of a second in two channels"
    assert field.ask("facts")["voice_trouble"] == ""


def test_a_button_starts_a_rep_an_obstacle_holds_it_up_with_an_alarm_and_the_crossing_stops_it(field: Box) -> None:
    began = field.mark()
    field.vm.press_button(BUTTON)
    field.wait("button", began, gesture="press", action="button_start")
    field.lane(standing_mm=700)
    field.wait("obstacle", began, level="warning")
    field.wait("sound", began, name="warning")
    wait_for_buzzer(field)
    assert field.find("go", began) is None

    field.lane()
    field.wait("go", began, rep=1)
    field.lane(runner=True)
    finish = field.wait("finish", began)
    told = [line["event"] for line in field.told[began:]]
    order = ["button", "obstacle", "go", "crossing", "finish"]
    assert sorted(order, key=told.index) == order
    assert field.place("obstacle", began, level="clear") < field.place("go", began)
    assert (finish["rep"], finish["method"]) == (1, "gate")
    assert [rep["time_s"] for rep in field.results()] == [finish["time_s"]]


def test_a_sensor_that_is_unplugged_raises_the_blind_alarm_until_it_is_back(field: Box) -> None:
    unplugged = field.mark()
    field.vm.disconnect_i2c()
    field.wait("sensor", unplugged, state="lost", reason="no-answer")
    field.wait("sound", unplugged, name="blind")
    wait_for_buzzer(field)
    field.wait("said", unplugged, key="lost_needs_spotter")
    assert field.find("go", unplugged) is None

    plugged = field.mark()
    field.plug_sensor_in()
    field.wait("sensor", plugged, state="ok")
    field.wait("go", plugged, rep=2)
    back = field.place("sensor", plugged, state="ok")
    assert back < field.place("sound", plugged, name="") < field.place("go", plugged)
    assert field.find("sound", back, name="blind") is None


def test_it_keeps_well_within_the_memory_that_its_unit_allows(field: Box) -> None:
    group = f"/sys/fs/cgroup/system.slice/{SERVICE}"
    limit, peak = (int(field.vm.read(f"{group}/memory.{name}")) for name in ("max", "peak"))
    assert limit == int(field.vm.unit(SERVICE)["MemoryMax"])
    events = dict(line.split() for line in field.vm.read(f"{group}/memory.events").splitlines())
    print(f"peak {peak / 1e6:.0f} MB of {limit / 1e6:.0f} MB")
    assert (events["max"], events["oom_kill"]) == ("0", "0")
