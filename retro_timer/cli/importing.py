"""`retro-timer results import`: takes over what another box, or this one before, has exported."""

from __future__ import annotations

from pathlib import Path

import click

from retro_timer.cli import rosters
from retro_timer.cli.editing import importing
from retro_timer.cli.output.progress import progress
from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.store.exchange.portions import portions
from retro_timer.store.results.merged import Merged
from retro_timer.training.start_lists import PEOPLE, STARTS


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--match-names", is_flag=True, help="An athlete of FILE is one person with whoever has that name here.")
@click.pass_context
def import_(context: click.Context, file: Path, match_names: bool) -> None:
    """Take over the results of FILE, written by `results export`: whatever is not here yet. Nothing is written over. A
    start list of meet software (.ppl, .evt) is kept as a roster, as by `rosters import`.
    """
    if file.suffix.lower() in (PEOPLE, STARTS):
        context.invoke(rosters.import_, file=file)
        return
    take_over(file, match_names=match_names)


def take_over(file: Path, *, match_names: bool) -> None:
    """Take over what is not here yet of a file, and say what that was.

    Raises BadInputError, with nothing changed; RetroTimerError, which says what is in, where it could not go on.
    """
    size = _check(file, match_names=match_names)
    merged = Merged()
    try:
        with importing() as make, progress("importing", size) as done:
            for part in portions(file, match_names=match_names):
                merged += make(part.portion).merged or Merged()
                done(part.size)
    except BadInputError:
        raise
    except RetroTimerError as error:
        so_far = "nothing" if merged == Merged() else merged.words
        raise RetroTimerError(f"{error}; in so far: {so_far}; the same again brings the rest") from None
    print(merged.words)
    for note in merged.notes:
        print(note)
    for conflict in merged.conflicts:
        print(f"conflict, as it is here: {conflict}")


def _check(file: Path, *, match_names: bool) -> int:
    """Read all of it before anything is changed; how far that is. Raises BadInputError."""
    if not file.is_file():
        raise BadInputError(str(file), "no file", "one that `retro-timer results export` wrote")
    size = 0
    with progress("checking", None) as done:
        for part in portions(file, match_names=match_names):
            size = part.size
            done(size)
    return size
