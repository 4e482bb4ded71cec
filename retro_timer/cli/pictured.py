"""What pictures of results are drawn from: whose reps of what kind, as they are kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from retro_timer.cli.output.progress_shown import day_text
from retro_timer.cli.progressing import Runner
from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.phrases import load_catalogue
from retro_timer.pictures.charts import distribution, drop_off_chart, group_chart, trend_chart
from retro_timer.pictures.figures import Chart, Histogram
from retro_timer.pictures.reps import by_set, draw_set, has_times
from retro_timer.store.results.queries import SessionRow, Wanted, reps, session, sure_session
from retro_timer.training.progress.attended import Kind, is_sure, kind_of
from retro_timer.training.progress.figures import TimeSums
from retro_timer.training.progress.progress import by_kind
from retro_timer.training.record import NS_PER_S, RepRecord

MOST_TIMES = 1000
"""Of the newest reps, for how they are spread."""


class NoTimesError(RetroTimerError):
    """There is nothing to be drawn."""


def wanted_session(connection: sqlite3.Connection, number: int | None) -> SessionRow:
    """The one of a number, or the newest. Raises BadInputError where it is not there, RetroTimerError without any."""
    row = session(connection, None) if number is None else sure_session(connection, number)
    if row is None:
        raise RetroTimerError("no sessions yet: `retro-timer simulate demo` makes one")
    return row


def one_kind(kinds: Sequence[Kind], what: str | None) -> Kind:
    """The one that `what` names, or the most frequent. Raises BadInputError for one that is not there."""
    counts = dict.fromkeys(sorted(set(kinds)), 0)
    for kind in kinds:
        counts[kind] += 1
    if not counts:
        raise NoTimesError("no times to be drawn: none over a length that nothing is in doubt about")
    if what is None:
        return max(counts, key=lambda kind: counts[kind])
    named = [kind for kind in counts if str(kind) == " ".join(what.split())]
    if not named:
        raise BadInputError(f"--what '{what}'", "no such times", " or ".join(f"'{kind}'" for kind in counts))
    return named[0]


def records_of(connection: sqlite3.Connection, number: int, ids: Sequence[str] | None = None) -> list[RepRecord]:
    """The reps of a session, of one person or everybody."""
    wanted = Wanted(number, None if ids is None else tuple(ids))
    return [kept.record for kept in reps(connection, wanted)]


def set_pictures(records: Sequence[RepRecord]) -> dict[int, bytes]:
    """A picture for each set in which anybody has a time."""
    catalogue = load_catalogue("en")
    drawn = {number: several for number, several in by_set(records).items() if has_times(several)}
    return {
        number: draw_set(several, catalogue, catalogue.shown("picture_set", set=number))
        for number, several in drawn.items()
    }


def trend_of(runner: Runner, what: str | None) -> Chart:
    """Averages over the days. Raises RetroTimerError where no date is known."""
    kinds = by_kind(runner.history.newest)
    kind = one_kind([kind for kind, efforts in kinds.items() for _ in efforts], what)
    chart = trend_chart(runner.name, kind, kinds[kind], day_text)
    if chart is None:
        raise RetroTimerError("no session of a known date: `retro-timer results edit SESSION --started WHEN` gives one")
    return chart


def drop_off_of(name: str, records: Sequence[RepRecord], what: str | None) -> Chart:
    """One person's reps of one kind in a session, in their order."""
    kind = one_kind(_kinds(records), what)
    shown = [record for record in records if kind_of(record) == kind and is_sure(record)]
    return drop_off_chart(name, kind, shown, _sums(shown))


def group_of(records: Sequence[RepRecord], what: str | None) -> Chart:
    """Everybody's averages of one kind in a session."""
    kind = one_kind(_kinds(records), what)
    of_kind = [record for record in records if record.athlete and kind_of(record) == kind and is_sure(record)]
    names = sorted({record.athlete for record in of_kind})
    return group_chart(kind, [(name, _sums([r for r in of_kind if r.athlete == name])) for name in names])


def distribution_of(connection: sqlite3.Connection, runner: Runner, what: str | None) -> Histogram:
    """How one person's newest times of a kind are spread."""
    numbers = {attended.session for attended in runner.history.newest}
    newest = reps(connection, Wanted(athletes=runner.ids), MOST_TIMES)
    records = [kept.record for kept in newest if kept.session in numbers]
    kind = one_kind(_kinds(records), what)
    times_s = [(r.corrected_ns or 0) / NS_PER_S for r in records if kind_of(r) == kind and is_sure(r)]
    return distribution(runner.name, kind, times_s)


def _kinds(records: Sequence[RepRecord]) -> list[Kind]:
    return [kind for record in records if is_sure(record) and (kind := kind_of(record)) is not None]


def _sums(records: Sequence[RepRecord]) -> TimeSums:
    times_s = [(record.corrected_ns or 0) / NS_PER_S for record in records]
    return TimeSums.of(times_s, [(record.uncertainty_ns or 0) / NS_PER_S for record in records])
