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
from retro_timer.beacon.control.protocol.answers import RequestRefusedError
from retro_timer.cli.output.streams import remark
from retro_timer.errors import RetroTimerError
from retro_timer.settings import paths
from retro_timer.settings.made import AnyMade, make
from retro_timer.store.results.athlete_edits import Done
from retro_timer.store.results.database import NAME
from retro_timer.store.results.edits import AnyEdit, carry_out
from retro_timer.store.results.journal import Journal, Stamp, open_journal
from retro_timer.store.results.merging.portion import ImportPortion
from retro_timer.store.results.snapshot import Snapshots
from retro_timer.store.results.writer_lock import writing_alone
from retro_timer.store.space import SNAPSHOT

_ON_DISK_S = 30.0
"""A card may be slow, and a database of an older program is brought up to date first."""
_LOOK_S = 1.0
"""Between two looks whether a session is over."""
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
def importing() -> Iterator[Callable[[ImportPortion], Done]]:
    """Makes one portion durable after the other: by the timer while one runs, also one that is started meanwhile, and
    here under the lock where none does. While a session is open it waits, which is told.
    """
    with contextlib.ExitStack() as stack:
        yield _Importing(stack).make


class _Importing:
    """Who makes the portions just now."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        """`stack` holds the connection, or the journal and its lock."""
        self._stack = stack
        self._beacon: BeaconClient | None = None
        self._here: tuple[Journal, Stamp] | None = None

    def make(self, portion: ImportPortion) -> Done:
        """Make one durable, and say what it brought."""
        if self._beacon is None:
            self._look_for_timer()
        if self._beacon is not None:
            return _when_no_session_is_open(self._beacon, portion)
        if self._here is None:
            self._here = self._stack.enter_context(writing_here("not all of it is done", _NOT_ALLOWED))
        return carry_out(self._here[0], portion, self._here[1])

    def _look_for_timer(self) -> None:
        """A timer that has been started since gets the files at once: its session must not wait for the whole file."""
        beacon = _timer_here()
        if beacon is not None:
            self._stack.close()
            self._beacon, self._here = self._stack.enter_context(beacon), None


def _when_no_session_is_open(beacon: BeaconClient, portion: ImportPortion) -> Done:
    done = _unless_session_open(beacon, portion)
    if done is None:
        remark("a session is open: waiting for its end (Ctrl-C gives up; the same file again goes on from here)")
    while done is None:
        time.sleep(_LOOK_S)
        # What is asked again and again is empty: no timer spends its time on a portion that it does not take.
        if _unless_session_open(beacon, ImportPortion()) is not None:
            done = _unless_session_open(beacon, portion)
    return done


def _unless_session_open(beacon: BeaconClient, portion: ImportPortion) -> Done | None:
    try:
        return _ask(beacon, portion)
    except RequestRefusedError as refused:
        if refused.why != "session":
            raise
        return None


def _timer_here() -> BeaconClient | None:
    try:
        return BeaconClient(paths.socket_path())
    except NoTimerError:
        return None


def _timer_waits() -> bool:
    """Whether one has been started meanwhile, which leaves its own snapshots and needs the journal now."""
    beacon = _timer_here()
    if beacon is not None:
        beacon.close()
    return beacon is not None


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
        if leaves_snapshot and not _timer_waits():
            Snapshots(directory / NAME).leave_closing()
