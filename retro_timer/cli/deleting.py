"""`retro-timer results delete`: takes a session out of the results for good."""

from __future__ import annotations

import click

from retro_timer.cli.corrections import tell
from retro_timer.cli.editing import make_edit
from retro_timer.errors import BadInputError
from retro_timer.settings import paths
from retro_timer.store.results.database import opened_results
from retro_timer.store.results.edits import DeleteSession
from retro_timer.store.results.queries import sure_session
from retro_timer.training.corrections import MOST_NUMBER


@click.command()
@click.argument("session", type=click.IntRange(1, MOST_NUMBER))
@click.option("--yes", is_flag=True, help="Without it, what would be deleted is told and stays.")
@click.option("--json", "as_json", is_flag=True, help="What was done, as JSON.")
def delete(session: int, yes: bool, as_json: bool) -> None:
    """Delete a SESSION that is over, with its reps and their corrections: bests and trends are without it.

    This cannot be undone; `results export --session` keeps a copy, `results edit SESSION REP --void` keeps the rep.
    """
    with opened_results(paths.state_dir()) as connection:
        row = sure_session(connection, session)
    if not yes:
        raise BadInputError(f"session {session}", f"{row.title}, reps: {row.reps:,}, cannot be had back", "--yes")
    tell(make_edit(DeleteSession(session)), as_json=as_json)
