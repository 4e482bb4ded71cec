"""The last events under ids `INSTANCE:SEQ`: a phone that slept gets what it missed, or learns that it cannot."""

from __future__ import annotations

import itertools
import secrets
from collections import deque

import msgspec

from retro_timer.coach.figures import whole

RING_LENGTH = 1_000
"""A session tells about two events a second at its liveliest: eight minutes in a pocket."""


class Entry(msgspec.Struct, frozen=True):
    """An event as it goes to every phone."""

    seq: int
    data: bytes
    """One line of JSON."""


class Ring:
    """Of one run of the page's process: ids of another run are unknown."""

    def __init__(self, length: int = RING_LENGTH) -> None:
        self.instance = secrets.token_hex(4)
        self.seq = 0
        """Of the newest event; 0 before the first."""
        self._entries: deque[Entry] = deque(maxlen=length)

    def add(self, data: bytes) -> None:
        """One more."""
        self.seq += 1
        self._entries.append(Entry(self.seq, data))

    def name_of(self, seq: int) -> str:
        """The id of an event."""
        return f"{self.instance}:{seq}"

    def seq_of(self, name: str) -> int | None:
        """The number in an id, if everything after it is still here; None for one that is unknown or too old."""
        instance, _, figures = name.partition(":")
        seq = whole(figures, 18)
        if instance != self.instance or seq is None:
            return None
        oldest = self._entries[0].seq if self._entries else self.seq + 1
        return seq if oldest - 1 <= seq <= self.seq else None

    def after(self, seq: int) -> list[Entry]:
        """Those that came after one, oldest first."""
        newest_first = itertools.islice(reversed(self._entries), max(0, self.seq - seq))
        return list(newest_first)[::-1]
