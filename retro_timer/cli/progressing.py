"""`retro-timer results progress`: how somebody gets on, from the summary of all their reps."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime

import click
import msgspec

from retro_timer.cli.output.progress_shown import print_progress
from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.settings import paths
from retro_timer.store.results.athletes import AthleteRow, People, sure_person
from retro_timer.store.results.database import opened_results
from retro_timer.store.results.history import history_of
from retro_timer.training.progress.attended import History
from retro_timer.training.progress.progress import Progress, progress_of
from retro_timer.training.roster import SOLO

_SOLO_ID = ""
"""Reps that are nobody's in particular: of who runs alone, where the settings give no name."""


class Runner(msgspec.Struct, frozen=True):
    """Whose results are asked for, and what they did."""

    name: str
    ids: tuple[str, ...]
    forward: tuple[tuple[int, int], ...]
    """Times running forward: length in mm and time in ns."""
    history: History


def everybody(connection: sqlite3.Connection) -> list[Runner]:
    """Whoever has results, by number, and who runs alone."""
    people = People.of(connection)
    runners = [*(_person(connection, people, row) for row in people.persons), _solo(connection)]
    return [runner for runner in runners if runner.history.sessions]


def runner_of(connection: sqlite3.Connection, athlete: str | None) -> Runner:
    """Who is meant; the solo runner where nobody is named. Raises BadInputError where that is nobody, or not clear, and
    RetroTimerError without a result of theirs.
    """
    people = People.of(connection)
    if athlete is None:
        runner = _solo(connection)
    else:
        runner = _person(connection, people, sure_person(people, athlete, "athlete"))
    if runner.history.sessions:
        return runner
    if athlete is None and people.persons:
        raise BadInputError("athlete", "none named, and nobody ran alone", "a name or number of `athletes list`")
    raise RetroTimerError(f"{runner.name} has no results yet: `retro-timer simulate demo` makes some")


def _solo(connection: sqlite3.Connection) -> Runner:
    return Runner(SOLO[0], (_SOLO_ID,), (), history_of(connection, (_SOLO_ID,)))


def _person(connection: sqlite3.Connection, people: People, row: AthleteRow) -> Runner:
    ids = people.ids_of(row.uid)
    return Runner(row.name, ids, row.forward, history_of(connection, ids))


def progress_today(runner: Runner) -> Progress:
    """With the weeks as they are on this machine's day."""
    return progress_of(runner.history, runner.forward, datetime.now().astimezone().toordinal())


@click.command("progress")
@click.argument("athlete", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def progress(athlete: str | None, as_json: bool) -> None:
    """How ATHLETE gets on, or who runs alone: bests, this week against the plans, averages, drop-offs and trends with
    what is sure of them, and what comes next by the plans' progression.
    """
    with opened_results(paths.state_dir()) as connection:
        runner = runner_of(connection, athlete)
    found = progress_today(runner)
    if as_json:
        print(json.dumps({"athlete": runner.name, **msgspec.to_builtins(found)}, indent=1))
    else:
        print_progress(runner.name, found)
