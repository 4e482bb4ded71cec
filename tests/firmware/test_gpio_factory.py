"""The pin library: lgpio unless told otherwise, its pipes where they may be, and one line on what is wrong with it."""

from __future__ import annotations

import builtins
import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from retro_firmware.gpio.factory import open_factory

from retro_timer.errors import BadInputError, BoardMissingError, RetroTimerError
from retro_timer.hardware.gpio_chips import GpioChip, gpio_chips
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


def chips(**labels: str | None) -> Callable[[], tuple[GpioChip, ...]]:
    """A machine with these chips: gpiochip11="pinctrl-rp1"; None for one that may not be opened."""
    found = [GpioChip(Path("/dev", n), int(n.removeprefix("gpiochip")), label) for n, label in labels.items()]
    return lambda: tuple(found)


PI_4 = chips(gpiochip0="pinctrl-bcm2711", gpiochip1="raspberrypi-exp-gpio")
PI_5 = chips(gpiochip0="gpio-brcmstb@107d508500", gpiochip10="gpio-brcmstb@107d517c00", gpiochip11="pinctrl-rp1")
"""As kernels from 6.12.96 on number them."""


def one_line(error: Exception) -> str:
    text = str(error)
    assert "\n" not in text
    return text


def test_lgpio_is_the_default(lgpio: Any, tmp_path: Path) -> None:
    assert type(open_factory(tmp_path, {}, PI_4)).__name__ == "LGPIOFactory"
    assert lgpio.opened == [0]


@pytest.mark.parametrize(
    ("look", "number"),
    [
        (PI_4, 0),
        (PI_5, 11),
        (chips(gpiochip0="pinctrl-rp1", gpiochip4="pinctrl-rp1"), 0),
        (chips(gpiochip0="tca9554", gpiochip4="pinctrl-rp1"), 4),
        (chips(gpiochip1="mcp23017", gpiochip512="pinctrl-bcm2835"), 512),
        (chips(gpiochip0=None, gpiochip15="pinctrl-rp1"), 15),
    ],
)
def test_the_headers_chip_is_found_by_its_label_whatever_its_number(
    look: Callable[[], tuple[GpioChip, ...]], number: int, lgpio: Any, tmp_path: Path
) -> None:
    open_factory(tmp_path, {}, look)
    assert lgpio.opened == [number]


def test_no_pin_of_another_chip_is_ever_driven(lgpio: Any, tmp_path: Path) -> None:
    """Number 0 or 4 may be the fan's: a guess could stop it, or drive what is wired to somebody's own board."""
    fan = chips(gpiochip0="gpio-brcmstb@107d508500", gpiochip4="gpio-brcmstb@107d517c00")
    with pytest.raises(RetroTimerError) as refused:
        open_factory(tmp_path, {}, fan)
    assert lgpio.opened == []
    assert one_line(refused.value) == (
        "pins: no GPIO chip is that of a Pi's header; there are gpiochip0 (gpio-brcmstb@107d508500), "
        "gpiochip4 (gpio-brcmstb@107d517c00); look for it with: gpiodetect"
    )


def test_chips_are_listed_by_number_and_links_for_old_programs_are_left_out(tmp_path: Path) -> None:
    for number in (2, 11, 0):
        (tmp_path / f"gpiochip{number}").write_text("")
    (tmp_path / "gpiochip4").symlink_to("gpiochip0")
    (tmp_path / "gpiochips").write_text("")
    found = gpio_chips(tmp_path)
    assert [chip.number for chip in found] == [0, 2, 11]
    assert {chip.label for chip in found} == {None}, "a file is no chip"


def test_rpi_lgpio_is_told_the_chip_and_somebodys_own_choice_stays(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pretend_rpi_gpio(monkeypatch)
    environ = dict(RPIGPIO)
    open_factory(tmp_path, environ, PI_5)
    assert environ["RPI_LGPIO_CHIP"] == "11"
    environ = RPIGPIO | {"RPI_LGPIO_CHIP": "4"}
    open_factory(tmp_path, environ, PI_5)
    assert environ["RPI_LGPIO_CHIP"] == "4"


def test_lgpio_writes_its_pipes_into_the_run_time_directory(lgpio: Any, tmp_path: Path) -> None:
    environ: dict[str, str] = {}
    open_factory(tmp_path / "run", environ, PI_4)
    assert environ["LG_WD"] == str(tmp_path / "run")
    assert (tmp_path / "run").is_dir()


def test_a_directory_that_somebody_set_for_lgpio_stays(lgpio: Any, tmp_path: Path) -> None:
    environ = {"LG_WD": "/elsewhere"}
    open_factory(tmp_path, environ, PI_4)
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
    real = importlib.import_module

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
    monkeypatch.setattr(importlib, "import_module", failing(message))
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


def test_pins_that_may_not_be_opened_are_told_with_the_group(lgpio: Any, tmp_path: Path) -> None:
    with pytest.raises(RetroTimerError, match=r"gpiochip0 may not be opened; run: sudo usermod -aG gpio \$USER"):
        open_factory(tmp_path, {}, chips(gpiochip0=None))


def test_a_machine_without_a_gpio_chip_is_told(lgpio: Any, tmp_path: Path) -> None:
    with pytest.raises(RetroTimerError, match=r"this machine has no GPIO chip at all"):
        open_factory(tmp_path, {}, chips())


def test_pins_that_somebody_else_holds_are_told(lgpio: Any, tmp_path: Path) -> None:
    def refuse(_chip: int) -> int:
        raise RuntimeError("GPIO busy")

    lgpio.gpiochip_open = refuse
    with pytest.raises(
        RetroTimerError, match=r"lgpio cannot have them \(GPIO busy\); see who holds them with: gpioinfo"
    ):
        open_factory(tmp_path, {}, PI_4)


def test_opening_a_factory_imports_no_other(lgpio: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """RPi.GPIO and rpi-lgpio own the same module: whoever has lgpio must not stumble over either."""
    real = builtins.__import__

    def watched(name: str, *args: Any, **kwargs: Any) -> Any:
        assert not name.startswith("RPi")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", watched)
    open_factory(tmp_path, {}, PI_4)
