"""The reps of one set: a row each from the top down, its time as a dot and the 95 % interval as a line through it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from retro_timer.phrases import Catalogue
from retro_timer.pictures import drawing
from retro_timer.training.record import DOUBTFUL, NS_PER_S, RepRecord, RepStatus
from retro_timer.training.roster import SOLO

MOST_ROWS = 200
"""More make a drawing of several megabytes; the table beside it has them all."""
_ROW, _AROUND = 22, 64
"""Pixels of a row, and of title and scale."""
_LONGEST_NAME = 13
_DOT, _CAP = 3, 0.3
"""A dot's radius in pixels, and half of a stroke at a line's end in rows."""
_NO_TIME = "–"
"""Behind who has no time that counts: the table beside the picture says why."""


def by_set(records: Iterable[RepRecord]) -> dict[int, list[RepRecord]]:
    """The reps of each set, in their order."""
    in_order = sorted(records, key=lambda record: (record.set_no, record.rep))
    return {number: list(group) for number, group in groupby(in_order, key=lambda record: record.set_no)}


def has_times(records: Iterable[RepRecord]) -> bool:
    """Whether there is anything to draw."""
    return any(map(_is_drawn, records))


def height_of(records: Sequence[RepRecord]) -> int:
    """How high the picture is, in the pixels of which `drawing.WIDTH` are its width."""
    return _AROUND + _ROW * min(MOST_ROWS, len(records))


def draw_set(records: Sequence[RepRecord], catalogue: Catalogue, title: str) -> bytes:
    """A set as an SVG document. A dot that is not filled is a time in doubt; who has none that counts has a dash.

    `records`: at least one with a time that counts; of more than `MOST_ROWS` the newest.
    """
    # pygal takes 0.2 s to load and 17 MB.
    import pygal

    rows = records[-MOST_ROWS:]
    # From -1 down: pygal draws the line of nought as an axis.
    drawn = [(-place, record) for place, record in enumerate(rows, start=1) if _is_drawn(record)]
    times = [_span_s(record) for _, record in drawn]
    scale = drawing.ticks(min(low for low, _ in times), max(high for _, high in times))
    chart = pygal.XY(
        **drawing.options(catalogue.shown("picture_times", title=title), height=height_of(rows)),
        xrange=(scale[0], scale[-1]),
        range=(-len(rows) - 0.5, -0.5),
        allow_interruptions=True,
        stroke=False,
        dots_size=_DOT,
    )
    chart.x_labels = [{"label": drawing.figure(tick), "value": tick} for tick in scale]
    chart.y_labels = [
        {"label": label, "value": -place} for place, label in enumerate(_labels(rows, catalogue), start=1)
    ]
    spans = [span for (y, _), ends in zip(drawn, times, strict=True) for span in _whisker(*ends, y)]
    chart.add("", drawing.lines(spans), stroke=True, show_dots=False, stroke_style={"width": 2})
    chart.add("", [_dot(record, y) for y, record in drawn])
    return drawing.svg_of(chart, "reps")


def _is_drawn(record: RepRecord) -> bool:
    return record.status is RepStatus.FINISHED and record.time_ns is not None


def _shown_s(record: RepRecord) -> float:
    shown_s = record.official_s()
    assert shown_s is not None
    return shown_s


def _span_s(record: RepRecord) -> tuple[float, float]:
    half_s = (record.uncertainty_ns or 0) / NS_PER_S
    return _shown_s(record) - half_s, _shown_s(record) + half_s


def _whisker(low_s: float, high_s: float, y: float) -> list[drawing.Line]:
    """With a stroke across each end: an interval that is narrower than the dot is seen by them."""
    ends: list[drawing.Line] = [((at_s, y - _CAP), (at_s, y + _CAP)) for at_s in (low_s, high_s)]
    return [((low_s, y), (high_s, y)), *ends]


def _dot(record: RepRecord, y: float) -> dict[str, Any]:
    return drawing.dot((_shown_s(record), y), hollow=bool(DOUBTFUL.intersection(record.flags)))


def _labels(rows: Sequence[RepRecord], catalogue: Catalogue) -> list[str]:
    with_names = any(record.athlete not in SOLO for record in rows)
    with_amounts = len({record.amount for record in rows}) > 1
    return [_label(record, catalogue, with_names=with_names, with_amount=with_amounts) for record in rows]


def _label(record: RepRecord, catalogue: Catalogue, *, with_names: bool, with_amount: bool) -> str:
    parts = [str(record.rep_no)]
    if with_names:
        parts.append(drawing.apart(drawing.plain(catalogue.shown("who", name=record.who), _LONGEST_NAME)))
    if with_amount:
        parts.append(record.amount)
    if not _is_drawn(record):
        parts.append(_NO_TIME)
    return " ".join(parts)
