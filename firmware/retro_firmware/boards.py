"""The boards `pi` and `twin`: the same drivers and devices, on real pins and buses or on twins of them."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from gpiozero.pins.mock import MockFactory, MockPWMPin  # type: ignore[import-untyped]

from retro_firmware.gpio.button import GpioButton, open_button
from retro_firmware.gpio.buzzer import ActiveSounder, MuteSounder, TonalSounder, open_sounder
from retro_firmware.gpio.factory import open_factory
from retro_firmware.gpio.lamp import GpioLamp, NoLamp, open_lamp
from retro_firmware.gpio.lines import InterruptLine, ShutdownLine
from retro_firmware.hc_sr04.sensor import HcSr04Sensor
from retro_firmware.tf_luna.sensor import TfLunaSensor, open_port
from retro_firmware.twin_stage import TwinStage
from retro_firmware.vl53l1x.bus import open_bus, open_wire
from retro_timer.beacon.boards import BoardRequest
from retro_timer.beacon.clock import RealClock
from retro_timer.errors import RetroTimerError
from retro_timer.ports import Board, Clock, RangeBus, RangeSensor
from retro_timer.settings import places
from retro_timer.settings.model import SensorModel, SensorSettings, Settings
from retro_timer.settings.pins import pin_plan

_OBEYED_S = 10.0
_LOOK_S = 0.05


def open_pi(request: BoardRequest) -> Board:
    """Entry point `pi`. Raises BadInputError for pins that clash, BoardMissingError for a pin library that is not
    installed, RetroTimerError for pins that cannot be had. Sensors that do not answer tell so when they are started.
    """
    pin_plan(request.settings)
    return PiBoard("pi", request, open_factory(places.run_dir()))


def open_twin(request: BoardRequest) -> Board:
    """Entry point `twin`: ST's C driver on a register-level twin, the other drivers on theirs, gpiozero's mock pins, a
    scenario's world in front of them. Raises BadInputError for pins that clash or an unknown scenario.
    """
    pin_plan(request.settings)
    return TwinBoard("twin", request, MockFactory(pin_class=MockPWMPin))


class GpioBoard:
    """Devices and drivers on the pins of one factory, which it owns and closes."""

    def __init__(self, name: str, request: BoardRequest, factory: Any) -> None:
        self.name = name
        self.factory = factory
        self.clock: Clock = RealClock()
        settings = request.settings
        with contextlib.ExitStack() as opened:
            opened.callback(factory.close)
            self._prepare(request, opened)
            self.sounder: TonalSounder | ActiveSounder | MuteSounder = MuteSounder(self.clock)
            self.lamp: GpioLamp | NoLamp = NoLamp()
            self.button: GpioButton | None = None
            if request.wiring_known:
                self._take_pins(settings, opened)
            self.buses: tuple[RangeBus, ...] = tuple(self._buses(request, opened))
            self._opened = opened.pop_all()

    def _take_pins(self, settings: Settings, opened: contextlib.ExitStack) -> None:
        """Buzzer, lamp and button."""
        with _taking("buzzer", settings.buzzer.pin):
            self.sounder = open_sounder(settings.buzzer, self.factory, self.clock)
        opened.callback(self.sounder.close)
        with _taking("lamp", *settings.lamp.pins):
            self.lamp = open_lamp(settings.lamp, self.factory, self.clock)
        opened.callback(self.lamp.close)
        with _taking("button", settings.button.pin):
            self.button = open_button(settings.button, self.factory, self.clock)
        opened.callback(self.button.close)

    def notice(self, event: Mapping[str, Any]) -> None:
        """A box does not hear what it announces."""

    def close(self) -> None:
        """Silence and darkness, and every pin given back; safe to call twice."""
        self._opened.close()

    def _prepare(self, request: BoardRequest, opened: contextlib.ExitStack) -> None:
        """What must be there before the devices."""

    def _buses(self, request: BoardRequest, opened: contextlib.ExitStack) -> Iterator[RangeBus]:
        """One bus for all VL53L1X, one for each other sensor."""
        offsets_mm = {
            s.name: request.calibration.of(s.name, str(s.placement)).offset_mm for s in request.settings.sensors
        }
        on_i2c = [s for s in request.settings.sensors if s.model is SensorModel.VL53L1X]
        if on_i2c:
            bus = open_bus(
                on_i2c,
                open_wire=self._open_wire,
                xshut=lambda pin: self._xshut(pin, on_i2c, opened),
                interrupt=lambda pin: self._interrupt(pin, on_i2c, opened),
                offsets_mm=offsets_mm,
            )
            opened.callback(bus.close)
            yield bus
        for settings in request.settings.sensors:
            if settings.model is not SensorModel.VL53L1X:
                sensor = self._other_sensor(settings, offsets_mm[settings.name])
                opened.callback(sensor.stop)
                yield _OwnBus(settings.name, (sensor,))

    def _other_sensor(self, settings: SensorSettings, offset_mm: int) -> TfLunaSensor | HcSr04Sensor:
        if settings.model is SensorModel.HC_SR04:
            return HcSr04Sensor(settings, pin_factory=self.factory, offset_mm=offset_mm)
        return TfLunaSensor(settings, open_port=self._port_of(settings), offset_mm=offset_mm)

    # What differs between real wires and twins

    def _open_wire(self, number: int) -> Any:
        return open_wire(number)

    def _port_of(self, _settings: SensorSettings) -> Callable[[str], Any]:
        return open_port

    def _xshut(
        self, pin: int, _sensors: Sequence[SensorSettings], opened: contextlib.ExitStack
    ) -> Callable[[bool], None]:
        with _taking("XSHUT", pin):
            line = ShutdownLine(pin, self.factory)
        opened.callback(line.close)
        return line

    def _interrupt(
        self, pin: int, _sensors: Sequence[SensorSettings], opened: contextlib.ExitStack
    ) -> Callable[[float], bool]:
        with _taking("a sensor's GPIO1", pin):
            line = InterruptLine(pin, self.factory)
        opened.callback(line.close)
        return line


class PiBoard(GpioBoard):
    """The box."""

    _sleep = staticmethod(time.sleep)

    def power_off(self) -> None:
        """Ask by a file that the box be switched off: this process may not, but retro-timer-poweroff.path sees the file
        and root's own service takes it away and obeys. Raises RetroTimerError when nobody does.
        """
        request = places.run_dir() / "poweroff"
        try:
            request.touch()
        except OSError as error:
            raise RetroTimerError(f"{request}: not written ({error.strerror}); run: sudo systemctl poweroff") from None
        # systemd removes the directory once this process has ended: whoever obeys must have seen the file before.
        for _ in range(round(_OBEYED_S / _LOOK_S)):
            if not request.exists():
                return
            self._sleep(_LOOK_S)
        # A request that is left lying would switch the box off at some later time.
        request.unlink(missing_ok=True)
        raise RetroTimerError(
            f"{request}: nobody switches the box off; run: sudo systemctl enable --now retro-timer-poweroff.path"
        )


class TwinBoard(GpioBoard):
    """The box without a box: everything but the silicon is real."""

    stage: TwinStage

    def notice(self, event: Mapping[str, Any]) -> None:
        """Simulated people hear what is announced."""
        self.stage.hear(event)

    def _prepare(self, request: BoardRequest, opened: contextlib.ExitStack) -> None:
        self.stage = TwinStage(request, self.factory, self.clock)
        opened.callback(self.stage.close)

    def _open_wire(self, number: int) -> Any:
        return self.stage.open_wire(number)

    def _port_of(self, settings: SensorSettings) -> Callable[[str], Any]:
        return self.stage.port_of(settings)

    def _xshut(
        self, pin: int, sensors: Sequence[SensorSettings], opened: contextlib.ExitStack
    ) -> Callable[[bool], None]:
        line = super()._xshut(pin, sensors, opened)
        name = next(s.name for s in sensors if s.xshut_pin == pin)

        def drive(up: bool) -> None:
            line(up)
            self.stage.bus.set_xshut(name, up)

        return drive

    def _interrupt(
        self, pin: int, sensors: Sequence[SensorSettings], opened: contextlib.ExitStack
    ) -> Callable[[float], bool]:
        super()._interrupt(pin, sensors, opened)
        name = next(s.name for s in sensors if s.interrupt_pin == pin)
        return lambda timeout_s: self.stage.bus.wait_for_interrupt(name, timeout_s)


class _OwnBus:
    """A sensor that shares its wires with nobody."""

    def __init__(self, name: str, sensors: Sequence[RangeSensor]) -> None:
        self.name = name
        self.sensors = tuple(sensors)


@contextlib.contextmanager
def _taking(owner: str, *pins: int) -> Iterator[None]:
    """Says whose pins could not be had."""
    try:
        yield
    except RetroTimerError:
        raise
    except Exception as error:  # noqa: BLE001 - each pin library has errors of its own, with no common ancestor
        told = " ".join(str(error).split()) or type(error).__name__
        where = " and ".join(f"GPIO{pin}" for pin in pins)
        raise RetroTimerError(
            f"pins: {where} for the {owner} cannot be had ({told}); see who holds them with: gpioinfo"
        ) from None
