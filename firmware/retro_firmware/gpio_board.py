"""What the board `pi` and its twin share: devices and the sensors' drivers on the pins of one factory."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from retro_firmware.gpio.button import GpioButton, open_button
from retro_firmware.gpio.buzzer import ActiveSounder, MuteSounder, TonalSounder, open_sounder
from retro_firmware.gpio.lamp import GpioLamp, NoLamp, open_lamp
from retro_firmware.gpio.lines import InterruptLine, ShutdownLine
from retro_firmware.wires import OpenBuses, Wires
from retro_timer.beacon.boards import BoardRequest
from retro_timer.beacon.clock import RealClock
from retro_timer.errors import RetroTimerError
from retro_timer.ports import Clock, RangeBus
from retro_timer.sensors.known import driver_of
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.model import Settings

L = TypeVar("L", ShutdownLine, InterruptLine)


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

    def _buses(self, request: BoardRequest, opened: contextlib.ExitStack) -> Iterator[RangeBus]:
        """Each model's driver opens the buses of its sensors."""
        sensors = request.settings.sensors
        wires = Wires(
            opened=opened,
            offsets_mm={s.name: request.calibration.of(s.name, str(s.placement)).offset_mm for s in sensors},
            lates_ns={s.name: request.calibration.of(s.name, str(s.placement)).late_ns for s in sensors},
            factory=self.factory,
            output=lambda owner, pin: self._line(owner, pin, ShutdownLine, opened),
            input=lambda owner, pin: self._line(owner, pin, InterruptLine, opened),
        )
        for model in dict.fromkeys(sensor.model for sensor in sensors):
            same = [sensor for sensor in sensors if sensor.model == model]
            open_buses: OpenBuses = driver_of(model)
            yield from open_buses(same, self._wires_for(model, same, wires))

    def _line(self, owner: str, pin: int, kind: Callable[[int, Any], L], opened: contextlib.ExitStack) -> L:
        with _taking(owner, pin):
            line = kind(pin, self.factory)
        opened.callback(line.close)
        return line

    # What differs between real wires and twins

    def _prepare(self, request: BoardRequest, opened: contextlib.ExitStack) -> None:
        """What must be there before the devices."""

    def _wires_for(self, _model: str, _sensors: Sequence[SensorSettings], wires: Wires) -> Wires:
        """What the driver of a model gets."""
        return wires


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
