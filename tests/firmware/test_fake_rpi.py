"""gpiozero's real RPi.GPIO pins on a stateful fake-rpi: what a Pi 4 with RPi.GPIO or a Pi 5 with rpi-lgpio runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from retro_firmware.gpio.button import open_button
from retro_firmware.gpio.buzzer import open_sounder
from retro_firmware.gpio.factory import open_factory
from retro_firmware.gpio.lamp import COLOURS, open_lamp
from retro_firmware.gpio.lines import InterruptLine, ShutdownLine

from retro_timer.beacon.clock import RealClock
from retro_timer.ports import LampState
from retro_timer.settings.model import ButtonSettings, BuzzerKind, BuzzerSettings, LampSettings
from tests.firmware.gpio_bench import pretend_rpi_gpio, until


@pytest.fixture
def gpio(monkeypatch: pytest.MonkeyPatch) -> Any:
    return pretend_rpi_gpio(monkeypatch)


@pytest.fixture
def factory(gpio: Any, tmp_path: Path) -> Any:
    made = open_factory(tmp_path, {"GPIOZERO_PIN_FACTORY": "rpigpio"})
    assert type(made).__name__ == "RPiGPIOFactory"
    return made


def test_the_factory_knows_the_board(factory: Any) -> None:
    assert factory.board_info.model == "4B"


def test_the_tonal_buzzer_is_software_pwm(gpio: Any, factory: Any) -> None:
    sounder = open_sounder(BuzzerSettings(), factory, RealClock())
    assert 17 not in gpio.pwm
    sounder.on(1800)
    assert (gpio.pwm[17].frequency, gpio.pwm[17].duty) == (1800, 50)
    sounder.on(700)
    assert (gpio.pwm[17].frequency, gpio.pwm[17].duty) == (700, 50)
    sounder.off()
    assert 17 not in gpio.pwm
    assert gpio.input(17) == 0
    sounder.on(900)
    assert gpio.pwm[17].frequency == 900
    sounder.close()
    assert 17 not in gpio.pwm


def test_the_active_buzzer_is_a_level(gpio: Any, factory: Any) -> None:
    sounder = open_sounder(BuzzerSettings(kind=BuzzerKind.ACTIVE), factory, RealClock())
    sounder.on(1000)
    assert gpio.input(17) == 1
    sounder.off()
    assert gpio.input(17) == 0


def test_the_lamp_lights_its_pins(gpio: Any, factory: Any) -> None:
    lamp = open_lamp(LampSettings(), factory, RealClock())
    lamp.show(LampState.CAUTION)
    until(lambda: tuple(gpio.input(pin) for pin in (22, 23, 24)) == COLOURS[LampState.CAUTION], "yellow")
    lamp.close()


def test_the_button_has_a_pull_up_and_edges(gpio: Any, factory: Any) -> None:
    button = open_button(ButtonSettings(), factory, RealClock())
    strokes: list[bool] = []
    assert gpio.input(27) == 1
    button.listen(lambda pressed, _t_ns: strokes.append(pressed))
    gpio.drive(27, 0)
    until(lambda: strokes == [True], "the press")
    gpio.drive(27, 1)
    until(lambda: strokes == [True, False], "the release")
    button.close()


def test_the_lines_of_a_sensor_are_driven_and_heard(gpio: Any, factory: Any) -> None:
    xshut = ShutdownLine(5, factory)
    assert gpio.input(5) == 0
    xshut(True)
    assert gpio.input(5) == 1
    xshut(False)
    assert gpio.input(5) == 0
    interrupt = InterruptLine(6, factory)
    assert not interrupt(0.0)
    gpio.drive(6, 0)
    assert interrupt(5.0)
    xshut.close()
    interrupt.close()


def test_closing_the_factory_gives_every_pin_back(gpio: Any, factory: Any) -> None:
    open_sounder(BuzzerSettings(), factory, RealClock()).on(1000)
    lamp = open_lamp(LampSettings(), factory, RealClock())
    lamp.show(LampState.DANGER)
    lamp.close()
    factory.close()
    assert gpio.functions == {}
