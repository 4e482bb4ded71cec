"""Breakout boards at the left of the Pi: sensors and amplifier, each a box with the names printed on it."""

from __future__ import annotations

from collections.abc import Sequence

from retro_timer.hardware.wiring import Part
from wiring.draw.pi import LEFT, PITCH, Colours
from wiring.draw.sheet import FAINT, Sheet

BOX_LEFT, BOX_RIGHT = 0.0, 4.8
_HEAD = 1.2
_DIVIDER_X = (BOX_RIGHT + 0.5, BOX_RIGHT + 2.1, BOX_RIGHT + 2.7)
"""Where an echo's series resistor begins and ends, and where its divider branches off."""


def draw_module(
    sheet: Sheet, part: Part, ys: Sequence[float], colours: Colours, unconnected: Sequence[str] = ()
) -> None:
    """A box with its terminals at the right, each wired straight to the Pi; the unconnected ones are below them.

    A part without a wire is on a USB socket, and says so.
    """
    top, bottom = ys[0] + _HEAD, ys[-1] - 0.42 - PITCH * len(unconnected)
    sheet.box((BOX_LEFT, bottom), BOX_RIGHT - BOX_LEFT, top - bottom, fill="#f1f4fb", color="#33415c")
    sheet.text((BOX_LEFT + 0.25, top - 0.34), part.what, size=12)
    sheet.text((BOX_LEFT + 0.25, top - 0.78), part.name, size=9.5, color=FAINT)
    if not part.wires:
        sheet.text((BOX_RIGHT + 0.2, (top + bottom) / 2), "by its USB cable", size=9.5, color=FAINT)
        return
    for wire, y in zip(part.wires, ys, strict=True):
        colour = colours.of(wire.pin)
        sheet.text((BOX_RIGHT - 0.22, y), wire.terminal, align="right")
        if wire.through:
            _divider(sheet, y, ys[-1], colour)
        else:
            sheet.line((BOX_RIGHT, y), (LEFT, y), color=colour)
    for number, terminal in enumerate(unconnected, 1):
        sheet.text((BOX_RIGHT - 0.22, ys[-1] - number * PITCH), terminal, align="right")
        sheet.text((BOX_RIGHT + 0.2, ys[-1] - number * PITCH), "open", size=9.5, color=FAINT)
    if part.name == "amplifier":
        _speaker(sheet, ys[1])


def _divider(sheet: Sheet, y: float, ground: float, colour: str) -> None:
    """5 V on the sensor's side, 3.3 V on the Pi's."""
    start, end, branch = _DIVIDER_X
    sheet.line((BOX_RIGHT, y), (start, y), color=colour)
    sheet.resistor((start, y), (end, y), "1 kΩ", color=colour)
    sheet.line((end, y), (LEFT, y), color=colour)
    sheet.dot((branch, y), colour)
    sheet.resistor((branch, y), (branch, ground), "2 kΩ", side="bottom")
    sheet.dot((branch, ground))


def _speaker(sheet: Sheet, y: float) -> None:
    """A loudspeaker at the amplifier's output."""
    for sign, dy in (("+", 0.0), ("−", -0.5)):
        sheet.text((BOX_LEFT + 0.2, y + dy), sign, size=11)
    sheet.speaker((BOX_LEFT, y), faces_left=True)
    sheet.text((BOX_LEFT - 0.15, y - 1.6), "4 Ω, 3 W", size=9.5, color=FAINT, align="right")
