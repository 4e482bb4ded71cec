"""What all pictures have in common: black on white, letters for a phone's width, and SVG without a script."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from retro_timer.training.record import NS_PER_S, shown_ns

WIDTH = 360
"""As narrow as the narrowest phone, in CSS pixels: wider screens enlarge a picture, and nothing has to shrink it."""
INK, PAPER, FAINT = "#111111", "#ffffff", "#767676"
_FONT = 12
_NARROWEST = 0.05
"""What a scale spans at least: on a narrower one hundredths would look like much."""
_NOT_DRAWN = re.compile(rb"<script.*?</script>|<!--.*?-->|<desc.*?</desc>|(?<=</text>)<title>.*?</title>", re.DOTALL)
"""Scripts, and what only they would show; comments, which bear the day's date."""
_JOINERS = frozenset("\u200c\u200d")
"""Join letters and emoji; every other character of their kind has no width and may turn a line around."""

Line = tuple[tuple[float, float], tuple[float, float]]
"""From one point to another."""


def plain(text: str, most: int) -> str:
    """A name as a picture can have it: one line, at most so many characters, and no sign that reaches beyond it."""
    shown = "".join(char for char in text if char in _JOINERS or unicodedata.category(char)[0] != "C" or char.isspace())
    shown = " ".join(shown.split())
    return shown if len(shown) <= most else f"{shown[: most - 1].rstrip()}…"


def apart(name: str) -> str:
    """A name that is written from right to left turns nothing around it."""
    return f"\u2068{name}\u2069"


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round figures from at or below `low` to at or above `high`, at most so many, at least two."""
    if high - low < _NARROWEST:
        low, high = low - _NARROWEST, high + _NARROWEST
    step = 10.0 ** math.floor(math.log10((high - low) / most))
    for wider in (1.0, 2.0, 5.0, 10.0, 20.0, 50.0):
        first, last = math.floor(low / (step * wider) + 1e-9), math.ceil(high / (step * wider) - 1e-9)
        if last - first < most:
            break
    return [round(count * step * wider, 9) for count in range(first, last + 1)]


def figure(value: float) -> str:
    """A tick's words: no more decimals than it has."""
    return f"{value:g}"


def up(seconds: float) -> float:
    """An interval is never shown narrower than it is: up to the next hundredth."""
    return shown_ns(round(seconds * NS_PER_S), by_hand=False) / NS_PER_S


def dot(value: tuple[float, float], *, hollow: bool) -> dict[str, Any]:
    """A point of a chart; a ring for what is in doubt: told by its shape and not by a colour."""
    return {"value": value, "style": f"fill: {PAPER if hollow else INK}; stroke: {INK}; stroke-width: 2"}


def options(title: str, *, height: int) -> dict[str, Any]:
    """What every chart is made with; `height` in the pixels of which `WIDTH` are its width."""
    from pygal.style import Style

    style = Style(
        background=PAPER,
        plot_background=PAPER,
        foreground=INK,
        foreground_strong=INK,
        foreground_subtle=INK,
        guide_stroke_color="#d4d4d4",
        guide_stroke_dasharray="1,0",
        major_guide_stroke_color="#d4d4d4",
        major_guide_stroke_dasharray="1,0",
        opacity="1",
        opacity_hover="1",
        colors=(INK,) * 8,
        font_family="system-ui, DejaVu Sans, Noto Sans, Helvetica, Arial, sans-serif",
        label_font_size=_FONT,
        major_label_font_size=_FONT,
        title_font_size=_FONT + 1,
        stroke_width=1.5,
    )
    return {
        "title": title,
        "width": WIDTH,
        "height": height,
        "style": style,
        "js": (),
        "show_legend": False,
        "truncate_label": -1,
        "pretty_print": False,
        "margin": 6,
        "margin_right": 16,
        "spacing": 6,
        "show_x_guides": True,
    }


def svg_of(chart: Any, name: str) -> bytes:
    """The document: the same bytes for the same figures. `name` tells charts of one page apart."""
    # pygal names its style sheet's scope by chance.
    chart.uuid = name
    svg: bytes = chart.render()
    return _NOT_DRAWN.sub(b"", svg)


def lines(apart: Sequence[Line]) -> list[tuple[float, float] | None]:
    """Lines that do not touch each other, as one series of pygal's."""
    return [point for line in apart for point in (*line, None)]
