"""Every wire of a box under its settings: from which terminal of which part to which header pin, and through what."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from retro_timer.header import GROUND, HEADER_PIN, PIN_NAMES, SUPPLIES, V5
from retro_timer.sensors.known import kind_of
from retro_timer.settings.model import BuzzerKind, LampKind, Settings
from retro_timer.settings.pins import I2S_PINS, pin_plan

PIEZO_RESISTOR = "220 Ω"
BASE_RESISTOR = "1 kΩ and a transistor"
RED_RESISTOR, OTHER_RESISTOR = "330 Ω", "100 Ω"
"""A red LED drops 2.0 V and gets 4 mA of 3.3 V; green and blue drop about 3.0 V and get 3 mA."""


class Wire(msgspec.Struct, frozen=True):
    """One wire."""

    terminal: str
    """As it is printed on the part."""
    pin: int
    """Header pin."""
    line: str
    """What the Pi calls that pin: 'GPIO17', '5 V'; with its function where it has one: 'GPIO2, SDA'."""
    through: str = ""
    """What sits in the wire."""


class Part(msgspec.Struct, frozen=True):
    """A part with wires to the header."""

    name: str
    """As a builder would call it: "sensor 'gate'", 'buzzer'."""
    what: str
    """Its kind: 'VL53L1X', 'passive piezo'."""
    wires: tuple[Wire, ...]
    notes: tuple[str, ...] = ()


def parts_of(settings: Settings) -> tuple[Part, ...]:
    """Every part of the box that has wires to the header. Raises BadInputError for pins that clash."""
    pin_plan(settings)
    supplies = _Supplies()
    return tuple(supplies.wired(part) for part in _parts(settings))


def header_of(settings: Settings) -> dict[int, list[tuple[Part, Wire]]]:
    """Header pin to what is wired to it, lowest pin first. Raises BadInputError for pins that clash."""
    found: dict[int, list[tuple[Part, Wire]]] = {}
    for part in parts_of(settings):
        for wire in part.wires:
            found.setdefault(wire.pin, []).append((part, wire))
    return dict(sorted(found.items()))


class PinRow(msgspec.Struct, frozen=True):
    """A line of the pin table."""

    pin: int
    line: str
    wired_to: str
    through: str


def pin_rows(settings: Settings) -> list[PinRow]:
    """The header pins in use, lowest first, and those that a function of the chip keeps although no wire goes there."""
    rows = [
        PinRow(
            pin,
            users[0][1].line,
            " and ".join(f"{part.name} {wire.terminal}" for part, wire in users),
            " and ".join(wire.through for _, wire in users if wire.through),
        )
        for pin, users in header_of(settings).items()
    ]
    wired = {row.pin for row in rows}
    for use in pin_plan(settings):
        pin = HEADER_PIN[use.pin]
        if pin not in wired:
            rows.append(PinRow(pin, PIN_NAMES[pin], f"nothing: {use.owner}", ""))
    return sorted(rows, key=lambda row: row.pin)


def notes_of(settings: Settings) -> list[str]:
    """What a builder must know besides the wires, a line each."""
    named: dict[str, list[str]] = {}
    for part in parts_of(settings):
        for note in part.notes:
            named.setdefault(note, []).append(part.name)
    notes = [f"{' and '.join(names)}: {note}" for note, names in named.items()]
    shared = [str(pin) for pin, users in header_of(settings).items() if len(users) > 1]
    if shared:
        pins = " and ".join(shared)
        notes.append(f"Header pins {pins} serve more than one part: join the wires on a strip or small breadboard.")
    return notes


class _Wanted(msgspec.Struct, frozen=True):
    """A part before its supply pins are chosen: each terminal with a GPIO number or the name of a supply."""

    name: str
    what: str
    terminals: tuple[tuple[str, int | str, str, str], ...]
    """(terminal, GPIO or supply, function of the pin, what sits in the wire), as in `sensors.kind.Terminal`."""
    notes: tuple[str, ...] = ()


class _Supplies:
    """Gives each part the supply pins nearest to its signals; shares one only when all are taken."""

    def __init__(self) -> None:
        self._users = {pin: 0 for pins in SUPPLIES.values() for pin in pins}

    def wired(self, part: _Wanted) -> Part:
        """The part with header pins."""
        signals = [HEADER_PIN[to] for _, to, _, _ in part.terminals if isinstance(to, int)]
        middle = sum(signals) / len(signals) if signals else 1.0
        wires = []
        for terminal, to, function, through in part.terminals:
            pin = HEADER_PIN[to] if isinstance(to, int) else self._take(to, middle)
            line = f"{PIN_NAMES[pin]}, {function}" if function else PIN_NAMES[pin]
            wires.append(Wire(terminal, pin, line, through))
        return Part(part.name, part.what, tuple(wires), part.notes)

    def _take(self, supply: str, near: float) -> int:
        pin = min(SUPPLIES[supply], key=lambda p: (self._users[p], abs(p - near), p))
        self._users[pin] += 1
        return pin


def _parts(settings: Settings) -> Iterator[_Wanted]:
    for sensor in settings.sensors:
        module = kind_of(sensor).module(sensor)
        yield _Wanted(f"sensor '{sensor.name}'", module.what, module.terminals, module.notes)
    yield _buzzer(settings)
    if settings.lamp.kind is not LampKind.NONE:
        yield _lamp(settings)
    yield _Wanted(
        "button",
        "push button, closes to ground",
        (("one leg", settings.button.pin, "", ""), ("other leg", GROUND, "", "")),
        ("The Pi pulls the line up by itself; for a cable longer than 1 m add 10 kΩ from the line to 3.3 V.",),
    )
    if settings.audio.output == "i2s":
        yield _amplifier()


def _buzzer(settings: Settings) -> _Wanted:
    pin = settings.buzzer.pin
    if settings.buzzer.kind is BuzzerKind.ACTIVE:
        terminals = (("-", pin, "", BASE_RESISTOR), ("+", V5, "", ""), ("emitter", GROUND, "", ""))
        return _Wanted(
            "buzzer", "active buzzer", terminals, ("It draws more than a pin can give: see wiring/buzzer-loud.svg.",)
        )
    return _Wanted(
        "buzzer",
        "passive piezo",
        (("+", pin, "", PIEZO_RESISTOR), ("-", GROUND, "", "")),
        ("A loud one goes by a transistor: see wiring/buzzer-loud.svg.",),
    )


def _lamp(settings: Settings) -> _Wanted:
    pins = settings.lamp.pins
    if settings.lamp.kind is LampKind.SINGLE:
        terminals = (("long leg", pins[0], "", RED_RESISTOR), ("short leg", GROUND, "", ""))
        return _Wanted("lamp", "LED", terminals)
    colours = (("red", RED_RESISTOR), ("green", OTHER_RESISTOR), ("blue", OTHER_RESISTOR))
    wires = tuple((name, pin, "", through) for (name, through), pin in zip(colours, pins, strict=True))
    return _Wanted(
        "lamp",
        "RGB LED, common cathode",
        (*wires, ("cathode", GROUND, "", "")),
        ("The longest leg is the cathode.",),
    )


def _amplifier() -> _Wanted:
    terminals = {"bit clock": "BCLK", "word select": "LRC", "data out": "DIN"}
    lines = tuple((terminals[line], gpio, line, "") for gpio, line in I2S_PINS.items() if line in terminals)
    return _Wanted(
        "amplifier",
        "I2S amplifier MAX98357A",
        (("VIN", V5, "", ""), ("GND", GROUND, "", ""), *lines),
        ("GAIN open: 9 dB; to GND: 12 dB. SD open: both channels mixed. Speaker of 4 Ω, 3 W.",),
    )
