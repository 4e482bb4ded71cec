"""The pictures that there are besides a set's reps, from sums and times: trend, drop-off, a group, a distribution."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import msgspec

from retro_timer.pictures import drawing
from retro_timer.pictures.figures import Bin, Chart, Figure, Histogram
from retro_timer.training.progress.attended import Attended, Effort, Kind
from retro_timer.training.progress.figures import Estimate, TimeSums, Verdict, pooled, trend, verdict, worthwhile_s
from retro_timer.training.record import DOUBTFUL, NS_PER_S, RepRecord, RepStatus

_MOST_BINS = 20
_LONGEST_NAME = 14
_LONGEST_IN_TITLE = 24


class Words(msgspec.Struct, frozen=True):
    """What stands in a picture besides figures and names."""

    averages: str = "averages in s"
    reps: str = "reps in s"
    times: str = "times in s"
    no_trend: str = "no trend beyond the noise"
    no_drop_off: str = "no drop-off beyond the noise"
    faster: str = "faster by {by} ± {half} s"
    slower: str = "slower by {by} ± {half} s"
    overlap: str = "where intervals overlap, no clear order"
    count: str = "of {count} reps"
    kind: Callable[[Kind], str] = str


ENGLISH = Words()


def trend_chart(
    name: str,
    kind: Kind,
    efforts: Sequence[tuple[Attended, Effort]],
    day_text: Callable[[int], str],
    words: Words = ENGLISH,
) -> Chart | None:
    """One athlete's averages over the days; None where no session has a date. `efforts`: from the oldest on."""
    dated = [(attended.day, effort.times) for attended, effort in efforts if attended.day is not None]
    if not dated:
        return None
    halves = _halves([sums for _, sums in dated])
    figures = tuple(
        Figure(day_text(day), sums.mean_s, half_s, float(day))
        for (day, sums), half_s in zip(dated, halves, strict=True)
    )
    points = [(figure.at, figure.value_s) for figure in figures]
    change = trend(points)
    line_s, said = _line(points, change, kind, words, words.no_trend)
    return Chart(f"{_named(name)}: {words.kind(kind)}, {words.averages}", said, figures, line_s)


def drop_off_chart(
    name: str, kind: Kind, records: Sequence[RepRecord], sums: TimeSums, words: Words = ENGLISH
) -> Chart:
    """One athlete's reps of a kind in one session. `records`: at least one, with times that nothing is in doubt
    about; `sums`: of them.
    """
    figures = tuple(_figure(str(record.rep), place, record) for place, record in enumerate(records, start=1))
    points = [(figure.at, figure.value_s) for figure in figures]
    line_s, said = _line(points, sums.drop_off(), kind, words, words.no_drop_off)
    return Chart(f"{_named(name)}: {words.kind(kind)}, {words.reps}", said, figures, line_s)


def set_chart(number: int, records: Sequence[RepRecord]) -> Chart:
    """A set's times one below the other, for the terminal. `records`: at least one with a time that counts."""
    shown = [record for record in records if record.status is RepStatus.FINISHED and record.time_ns is not None]
    figures = tuple(
        _figure(f"{record.rep_no} {record.who}", place, record) for place, record in enumerate(shown, start=1)
    )
    return Chart(f"Set {number}: times in s", "? a time in doubt" if any(f.hollow for f in figures) else "", figures)


def _figure(label: str, place: int, record: RepRecord) -> Figure:
    time_s = record.official_s()
    assert time_s is not None
    half_s = (record.uncertainty_ns or 0) / NS_PER_S
    return Figure(label, time_s, half_s, float(place), bool(DOUBTFUL.intersection(record.flags)))


def group_chart(kind: Kind, times: Sequence[tuple[str, TimeSums]], words: Words = ENGLISH) -> Chart:
    """Averages side by side, the shortest first. `times`: of at least one, each with at least one time."""
    ranked = sorted(times, key=lambda one: one[1].mean_s)
    halves = _halves([sums for _, sums in ranked])
    figures = tuple(
        Figure(drawing.plain(name, _LONGEST_NAME), sums.mean_s, half_s, float(place))
        for place, ((name, sums), half_s) in enumerate(zip(ranked, halves, strict=True), start=1)
    )
    return Chart(f"{words.kind(kind)}, {words.averages}", words.overlap, figures)


def distribution(name: str, kind: Kind, times_s: Sequence[float], words: Words = ENGLISH) -> Histogram:
    """How often each time came. `times_s`: at least one."""
    edges = drawing.ticks(min(times_s), max(times_s), min(_MOST_BINS, max(4, round(1.5 * len(times_s) ** 0.5))))
    bins = [
        Bin(low, high, sum(low <= time_s < high or time_s == high == edges[-1] for time_s in times_s))
        for low, high in itertools.pairwise(edges)
    ]
    title = f"{_named(name)}: {words.kind(kind)}, {words.times}"
    return Histogram(title, words.count.format(count=len(times_s)), tuple(bins))


def _named(name: str) -> str:
    """In a title: cut short, and turning nothing around it."""
    return drawing.apart(drawing.plain(name, _LONGEST_IN_TITLE))


def _halves(several: Sequence[TimeSums]) -> list[float]:
    """Of each one's average, by the scatter that all of them have in common: few times say little of their own."""
    half_of_one_s = pooled(several)
    if half_of_one_s is None:
        found = [sums.average() for sums in several]
        return [0.0 if average is None else average.half_s for average in found]
    return [half_of_one_s / sums.count**0.5 for sums in several]


def _line(
    points: Sequence[tuple[float, float]], change: Estimate | None, kind: Kind, words: Words, otherwise: str
) -> tuple[tuple[float, float] | None, str]:
    """The straight line through the points, if it is more than the noise, and what is said of it."""
    shown = {Verdict.FASTER: words.faster, Verdict.SLOWER: words.slower}
    said = None if change is None else shown.get(verdict(change, worthwhile_s(kind.distance_m)))
    if change is None or said is None:
        return None, otherwise
    middle, mean = (sum(values) / len(points) for values in zip(*points, strict=True))
    slope = change.value_s / (points[-1][0] - points[0][0])
    ends = (mean + slope * (points[0][0] - middle), mean + slope * (points[-1][0] - middle))
    half_s = drawing.up(change.half_s)
    return ends, said.format(by=f"{abs(change.value_s):.2f}", half=f"{half_s:.2f}")
