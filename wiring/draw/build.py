"""A whole box as a drawing: its parts on both sides of the Pi, every wire straight, the header below."""

from __future__ import annotations

from collections.abc import Sequence

from retro_timer.hardware.wiring import Part, Wire, header_of, notes_of, parts_of
from retro_timer.settings.model import Settings
from wiring.draw import devices
from wiring.draw.modules import draw_module
from wiring.draw.pi import PITCH, Colours, draw_header, draw_pi
from wiring.draw.sheet import Sheet

_ON_THE_LEFT = ("sensor", "amplifier")
_LEFT_GAP, _RIGHT_GAP = 1.75, 0.85
"""Between two parts; a module's name stands above its first wire."""
_HEAD = 1.3
_SPACE_ABOVE = {("lamp", "green"): 0.75, ("lamp", "blue"): 0.75, ("lamp", "cathode"): 0.35}
"""Rows to leave free above a wire, by part and terminal: diodes shine upward."""
_DIVIDER_SPACE = 1.9
"""Rows between a module's line with a divider and the ground below it."""


def draw_build(settings: Settings, title: str, subtitle: str) -> str:
    """The drawing of a box under these settings, as SVG."""
    parts = parts_of(settings)
    sheet = Sheet(title, subtitle)
    colours = Colours()
    left = _rows([part for part in parts if part.name.startswith(_ON_THE_LEFT)], _LEFT_GAP)
    right = _rows([part for part in parts if not part.name.startswith(_ON_THE_LEFT)], _RIGHT_GAP)
    for part, ys in left:
        draw_module(sheet, part, ys, colours)
    for part, ys in right:
        devices.draw_device(sheet, part, ys, colours)
    bottom = draw_pi(sheet, _pins(left), _pins(right), colours)
    lowest = min([bottom, *(ys[-1] for _, ys in left), *(ys[-1] for _, ys in right)]) - 0.9
    used = {pin: [short(part, wire) for part, wire in users] for pin, users in header_of(settings).items()}
    below = draw_header(sheet, (0.45, lowest), used, colours)
    sheet.lines_of_text((0, below - 0.35), notes_of(settings))
    return sheet.svg()


def _rows(parts: Sequence[Part], gap: float) -> list[tuple[Part, list[float]]]:
    """Each part with the y of each of its wires, from the top down; with one y where it has no wire to the header."""
    found = []
    y = -_HEAD
    for part in parts:
        ys = []
        for wire in part.wires:
            above = _DIVIDER_SPACE if wire.terminal == "GND" and any(w.through for w in part.wires) else 0.0
            y -= _SPACE_ABOVE.get((part.name, wire.terminal), above) * PITCH
            ys.append(y)
            y -= PITCH
        if not part.wires:
            ys.append(y)
            y -= PITCH
        found.append((part, ys))
        y -= gap
    return found


def _pins(rows: Sequence[tuple[Part, list[float]]]) -> dict[float, tuple[int, str]]:
    return {y: (w.pin, w.line) for part, ys in rows if part.wires for w, y in zip(part.wires, ys, strict=True)}


def short(part: Part, wire: Wire) -> str:
    """For the header's map: 'gate SDA', 'lamp red'."""
    name = part.name.removeprefix("sensor ").strip("'")
    terminal = wire.terminal.rpartition(": ")[2]
    return name if part.name == "button" else f"{name} {terminal}"
