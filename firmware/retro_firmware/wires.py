"""What a board lends the drivers of its sensors: pins, and a twin's buses and ports where it has no real ones.

A driver's entry point (`retro_timer.sensor_drivers`) is an `OpenBuses`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from retro_timer.ports import RangeBus, RangeSensor
from retro_timer.sensors.settings import SensorSettings


class Wires(msgspec.Struct, frozen=True):
    """Lent while the board is open."""

    opened: contextlib.ExitStack
    """Closes with the board: what a driver opens it gives back by a callback here."""
    offsets_mm: Mapping[str, int]
    """Calibration's, by the sensor's name."""
    lates_ns: Mapping[str, int]
    """Calibration's, by the sensor's name: taken off the times of its readings."""
    factory: Any
    """gpiozero's pin factory."""
    output: Callable[[str, int], Callable[[bool], None]]
    """`output(owner, pin)` takes a pin and gives what drives it. Raises RetroTimerError where it cannot be had."""
    input: Callable[[str, int], Callable[[float], bool]]
    """`input(owner, pin)` takes a pin and gives what waits some seconds for its call and says whether it came."""
    open_i2c: Callable[[int], Any] | None = None
    """Opens a twin's bus by its number; None where the driver opens the real one."""
    ports: Mapping[str, str] = {}
    """A twin's serial port by the sensor's name, in place of the settings' `port`."""


class OpenBuses(Protocol):
    """Opens what a model's sensors hang on, in the settings' order; none of them is started yet."""

    def __call__(self, sensors: Sequence[SensorSettings], wires: Wires) -> Sequence[RangeBus]: ...


class OwnBus:
    """A sensor that shares its wires with nobody."""

    def __init__(self, sensor: RangeSensor) -> None:
        self.name = sensor.spec.name
        self.sensors = (sensor,)
