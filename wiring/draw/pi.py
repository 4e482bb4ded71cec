"""The Raspberry Pi in the middle of a drawing, and the map of its header below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retro_timer.header import GROUND, PIN_NAMES, V5, V33
from wiring.draw.sheet import FAINT, INK, Sheet

LEFT, RIGHT = 8.8, 15.2
"""Edges of the Pi's box."""
PITCH = 0.64
"""From wire to wire."""
_HEAD = 1.2
_RADIUS = 0.27
_SUPPLY_COLOURS = {V33: "#d9730d", V5: "#c4161c", GROUND: "#222222"}
_SIGNAL_COLOURS = (
    "#1f5fbf", "#1a8a4c", "#8e44ad", "#0f8b8d", "#8a5a2b", "#b8379b", "#6b7a00", "#5a7fb8", "#c26a8a", "#3f6f5f",
    "#7a63c7", "#946b00",
)  # fmt: skip
_MAP_PITCH = 0.98
_CHARACTER = 0.155
"""Length of a character of the map's labels."""


class Colours:
    """A colour for each header pin: supplies have their own, signals get theirs in turn."""

    def __init__(self) -> None:
        self._given: dict[int, str] = {}
        self._count = 0

    def fix(self, pin: int, colour: str) -> None:
        """Give a pin a colour of one's own."""
        self._given[pin] = colour

    def of(self, pin: int) -> str:
        """The colour of the wire at a header pin."""
        if pin not in self._given:
            supply = _SUPPLY_COLOURS.get(PIN_NAMES[pin])
            self._given[pin] = supply or _SIGNAL_COLOURS[self._count % len(_SIGNAL_COLOURS)]
            self._count += supply is None
        return self._given[pin]


Side = Mapping[float, tuple[int, str]]
"""y of each pin at one side of the Pi, to its number and name."""


def draw_pi(sheet: Sheet, left: Side, right: Side, colours: Colours) -> float:
    """The Pi with its pins on both sides. Returns the y of its lower edge."""
    ys = [*left, *right]
    top, bottom = max(ys) + _HEAD, min(ys) - 0.55
    sheet.box((LEFT, bottom), RIGHT - LEFT, top - bottom, fill="#eef5ee", color="#2f6b3a")
    sheet.text(((LEFT + RIGHT) / 2, top - 0.42), "Raspberry Pi", size=13, align="center", color="#2f6b3a")
    for side, x, inward in ((left, LEFT, 1), (right, RIGHT, -1)):
        for y, (pin, name) in side.items():
            badge(sheet, (x + inward * 0.42, y), pin, colours.of(pin))
            sheet.line((x, y), (x + inward * 0.15, y), color=colours.of(pin))
            sheet.text((x + inward * 0.82, y), name, align="left" if inward > 0 else "right", size=10.5)
    return bottom


def badge(sheet: Sheet, at: tuple[float, float], pin: int, colour: str) -> None:
    """A header pin's number on its colour."""
    sheet.disc(at, _RADIUS, fill=colour)
    sheet.text(at, str(pin), size=9.5, color="#ffffff", align="center")


def draw_header(
    sheet: Sheet, top_left: tuple[float, float], used: Mapping[int, Sequence[str]], colours: Colours
) -> float:
    """The header as one looks on the board, with what is wired to each pin. Returns the y of its lower edge."""
    x0, y = top_left
    longest = max((len(_label(labels)) for labels in used.values()), default=0)
    reach = _CHARACTER * longest + 0.2
    upper, lower = y - 0.9 - reach, y - 0.9 - reach - 0.95
    sheet.text((x0 - 0.45, y), "The header, seen from above: USB to the right, the board's edge at the top", size=11)
    width = 19 * _MAP_PITCH
    sheet.box((x0 - 0.45, lower - 0.48), width + 0.9, 1.91, fill="#f4f4f4", color="#555555")
    for pin in PIN_NAMES:
        x = x0 + (pin - 1) // 2 * _MAP_PITCH
        row = lower if pin % 2 else upper
        outward = -1 if pin % 2 else 1
        labels = used.get(pin)
        if labels is None:
            sheet.disc((x, row), _RADIUS, fill="#ffffff", color="#b5b5b5")
            sheet.text((x, row), str(pin), size=8.5, color=FAINT, align="center")
            continue
        badge(sheet, (x, row), pin, colours.of(pin))
        align = "left" if outward > 0 else "right"
        sheet.text((x, row + outward * 0.58), _label(labels), size=9.5, color=INK, align=align, upright=True)
    # Pin 1 has a square pad on the board.
    sheet.box((x0 - 0.34, lower - 0.34), 0.68, 0.68, fill="none", color="#555555")
    return lower - 0.58 - reach


def _label(labels: Sequence[str]) -> str:
    return " + ".join(labels)
