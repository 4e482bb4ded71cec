"""Finds sensor models, their drivers and their twins by entry points: whoever is installed is known."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any, assert_never

import msgspec

from retro_timer.errors import BadInputError, BoardMissingError, RetroTimerError, near_miss
from retro_timer.header import HEADER_UART, UART_PORTS
from retro_timer.ports import SensorSpec
from retro_timer.sensors.kind import I2c, OwnPins, SensorKind, Serial
from retro_timer.sensors.settings import SensorSettings

SENSORS = "retro_timer.sensors"
DRIVERS = "retro_timer.sensor_drivers"
TWINS = "retro_timer.sensor_twins"


def kind_named(name: str, where: str) -> SensorKind:
    """The model of a name in config.toml; `where` is the key that names it.

    Raises BadInputError for a model that is not installed or does not load.
    """
    points = _points(SENSORS)
    if not points:
        raise RetroTimerError(
            f"{where}: this installation registers no sensor, so it is older than its code; install it again: "
            "pip install retro-timer, or make install"
        )
    if name not in points:
        raise BadInputError(where, f"'{name}' is not a choice{near_miss(name, points)}", f"one of {', '.join(points)}")
    return _kind(name)


def kind_of(sensor: SensorSettings) -> SensorKind:
    """The model of a sensor's settings. Raises BadInputError."""
    return kind_named(sensor.model, f"sensor '{sensor.name}': model")


def kinds() -> tuple[SensorKind, ...]:
    """Every model that is installed, by name."""
    return tuple(_kind(name) for name in _points(SENSORS))


def spec_of(sensor: SensorSettings) -> SensorSpec:
    """What the program must know of a sensor with these settings. Raises BadInputError for an unknown model."""
    kind = kind_of(sensor)
    return kind.spec_in(sensor, kind.mode(sensor, None))


def least_body_kcps_m2(told: str) -> float:
    """Least signal that a body returns from one metre, by the model that a spec or a trace tells ('VL53L1X long').

    0 where it is not known.
    """
    words = told.lower().split()
    return _kind(words[0]).least_body_kcps_m2 if words and words[0] in _points(SENSORS) else 0.0


def may_watch() -> list[tuple[SensorKind, SensorSpec]]:
    """Every installed model that may keep watch, with its figures under default settings; the farthest-seeing last."""
    found = [(kind, spec_of(SensorSettings(model=kind.name))) for kind in kinds()]
    return sorted((one for one in found if one[1].may_watch), key=lambda one: one[1].max_range_mm)


def driver_of(model: str) -> Callable[..., Any]:
    """What opens the buses of a model's sensors (`retro_firmware.wires`). Raises BoardMissingError."""
    return _brought(DRIVERS, model, "driver")


def twins_of(model: str) -> Callable[..., Any]:
    """What makes the twins of a model's sensors (`retro_firmware.twin_stage`). Raises BoardMissingError."""
    return _brought(TWINS, model, "twin")


class Bus(msgspec.Struct, frozen=True):
    """An I2C bus in use."""

    number: int
    shown: str
    """The models on it."""
    hz: int
    """Clock that the slowest of them should have."""
    why: str


class Connections(msgspec.Struct, frozen=True):
    """What the sensors of a box are connected to, beside pins of their own."""

    buses: tuple[Bus, ...]
    """Lowest number first."""
    ports: Mapping[str, str]
    """Serial port, as the settings have it, to the models on it."""
    uarts: Mapping[int, str]
    """TXD (GPIO) of each serial pair of the header in use, to the models on it."""


def connections(sensors: Sequence[SensorSettings]) -> Connections:
    """Which buses and ports the sensors use. Raises BadInputError for an unknown model."""
    buses: dict[int, Bus] = {}
    ports: dict[str, str] = {}
    uarts: dict[int, str] = {}
    for sensor in sensors:
        kind = kind_of(sensor)
        match kind.connection:
            case I2c(hz=hz, why=why):
                bus = buses.get(sensor.bus, Bus(sensor.bus, "", hz, why))
                slowest = (bus.hz, bus.why) if bus.hz <= hz else (hz, why)
                buses[sensor.bus] = Bus(sensor.bus, _joined(bus.shown, kind.shown), *slowest)
            case Serial():
                ports[sensor.port] = _joined(ports.get(sensor.port, ""), kind.shown)
                txd = HEADER_UART if sensor.port in UART_PORTS else sensor.txd_pin
                if txd is not None:
                    uarts[txd] = _joined(uarts.get(txd, ""), kind.shown)
            case OwnPins():
                pass
            case _:
                assert_never(kind.connection)
    return Connections(tuple(buses[number] for number in sorted(buses)), ports, dict(sorted(uarts.items())))


def shown(found: Sequence[SensorKind]) -> str:
    """Models by name: 'VL53L1X or TF-Luna'."""
    return " or ".join(kind.shown for kind in found)


def _joined(names: str, name: str) -> str:
    found = names.split(" and ") if names else []
    return " and ".join(dict.fromkeys((*found, name)))


@functools.cache
def _points(group: str) -> dict[str, EntryPoint]:
    """The entry points of a group by name, once a process: looking through what is installed reads many files."""
    return {point.name: point for point in sorted(entry_points(group=group), key=lambda point: point.name)}


@functools.cache
def _kind(name: str) -> SensorKind:
    point = _points(SENSORS)[name]
    try:
        kind = point.load()
    except (ImportError, AttributeError) as error:
        raise BadInputError(
            f"sensor model '{name}'", f"{point.value} does not load ({error})", "its package, installed anew"
        ) from None
    if not isinstance(kind, SensorKind):
        raise BadInputError(f"sensor model '{name}'", f"{point.value} is no sensor", "a SensorKind")
    return kind


def _brought(group: str, model: str, what: str) -> Callable[..., Any]:
    point = _points(group).get(model)
    if point is None:
        raise BoardMissingError(
            f"sensor model '{model}'", f"has no {what}", f"the package that brings it as an entry point of {group}"
        )
    try:
        loaded: Callable[..., Any] = point.load()
    except ImportError as error:
        raise BoardMissingError(
            f"sensor model '{model}'",
            f"its {what} does not load ({error.name or error} is missing)",
            "what it needs: pip install 'retro-timer[pi]'",
        ) from None
    return loaded
