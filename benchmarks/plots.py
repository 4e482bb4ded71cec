"""The benchmark's pictures: SVG by pygal, the same bytes for the same figures, no script and nothing from elsewhere."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pygal
from pygal.style import Style

COLOURS = ("#0b6e99", "#d9822b", "#8a4fa3", "#4c8c4a", "#b3382c", "#666666")
GREY = "#9a9a9a"
_WIDTH, _HEIGHT = 960, 460
_NOT_DRAWN = re.compile(rb"<script.*?</script>|<!--.*?-->", re.DOTALL)
"""Scripts, and comments, which bear the day's date."""
Points = Sequence[tuple[float, float]]


def _style(colours: Sequence[str]) -> Any:
    return Style(
        background="#ffffff",
        plot_background="#ffffff",
        foreground="#222222",
        foreground_strong="#111111",
        foreground_subtle="#888888",
        guide_stroke_color="#e2e2e2",
        guide_stroke_dasharray="1,0",
        major_guide_stroke_color="#d0d0d0",
        major_guide_stroke_dasharray="1,0",
        opacity=".85",
        opacity_hover="1",
        colors=tuple(colours),
        font_family="sans-serif",
        label_font_size=13,
        major_label_font_size=13,
        legend_font_size=14,
        title_font_size=17,
        stroke_width=2.0,
    )


def _options(title: str, x_title: str, y_title: str, colours: Sequence[str]) -> dict[str, Any]:
    return {
        "title": title,
        "x_title": x_title,
        "y_title": y_title,
        "width": _WIDTH,
        "height": _HEIGHT,
        "style": _style(colours),
        "js": (),
        "legend_at_bottom": True,
        "legend_at_bottom_columns": 5,
        "truncate_legend": -1,
        "truncate_label": -1,
        "pretty_print": False,
        "print_values": False,
        "margin_bottom": 32,
        "margin_right": 40,
    }


def _svg(chart: Any, name: str) -> bytes:
    # pygal names its style sheet's scope by chance; the same figures should give the same file.
    chart.uuid = name
    svg: bytes = chart.render()
    return _NOT_DRAWN.sub(b"", svg)


def bars(
    name: str,
    title: str,
    labels: Sequence[str],
    series: Mapping[str, Sequence[float | None]],
    *,
    y_title: str,
    logarithmic: bool = False,
    colours: Sequence[str] = COLOURS,
    value_range: tuple[float, float] | None = None,
) -> bytes:
    """Groups of bars, one group a label. `value_range` is for a scale that is not logarithmic."""
    chart = pygal.Bar(
        **_options(title, "", y_title, colours),
        logarithmic=logarithmic,
        x_label_rotation=30 if len(labels) > 8 else 0,
        spacing=6,
    )
    if logarithmic:
        chart.y_labels = _decades([v for row in series.values() for v in row if v is not None and v > 0.0])
        # Bars stand on the scale's foot: on the least value, as pygal has them, the shortest would not be seen.
        chart.zero = chart.y_labels[0]
    elif value_range is not None:
        chart.range = value_range
    chart.x_labels = list(labels)
    for label, values in series.items():
        chart.add(label, [None if value is None or value != value else round(value, 3) for value in values])
    return _svg(chart, name)


def dots(
    name: str,
    title: str,
    labels: Sequence[str],
    series: Mapping[str, Sequence[float | None]],
    limits: Mapping[str, float],
    *,
    y_title: str,
    value_range: tuple[float, float],
) -> bytes:
    """A dot a label and series between lines that are limits."""
    colours = (*COLOURS[: len(series)], *([GREY] * len(limits)))
    chart = pygal.Line(
        **_options(title, "", y_title, colours), x_label_rotation=30 if len(labels) > 8 else 0, range=value_range
    )
    chart.x_labels = list(labels)
    for label, values in series.items():
        chart.add(label, [None if v is None else round(v, 3) for v in values], stroke=False, dots_size=5)
    for label, limit in limits.items():
        chart.add(label, [limit] * len(labels), show_dots=False, stroke_style={"width": 2, "dasharray": "6, 4"})
    return _svg(chart, name)


def steps(
    name: str,
    title: str,
    labels: Sequence[str],
    series: Mapping[str, Sequence[float | None]],
    limits: Mapping[str, Sequence[float | None]],
    *,
    x_title: str,
    y_title: str,
) -> bytes:
    """Lines over labels on a logarithmic scale, and dots that are limits."""
    colours = (*COLOURS[: len(series)], *([GREY] * len(limits)))
    values = [v for row in (*series.values(), *limits.values()) for v in row if v is not None]
    chart = pygal.Line(**_options(title, x_title, y_title, colours), logarithmic=True, show_dots=False)
    chart.y_labels = _decades(values)
    chart.x_labels = list(labels)
    for label, row in series.items():
        chart.add(label, [None if v is None else round(v, 4) for v in row])
    for label, row in limits.items():
        chart.add(label, list(row), stroke=False, show_dots=True, dots_size=6)
    return _svg(chart, name)


def curve(
    name: str, title: str, label: str, points: Points, *, x_title: str, y_title: str, value_range: tuple[float, float]
) -> bytes:
    """A line through points."""
    chart = pygal.XY(**_options(title, x_title, y_title, COLOURS[:1]), range=value_range, show_legend=False)
    chart.add(label, [(round(x, 5), round(y, 5)) for x, y in points])
    return _svg(chart, name)


def _decades(values: Sequence[float]) -> list[float]:
    """1, 2 and 5 of each decade that the values reach."""
    low, high = min(values), max(values)
    marks = [
        m * 10.0**k for k in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1) for m in (1, 2, 5)
    ]
    inside = [mark for mark in marks if low / 2.5 <= mark <= high * 2.5]
    return [float(f"{mark:g}") for mark in inside]
