"""The boards: every sensor, pin and fault of a scenario behind the real drivers, and whole sessions on them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from retro_firmware.vl53l1x.staged import StagedChips
from retro_firmware.vl53l1x.twin.chip import TwinChip

from tests.firmware.gpio_bench import pretend_rpi_gpio, until
from tests.helpers.beacon_made import made_beacon
from tests.helpers.command import quietly
from tests.helpers.plans_made import block, plan

pytest.importorskip("VL53L1X", reason="the driver is missing: pip install 'retro-timer[twin]'")

from retro_firmware import gpio_board
from retro_firmware.gpio.buzzer import ActiveSounder
from retro_firmware.pi import PiBoard, open_pi
from retro_firmware.twin import TwinBoard, open_twin

from retro_timer.beacon.boards import BoardRequest
from retro_timer.beacon.button.controller import ButtonController
from retro_timer.beacon.clock import RealClock
from retro_timer.beacon.control.machine import PowerSwitch
from retro_timer.beacon.messages import StartPlan
from retro_timer.beacon.output.text_voice import TextVoice
from retro_timer.beacon.service import Service
from retro_timer.errors import BadInputError, RetroTimerError, SensorFaultError
from retro_timer.ports import Board, LampState, Placement, RangeSample, RangeSensor, Role
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings import paths
from retro_timer.settings.calibration import Calibration, SensorCalibration
from retro_timer.settings.model import (
    ButtonSettings,
    BuzzerKind,
    BuzzerSettings,
    LampKind,
    LampSettings,
    SessionSettings,
    Settings,
)
from retro_timer.training.roster import SOLO
from retro_timer.training.session import inputs
from retro_timer.training.session.state import Phase
from tests.helpers.events_told import into

S = 1_000_000_000
GATE = SensorSettings()
LUNA = SensorSettings(name="far", model="tf-luna", placement=Placement.LANE_END, role=Role.WATCH)
ECHO = SensorSettings(name="echo", model="hc-sr04", role=Role.TIMING, trigger_pin=5, echo_pin=6)
PAIR = (
    SensorSettings(name="left", address=0x30, xshut_pin=12, interrupt_pin=16),
    SensorSettings(name="right", address=0x31, xshut_pin=13, role=Role.WATCH),
)


def request(*sensors: SensorSettings, scenario: Path | None = None, **changes: Any) -> BoardRequest:
    settings = Settings(sensors=sensors or (GATE,), **changes)
    return BoardRequest(settings, scenario=None if scenario is None else str(scenario))


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


def sensors_of(board: Board) -> dict[str, RangeSensor]:
    return {sensor.spec.name: sensor for bus in board.buses for sensor in bus.sensors}


def readings(sensor: RangeSensor, count: int = 10) -> list[RangeSample]:
    found = []
    for _ in range(count):
        sample = sensor.read()
        assert sample is not None
        found.append(sample)
    return found


def test_the_twin_measures_the_scenarios_wall_through_sts_driver(twin: Open) -> None:
    (sensor,) = sensors_of(twin()).values()
    sensor.start()
    found = readings(sensor)
    assert {sample.status for sample in found[1:]} <= {0, 2}
    ages_s = [(time.monotonic_ns() - sample.t_ns) / S for sample in found]
    assert max(ages_s) < 60.0
    assert [s.t_ns for s in found] == sorted(s.t_ns for s in found)


def test_a_box_whose_wiring_is_not_known_drives_no_pin_and_still_measures() -> None:
    board = open_twin(msgspec.structs.replace(request(), wiring_known=False))
    assert isinstance(board, TwinBoard)
    try:
        board.sounder.on(1000)
        board.lamp.show(LampState.DANGER)
        assert board.button is None
        assert board.factory.pins == {}, "no pin was asked for"
        (sensor,) = sensors_of(board).values()
        sensor.start()
        assert readings(sensor, 3)
    finally:
        board.close()


def chips_of(board: TwinBoard) -> dict[str, TwinChip]:
    """The VL53L1X of a twin board, by their sensors' names."""
    twins = board.stage.twins["vl53l1x"]
    assert isinstance(twins, StagedChips)
    return twins.bus.chips


@pytest.mark.parametrize("settings", [LUNA, ECHO])
def test_every_kind_of_sensor_has_a_twin_behind_its_driver(twin: Open, settings: SensorSettings) -> None:
    timing = () if settings.role is Role.TIMING else (GATE,)
    sensor = sensors_of(twin(settings, *timing))[settings.name]
    sensor.start()
    assert len(readings(sensor, 5)) == 5


def test_two_sensors_share_a_bus_by_their_shutdown_lines(twin: Open) -> None:
    board = twin(*PAIR)
    (bus,) = board.buses
    assert [int(board.factory.pin(pin).state) for pin in (12, 13)] == [0, 0]
    for sensor in bus.sensors:
        sensor.start()
    assert [int(board.factory.pin(pin).state) for pin in (12, 13)] == [1, 1]
    assert [chips_of(board)[name].address for name in ("left", "right")] == [0x30, 0x31]
    for sensor in bus.sensors:
        assert readings(sensor, 3)


def test_calibrations_offset_reaches_the_driver() -> None:
    made = request(PAIR[0])
    learnt = Calibration(sensors={"left": SensorCalibration(placement="gate", offset_mm=37)})
    board = open_twin(msgspec.structs.replace(made, calibration=learnt))
    try:
        assert sensors_of(board)["left"].offset_mm == 37  # type: ignore[attr-defined]
    finally:
        board.close()


def test_a_dead_sensor_of_the_scenario_is_lost_and_comes_back(twin: Open, tmp_path: Path) -> None:
    scenario = tmp_path / "dead.toml"
    scenario.write_text('[[faults]]\nkind = "dead"\nat_s = 0.3\nlasts_s = 0.7\n')
    (sensor,) = sensors_of(twin(scenario=scenario)).values()
    sensor.start()
    with pytest.raises(SensorFaultError, match="no-answer"):
        readings(sensor, 200)
    until(lambda: answers(sensor), "it is back")


def answers(sensor: RangeSensor) -> bool:
    try:
        return sensor.read() is not None
    except SensorFaultError:
        return False


def test_a_frozen_sensor_of_the_scenario_is_lost(twin: Open, tmp_path: Path) -> None:
    scenario = tmp_path / "frozen.toml"
    scenario.write_text('[[faults]]\nkind = "frozen"\nsensor = "gate"\nat_s = 0.3\nlasts_s = 5.0\n')
    (sensor,) = sensors_of(twin(scenario=scenario)).values()
    sensor.start()
    with pytest.raises(SensorFaultError, match="frozen"):
        readings(sensor, 200)


def test_a_covered_lens_of_the_scenario_reads_the_cap(twin: Open, tmp_path: Path) -> None:
    scenario = tmp_path / "covered.toml"
    scenario.write_text('[[faults]]\nkind = "covered"\nat_s = 0.0\nlasts_s = 60.0\n')
    (sensor,) = sensors_of(twin(scenario=scenario)).values()
    sensor.start()
    assert all(sample.range_mm is not None and sample.range_mm < 100 for sample in readings(sensor, 5)[1:])


def test_a_fault_that_waits_for_a_rep_begins_with_its_go(twin: Open, tmp_path: Path) -> None:
    scenario = tmp_path / "rep.toml"
    scenario.write_text('[[faults]]\nkind = "dead"\nrep = 1\nat_s = 0.0\nlasts_s = 60.0\n')
    board = twin(scenario=scenario)
    (sensor,) = sensors_of(board).values()
    sensor.start()
    readings(sensor, 5)
    board.notice({"event": "go", "rep": 1, "t_ns": time.monotonic_ns(), "distance_m": 10.0, "gait": "jog"})
    with pytest.raises(SensorFaultError, match="no-answer"):
        readings(sensor, 200)


def test_a_silent_tf_luna_of_the_scenario_is_lost(twin: Open, tmp_path: Path) -> None:
    scenario = tmp_path / "dead.toml"
    scenario.write_text('[[faults]]\nkind = "dead"\nsensor = "far"\nat_s = 0.3\nlasts_s = 60.0\n')
    sensor = sensors_of(twin(LUNA, GATE, scenario=scenario))["far"]
    sensor.start()
    with pytest.raises(SensorFaultError):
        readings(sensor, 500)


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
        sensors_of(board)["gate"].start()
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


# The box itself, on a stateful fake-rpi


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


def test_the_twin_has_no_switch(twin: Open) -> None:
    assert not isinstance(twin(), PowerSwitch)


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


# A whole session on the twin


class Live:
    """A beacon on the twin, in real time; the test is the finger on the button."""

    def __init__(self, board: TwinBoard, settings: Settings, directory: Path) -> None:
        self.board = board
        clock = RealClock()
        self.said: list[str] = []
        self.events: list[dict[str, Any]] = []
        voice = TextVoice(clock, 300, self.said.append)
        made = made_beacon(board, voice, directory, settings=settings)
        self.core = made.core
        self.core.event_bus.subscribe(into(self.events))
        self.course = plan(block(reps=2, distance_m=5.0), walk_out_s=0.0, rest_s=60.0)
        button = ButtonController(
            self.core, lambda _name: StartPlan(self.course, SOLO), lambda: ["course"], lambda: None
        )
        self.service = Service(self.core, made.inbox, lambda _trouble: None, button=button)
        self.service.start()
        self.thread = threading.Thread(target=self.service.run)
        self.thread.start()

    def press(self) -> None:
        self.board.factory.pin(27).drive_low()
        time.sleep(0.1)
        self.board.factory.pin(27).drive_high()

    def skip(self) -> None:
        self.service.inbox.put(inputs.Skip())

    def until(self, phase: Phase) -> None:
        until(lambda: self.core.session.state is not None and self.core.session.state.phase is phase, str(phase))

    def of(self, event: str) -> list[dict[str, Any]]:
        return [e for e in list(self.events) if e["event"] == event]

    def close(self) -> None:
        self.service.stop()
        self.thread.join(timeout=20.0)
        self.service.close()


@pytest.fixture
def live(tmp_path: Path, state_dir: Path) -> Iterator[Live]:
    scenario = tmp_path / "dog.toml"
    scenario.write_text('[[intruders]]\nkind = "dog"\nrep = 1\nat_s = 0.3\nstays_s = 0.5\nrange_m = 0.7\n')
    made = request(scenario=scenario, session=SessionSettings(get_ready_s=2.0, countdown_s=1))
    board = open_twin(made)
    assert isinstance(board, TwinBoard)
    beacon = Live(board, made.settings, state_dir)
    yield beacon
    beacon.close()


@pytest.mark.slow
def test_a_press_starts_a_rep_the_crossing_stops_it_a_dog_raises_the_alarm_and_a_lost_sensor_is_heard(
    live: Live,
) -> None:
    live.press()
    live.until(Phase.BRIEF)
    live.skip()
    live.until(Phase.RUNNING)
    until(lambda: len(live.of("obstacle")) >= 2, "the dog came and went")
    until(lambda: len(live.of("finish")) == 1, "the finish")
    names = [e["name"] for e in live.of("sound") if e["name"]]
    wanted = ["answer", "count", "go", "danger", "finish"]
    assert [name for name in names if name in wanted][:5] == wanted
    (go,) = live.of("go")
    truth_ns = live.board.stage.world.truths_ns[1]
    assert truth_ns is not None
    assert live.of("finish")[0]["time_s"] == pytest.approx((truth_ns - go["t_ns"]) / S, abs=0.15)
    # The buzzer's line really moved: every tone that was told is an edge on the pin.
    edges = [state.state for state in live.board.factory.pin(17).states]
    assert edges.count(0.5) >= len([name for name in names if name])
    live.skip()
    live.until(Phase.LANE_CHECK)
    chips_of(live.board)["gate"].set_xshut(False, time.monotonic_ns())
    until(lambda: any(e["state"] == "lost" for e in live.of("sensor")), "the sensor is lost")
    until(lambda: live.core.buzzer.sounding == "blind", "the blind alarm")


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
