"""Buzzer, lamp and button at the right of the Pi, as circuit symbols."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from retro_timer.hardware.wiring import Part
from wiring.draw.pi import RIGHT, Colours
from wiring.draw.sheet import FAINT, INK, Sheet

_RESISTOR = (RIGHT + 0.9, RIGHT + 2.5)
_LED = (RIGHT + 2.9, RIGHT + 4.1)
_END = RIGHT + 4.6
_NAME = RIGHT + 5.0
_LED_COLOURS = {"red": "#ff6b6b", "green": "#63d471", "blue": "#6ba6ff", "long leg": "#ffd166"}


def draw_device(sheet: Sheet, part: Part, ys: Sequence[float], colours: Colours) -> None:
    """A part with its wires at these y."""
    _DRAWN[part.name](sheet, part, ys, colours)
    middle = (ys[0] + ys[-1]) / 2
    sheet.text((_NAME, middle + 0.24), part.name, size=12)
    sheet.text((_NAME, middle - 0.26), part.what, size=9.5, color=FAINT)


def _lamp(sheet: Sheet, part: Part, ys: Sequence[float], colours: Colours) -> None:
    """Resistors and diodes, with their cathodes joined."""
    *lit, (ground, low) = list(zip(part.wires, ys, strict=True))
    for wire, y in lit:
        colour = colours.of(wire.pin)
        sheet.line((RIGHT, y), (_RESISTOR[0], y), color=colour)
        sheet.resistor((_RESISTOR[0], y), (_RESISTOR[1], y), wire.through, color=colour)
        sheet.line((_RESISTOR[1], y), (_LED[0], y), color=colour)
        sheet.led((_LED[0], y), (_LED[1], y), color=_LED_COLOURS[wire.terminal])
        sheet.line((_LED[1], y), (_END, y))
    sheet.line((_END, ys[0]), (_END, low), (RIGHT, low), color=colours.of(ground.pin))


def _button(sheet: Sheet, part: Part, ys: Sequence[float], colours: Colours) -> None:
    signal, ground = (colours.of(wire.pin) for wire in part.wires)
    high, low = ys
    x = RIGHT + 3.4
    sheet.line((RIGHT, high), (x - 0.9, high), color=signal)
    sheet.button((x - 0.9, high), (x + 0.9, high))
    sheet.line((x + 0.9, high), (_END, high), (_END, low), (RIGHT, low), color=ground)


def _buzzer(sheet: Sheet, part: Part, ys: Sequence[float], colours: Colours) -> None:
    signal, ground = part.wires
    high, low = ys
    colour = colours.of(signal.pin)
    sheet.line((RIGHT, high), (_RESISTOR[0], high), color=colour)
    sheet.resistor((_RESISTOR[0], high), (_RESISTOR[1], high), signal.through, color=colour)
    sheet.line((_RESISTOR[1], high), (_LED[1], high), color=colour)
    sheet.line((RIGHT, low), (_LED[1], low), color=colours.of(ground.pin))
    middle = (high + low) / 2
    sheet.disc((_LED[1] + 0.1, middle), 0.58, fill="#fff6d6", color=INK)
    sheet.disc((_LED[1] + 0.1, middle), 0.2, fill="#e8c860", color=INK)


_DRAWN: dict[str, Callable[[Sheet, Part, Sequence[float], Colours], None]] = {
    "lamp": _lamp,
    "button": _button,
    "buzzer": _buzzer,
}
