"""A sheet of paper for wiring drawings: lines, boxes, text and symbols at places of one's own, as SVG by schemdraw.

Lengths are schemdraw's units of half an inch; x grows to the right, y upward.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

import schemdraw
from schemdraw import elements, segments
from schemdraw.backends import svg

Point = tuple[float, float]

INK, FAINT, PAPER = "#222222", "#8a8a8a", "#ffffff"
WIRE = 2.0
"""Width of a line in points."""
_FONT = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif"
_CORNER = 0.12
_EM = 1 / 36
"""A point of type in the sheet's units."""
_WIDE = 0.64
"""Width of a character in ems, on the wide side: DejaVu's, so that nothing is cut off at the edge."""
_SINK = 0.0095
"""How far a line of text of one point has to be lowered to look centred on its y."""
_NUMBER = re.compile(r"-?\d+\.\d{2,}(?:e-?\d+)?")
_WIRE, _OVER, _SYMBOL, _TEXT = 2, 3, 4, 6
"""Order of drawing: what is in front has the higher number."""

# Half of schemdraw's functions have no types.
elm: Any = elements
seg: Any = segments
# Text stays text, whatever other packages are installed: it can be searched and read aloud.
svg.config.text = "text"


class Sheet:
    """One drawing, with its title and what it is in one line at the top, the former's y at 1.35.

    `svg` gives it as text, the same on every machine.
    """

    def __init__(self, title: str, description: str, left: float = 0.0) -> None:
        self._title = title
        self._description = description
        self._drawing = schemdraw.Drawing(canvas="svg", show=False)
        self._drawing.config(font=_FONT, fontsize=11, lw=WIRE, color=INK, bgcolor=PAPER, margin=0.35)
        self._plate = elm.Element()
        self._extent: list[Point] = []
        self.text((left, 1.35), title, size=17)
        self.text((left, 0.72), description, size=11, color=FAINT)

    def svg(self) -> str:
        """The drawing as an SVG document."""
        xs, ys = zip(*self._extent, strict=True)
        self.box((min(xs), min(ys)), max(xs) - min(xs), max(ys) - min(ys), color=PAPER)
        self._plate.segments.insert(0, self._plate.segments.pop())
        self._plate.theta(0).at((0, 0))
        self._drawing.add(self._plate)
        text = self._drawing.get_imagedata("svg").decode()
        # Places to a hundredth of a pixel: the last digits differ between machines.
        text = _NUMBER.sub(lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), text)
        text = text.replace("stroke-dasharray:-;", "").replace(f' font-family="{_FONT}"', "")
        # An element a line, so that a change shows as one; none inside a text, where a new line would be a space.
        text = text.replace("/><", "/>\n<").replace("</text><", "</text>\n<")
        told = f"<title>{escape(self._title)}</title><desc>{escape(self._description)}</desc>"
        head = text.index(">", text.index("<svg"))
        return f'{text[:head]} font-family="{_FONT}" role="img">{told}{text[head + 1 :]}\n'

    # Plain shapes

    def line(self, *points: Point, color: str = INK, width: float = WIRE, dashed: bool = False) -> None:
        """A line through points."""
        style = "--" if dashed else "-"
        self._plate.segments.append(seg.Segment(points, color=color, lw=width, ls=style, zorder=_WIRE))

    def box(
        self, corner: Point, width: float, height: float, *, fill: str = PAPER, color: str = INK, dashed: bool = False
    ) -> None:
        """A rectangle from its lower left corner."""
        (x, y), style = corner, "--" if dashed else "-"
        # Corners of a few points each: schemdraw's own have a hundred.
        verts = [
            (cx + _CORNER * math.cos(math.radians(angle)), cy + _CORNER * math.sin(math.radians(angle)))
            for cx, cy, first in (
                (x + width - _CORNER, y + height - _CORNER, 0),
                (x + _CORNER, y + height - _CORNER, 90),
                (x + _CORNER, y + _CORNER, 180),
                (x + width - _CORNER, y + _CORNER, 270),
            )
            for angle in range(first, first + 91, 18)
        ]
        self._plate.segments.append(seg.SegmentPoly(verts, color=color, fill=fill, lw=1.6, ls=style, zorder=1))

    def disc(self, centre: Point, radius: float, *, fill: str, color: str | None = None) -> None:
        """A filled circle."""
        self._plate.segments.append(
            seg.SegmentCircle(centre, radius, color=color or fill, fill=fill, lw=1.2, zorder=_OVER)
        )

    def dot(self, at: Point, color: str = INK) -> None:
        """Wires joined."""
        self.disc(at, 0.09, fill=color)

    def text(
        self,
        at: Point,
        text: str,
        *,
        size: float = 11,
        color: str = INK,
        align: str = "left",
        upright: bool = False,
    ) -> None:
        """One line of text, centred on y; `upright` turns it by 90 degrees and centres it on x."""
        x, y = at
        length = len(text) * size * _EM * _WIDE
        before = {"left": 0.0, "right": length}.get(align, length / 2)
        reach = [(-before, 0.0), (length - before, 0.0)]
        self._extent += [(x + dy, y + dx) if upright else (x + dx, y + dy) for dx, dy in reach]
        sunk = (x + _SINK * size, y) if upright else (x, y - _SINK * size)
        self._plate.segments.append(
            seg.SegmentText(
                sunk,
                text,
                align=(align, "center"),
                fontsize=size,
                color=color,
                font=_FONT,
                rotation=90.0 if upright else 0.0,
                rotation_mode="anchor",
                zorder=_TEXT,
            )
        )

    def lines_of_text(self, at: Point, lines: Sequence[str], *, size: float = 10.5, color: str = INK) -> float:
        """Lines below each other, the first one at `at`; returns the y below them."""
        x, y = at
        for line in lines:
            self.text((x, y), line, size=size, color=color)
            y -= 0.46
        return y

    # Symbols

    def resistor(self, start: Point, end: Point, label: str, *, color: str = INK, side: str = "top") -> None:
        """A resistor with its value beside it."""
        self._between(elm.ResistorIEC(), start, end, label, color, side)

    def diode(self, start: Point, end: Point, label: str, *, color: str = INK, side: str = "top") -> None:
        """A diode from anode to cathode."""
        self._between(elm.Diode(), start, end, label, color, side)

    def led(self, start: Point, end: Point, *, color: str) -> None:
        """A light-emitting diode from anode to cathode."""
        self._between(elm.LED().fill(color), start, end, "", INK, "top")

    def capacitor(self, start: Point, end: Point, label: str, *, side: str = "top") -> None:
        """A capacitor with its value beside it."""
        self._between(elm.Capacitor(), start, end, label, INK, side)

    def button(self, start: Point, end: Point) -> None:
        """A push button."""
        self._between(elm.Button(), start, end, "", INK, "top")

    def transistor(self, x: float, y: float, label: str) -> dict[str, Point]:
        """An NPN transistor with its base at height y, collector and emitter above each other at x."""
        symbol = elm.BjtNpn(circle=True)
        reach = symbol.anchors["collector"][0]
        made = self._drawing.add(symbol.theta(0).anchor("base").at((x - reach, y)).zorder(_SYMBOL))
        self.text((x + 0.5, y), label)
        return {name: (float(made.absanchors[name][0]), float(made.absanchors[name][1])) for name in symbol.anchors}

    def speaker(self, at: Point, *, faces_left: bool = False) -> None:
        """A loudspeaker whose two terminals are at `at` and 0.5 below it."""
        made = elm.Speaker().theta(0).anchor("in1").at(at).zorder(_SYMBOL)
        self._drawing.add(made.reverse() if faces_left else made)

    def _between(self, element: Any, start: Point, end: Point, label: str, color: str, side: str) -> None:
        element.endpoints(start, end).color(color).zorder(_SYMBOL)
        if label:
            element.label(label, loc=side, fontsize=10, color=INK, ofst=0.12)
        self._drawing.add(element)
