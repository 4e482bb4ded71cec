"""Has a change of what is kept made: by the timer that runs here, or by this process where none does."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from retro_timer.beacon.clock import RealClock
from retro_timer.beacon.control.client import BeaconClient, NoTimerError
from retro_timer.beacon.control.protocol import answers, requests
from retro_timer.cli.output.streams import remark
from retro_timer.errors import RetroTimerError
from retro_timer.settings import paths
from retro_timer.settings.made import AnyMade, make
from retro_timer.store.results.athlete_edits import Done
from retro_timer.store.results.database import NAME
from retro_timer.store.results.edits import AnyEdit, carry_out
from retro_timer.store.results.journal import Journal, Stamp, open_journal
from retro_timer.store.results.snapshot import Snapshots
from retro_timer.store.results.writer_lock import writing_alone
from retro_timer.store.space import SNAPSHOT

_ON_DISK_S = 30.0
"""A card may be slow, and a database of an older program is brought up to date first."""
_NOT_ALLOWED = "no timer runs that could write there, and you may not: `sudo systemctl start retro-timer`"


def make_edit(edit: AnyEdit) -> Done:
    """Make a change durable, and say what it did. Raises RetroTimerError where it cannot be made."""
    try:
        with BeaconClient(paths.socket_path()) as beacon:
            return _ask(beacon, edit)
    except NoTimerError:
        return _make_here(edit)


def _ask(beacon: BeaconClient, edit: AnyEdit) -> Done:
    return beacon.ask(requests.Edit(edit, "edit"), answers.Edited, within_s=_ON_DISK_S).done


@contextlib.contextmanager
def editing() -> Iterator[Callable[[AnyEdit], Done]]:
    """Makes one change of results after the other, as `make_edit` does, with one connection or one journal for all."""
    with contextlib.ExitStack() as stack:
        try:
            beacon = stack.enter_context(BeaconClient(paths.socket_path()))
        except NoTimerError:
            journal, stamp = stack.enter_context(writing_here("not all of it is done", _NOT_ALLOWED))
            yield lambda edit: carry_out(journal, edit, stamp)
        else:
            yield lambda edit: _ask(beacon, edit)


def _make_here(edit: AnyEdit) -> Done:
    with _alone("nothing changed", _NOT_ALLOWED) as directory:
        if isinstance(edit, AnyMade):
            return Done(make(directory, edit), kind="file")
        with _journal_of(directory) as (journal, stamp):
            return carry_out(journal, edit, stamp)


@contextlib.contextmanager
def writing_here(failed: str, not_allowed: str) -> Iterator[tuple[Journal, Stamp]]:
    """The journal, for this process alone to write with, and the moment.

    Raises RetroTimerError where that cannot be, or the disk fails: `failed` says what that means, `not_allowed` what
    helps whoever may not write there.
    """
    with _alone(failed, not_allowed) as directory, _journal_of(directory) as made:
        yield made


@contextlib.contextmanager
def _alone(failed: str, not_allowed: str) -> Iterator[Path]:
    """The state directory, for this process alone to write to."""
    directory = paths.state_dir()
    try:
        with writing_alone(directory):
            yield directory
    except PermissionError:
        raise RetroTimerError(f"{directory}: {not_allowed}") from None
    except (OSError, sqlite3.Error) as error:
        raise RetroTimerError(f"{directory}: {failed} ({error})") from None


@contextlib.contextmanager
def _journal_of(directory: Path) -> Iterator[tuple[Journal, Stamp]]:
    stamp = Stamp(time.time_ns(), time.clock_gettime_ns(time.CLOCK_BOOTTIME))
    leaves_snapshot = (directory / SNAPSHOT).exists()
    journal, repair = open_journal(directory, stamp.wall_ns)
    if repair is not None:
        remark(repair.words)
    with contextlib.closing(journal):
        journal.follow_clock(stamp.wall_ns - stamp.since_boot_ns, RealClock().set_by())
        yield journal, stamp
        if leaves_snapshot:
            Snapshots(directory / NAME).leave_closing()
