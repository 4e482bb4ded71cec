"""What waits for the journal's thread, and its order: changes, then portions of long work, then the end."""

from __future__ import annotations

import itertools
import math
import queue
import time
from collections import deque
from collections.abc import Callable
from enum import IntEnum

import msgspec

from retro_timer.store.results.journal import Journal

Answer = Callable[[str], None]
"""Called from the journal's thread: an empty string when the change is on disk, else why it is not. Whoever was told
that it is not is called again if it gets there after all.
"""
Job = Callable[[Journal], None]

_MOST_GIVEN_WAY = 3
"""How often a portion is begun and undone for what has come meanwhile: then it is written, so that an import comes to
its end also beside somebody who never stops.
"""
_RESTS, _RESTS_BESIDE = 1, 3
"""How many times as long as a portion took the next one waits: alone, where who sends it needs most of that time to
read on, and beside somebody who has changed something since `_HERE_S`, who would else often find one on its way.
"""
_HERE_S = 10.0


class GaveWayError(Exception):
    """A portion was undone before it was on disk, since a change came; it is done after that."""


class _Rank(IntEnum):
    """What is taken first of what waits."""

    CHANGE = 0
    PORTION = 1
    END = 2


class Change(msgspec.Struct, frozen=True, eq=False):
    """What waits for the disk."""

    job: Job
    answer: Answer
    once: bool = False
    """Whether it is dropped where it cannot be done at once, and not tried again."""
    is_portion: bool = False
    given_way: int = 0
    """How often it was begun and undone."""


class WaitingJobs:
    """`put` and `end` are thread-safe, the rest is for the journal's thread."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._queue: queue.PriorityQueue[tuple[_Rank, int, Change | None]] = queue.PriorityQueue()
        self._order = itertools.count()
        self._portions = deque[Change]()
        """That wait for the rest after the one before."""
        self._rests_until_s = now_s()
        self._changed_s = -math.inf

    def put(self, change: Change) -> None:
        """Have it done in its turn."""
        self._add(_Rank.PORTION if change.is_portion else _Rank.CHANGE, change)

    def end(self) -> None:
        """Nothing comes after this."""
        self._add(_Rank.END, None)

    def _add(self, rank: _Rank, change: Change | None) -> None:
        self._queue.put((rank, next(self._order), change))

    def next(self, within_s: float) -> Change | None:
        """What is to be done now; None at the end. Raises queue.Empty where nothing comes in time."""
        until_s = self._now_s() + within_s
        while True:
            now_s = self._now_s()
            if self._portions and now_s >= self._rests_until_s and not self.has_change():
                return self._portions.popleft()
            wait_until_s = self._rests_until_s if self._portions else until_s
            try:
                rank, _, change = self._queue.get(timeout=max(0.0, wait_until_s - now_s))
            except queue.Empty:
                if self._portions:
                    continue
                raise
            if change is None and self._portions:
                self.end()
                return self._portions.popleft()
            if rank is _Rank.CHANGE:
                self._changed_s = self._now_s()
            if change is None or rank is _Rank.CHANGE:
                return change
            self._portions.append(change)

    def has_change(self) -> bool:
        """Whether anything waits that goes before a portion."""
        with self._queue.mutex:
            return bool(self._queue.queue) and self._queue.queue[0][0] is _Rank.CHANGE

    def empty(self) -> bool:
        """Whether nothing waits."""
        return self._queue.empty() and not self._portions

    def give_way(self, portion: Change) -> None:
        """Raise GaveWayError where a change waits that this portion, not yet on disk, has to be undone for."""
        if portion.given_way < _MOST_GIVEN_WAY and self.has_change():
            raise GaveWayError

    def put_back(self, portion: Change) -> None:
        """It gave way: it is the first of the portions again."""
        self._portions.appendleft(msgspec.structs.replace(portion, given_way=portion.given_way + 1))

    def rest(self, took_s: float) -> None:
        """A portion is over that took so long: the next one leaves time to whoever comes meanwhile."""
        now_s = self._now_s()
        times = _RESTS_BESIDE if now_s < self._changed_s + _HERE_S else _RESTS
        self._rests_until_s = now_s + times * took_s
