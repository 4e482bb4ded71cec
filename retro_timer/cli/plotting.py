"""`retro-timer results plot`: results as pictures, in the terminal or as a file."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from retro_timer.cli import pictured
from retro_timer.cli.options import Word
from retro_timer.cli.output.files import writing
from retro_timer.cli.output.printing import picture_as
from retro_timer.cli.progressing import Runner, runner_of
from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.pictures import chosen
from retro_timer.pictures.charts import set_chart
from retro_timer.pictures.figures import Chart, Histogram
from retro_timer.pictures.reps import by_set, has_times
from retro_timer.pictures.svg import draw_along, draw_histogram, draw_rows
from retro_timer.pictures.terminal import chart_lines, histogram_lines
from retro_timer.settings import paths
from retro_timer.store.results.database import opened_results
from retro_timer.training.corrections import MOST_NUMBER
from retro_timer.training.progress.attended import Ran
from retro_timer.training.record import RepRecord

_KINDS = ["reps", "trend", "drop-off", "group", "distribution"]
_SUFFIXES = (".svg", ".png", ".pdf")


@click.command("plot")
@click.argument("picture", type=Word(_KINDS), default="reps")
@click.option("--session", "number", type=click.IntRange(1, MOST_NUMBER), help="Which; the newest when left out.")
@click.option("--athlete", metavar="NAME", help="Whose; for trend, drop-off and distribution else who runs alone.")
@click.option(
    "--what", metavar="KIND", help="Such as '20 m jog' or '20 m jog, by release, out and back'; else the most frequent."
)
@click.option("-o", "--output", "path", type=click.Path(path_type=Path), help="An .svg; .png and .pdf need Chromium.")
@click.option("--term", is_flag=True, help="In the terminal: so it is without -o.")
def plot(
    picture: str, number: int | None, athlete: str | None, what: str | None, path: Path | None, term: bool
) -> None:
    """Draw results: `reps` of a session, a picture a set (so it is when left out); one athlete's `trend` over the
    days, their `drop-off` within a session or their times' `distribution`; a session's `group` side by side. Intervals
    are 95 %.
    """
    if path is not None and term:
        raise BadInputError("results plot", "both -o and --term given", "one of them")
    if path is not None and path.suffix.lower() not in _SUFFIXES:
        raise BadInputError(f"-o {path}", "no kind of picture", f"a name that ends in {' or '.join(_SUFFIXES)}")
    with opened_results(paths.state_dir()) as connection:
        if picture == "reps":
            row = pictured.wanted_session(connection, number)
            runner = None if athlete is None else runner_of(connection, athlete)
            _show_sets([ran.record for ran in _reps_of(connection, row.id, runner)], path)
        else:
            _show(_made(connection, picture, number, athlete, what), picture, path)


def _made(
    connection: sqlite3.Connection, picture: str, number: int | None, athlete: str | None, what: str | None
) -> Chart | Histogram:
    if picture == "group":
        return chosen.group_of(pictured.reps_of(connection, pictured.wanted_session(connection, number).id), what)
    runner = runner_of(connection, athlete)
    if picture == "trend":
        return pictured.trend_of(runner, what)
    if picture == "distribution":
        return pictured.distribution_of(connection, runner, what)
    of_session = runner.history.newest[-1].session if number is None else number
    row = pictured.wanted_session(connection, of_session)
    return chosen.drop_off_of(runner.name, _reps_of(connection, row.id, runner), what)


def _reps_of(connection: sqlite3.Connection, number: int, runner: Runner | None) -> list[Ran]:
    """The reps of a session, or one person's. Raises RetroTimerError for who has none in it."""
    found = pictured.reps_of(connection, number, None if runner is None else runner.ids)
    if runner is not None and not found:
        raise RetroTimerError(
            f"{runner.name} has no rep in session {number}: `retro-timer results list` has the others"
        )
    return found


def _show_sets(records: Sequence[RepRecord], path: Path | None) -> None:
    """Each set: one file where there is one, else a file for each with its number behind the name."""
    if not has_times(records):
        chosen.one_kind([])
    if path is None:
        for number, several in by_set(records).items():
            if has_times(several):
                _print(chart_lines(set_chart(number, several), _columns()))
        return
    drawn = pictured.set_pictures(records)
    for number, svg in drawn.items():
        alone = len(drawn) == 1
        _write(path if alone else path.with_name(f"{path.stem}-{number}{path.suffix}"), svg)


def _show(made: Chart | Histogram, picture: str, path: Path | None) -> None:
    if isinstance(made, Histogram):
        if path is None:
            _print(histogram_lines(made, _columns()))
        else:
            _write(path, draw_histogram(made))
    elif path is None:
        _print(chart_lines(made, _columns()))
    else:
        _write(path, draw_rows(made) if picture == "group" else draw_along(made))


def _columns() -> int:
    return shutil.get_terminal_size().columns


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _write(path: Path, svg: bytes) -> None:
    data = picture_as(path.suffix.lower(), svg)
    with writing(path) as file:
        file.write(data)
    print(path)
