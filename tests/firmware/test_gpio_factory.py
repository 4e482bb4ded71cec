"""The pin library: lgpio unless told otherwise, its pipes where they may be, and one line on what is wrong with it."""

from __future__ import annotations

import builtins
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from retro_firmware.gpio import factory as under_test
from retro_firmware.gpio.factory import open_factory

from retro_timer.errors import BadInputError, BoardMissingError, RetroTimerError
from tests.firmware.gpio_bench import pretend_rpi_gpio

RPIGPIO = {"GPIOZERO_PIN_FACTORY": "rpigpio"}


@pytest.fixture
def lgpio(monkeypatch: pytest.MonkeyPatch) -> Any:
    """An lgpio of which only the parts that gpiozero's factory touches exist, on a Pi 4B."""
    module: Any = ModuleType("lgpio")
    module.SET_PULL_NONE, module.SET_PULL_UP, module.SET_PULL_DOWN = 0, 1, 2
    module.BOTH_EDGES, module.RISING_EDGE, module.FALLING_EDGE = 3, 1, 2
    module.opened = []
    module.gpiochip_open = lambda chip: module.opened.append(chip) or 1
    module.gpiochip_close = lambda _handle: None
    monkeypatch.setitem(sys.modules, "lgpio", module)
    monkeypatch.delitem(sys.modules, "gpiozero.pins.lgpio", raising=False)
    import gpiozero.pins.local as local

    monkeypatch.setattr(local, "get_pi_revision", lambda: 0xC03114)
    return module


def one_line(error: Exception) -> str:
    text = str(error)
    assert "\n" not in text
    return text


def test_lgpio_is_the_default(lgpio: Any, tmp_path: Path) -> None:
    assert type(open_factory(tmp_path, {})).__name__ == "LGPIOFactory"
    assert lgpio.opened == [0]


def test_lgpio_writes_its_pipes_into_the_run_time_directory(lgpio: Any, tmp_path: Path) -> None:
    environ: dict[str, str] = {}
    open_factory(tmp_path / "run", environ)
    assert environ["LG_WD"] == str(tmp_path / "run")
    assert (tmp_path / "run").is_dir()


def test_a_directory_that_somebody_set_for_lgpio_stays(lgpio: Any, tmp_path: Path) -> None:
    environ = {"LG_WD": "/elsewhere"}
    open_factory(tmp_path, environ)
    assert environ["LG_WD"] == "/elsewhere"


def test_the_process_stays_in_its_directory_though_lgpio_leaves_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "lgpio.py").write_text("import os\nos.chdir(os.environ['LG_WD'])\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "lgpio", raising=False)
    monkeypatch.setenv("LG_WD", "/")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BoardMissingError, match="empty one"):
        open_factory(tmp_path, dict(os.environ))
    assert Path.cwd() == tmp_path
    monkeypatch.delitem(sys.modules, "lgpio")


def test_rpi_gpio_is_taken_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pretend_rpi_gpio(monkeypatch)
    environ = dict(RPIGPIO)
    assert type(open_factory(tmp_path, environ)).__name__ == "RPiGPIOFactory"
    assert environ["LG_WD"] == str(tmp_path), "rpi-lgpio stands on lgpio"


def test_a_factory_that_nobody_knows_is_refused_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(BadInputError) as refused:
        open_factory(tmp_path, {"GPIOZERO_PIN_FACTORY": "lgpoi"})
    assert one_line(refused.value) == (
        "GPIOZERO_PIN_FACTORY: no pin factory 'lgpoi' (did you mean 'lgpio'?); expected one of lgpio, rpigpio"
    )


@pytest.mark.parametrize("name", ["native", "pigpio", "mock"])
def test_a_factory_that_sounds_no_tones_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no pin factory"):
        open_factory(tmp_path, {"GPIOZERO_PIN_FACTORY": name})


def test_without_lgpio_the_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "lgpio", None)
    with pytest.raises(BoardMissingError) as missing:
        open_factory(tmp_path, {})
    assert "sudo apt install python3-lgpio" in one_line(missing.value)
    assert missing.value.exit_code == 2


def test_the_empty_lgpio_of_pypi_is_seen_through(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "lgpio", ModuleType("lgpio"))
    with pytest.raises(BoardMissingError, match="pip uninstall lgpio; sudo apt install python3-lgpio"):
        open_factory(tmp_path, {})


def test_without_rpi_gpio_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "RPi", None)
    monkeypatch.delitem(sys.modules, "gpiozero.pins.rpigpio", raising=False)
    with pytest.raises(BoardMissingError, match=r"pip install 'retro-timer\[rpi-gpio\]'"):
        open_factory(tmp_path, dict(RPIGPIO))


def failing(message: str, kind: type[Exception] = RuntimeError) -> Callable[[str], Any]:
    """What an import gives when RPi.GPIO raises on it."""
    real = under_test.importlib.import_module

    def load(name: str) -> Any:
        if name == "gpiozero.pins.rpigpio":
            raise kind(message)
        return real(name)

    return load


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        ("This module can only be run on a Raspberry Pi!", "retro-timer run --board twin"),
        ("Cannot determine SOC peripheral base address", "pip uninstall RPi.GPIO; pip install rpi-lgpio"),
        ("No access to /dev/mem.\nTry running as root!", "gpioinfo"),
    ],
)
def test_what_rpi_gpio_says_on_import_is_told_with_what_mends_it(
    message: str, remedy: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(under_test.importlib, "import_module", failing(message))
    monkeypatch.setattr(under_test, "_CHIP", tmp_path / "none")
    with pytest.raises(RetroTimerError) as refused:
        open_factory(tmp_path, dict(RPIGPIO))
    assert remedy in one_line(refused.value)
    assert refused.value.exit_code == 1


def test_a_machine_that_is_no_pi_is_told(lgpio: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import gpiozero.pins.local as local
    from gpiozero.exc import PinUnknownPi

    def unknown() -> int:
        raise PinUnknownPi("unable to locate Pi revision")

    monkeypatch.setattr(local, "get_pi_revision", unknown)
    with pytest.raises(RetroTimerError, match="this machine is no Raspberry Pi"):
        open_factory(tmp_path, {})


def test_pins_that_may_not_be_opened_are_told_with_the_group(
    lgpio: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(_chip: int) -> int:
        raise RuntimeError("can not open gpiochip")

    chip = tmp_path / "gpiochip0"
    chip.write_text("")
    lgpio.gpiochip_open = refuse
    monkeypatch.setattr(under_test, "_CHIP", chip)
    monkeypatch.setattr(under_test.os, "access", lambda *_args: False)
    with pytest.raises(RetroTimerError, match=r"sudo usermod -aG gpio \$USER"):
        open_factory(tmp_path, {})


def test_a_machine_without_a_gpio_chip_is_told(lgpio: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(_chip: int) -> int:
        raise RuntimeError("can not open gpiochip")

    lgpio.gpiochip_open = refuse
    monkeypatch.setattr(under_test, "_CHIP", tmp_path / "gpiochip0")
    with pytest.raises(RetroTimerError, match=r"gpiochip0 does not exist .*ls -l /dev/gpiochip\*"):
        open_factory(tmp_path, {})


def test_pins_that_somebody_else_holds_are_told(lgpio: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(_chip: int) -> int:
        raise RuntimeError("GPIO busy")

    lgpio.gpiochip_open = refuse
    monkeypatch.setattr(under_test, "_CHIP", tmp_path)
    with pytest.raises(
        RetroTimerError, match=r"lgpio cannot have them \(GPIO busy\); see who holds them with: gpioinfo"
    ):
        open_factory(tmp_path, {})


def test_opening_a_factory_imports_no_other(lgpio: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """RPi.GPIO and rpi-lgpio own the same module: whoever has lgpio must not stumble over either."""
    real = builtins.__import__

    def watched(name: str, *args: Any, **kwargs: Any) -> Any:
        assert not name.startswith("RPi")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", watched)
    open_factory(tmp_path, {})
