"""`retro-timer athletes`: who has run, what is known of them, and who is one person with whom."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click
import msgspec

from retro_timer.cli.editing import make_edit
from retro_timer.cli.forgetting import forget
from retro_timer.cli.output.results_shown import print_table
from retro_timer.errors import BadInputError
from retro_timer.settings import paths
from retro_timer.store.results.athlete_edits import AddAthlete, AnyAthleteEdit, ChangeAthlete, Known, MergeAthletes
from retro_timer.store.results.athletes import AthleteRow, People, sure_person
from retro_timer.store.results.database import opened_results
from retro_timer.store.results.queries import Wanted, count_reps
from retro_timer.training.record import NS_PER_S

_WHAT = (
    click.option("--say", help="How the voice says the name; an empty text: as it is written."),
    click.option("--group", "team", help="The group they train in."),
    click.option("--born", type=click.IntRange(1900, 2100), help="Year."),
    click.option("--notes", help="Anything to be remembered."),
    click.option(
        "--forward", multiple=True, metavar="METRES:SECONDS", help="A time running forward, to compare with; repeat."
    ),
)


def _what(command: Any) -> Any:
    for option in reversed(_WHAT):
        command = option(command)
    return command


@click.group()
def athletes() -> None:
    """Who has run: each a row with a number and an id; a name, a part of one, or either of those means them."""


athletes.add_command(forget)


@athletes.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def list_(as_json: bool) -> None:
    """Everybody."""
    with opened_results(paths.state_dir()) as connection:
        people = People.of(connection)
        rows = [(row, count_reps(connection, Wanted(athletes=people.ids_of(row.uid)))) for row in people.persons]
    if as_json:
        print(json.dumps([_fields(row, reps) for row, reps in rows], indent=1))
        return
    head = ("number", "name", "group", "reps", "id")
    shown = print_table(head, lambda: ((row.number, row.name, row.team, reps, row.uid) for row, reps in rows))
    if not shown:
        print("no athletes yet: `retro-timer athletes add NAME`, or a roster, makes some")


@athletes.command()
@click.argument("athlete")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def show(athlete: str, as_json: bool) -> None:
    """What is known of one."""
    with opened_results(paths.state_dir()) as connection:
        people = People.of(connection)
        row = sure_person(people, athlete, "athlete")
        ids = people.ids_of(row.uid)
        fields = {**_fields(row, count_reps(connection, Wanted(athletes=ids))), "merged": list(ids[1:])}
    if as_json:
        print(json.dumps(fields, indent=1))
        return
    for name, value in fields.items():
        if value not in ("", None, []):
            print(f"{name:8} {_shown(value)}")


def _fields(row: AthleteRow, reps: int) -> dict[str, Any]:
    forward = [{"distance_m": mm / 1000, "time_s": ns / NS_PER_S} for mm, ns in row.forward]
    return {
        "number": row.number,
        "id": row.uid,
        "name": row.name,
        "say": row.say,
        "group": row.team,
        "born": row.born,
        "notes": row.notes,
        "forward": forward,
        "reps": reps,
    }


def _shown(value: Any) -> str:
    if not isinstance(value, list):
        return str(value)
    return ", ".join(f"{v['distance_m']:g} m in {v['time_s']:g} s" if isinstance(v, dict) else str(v) for v in value)


@athletes.command()
@click.argument("name")
@_what
def add(name: str, **what: Any) -> None:
    """Add somebody; a name that is there already is somebody else's."""
    _make(AddAthlete(_known(name, **what)))


@athletes.command()
@click.argument("athlete")
@click.argument("name", required=False)
@_what
def rename(athlete: str, name: str | None, **what: Any) -> None:
    """Call somebody by another NAME, in all sessions; or say what else is known of them, with or without one."""
    known = _known(name, **what)
    if known == Known():
        raise BadInputError(f"rename '{athlete}'", "nothing to change", "a NAME, or an option such as `--group U16`")
    _make(ChangeAthlete(athlete, known))


@athletes.command()
@click.argument("athlete")
@click.argument("into")
def merge(athlete: str, into: str) -> None:
    """ATHLETE and INTO are one person, who is called as INTO is."""
    _make(MergeAthletes(athlete, into))


def _make(edit: AnyAthleteEdit) -> None:
    print(make_edit(edit).words)


def _known(name: str | None, *, forward: Sequence[str], **what: Any) -> Known:
    times = tuple(_forward(text) for text in forward) or None
    values = {key: value for key, value in what.items() if value is not None}
    try:
        return msgspec.convert({"name": name, "forward": times, **values}, Known)
    except msgspec.ValidationError as error:
        raise BadInputError("athletes", str(error), "see `retro-timer athletes add --help`") from None


def _forward(text: str) -> tuple[int, int]:
    distance, colon, seconds = text.partition(":")
    try:
        mm, ns = round(float(distance) * 1000), round(float(seconds) * NS_PER_S)
    except (ValueError, OverflowError):
        mm = ns = 0
    if not colon or mm <= 0 or ns <= 0:
        raise BadInputError(f"--forward '{text}'", "not a distance and a time", "METRES:SECONDS, such as 20:3.4")
    return mm, ns
