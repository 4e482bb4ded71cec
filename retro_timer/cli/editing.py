"""Has a change of what is kept made: by the timer that runs here, or by this process where none does."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from retro_timer.beacon.control.client import BeaconClient, NoTimerError
from retro_timer.beacon.control.protocol import answers, requests
from retro_timer.cli.output.streams import remark
from retro_timer.errors import RetroTimerError
from retro_timer.settings import paths
from retro_timer.store.results.edits import AnyEdit, carry_out
from retro_timer.store.results.journal import Stamp, open_journal
from retro_timer.store.results.writer_lock import writing_alone

_ON_DISK_S = 30.0
"""A card may be slow, and a database of an older program is brought up to date first."""


def make_edit(edit: AnyEdit) -> dict[str, Any]:
    """Make a change durable. What it did, with `words` for people. Raises RetroTimerError where it cannot be made."""
    try:
        with BeaconClient(paths.socket_path()) as beacon:
            answer = beacon.ask(requests.Edit(edit, "edit"), answers.Edited, within_s=_ON_DISK_S)
            made: dict[str, Any] = msgspec.to_builtins(answer.done)
            return made
    except NoTimerError:
        return _make_here(edit)


def _make_here(edit: AnyEdit) -> dict[str, Any]:
    mend = "no timer runs that could write there, and you may not: `sudo systemctl start retro-timer`"
    with writing_here("nothing changed", mend) as (directory, stamp):
        journal, repair = open_journal(directory, stamp.wall_ns)
        if repair is not None:
            remark(repair.words)
        try:
            made: dict[str, Any] = msgspec.to_builtins(carry_out(journal, edit, stamp))
        finally:
            journal.close()
    return made


@contextlib.contextmanager
def writing_here(failed: str, not_allowed: str) -> Iterator[tuple[Path, Stamp]]:
    """The results' directory, for this process alone to write to, and the moment.

    Raises RetroTimerError where that cannot be, or the disk fails: `failed` says what that means, `not_allowed` what
    helps whoever may not write there.
    """
    directory = paths.state_dir()
    try:
        with writing_alone(directory):
            yield directory, Stamp(time.time_ns(), time.clock_gettime_ns(time.CLOCK_BOOTTIME))
    except PermissionError:
        raise RetroTimerError(f"{directory}: {not_allowed}") from None
    except (OSError, sqlite3.Error) as error:
        raise RetroTimerError(f"{directory}: {failed} ({error})") from None
