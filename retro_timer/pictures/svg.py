"""Charts as SVG documents: dots with the line of their interval through them, and bars with a border."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from retro_timer.pictures import drawing
from retro_timer.pictures.figures import Chart, Figure, Histogram

_ROW, _AROUND = 22, 84
"""Pixels of a row, and of title, scale and what it says."""
_HEIGHT = 270
_DOT = 4
_APART = 0.3
"""Of a scale of days or reps: labels nearer than that to each other would be written over each other at 360 px."""
_HALF_A_DATE = 32
"""Pixels: the last label reaches so far beyond its place."""


def draw_rows(chart: Chart) -> bytes:
    """A row for each figure, from the top down."""
    import pygal

    low_s, high_s = _ends(chart)
    scale = drawing.ticks(low_s, high_s)
    count = len(chart.figures)
    made = pygal.XY(
        **_options(chart, _AROUND + _ROW * count), xrange=(scale[0], scale[-1]), range=(-count - 0.5, -0.5), **_DOTS
    )
    made.x_labels = [{"label": drawing.figure(tick), "value": tick} for tick in scale]
    # From -1 down: pygal draws the line of nought as an axis.
    rows = list(enumerate(chart.figures, start=1))
    made.y_labels = [{"label": drawing.apart(figure.label), "value": -place} for place, figure in rows]
    spans = [((figure.span_s[0], -place), (figure.span_s[1], -place)) for place, figure in rows]
    _add(made, spans, [drawing.dot((figure.value_s, -place), hollow=figure.hollow) for place, figure in rows])
    return drawing.svg_of(made, "rows")


def draw_along(chart: Chart) -> bytes:
    """Each figure above its place: a day, or the number of a rep; with the line through them, where there is one."""
    import pygal

    low_s, high_s = _ends(chart)
    scale = drawing.ticks(low_s, high_s)
    first, last = chart.figures[0].at, chart.figures[-1].at
    room = max(0.5, 0.04 * (last - first))
    options = {**_options(chart, _HEIGHT), "margin_right": _HALF_A_DATE}
    made = pygal.XY(**options, range=(scale[0], scale[-1]), xrange=(first - room, last + room), **_DOTS)
    made.x_labels = [{"label": figure.label, "value": figure.at} for figure in _labelled(chart.figures)]
    made.y_labels = [{"label": drawing.figure(tick), "value": tick} for tick in scale]
    spans = [((figure.at, figure.span_s[0]), (figure.at, figure.span_s[1])) for figure in chart.figures]
    _add(made, spans, [drawing.dot((figure.at, figure.value_s), hollow=figure.hollow) for figure in chart.figures])
    if chart.line_s is not None:
        ends = [(first, chart.line_s[0]), (last, chart.line_s[1])]
        made.add("", ends, stroke=True, show_dots=False, stroke_style={"width": 2, "dasharray": "8, 5"})
    return drawing.svg_of(made, "along")


def _labelled(figures: Sequence[Figure]) -> list[Figure]:
    """The first, the last, and whichever is nearest to the middle: of those only what has room beside the others."""
    first, last = figures[0], figures[-1]
    middle = min(figures, key=lambda figure: abs(2 * figure.at - first.at - last.at))
    found = [first]
    for figure, others in ((last, (first,)), (middle, (first, last))):
        if all(abs(figure.at - other.at) > _APART * (last.at - first.at) for other in others):
            found.append(figure)
    return sorted(found, key=lambda figure: figure.at)


def draw_histogram(histogram: Histogram) -> bytes:
    """A bar for each span of times, as high as there are times in it."""
    import pygal

    most = max(1, *(each.count for each in histogram.bins))
    counts = [tick for tick in drawing.ticks(0.0, float(most)) if tick == int(tick)]
    made = pygal.Histogram(**_options(histogram, _HEIGHT), range=(0.0, max(counts[-1], float(most))))
    edges = [histogram.bins[0].low_s, *(each.high_s for each in histogram.bins)]
    every = -(-len(edges) // 6)
    made.x_labels = [{"label": drawing.figure(edge), "value": edge} for edge in edges[::every]]
    made.y_labels = [{"label": drawing.figure(count), "value": count} for count in counts]
    style = f"fill: #d4d4d4; stroke: {drawing.INK}; stroke-width: 1.5"
    made.add("", [{"value": (each.count, each.low_s, each.high_s), "style": style} for each in histogram.bins])
    return drawing.svg_of(made, "histogram")


_DOTS: dict[str, Any] = {"allow_interruptions": True, "stroke": False, "dots_size": _DOT}


def _options(chart: Chart | Histogram, height: int) -> dict[str, Any]:
    return {**drawing.options(chart.title, height=height), "x_title": chart.about}


def _ends(chart: Chart) -> tuple[float, float]:
    spans = [figure.span_s for figure in chart.figures]
    lows, highs = [low for low, _ in spans], [high for _, high in spans]
    return min(*lows, *(chart.line_s or lows)), max(*highs, *(chart.line_s or highs))


def _add(
    made: Any, spans: Sequence[tuple[tuple[float, float], tuple[float, float]]], dots: list[dict[str, Any]]
) -> None:
    made.add("", drawing.lines(spans), stroke=True, show_dots=False, stroke_style={"width": 2})
    made.add("", dots)
