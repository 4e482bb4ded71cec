"""Charts as lines of text, in characters that every console has: a row for each figure or bar."""

from __future__ import annotations

from collections.abc import Iterator

from retro_timer.pictures import drawing
from retro_timer.pictures.figures import Chart, Figure, Histogram

_LEAST = 20
"""Columns of the drawing itself, however narrow the terminal."""


def chart_lines(chart: Chart, columns: int) -> Iterator[str]:
    """The intervals as dashes and the figures as `o`, or `?` for a time in doubt; at most so many columns wide."""
    labels = [drawing.plain(figure.label, 16) for figure in chart.figures]
    texts = [f"{figure.value_s:.2f} ± {drawing.up(figure.half_s):.2f}" for figure in chart.figures]
    margin = max(map(len, labels))
    width = max(_LEAST, columns - margin - max(map(len, texts)) - 4)
    spans = [figure.span_s for figure in chart.figures]
    scale = drawing.ticks(min(low for low, _ in spans), max(high for _, high in spans))
    low_s, high_s = scale[0], scale[-1]
    yield drawing.plain(chart.title, columns)
    for figure, label, text in zip(chart.figures, labels, texts, strict=True):
        yield f"{label:>{margin}}  {_row(figure, low_s, high_s, width)}  {text}"
    yield f"{'':{margin}}  {drawing.figure(low_s):<{width // 2}}{drawing.figure(high_s):>{width - width // 2}}"
    if chart.about:
        yield chart.about


def _row(figure: Figure, low_s: float, high_s: float, width: int) -> str:
    def column(value_s: float) -> int:
        part = (value_s - low_s) / (high_s - low_s)
        return min(width - 1, max(0, round(part * (width - 1))))

    cells = [" "] * width
    first, last = map(column, figure.span_s)
    cells[first : last + 1] = "-" * (last + 1 - first)
    cells[column(figure.value_s)] = "?" if figure.hollow else "o"
    return "".join(cells)


def histogram_lines(histogram: Histogram, columns: int) -> Iterator[str]:
    """A bar of `#` for each span of times."""
    labels = [f"{drawing.figure(each.low_s)} to {drawing.figure(each.high_s)}" for each in histogram.bins]
    margin = max(map(len, labels))
    most = max(1, *(each.count for each in histogram.bins))
    width = max(_LEAST, columns - margin - len(str(most)) - 4)
    yield drawing.plain(histogram.title, columns)
    for each, label in zip(histogram.bins, labels, strict=True):
        yield f"{label:>{margin}}  {'#' * round(each.count / most * width)} {each.count}"
    yield histogram.about
