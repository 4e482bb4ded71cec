"""The board pi on a stand-in for its pins, and how the box is switched off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.firmware.gpio_bench import pretend_rpi_gpio, until

pytest.importorskip("VL53L1X", reason="the driver is missing: pip install 'retro-timer[twin]'")

from retro_firmware.pi import PiBoard, open_pi

from retro_timer.beacon.control.machine import PowerSwitch
from retro_timer.errors import RetroTimerError, SensorFaultError
from retro_timer.ports import LampState
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings import paths
from tests.firmware.board_bench import request, sensors_of


def test_the_pi_board_runs_on_rpi_gpio(monkeypatch: pytest.MonkeyPatch) -> None:
    gpio = pretend_rpi_gpio(monkeypatch)
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "rpigpio")
    board = open_pi(request())
    strokes: list[bool] = []
    board.sounder.on(1800)
    assert gpio.pwm[17].frequency == 1800
    board.lamp.show(LampState.DANGER)
    until(lambda: gpio.input(22) == 1, "the lamp is red")
    assert board.button is not None
    board.button.listen(lambda pressed, _t_ns: strokes.append(pressed))
    gpio.drive(27, 0)
    until(lambda: strokes == [True], "the press")
    board.close()
    assert gpio.functions == {}
    assert gpio.pwm == {}


def test_a_sensor_without_its_bus_tells_how_to_switch_it_on(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_rpi_gpio(monkeypatch)
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "rpigpio")
    board = open_pi(request(SensorSettings(bus=22)))
    with pytest.raises(SensorFaultError, match="sudo raspi-config nonint do_i2c 0"):
        sensors_of(board)["gate"].start()
    board.close()


@pytest.fixture
def pi(monkeypatch: pytest.MonkeyPatch) -> Iterator[PiBoard]:
    pretend_rpi_gpio(monkeypatch)
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "rpigpio")
    board = open_pi(request())
    assert isinstance(board, PiBoard)
    yield board
    board.close()


def test_the_box_asks_root_to_switch_it_off_and_waits_until_that_is_seen(
    pi: PiBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = paths.run_dir() / "poweroff"
    asked.parent.mkdir(parents=True, exist_ok=True)
    waits: list[bool] = []

    def obey_at_the_third_look(_seconds: float) -> None:
        waits.append(asked.exists())
        if len(waits) == 3:
            asked.unlink()

    monkeypatch.setattr(PiBoard, "_sleep", staticmethod(obey_at_the_third_look))
    assert isinstance(pi, PowerSwitch)
    pi.power_off()
    assert waits == [True, True, True]


def test_a_power_off_that_nobody_carries_out_is_taken_back_and_told(
    pi: PiBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PiBoard, "_sleep", staticmethod(lambda _seconds: None))
    with pytest.raises(RetroTimerError, match=r"poweroff: not written .*; run: sudo systemctl poweroff"):
        pi.power_off()
    asked = paths.run_dir() / "poweroff"
    asked.parent.mkdir(parents=True)
    with pytest.raises(RetroTimerError, match=r"sudo systemctl enable --now retro-timer-poweroff\.path") as told:
        pi.power_off()
    assert "\n" not in str(told.value)
    assert not asked.exists()
