"""What the timer has kept since it left its snapshot: asked for by the socket, and put into a copy of the page's own.

On a box the page sees of the results a snapshot alone, which is never left during a session.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from retro_timer.beacon.control.protocol import answers, requests
from retro_timer.beacon.control.protocol.answers import RequestRefusedError
from retro_timer.coach.link import Link
from retro_timer.coach.live import Live
from retro_timer.errors import RetroTimerError
from retro_timer.store.results.apply import Mark, read_mark
from retro_timer.store.results.completion import take_over
from retro_timer.store.results.database import opened_results, sees_snapshot_alone
from retro_timer.store.results.schema import migrate
from retro_timer.store.results.summary import settle
from retro_timer.store.space import SNAPSHOT

T = TypeVar("T")
_MOST_COPIED_BYTES = 16_000_000
"""Some 80,000 reps at the 200 bytes that one takes. Of a larger snapshot the page says how old it is."""
_MOST_PORTIONS = 40
"""Of 96 KB each: some ten thousand reps. A snapshot lacks so much only where the disk had no room for a newer one."""
_WITHIN_S = 2.0
"""A timer that takes longer waits for its disk; who looks at results does not."""
_LASTS_S = 60.0
"""So long after the last look it holds memory, and names that may have been forgotten on the box meanwhile."""
_NOTHING = Mark(0, 0, 0, 0)
_LITTLE = "PRAGMA cache_size = -256"
"""In KiB, of the 2 MB that SQLite would take for each connection: the system has the file's pages besides."""
_Identity = tuple[int, int, int]


class _TooMuchError(Exception):
    """The snapshot is too large to be copied, lacks too much, or is not the one that the lines go on from."""


class Recent:
    """Belongs to the event loop, but for the looks.

    The copy is SQLite's own temporary file, which has no name and is gone with its connection.
    """

    def __init__(self, state_dir: Path, link: Link, live: Live, wall_s: Callable[[], float] = time.time) -> None:
        self.as_of_s: float | None = None
        """When what is shown was all that was kept, in seconds since 1970; 0: nobody knows. None: the present."""
        self._state_dir = state_dir
        self._link = link
        self._live = live
        self._wall_s = wall_s
        self._followed_s = 0.0
        self._following = asyncio.Lock()
        self._unanswered = 0
        """How often the timer has given no answer."""
        self._using = threading.Lock()
        self._copy: sqlite3.Connection | None = None
        self._mark = _NOTHING
        self._of: _Identity | None = None
        """The snapshot that was read."""
        self._gives_up: asyncio.TimerHandle | None = None

    async def follow(self) -> None:
        """Take over what is new, where the results themselves are not to be seen."""
        if not await asyncio.to_thread(sees_snapshot_alone, self._state_dir):
            self.as_of_s = None
            return
        unanswered = self._unanswered
        async with self._following:
            if self._unanswered != unanswered:
                # It was asked while this look waited for its turn: nobody waits for a timer that hangs twice.
                return
            self._keep_for_a_while()
            identity = _identity(self._state_dir)
            left_s = 0.0 if identity is None else identity[2] / 1e9
            try:
                if identity != self._of:
                    await asyncio.to_thread(self._begin, identity)
                await self._read_on()
            except (RequestRefusedError, _TooMuchError, sqlite3.Error):
                await asyncio.to_thread(self._give_up)
                self.as_of_s = left_s
            except RetroTimerError:
                # Nobody answers: what was heard before is still more than the snapshot has.
                self._unanswered += 1
                self.as_of_s = max(left_s, self._followed_s) or None
            else:
                self.as_of_s, self._followed_s = None, self._wall_s()

    def look(self, look: Callable[[sqlite3.Connection], T]) -> T:
        """What a function finds there, in this thread. Raises RetroTimerError for a database that cannot be read."""
        with self._using:
            if self._copy is not None:
                with _readable():
                    return look(self._copy)
        with opened_results(self._state_dir) as connection:
            connection.execute(_LITTLE)
            return look(connection)

    def look_alone(self, look: Callable[[sqlite3.Connection], T]) -> T:
        """`look` for what takes long: others look meanwhile."""
        own: sqlite3.Connection | None = None
        with self._using:
            if self._copy is not None:
                own = _temporary()
                self._copy.backup(own)
        if own is None:
            return self.look(look)
        with contextlib.closing(own), _readable():
            return look(own)

    async def _read_on(self) -> None:
        if not self._live.answers:
            raise RetroTimerError("no timer answers")
        for _ in range(_MOST_PORTIONS):
            mark = self._mark
            asked = requests.Newer(mark.length, mark.last_start, mark.last_id, mark.entries)
            answer = await self._link.ask(asked, _WITHIN_S)
            assert isinstance(answer, answers.Newer)
            if answer.lines:
                await asyncio.to_thread(self._take, answer.lines)
            if not answer.more:
                return
        raise _TooMuchError

    def _keep_for_a_while(self) -> None:
        loop = asyncio.get_running_loop()
        if self._gives_up is not None:
            self._gives_up.cancel()
        self._gives_up = loop.call_later(_LASTS_S, loop.run_in_executor, None, self._give_up)

    def _begin(self, identity: _Identity | None) -> None:
        """By the snapshot as it is now: what it has is not asked for."""
        self._give_up()
        with opened_results(self._state_dir) as connection:
            self._mark = read_mark(connection) or _NOTHING
        self._of = identity

    def _take(self, lines: bytes) -> None:
        with self._using:
            if self._copy is None:
                self._copy = _copy_of(self._state_dir)
                if (read_mark(self._copy) or _NOTHING) != self._mark:
                    # Another snapshot has been left since, or the copy that had read so far was given up meanwhile.
                    raise _TooMuchError
            copy, mark = self._copy, self._mark
            copy.execute("BEGIN")
            take_over(copy, mark, _placed(lines, mark.length), mark.length + len(lines))
            settle(copy)
            copy.execute("COMMIT")
            self._mark = read_mark(copy) or _NOTHING

    def _give_up(self) -> None:
        with self._using:
            if self._copy is not None:
                self._copy.close()
            self._copy, self._of, self._followed_s = None, None, 0.0


def _identity(state_dir: Path) -> _Identity | None:
    """Of the snapshot that is there: a newer one is another file."""
    try:
        found = (state_dir / SNAPSHOT).stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _copy_of(state_dir: Path) -> sqlite3.Connection:
    copy = _temporary()
    try:
        with opened_results(state_dir) as source:
            pages, size = (source.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
            if pages * size > _MOST_COPIED_BYTES:
                raise _TooMuchError
            source.backup(copy)
        migrate(copy)
    except BaseException:
        copy.close()
        raise
    return copy


def _temporary() -> sqlite3.Connection:
    connection = sqlite3.connect("", check_same_thread=False, isolation_level=None)
    connection.row_factory = sqlite3.Row
    return connection


def _placed(lines: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Each line with where it begins in the log."""
    for line in lines.split(b"\n"):
        yield start, line
        start += len(line) + 1


@contextlib.contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise RetroTimerError(f"the results cannot be read ({error})") from None
