"""How doctor looks at a machine: a Pi, one that is none, and commands that tell nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from retro_timer.diagnostics import machine as machine_module
from retro_timer.diagnostics.machine import look_at_machine
from retro_timer.ports import Placement
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.model import Settings
from tests.helpers.checks_made import GATE


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The file system of a Pi with an amplifier, as far as the doctor looks."""
    made = {
        "proc/device-tree/model": b"Raspberry Pi 4 Model B Rev 1.4\0",
        "proc/asound/cards": b" 0 [MAX98357A      ]: MAX98357A - MAX98357A\n                      MAX98357A\n",
        "proc/asound/card0/pcm0p/info": b"",
        "sys/bus/i2c/devices/i2c-1/of_node/clock-frequency": (400_000).to_bytes(4, "big"),
        "sys/class/thermal/thermal_zone0/temp": b"51540\n",
        "dev/i2c-1": b"",
        "dev/gpiochip0": b"",
        "dev/gpiochip11": b"",
    }
    for name, data in made.items():
        path = tmp_path / "root" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "root"


def told(command: Sequence[str]) -> str | None:
    """What a Pi's commands answer."""
    return {"timedatectl": "yes\n", "vcgencmd": "throttled=0x50000\n"}.get(command[0])


def label(chip: Path) -> str | None:
    """What a new kernel on a Pi 5 answers."""
    return {"gpiochip0": "gpio-brcmstb@107d508500", "gpiochip11": "pinctrl-rp1"}[chip.name]


def test_a_pi_is_looked_at(root: Path, tmp_path: Path) -> None:
    found = look_at_machine(Settings(), tmp_path / "not" / "yet" / "there", root, told, label)
    assert found.header == "gpiochip11 (pinctrl-rp1)"
    assert found.model == "Raspberry Pi 4 Model B Rev 1.4"
    assert (found.missing, found.denied) == ((), ())
    assert (found.i2c_hz, found.temperature_c) == (400_000, 51.54)
    assert ([card.name for card in found.cards], found.speaker) == (["MAX98357A"], "default:CARD=MAX98357A")
    assert (found.synchronised, found.throttled, found.has_clock_battery) == (True, 0x50000, False)
    assert found.folder == str(tmp_path)
    assert found.free_bytes > 0
    assert found.may_write


def test_what_is_not_there_is_missing_and_what_nobody_tells_is_unknown(tmp_path: Path) -> None:
    luna = SensorSettings(name="rear", model="tf-luna", placement=Placement.LANE_END)
    found = look_at_machine(Settings(sensors=(GATE, luna)), tmp_path, tmp_path / "empty", lambda _command: None)
    assert [Path(path).name for path in found.missing] == ["i2c-1", "serial0"]
    assert (found.header, found.chips) == ("", "this machine has no GPIO chip at all")
    assert (found.model, found.cards) == ("", ())
    assert (found.i2c_hz, found.temperature_c, found.synchronised, found.throttled) == (None, None, None, None)


def test_a_command_that_is_missing_fails_or_hangs_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_module, "_COMMAND_S", 0.1)
    assert machine_module._run(("no-such-command",)) is None
    assert machine_module._run(("false",)) is None
    assert machine_module._run(("sleep", "60")) is None
    assert machine_module._run(("echo", "yes")) == "yes\n"


def test_what_speech_needs_and_is_not_installed_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(library: str) -> None:
        raise OSError(f"{library}: cannot open shared object file")

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("ctypes.cdll.LoadLibrary", missing)
    found = look_at_machine(Settings(), tmp_path, tmp_path, told)
    assert (found.aplay, found.espeak) == (False, False)
