"""The loud buzzer with its transistor, and power bank and button, as circuits beside the Pi."""

from __future__ import annotations

import msgspec

from retro_timer.hardware.wiring import Part, header_of, parts_of
from retro_timer.header import SUPPLIES, V33
from retro_timer.settings.model import BuzzerKind, Settings
from wiring.draw.pi import LEFT, RIGHT, Colours, draw_pi
from wiring.draw.sheet import FAINT, INK, Sheet

_BUZZER_NOTES = (
    "T1: any small NPN transistor for 100 mA or more, such as BC337 or 2N2222; look up its legs, they differ.",
    "1 kΩ lets 2.6 mA into the base. 10 kΩ keeps the buzzer silent while the Pi boots and its pin floats.",
    "D1 takes the kick of a magnetic buzzer's coil; its ring (cathode) goes to +. A piezo does without,",
    "but a passive piezo needs 1 kΩ in its place, which lets it discharge between two edges of the tone.",
    "A buzzer for 12 V: its + to 12 V of its own, the grounds joined; everything else stays.",
    "Loud enough for 20 m is 91 dB at 1 m, which sellers write as 101 dB at 30 cm or 111 dB at 10 cm.",
)
_SUPPLY_NOTES = (
    "5 V and 3 A for a Pi 4, 5 V and 2.5 A for a Zero 2 W or a Pi 3; a Pi 5 asks for 5 A and warns without.",
    "Many power banks switch off below 100 mA: take one with an always-on mode. 10 Ah on its label are at 3.7 V:",
    "about 6.5 Ah at 5 V.",
    "Feed the Pi by its socket (PWR IN on a Zero), not by the header, where nothing guards against reversed wires.",
    "`retro-timer doctor` tells when the voltage has dipped: then the cable is too thin or too long.",
    "The button's 10 kΩ and 100 nF are for a cable longer than 1 m, at the Pi's end of it.",
    "Hold the button 10 s to shut down before you pull the plug. Pulling it costs nothing that was announced.",
)


def draw_loud_buzzer(settings: Settings, title: str, subtitle: str) -> str:
    """A buzzer on 5 V, switched by a transistor, on the pins that the settings give it."""
    louder = msgspec.structs.replace(settings.buzzer, kind=BuzzerKind.ACTIVE)
    wires = {wire.terminal: wire for wire in _part(msgspec.structs.replace(settings, buzzer=louder), "buzzer").wires}
    sheet, colours = Sheet(title, subtitle, LEFT), Colours()
    supply, signal, ground = wires["+"], wires["-"], wires["emitter"]
    high, middle, low = -1.3, -5.0, -7.2
    rows = {high: supply, middle: signal, low: ground}
    draw_pi(sheet, {}, {y: (wire.pin, wire.line) for y, wire in rows.items()}, colours)
    red, base_colour, black = (colours.of(wire.pin) for wire in (supply, signal, ground))
    x = RIGHT + 6.4
    # The load, between 5 V and the collector.
    sheet.line((RIGHT, high), (x + 1.9, high), color=red)
    top, bottom = high - 0.35, -3.55
    sheet.line((x, high), (x, top), color=red)
    sheet.dot((x, high), red)
    sheet.disc((x, (top + bottom) / 2), 0.62, fill="#fff6d6", color=INK)
    sheet.disc((x, (top + bottom) / 2), 0.22, fill="#e8c860", color=INK)
    sheet.line((x, top), (x, (top + bottom) / 2 + 0.62), color=red)
    sheet.line((x, (top + bottom) / 2 - 0.62), (x, bottom - 0.1))
    sheet.text((x - 0.3, top - 0.12), "+", align="right")
    sheet.text((x - 0.3, bottom + 0.12), "−", align="right")
    sheet.text((x - 0.95, (top + bottom) / 2), "buzzer", size=12, align="right")
    sheet.diode((x + 1.9, bottom), (x + 1.9, high), "D1\n1N4148", side="bottom")
    sheet.line((x, bottom), (x + 1.9, bottom))
    sheet.dot((x, bottom))
    # The transistor.
    legs = sheet.transistor(x, middle, "T1")
    sheet.line((x, bottom), legs["collector"])
    sheet.line((RIGHT, middle), (RIGHT + 1.9, middle), color=base_colour)
    sheet.dot((RIGHT + 1.6, middle), base_colour)
    sheet.resistor((RIGHT + 1.9, middle), (RIGHT + 3.9, middle), "1 kΩ", color=base_colour)
    sheet.line((RIGHT + 3.9, middle), legs["base"], color=base_colour)
    sheet.resistor((RIGHT + 1.6, middle), (RIGHT + 1.6, low), "10 kΩ", side="bottom")
    sheet.dot((RIGHT + 1.6, low))
    sheet.line(legs["emitter"], (x, low), (RIGHT, low), color=black)
    sheet.lines_of_text((LEFT, low - 1.5), _BUZZER_NOTES)
    return sheet.svg()


def draw_supply(settings: Settings, title: str, subtitle: str) -> str:
    """Power bank at the left, button at the right."""
    sheet, colours = Sheet(title, subtitle), Colours()
    signal, ground = _part(settings, "button").wires
    power, high, low = -1.3, -2.6, -5.0
    rows = {power: (_free_supply(settings), V33), high: (signal.pin, signal.line), low: (ground.pin, ground.line)}
    draw_pi(sheet, {}, rows, colours)
    _power_bank(sheet, -2.6)
    x = RIGHT + 2.2
    orange, colour, black = (colours.of(pin) for pin, _ in rows.values())
    sheet.line((RIGHT, power), (x, power), color=orange)
    sheet.resistor((x, power), (x, high), "10 kΩ", side="bottom")
    sheet.dot((x, high), colour)
    sheet.line((RIGHT, high), (x + 4.0, high), color=colour)
    sheet.dot((x + 1.7, high), colour)
    sheet.capacitor((x + 1.7, high), (x + 1.7, low), "100 nF", side="bottom")
    sheet.dot((x + 1.7, low))
    sheet.line((x + 4.0, high), (x + 4.0, high - 0.3), color=colour)
    sheet.button((x + 4.0, high - 0.3), (x + 4.0, low + 0.3))
    sheet.line((x + 4.0, low + 0.3), (x + 4.0, low), (RIGHT, low), color=black)
    sheet.text((x + 4.7, (high + low) / 2), "button", size=12)
    sheet.lines_of_text((0.0, low - 1.5), _SUPPLY_NOTES)
    return sheet.svg()


def _power_bank(sheet: Sheet, y: float) -> None:
    sheet.box((0.0, y - 1.5), 4.3, 3.0, fill="#f1f4fb", color="#33415c")
    sheet.text((0.25, y + 1.1), "Power bank", size=12)
    sheet.text((0.25, y + 0.6), "5 V, 10 Ah, always-on", size=9.5, color=FAINT)
    sheet.text((4.1, y), "USB", align="right")
    sheet.line((4.3, y), (LEFT, y), color="#c4161c", width=4.5)
    sheet.text(((4.3 + LEFT) / 2, y + 0.35), "short, thick cable", size=9.5, color=FAINT, align="center")
    sheet.text((LEFT + 0.25, y), "power socket", size=10.5)


def _free_supply(settings: Settings) -> int:
    """A 3.3 V pin with the fewest wires."""
    wired = header_of(settings)
    return min(SUPPLIES[V33], key=lambda pin: len(wired.get(pin, ())))


def _part(settings: Settings, name: str) -> Part:
    return next(part for part in parts_of(settings) if part.name == name)
