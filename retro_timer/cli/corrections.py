"""`retro-timer results edit`, `undo` and `history`: corrections of any rep of any session, at any time."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click
import msgspec

from retro_timer.cli.dates import wall_ns
from retro_timer.cli.editing import make_edit
from retro_timer.cli.options import Within
from retro_timer.cli.output.results_shown import print_table, when
from retro_timer.errors import BadInputError
from retro_timer.settings import paths
from retro_timer.store.results.athlete_edits import Done
from retro_timer.store.results.database import opened_results
from retro_timer.store.results.edits import LATEST_NS, AnyEdit, CorrectRep, DateSession, NoteSession, Undo, edit_of
from retro_timer.store.results.labels import FIRST_WALL_NS, FIRST_YEAR
from retro_timer.store.results.revisions import RevisionRow, revisions
from retro_timer.training.corrections import (
    LONGEST_S,
    MOST_NUMBER,
    AnyCorrection,
    GiveRep,
    NobodyRep,
    NoteRep,
    RestoreRep,
    SetTime,
    SwapReps,
    VoidRep,
)

_OF_REP: dict[str, Callable[[int, Any], AnyCorrection]] = {
    "void": lambda rep, _: VoidRep(rep),
    "restore": lambda rep, _: RestoreRep(rep),
    "give": GiveRep,
    "swap": SwapReps,
    "nobody": lambda rep, _: NobodyRep(rep),
    "time": SetTime,
    "note": NoteRep,
}
_OF_SESSION = ("started", "note")


@click.command()
@click.argument("session", type=click.IntRange(1, MOST_NUMBER))
@click.argument("rep", type=click.IntRange(1, MOST_NUMBER), required=False)
@click.option("--void", is_flag=True, default=None, help="It does not count.")
@click.option("--restore", is_flag=True, default=None, help="It counts after all.")
@click.option("--give", metavar="ATHLETE", help="It was somebody else's.")
@click.option(
    "--swap", type=click.IntRange(1, MOST_NUMBER), metavar="REP", help="Two reps were each other's athlete's."
)
@click.option("--nobody", is_flag=True, default=None, help="Its crossing was nobody's finish: those behind it move up.")
@click.option("--time", type=Within(0.001, LONGEST_S), metavar="SECONDS", help="It took so long, by somebody's watch.")
@click.option("--note", metavar="TEXT", help="To be remembered of the rep, or of the session where no REP is named.")
@click.option(
    "--started", metavar="WHEN", help="When the session began, such as 2026-11-22T17:30: by this clock's zone."
)
@click.option("--json", "as_json", is_flag=True, help="What was done, as JSON.")
def edit(session: int, rep: int | None, as_json: bool, **said: Any) -> None:
    """Correct a REP of a SESSION, or date the session. Each correction can be taken back by `results undo ID`."""
    given = {name: value for name, value in said.items() if value is not None}
    known = _OF_SESSION if rep is None else tuple(_OF_REP)
    if len(given) != 1 or not set(given) <= set(known):
        options = ", ".join(f"--{name}" for name in known)
        raise BadInputError("results edit", "not one correction given", f"one of {options}")
    ((name, value),) = given.items()
    tell(make_edit(_checked(_edit(session, rep, name, value))), as_json=as_json)


def _edit(session: int, rep: int | None, name: str, value: Any) -> AnyEdit:
    if rep is not None:
        return CorrectRep(session, _OF_REP[name](rep, value))
    if name == "note":
        return NoteSession(session, value)
    started_wall_ns = wall_ns("--started", value, "a date and time", "2026-11-22T17:30")
    if not FIRST_WALL_NS <= started_wall_ns <= LATEST_NS:
        raise BadInputError(f"--started '{value}'", "no session was then", f"a date from {FIRST_YEAR} to 2099")
    return DateSession(session, started_wall_ns)


def _checked(made: AnyEdit) -> AnyEdit:
    """Values within their bounds, as the timer would check them."""
    return edit_of(msgspec.to_builtins(made))


@click.command("undo")
@click.argument("revision", required=False, metavar="[ID]")
@click.option("--json", "as_json", is_flag=True, help="What was done, as JSON.")
def undo_(revision: str | None, as_json: bool) -> None:
    """Take back the correction of that ID, or the last one that stands."""
    tell(make_edit(Undo(revision)), as_json=as_json)


def tell(done: Done, *, as_json: bool) -> None:
    """Say what a change did."""
    print(json.dumps(msgspec.to_builtins(done)) if as_json else done.words)


@click.command()
@click.argument("session", type=click.IntRange(1, MOST_NUMBER))
@click.argument("rep", type=click.IntRange(1, MOST_NUMBER), required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def history(session: int, rep: int | None, as_json: bool) -> None:
    """The corrections of a SESSION or one of its reps, oldest first."""
    with opened_results(paths.state_dir()) as connection:
        found = revisions(connection, session=session, rep=rep)
    if as_json:
        print(json.dumps([msgspec.to_builtins(row) for row in found], indent=1))
        return
    head = ("id", "rep", "what", "changes", "when", "by", "")
    if not print_table(head, lambda: map(_cells, found)):
        print("no corrections")


def _cells(row: RevisionRow) -> tuple[Any, ...]:
    names = [name for name in row.after if name != "athlete_id"]
    changes = ", ".join(f"{name} {row.before[name]} → {row.after[name]}" for name in names)
    what = f"{row.kind} {row.undoes}" if row.undoes else row.kind
    return (row.id, row.rep or "", what, changes, when(row.made_at), row.origin, "taken back" if row.undone else "")
