"""`retro-timer results`: sessions and reps that are kept. Runs in a process of its own, never in the beacon's."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import click

from retro_timer.cli.corrections import edit, history, undo_
from retro_timer.cli.deleting import delete
from retro_timer.cli.exporting import export
from retro_timer.cli.importing import import_
from retro_timer.cli.keeping import announce, backup, verify
from retro_timer.cli.output.results_shown import (
    SESSION_FIELDS,
    print_csv,
    print_json,
    print_reps,
    print_session_json,
    print_sessions,
    print_teams,
    session_fields,
    when,
)
from retro_timer.cli.output.streams import remark
from retro_timer.cli.plotting import plot
from retro_timer.cli.progressing import progress
from retro_timer.cli.reporting import report
from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.settings import paths
from retro_timer.store.results.athletes import People, meant_person
from retro_timer.store.results.database import opened_results
from retro_timer.store.results.queries import (
    REP_FIELDS,
    SessionRow,
    Wanted,
    count_reps,
    count_sessions,
    rep_fields,
    reps,
    session,
    sessions,
    sure_session,
)
from retro_timer.training.corrections import MOST_NUMBER

_MOST_SESSIONS = 50
_MOST_REPS = 1000
"""What a table shows when nothing else is asked for; JSON and CSV have everything."""
_FORMATS = (
    click.option("--json", "as_json", is_flag=True, help="One JSON document."),
    click.option("--csv", "as_csv", is_flag=True, help="Comma-separated values with a header."),
)


def _formats(command: Any) -> Any:
    for option in reversed(_FORMATS):
        command = option(command)
    return command


def _lengths(most: int) -> Callable[[Any], Any]:
    """How much of a list: `--limit N`, `--all`, or what `_length` makes of neither."""

    def add(command: Any) -> Any:
        what = f"The newest so many; a table shows {most:,} when left out, JSON and CSV have all."
        command = click.option("--all", "everything", is_flag=True, help="All of it.")(command)
        return click.option("--limit", type=click.IntRange(1, MOST_NUMBER), help=what)(command)

    return add


@click.group()
def results() -> None:
    """Sessions and reps that are kept."""


for command in (edit, undo_, history, delete, export, import_, progress, plot, report):
    results.add_command(command)


@results.command("list")
@_lengths(_MOST_SESSIONS)
@_formats
def list_(limit: int | None, everything: bool, as_json: bool, as_csv: bool) -> None:
    """Sessions, newest first."""
    newest = _length(limit, _MOST_SESSIONS, everything=everything, as_json=as_json, as_csv=as_csv)
    with opened_results(paths.state_dir()) as connection:
        if as_json:
            print_json(map(session_fields, sessions(connection, newest)))
        elif as_csv:
            print_csv(map(session_fields, sessions(connection, newest)), SESSION_FIELDS)
        elif session(connection, None) is None:
            print("no sessions yet: `retro-timer simulate demo` makes one")
        else:
            if print_sessions(lambda: sessions(connection, newest)) == newest:
                _say_part(newest, count_sessions(connection), "sessions")


@results.command()
@click.argument("number", type=click.IntRange(1, MOST_NUMBER), required=False, metavar="[SESSION]")
@_formats
def show(number: int | None, as_json: bool, as_csv: bool) -> None:
    """One session with all its reps; the newest when left out."""
    _one_format(as_json=as_json, as_csv=as_csv)
    with opened_results(paths.state_dir()) as connection:
        row = session(connection, None) if number is None else sure_session(connection, number)
        if row is None:
            raise RetroTimerError("no sessions yet: `retro-timer simulate demo` makes one")
        wanted = Wanted(session=row.id)
        if as_json:
            print_session_json(row, map(rep_fields, reps(connection, wanted)))
        elif as_csv:
            print_csv(map(rep_fields, reps(connection, wanted)), REP_FIELDS)
        else:
            _print_headline(row)
            print_reps(lambda: reps(connection, wanted), with_session=False)
            print_teams(reps(connection, wanted))


@results.command("reps")
@click.option("--session", "number", type=click.IntRange(1, MOST_NUMBER), help="Only this session's.")
@click.option("--athlete", help="Only this athlete's, in any capitals; a part of the name if it is nobody else's.")
@_lengths(_MOST_REPS)
@_formats
def reps_(
    number: int | None, athlete: str | None, limit: int | None, everything: bool, as_json: bool, as_csv: bool
) -> None:
    """Reps in order, of all sessions unless one is named."""
    newest = _length(limit, _MOST_REPS, everything=everything, as_json=as_json, as_csv=as_csv)
    with opened_results(paths.state_dir()) as connection:
        wanted = Wanted(number, None if athlete is None else _ids(connection, athlete))
        if as_json:
            print_json(map(rep_fields, reps(connection, wanted, newest)))
        elif as_csv:
            print_csv(map(rep_fields, reps(connection, wanted, newest)), REP_FIELDS)
        else:
            if print_reps(lambda: reps(connection, wanted, newest), with_session=number is None) == newest:
                _say_part(newest, count_reps(connection, wanted), "reps")


def _length(limit: int | None, most: int, *, everything: bool, as_json: bool, as_csv: bool) -> int | None:
    """The newest how many are asked for; None for all."""
    _one_format(as_json=as_json, as_csv=as_csv)
    if everything and limit is not None:
        raise BadInputError("results", "both --all and --limit given", "one of them")
    return None if everything else limit or (None if as_json or as_csv else most)


def _say_part(newest: int, there: int, what: str) -> None:
    """A table that is not the whole says so."""
    if there > newest:
        print(f"the newest {newest:,} of {there:,} {what}; all of them: --all, --csv or --json")


def _ids(connection: sqlite3.Connection, athlete: str) -> tuple[str, ...]:
    """The ids of who is meant. Raises BadInputError where several people may be; nobody is no error, and is said."""
    people = People.of(connection)
    found = meant_person(people, athlete, "--athlete")
    if found is None:
        suggested = people.resembling(athlete)
        hint = f" (did you mean {' or '.join(repr(name) for name in suggested)}?)" if suggested else ""
        remark(f"nobody of the name '{athlete}' has a rep{hint}")
        return ()
    return people.ids_of(found.uid)


def _one_format(*, as_json: bool, as_csv: bool) -> None:
    if as_json and as_csv:
        raise BadInputError("results", "both --json and --csv given", "one of them")


results.add_command(backup)
results.add_command(verify)
results.add_command(announce)


def _print_headline(row: SessionRow) -> None:
    board = "" if row.board == "pi" else f", on the board '{row.board}'"
    print(f"session {row.id}: {row.title}, {row.outcome}, {when(row.started_at)}{board}")
