"""The boards: every sensor, pin and fault of a scenario behind the real drivers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.firmware.gpio_bench import until
from tests.helpers.command import quietly

pytest.importorskip("VL53L1X", reason="the driver is missing: pip install 'retro-timer[twin]'")

from retro_firmware import gpio_board
from retro_firmware.gpio.buzzer import ActiveSounder
from retro_firmware.pi import open_pi
from retro_firmware.twin import TwinBoard, open_twin

from retro_timer.beacon.control.machine import PowerSwitch
from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.ports import Board, LampState, Placement, Role
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.calibration import Calibration, SensorCalibration
from retro_timer.settings.model import (
    ButtonSettings,
    BuzzerKind,
    BuzzerSettings,
    LampKind,
    LampSettings,
)
from tests.firmware.board_bench import chips_of, readings, request, sensors_of, started, wait_for_loss

S = 1_000_000_000
GATE = SensorSettings()
LUNA = SensorSettings(name="far", model="tf-luna", placement=Placement.LANE_END, role=Role.WATCH)
ECHO = SensorSettings(name="echo", model="hc-sr04", role=Role.TIMING, trigger_pin=5, echo_pin=6)
PAIR = (
    SensorSettings(name="left", address=0x30, xshut_pin=12, interrupt_pin=16),
    SensorSettings(name="right", address=0x31, xshut_pin=13, role=Role.WATCH),
)


Open = Callable[..., TwinBoard]


@pytest.fixture
def twin() -> Iterator[Open]:
    opened: list[Board] = []

    def build(*sensors: SensorSettings, **changes: Any) -> TwinBoard:
        board = open_twin(request(*sensors, **changes))
        assert isinstance(board, TwinBoard)
        opened.append(board)
        return board

    yield build
    for board in opened:
        board.close()
        board.close()


def test_the_twin_measures_the_scenarios_wall_through_sts_driver(twin: Open) -> None:
    (sensor,) = sensors_of(twin()).values()
    before_ns = time.monotonic_ns()
    found = readings(started(sensor))
    assert {sample.status for sample in found[1:]} <= {0, 2}
    times_ns = [before_ns, *(sample.t_ns for sample in found), time.monotonic_ns()]
    assert times_ns == sorted(times_ns)


def test_a_box_whose_wiring_is_not_known_drives_no_pin_and_still_measures() -> None:
    board = open_twin(msgspec.structs.replace(request(), wiring_known=False))
    assert isinstance(board, TwinBoard)
    try:
        board.sounder.on(1000)
        board.lamp.show(LampState.DANGER)
        assert board.button is None
        assert board.factory.pins == {}, "no pin was asked for"
        (sensor,) = sensors_of(board).values()
        assert readings(started(sensor), 3)
    finally:
        board.close()


@pytest.mark.parametrize("settings", [LUNA, ECHO])
def test_every_kind_of_sensor_has_a_twin_behind_its_driver(twin: Open, settings: SensorSettings) -> None:
    timing = () if settings.role is Role.TIMING else (GATE,)
    sensor = sensors_of(twin(settings, *timing))[settings.name]
    assert len(readings(started(sensor), 5)) == 5


def test_two_sensors_share_a_bus_by_their_shutdown_lines(twin: Open) -> None:
    board = twin(*PAIR)
    (bus,) = board.buses
    assert [int(board.factory.pin(pin).state) for pin in (12, 13)] == [0, 0]
    for sensor in bus.sensors:
        started(sensor)
    for sensor in bus.sensors:
        assert readings(sensor, 3)
    assert [int(board.factory.pin(pin).state) for pin in (12, 13)] == [1, 1]
    assert [chips_of(board)[name].address for name in ("left", "right")] == [0x30, 0x31]


def test_calibrations_offset_reaches_the_driver() -> None:
    made = request(PAIR[0])
    learnt = Calibration(sensors={"left": SensorCalibration(placement="gate", offset_mm=37)})
    board = open_twin(msgspec.structs.replace(made, calibration=learnt))
    try:
        assert sensors_of(board)["left"].offset_mm == 37  # type: ignore[attr-defined]
    finally:
        board.close()


def test_a_sensor_that_is_dead_from_a_reps_go_on_is_lost_and_comes_back_afterwards(twin: Open, tmp_path: Path) -> None:
    scenario = tmp_path / "dead.toml"
    scenario.write_text('[[faults]]\nkind = "dead"\nrep = 1\nat_s = 0.0\nlasts_s = 600.0\n')
    board = twin(scenario=scenario)
    (sensor,) = sensors_of(board).values()
    readings(started(sensor), 5)
    board.notice(go(time.monotonic_ns()))
    wait_for_loss(sensor, "no-answer")
    # As long ago as it lasts: however late this test is, it was dead until now.
    board.notice(go(time.monotonic_ns() - 600 * S))
    assert readings(sensor, 5)


def go(t_ns: int) -> dict[str, Any]:
    """What a board is told of the first rep's go."""
    return {"event": "go", "rep": 1, "t_ns": t_ns, "distance_m": 10.0, "gait": "jog"}


def test_a_frozen_sensor_of_the_scenario_is_lost(twin: Open, tmp_path: Path) -> None:
    scenario = tmp_path / "frozen.toml"
    scenario.write_text('[[faults]]\nkind = "frozen"\nsensor = "gate"\nat_s = 0.3\nlasts_s = 600.0\n')
    (sensor,) = sensors_of(twin(scenario=scenario)).values()
    wait_for_loss(started(sensor), "frozen")


def test_a_covered_lens_of_the_scenario_reads_the_cap(twin: Open, tmp_path: Path) -> None:
    scenario = tmp_path / "covered.toml"
    scenario.write_text('[[faults]]\nkind = "covered"\nat_s = 0.0\nlasts_s = 600.0\n')
    (sensor,) = sensors_of(twin(scenario=scenario)).values()
    found = readings(started(sensor), 5)
    assert all(sample.range_mm is not None and sample.range_mm < 100 for sample in found[1:])


def test_a_silent_tf_luna_of_the_scenario_is_lost(twin: Open, tmp_path: Path) -> None:
    scenario = tmp_path / "dead.toml"
    scenario.write_text('[[faults]]\nkind = "dead"\nsensor = "far"\nat_s = 0.3\nlasts_s = 600.0\n')
    sensor = sensors_of(twin(LUNA, GATE, scenario=scenario))["far"]
    wait_for_loss(started(sensor), "no-answer")


def test_the_devices_are_those_of_the_settings(twin: Open) -> None:
    board = twin(
        buzzer=BuzzerSettings(kind=BuzzerKind.ACTIVE, pin=4),
        lamp=LampSettings(kind=LampKind.SINGLE, pins=(7,)),
        button=ButtonSettings(pin=8),
    )
    assert isinstance(board.sounder, ActiveSounder)
    board.sounder.on(1000)
    assert board.factory.pin(4).state
    board.lamp.show(LampState.DANGER)
    until(lambda: bool(board.factory.pin(7).state), "the lamp is lit")
    assert board.factory.pin(8).pull == "up"


def test_a_closed_board_gives_its_pins_and_its_bus_back(twin: Open) -> None:
    for _ in range(2):
        board = twin()
        started(sensors_of(board)["gate"])
        board.sounder.on(1000)
        pin = board.factory.pin(17)
        board.close()
        assert pin.frequency is None


def test_pins_that_clash_are_refused_before_anything_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    for opening in (open_twin, open_pi):
        with pytest.raises(BadInputError, match=r"settings: button\.pin: GPIO17"):
            opening(request(button=ButtonSettings(pin=17)))


def test_a_pin_that_cannot_be_had_is_told_with_its_owner_and_everything_else_is_given_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def busy(*_args: Any) -> None:
        raise OSError("GPIO busy")

    monkeypatch.setattr(gpio_board, "open_button", busy)
    with pytest.raises(RetroTimerError) as refused:
        open_twin(request())
    assert str(refused.value) == (
        "pins: GPIO27 for the button cannot be had (GPIO busy); see who holds them with: gpioinfo"
    )
    monkeypatch.undo()
    open_twin(request()).close()


def test_the_twin_has_no_switch(twin: Open) -> None:
    assert not isinstance(twin(), PowerSwitch)


# The command


def test_a_scenario_that_is_not_there_is_refused() -> None:
    done = quietly("run", "--board", "twin", "--scenario", "dogg-on-the-line")
    assert done.code == 2
    assert "dog-on-the-line" in done.one_line()


def test_a_pin_used_twice_is_refused_by_the_command(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[button]\npin = 18\n")
    done = quietly("run", "--board", "twin", "--config", config)
    assert done.code == 2
    assert "button.pin: GPIO18 for the button belongs to the audio function (I2S bit clock)" in done.one_line()


def test_a_pin_factory_that_is_not_known_is_refused_by_the_command() -> None:
    done = quietly("run", "--board", "pi", "--voice", "text", env={"GPIOZERO_PIN_FACTORY": "lgpoi"})
    assert done.code == 2
    assert "did you mean 'lgpio'?" in done.one_line()
