"""The pictures of several reps on the page, in the reader's language, and the tables that say the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from retro_timer.phrases import Catalogue
from retro_timer.pictures import chosen, drawing
from retro_timer.pictures.charts import Words
from retro_timer.pictures.figures import Chart, Histogram
from retro_timer.training.progress.attended import Attended, Kind, Timing
from retro_timer.training.record import RepRecord

_FEWEST_TIMES = 5
"""Fewer have no distribution that a picture could show."""
_ALONG, _AROUND, _ROW = 270, 84, 22
"""Pixels in height, as `pictures.svg` draws them."""


class ChartShown(msgspec.Struct, frozen=True):
    """A picture, and its table."""

    name: str
    """Of its address, and of the phrase that heads it."""
    drawn: Chart | Histogram
    height: int
    rows: tuple[tuple[str, str, str], ...]
    """What, how much, and half of its interval."""


def words_of(catalogue: Catalogue) -> Words:
    """In a language."""
    said = {
        name: catalogue.shown(f"picture_{name}") for name in ("averages", "reps", "no_trend", "no_drop_off", "overlap")
    }
    change = {name: catalogue.shown(f"picture_{name}", by="{by}", half="{half}") for name in ("faster", "slower")}

    def kind_text(kind: Kind) -> str:
        how = "" if kind.timing is Timing.GO else catalogue.shown(f"picture_{kind.timing}")
        return f"{kind.distance_m:g} m {catalogue.word(kind.gait)}{how}"

    times, count = catalogue.shown("picture_seconds"), catalogue.shown("picture_count", count="{count}")
    return Words(**said, **change, times=times, count=count, kind=kind_text)


def trend_shown(name: str, attended: Sequence[Attended], catalogue: Catalogue) -> ChartShown | None:
    """One athlete's averages over the days; None with fewer than two."""
    try:
        chart = chosen.trend_of(
            name, attended, lambda day: date.fromordinal(day).isoformat(), None, words_of(catalogue)
        )
    except chosen.NoTimesError:
        return None
    return _along("trend", chart)


def drop_off_shown(name: str, records: Sequence[RepRecord], catalogue: Catalogue) -> ChartShown | None:
    """One athlete's reps within a session; None with fewer than two."""
    try:
        chart = chosen.drop_off_of(name, records, None, words_of(catalogue))
    except chosen.NoTimesError:
        return None
    return _along("drop_off", chart)


def group_shown(records: Sequence[RepRecord], catalogue: Catalogue) -> ChartShown | None:
    """A session's athletes side by side; None for fewer than two."""
    try:
        chart = chosen.group_of(records, None, words_of(catalogue))
    except chosen.NoTimesError:
        return None
    count = len(chart.figures)
    return ChartShown("group", chart, _AROUND + _ROW * count, _rows(chart)) if count > 1 else None


def spread_shown(name: str, records: Sequence[RepRecord], catalogue: Catalogue) -> ChartShown | None:
    """How one athlete's times are spread; None for a few."""
    try:
        histogram = chosen.distribution_of(name, records, None, words_of(catalogue))
    except chosen.NoTimesError:
        return None
    if sum(each.count for each in histogram.bins) < _FEWEST_TIMES:
        return None
    rows = tuple((f"{each.low_s:g}–{each.high_s:g} s", str(each.count), "") for each in histogram.bins)
    return ChartShown("spread", histogram, _ALONG, rows)


def svg_of(shown: ChartShown) -> bytes:
    """Its picture."""
    # Loaded for the first picture: the page starts sooner.
    from retro_timer.pictures.svg import draw_along, draw_histogram, draw_rows

    if isinstance(shown.drawn, Histogram):
        return draw_histogram(shown.drawn)
    if shown.name != "group":
        return draw_along(shown.drawn)
    # What it says stands in the table's caption: broken into lines it would take the rows' room.
    return draw_rows(msgspec.structs.replace(shown.drawn, about=""))


def _along(name: str, chart: Chart | None) -> ChartShown | None:
    return None if chart is None or len(chart.figures) < 2 else ChartShown(name, chart, _ALONG, _rows(chart))


def _rows(chart: Chart) -> tuple[tuple[str, str, str], ...]:
    return tuple((each.label, f"{each.value_s:.2f}", f"± {drawing.up(each.half_s):.2f}") for each in chart.figures)
