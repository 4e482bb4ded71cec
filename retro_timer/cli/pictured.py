"""What pictures of results are drawn from: whose reps of what kind, as they are kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from retro_timer.cli.output.progress_shown import day_text
from retro_timer.cli.progressing import Runner
from retro_timer.errors import RetroTimerError
from retro_timer.phrases import load_catalogue
from retro_timer.pictures import chosen
from retro_timer.pictures.figures import Chart, Histogram
from retro_timer.pictures.reps import by_set, draw_set, has_times
from retro_timer.store.results.queries import SessionRow, Wanted, reps, session, sure_session
from retro_timer.training.progress.attended import Ran
from retro_timer.training.record import RepRecord

MOST_TIMES = 1000
"""Of the newest reps, for how they are spread."""


def wanted_session(connection: sqlite3.Connection, number: int | None) -> SessionRow:
    """The one of a number, or the newest. Raises BadInputError where it is not there, RetroTimerError without any."""
    row = session(connection, None) if number is None else sure_session(connection, number)
    if row is None:
        raise RetroTimerError("no sessions yet: `retro-timer simulate demo` makes one")
    return row


def reps_of(connection: sqlite3.Connection, number: int, ids: Sequence[str] | None = None) -> list[Ran]:
    """The reps of a session, of one person or everybody."""
    wanted = Wanted(number, None if ids is None else tuple(ids))
    return [kept.ran for kept in reps(connection, wanted)]


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
    chart = chosen.trend_of(runner.name, runner.history.newest, day_text, what)
    if chart is None:
        raise RetroTimerError("no session of a known date: `retro-timer results edit SESSION --started WHEN` gives one")
    return chart


def distribution_of(connection: sqlite3.Connection, runner: Runner, what: str | None) -> Histogram:
    """How one person's newest times of a kind are spread."""
    numbers = {attended.session for attended in runner.history.newest}
    newest = reps(connection, Wanted(athletes=runner.ids), MOST_TIMES)
    return chosen.distribution_of(runner.name, [kept.ran for kept in newest if kept.session in numbers], what)
