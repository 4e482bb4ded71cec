"""The pictures of several reps on the page, in the reader's language, and the tables that say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date

import msgspec

from retro_timer.errors import BadInputError
from retro_timer.phrases import Catalogue
from retro_timer.pictures import chosen, drawing
from retro_timer.pictures.charts import Words
from retro_timer.pictures.figures import Chart, Histogram
from retro_timer.training.plan import Course
from retro_timer.training.progress.attended import Attended, Kind, Ran, Timing

_FEWEST_TIMES = 5
"""Fewer have no distribution that a picture could show."""
_ALONG, _AROUND, _ROW = 270, 84, 22
"""Pixels in height, as `pictures.svg` draws them."""


class ChartShown(msgspec.Struct, frozen=True):
    """A picture, and its table."""

    name: str
    """Of the phrase that heads it."""
    drawn: Chart | Histogram
    height: int
    rows: tuple[tuple[str, str, str], ...]
    """What, how much, and half of its interval."""

    @property
    def address(self) -> str:
        """Its last part: a session has one picture, an athlete several."""
        return "chart" if self.name in ("group", "drop_off") else self.name


class KindShown(msgspec.Struct, frozen=True):
    """A kind of reps that pictures can be of: length, gait, how their clock began, and the course."""

    what: str
    """As an address has it."""
    text: str
    is_drawn: bool


class ChartsShown(msgspec.Struct, frozen=True):
    """Pictures of one kind of reps, and which other kinds there are."""

    charts: tuple[ChartShown, ...] = ()
    kinds: tuple[KindShown, ...] = ()
    """The most frequent first; none where there are not several."""

    @property
    def what(self) -> str:
        """The kind that is drawn, where there are several."""
        return next((kind.what for kind in self.kinds if kind.is_drawn), "")


def of_kinds(
    kinds: Iterable[Kind], wanted: str, draw: Callable[[str], Iterable[ChartShown | None]], catalogue: Catalogue
) -> ChartsShown:
    """Of a kind the pictures that `draw` makes: of the one that is wanted, else of the most frequent that has any.

    `kinds` has each as often as it was run.
    """
    drawn = dict[Kind, tuple[ChartShown, ...]]()
    for kind, _ in Counter(kinds).most_common():
        if charts := tuple(chart for chart in draw(str(kind)) if chart is not None):
            drawn[kind] = charts
    if not drawn:
        return ChartsShown()
    chosen_kind = next((kind for kind in drawn if str(kind) == wanted), next(iter(drawn)))
    text = words_of(catalogue).kind
    several = tuple(KindShown(str(kind), text(kind), kind == chosen_kind) for kind in drawn)
    return ChartsShown(drawn[chosen_kind], several if len(several) > 1 else ())


def words_of(catalogue: Catalogue) -> Words:
    """In a language."""
    said = {
        name: catalogue.shown(f"picture_{name}") for name in ("averages", "reps", "no_trend", "no_drop_off", "overlap")
    }
    change = {name: catalogue.shown(f"picture_{name}", by="{by}", half="{half}") for name in ("faster", "slower")}

    def kind_text(kind: Kind) -> str:
        how = "" if kind.timing is Timing.GO else catalogue.shown(f"picture_{kind.timing}")
        back = catalogue.shown("picture_out_and_back") if kind.course is Course.OUT_AND_BACK else ""
        return f"{kind.distance_m:g} m {catalogue.word(kind.gait)}{how}{back}"

    times, count = catalogue.shown("picture_seconds"), catalogue.shown("picture_count", count="{count}")
    return Words(**said, **change, times=times, count=count, kind=kind_text)


def trend_shown(name: str, attended: Sequence[Attended], catalogue: Catalogue, what: str) -> ChartShown | None:
    """One athlete's averages of a kind over the days; None with fewer than two."""
    try:
        chart = chosen.trend_of(
            name, attended, lambda day: date.fromordinal(day).isoformat(), what, words_of(catalogue)
        )
    except (chosen.NoTimesError, BadInputError):
        return None
    return _along("trend", chart)


def drop_off_shown(name: str, reps: Sequence[Ran], catalogue: Catalogue, what: str) -> ChartShown | None:
    """One athlete's reps of a kind within a session; None with fewer than two."""
    try:
        chart = chosen.drop_off_of(name, reps, what, words_of(catalogue))
    except (chosen.NoTimesError, BadInputError):
        return None
    return _along("drop_off", chart)


def group_shown(reps: Sequence[Ran], catalogue: Catalogue, what: str) -> ChartShown | None:
    """A session's athletes side by side; None for fewer than two."""
    try:
        chart = chosen.group_of(reps, what, words_of(catalogue))
    except (chosen.NoTimesError, BadInputError):
        return None
    count = len(chart.figures)
    return ChartShown("group", chart, _AROUND + _ROW * count, _rows(chart)) if count > 1 else None


def spread_shown(name: str, reps: Sequence[Ran], catalogue: Catalogue, what: str) -> ChartShown | None:
    """How one athlete's times of a kind are spread; None for a few."""
    try:
        histogram = chosen.distribution_of(name, reps, what, words_of(catalogue))
    except (chosen.NoTimesError, BadInputError):
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
