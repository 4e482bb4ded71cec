"""`retro-timer athletes forget`: takes a name out of everything here, and says what that does not reach."""

from __future__ import annotations

import json
import sys

import click
import msgspec

from retro_timer.beacon.control.client import BeaconClient, NoTimerError
from retro_timer.beacon.control.protocol import answers, requests
from retro_timer.cli.editing import writing_here
from retro_timer.settings import paths
from retro_timer.store.results.forgetting import Forgetting
from retro_timer.store.results.forgetting import forget as forget_athlete

OUT_OF_REACH = (
    "exports, reports, pictures, support files and copies on sticks or other machines",
    "lists of athletes that you read in again: the name comes back with them, as somebody new",
    "what a memory card keeps of deleted blocks until it uses them again (wear-levelling)",
)
_LONGEST_S = 900.0
"""A log and backups of a million reps, written anew on a slow card."""


@click.command()
@click.argument("athlete")
@click.option("--json", "as_json", is_flag=True, help="What was done, as JSON.")
def forget(athlete: str, as_json: bool) -> None:
    """Take ATHLETE's name and all that is known of them out of every file here. Their reps stay, as "removed N".

    This cannot be undone. No session may be open meanwhile.
    """
    done = _forgotten(athlete)
    if as_json:
        print(json.dumps({**msgspec.to_builtins(done), "out_of_reach": OUT_OF_REACH}))
        return
    _tell(done)


def _forgotten(athlete: str) -> Forgetting:
    """By the timer that runs here, or by this process where none does."""
    try:
        with BeaconClient(paths.socket_path()) as beacon:
            return beacon.ask(requests.Forget(athlete), answers.Forgotten, within_s=_LONGEST_S).done
    except NoTimerError:
        mend = "run it as the timer's user: `sudo -u retro-timer retro-timer athletes forget NAME`"
        with writing_here("it is not all done; run it again to complete it", mend) as (journal, _):
            return forget_athlete(journal, athlete, [paths.config_dir()], paths.cache_dir())


def _tell(done: Forgetting) -> None:
    print(f"{' and '.join(done.called)} from now on; sessions, times and places stay")
    print(f"written anew: results.db, reps.jsonl (lines changed: {done.lines}), backups: {done.backups}", end="")
    print(f", heads of kept samples: {done.heads}")
    if done.spoken:
        print(f"deleted, as the voice renders them again: {done.spoken} spoken phrases")
    for path in done.deleted:
        print(f"deleted, as nobody can tell whom it names: {path}")
    if done.unread:
        print(f"left out of reps.jsonl, as they cannot be read: {done.unread} lines")
    print("not reached:")
    for place in (*done.left, *OUT_OF_REACH):
        print(f"- {place}")
    sys.stdout.flush()
