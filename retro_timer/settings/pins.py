"""Who owns which pin under the settings in force; a pin with two owners is refused before anything is opened. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from retro_timer.errors import BadInputError
from retro_timer.header import I2C_PINS
from retro_timer.sensors.known import connections, kind_of
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.model import LampKind, Settings

I2S_PINS = {18: "bit clock", 19: "word select", 20: "data in", 21: "data out"}
_LAMP_PINS = {LampKind.RGB: ("red", "green", "blue"), LampKind.SINGLE: ("lamp",), LampKind.NONE: ()}


class PinUse(msgspec.Struct, frozen=True):
    """A pin and its owner."""

    pin: int
    """GPIO number (BCM)."""
    owner: str
    """As a builder would call it: 'buzzer', 'lamp red', 'I2C bus 1 (SDA)'."""
    key: str = ""
    """The settings key that says so; empty for a pin that belongs to a function of the chip."""
    remedy: str = ""
    """For such a pin: what would set it free."""


def pin_plan(settings: Settings) -> tuple[PinUse, ...]:
    """Every pin in use, lowest first. Raises BadInputError naming the key of a pin that is used twice or not free."""
    owners = {use.pin: use for use in _functions(settings)}
    for use in _devices(settings):
        other = owners.get(use.pin)
        if other is not None:
            taken = f"GPIO{use.pin} for the {use.owner} belongs to the {other.owner}"
            key = f" ({other.key})" if other.key else ""
            raise BadInputError(f"settings: {use.key}", f"{taken}{key}", _expected(owners, other))
        owners[use.pin] = use
    return tuple(owners[pin] for pin in sorted(owners))


def _expected(owners: dict[int, PinUse], other: PinUse) -> str:
    free = [pin for pin in range(4, 28) if pin not in owners][:3]
    pins = f"a free pin such as {', '.join(str(pin) for pin in free)}"
    return f"{pins}, or {other.remedy}" if other.remedy else pins


def _functions(settings: Settings) -> Iterator[PinUse]:
    """Pins that the chip's own functions take."""
    connected = connections(settings.sensors)
    buses = {1} | {bus.number for bus in connected.buses}
    for bus in sorted(buses & set(I2C_PINS)):
        for pin, line in zip(I2C_PINS[bus], ("SDA", "SCL"), strict=True):
            yield PinUse(pin, f"I2C bus {bus} ({line})")
    if settings.audio.output in ("i2s", "hat"):
        for pin, line in I2S_PINS.items():
            yield PinUse(pin, f"audio function (I2S {line})", remedy="audio.output = 'usb' or 'none'")
    for txd, shown in connected.uarts.items():
        for pin, line in ((txd, "TXD"), (txd + 1, "RXD")):
            yield PinUse(pin, f"UART of the {shown} ({line})", remedy=f"a {shown} on another port")


def _devices(settings: Settings) -> Iterator[PinUse]:
    """Pins that the settings give to devices."""
    yield PinUse(settings.buzzer.pin, "buzzer", "buzzer.pin")
    yield from _lamp(settings)
    yield PinUse(settings.button.pin, "button", "button.pin")
    for index, sensor in enumerate(settings.sensors):
        yield from _sensor(sensor, f"sensors[{index}]")


def _lamp(settings: Settings) -> Iterator[PinUse]:
    names = _LAMP_PINS[settings.lamp.kind]
    pins = settings.lamp.pins
    if names and len(pins) != len(names):
        what = "red, green and blue" if len(names) > 1 else "the one pin"
        raise BadInputError(
            "settings: lamp.pins", f"{len(pins)} pins for a lamp of kind {settings.lamp.kind}", f"{len(names)}: {what}"
        )
    for index, name in enumerate(names):
        owner = name if len(names) == 1 else f"lamp's {name}"
        yield PinUse(pins[index], owner, f"lamp.pins[{index}]")


def _sensor(sensor: SensorSettings, key: str) -> Iterator[PinUse]:
    for field, line in kind_of(sensor).pins.items():
        pin = getattr(sensor, field)
        if pin is not None:
            yield PinUse(pin, f"{line} of sensor '{sensor.name}'", f"{key}.{field}")
