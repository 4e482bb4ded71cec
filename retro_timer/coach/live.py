"""What the page knows of the box now: the newest status, the ring of events, and who wakes when they change."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import msgspec

from retro_timer.beacon.control.protocol.answers import TimerStatus
from retro_timer.beacon.events import BeaconEvent
from retro_timer.coach.clock import BoxClock
from retro_timer.coach.ring import Ring
from retro_timer.training.session import events

UNDO_S = 10.0
"""So long a correction is offered to be taken back by its id."""
FRESH_S = 3.0
"""So old the newest status may be. One comes each second; shorter, a box that is busy for a moment greys every page."""


class Correction(msgspec.Struct, frozen=True):
    """The newest one that can be taken back by its id."""

    revision: str
    kind: str
    rep: int | None
    until_ns: int
    """By the box's clock."""


class Live:
    """Belongs to the event loop."""

    def __init__(self, now_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._now_ns = now_ns
        self._heard_ns = 0
        self.clock = BoxClock(now_ns)
        self.ring = Ring()
        self.status: TimerStatus | None = None
        """None while no timer answers."""
        self.correction: Correction | None = None
        self.closed = False
        self._wakers: set[asyncio.Event] = set()

    def hear_status(self, status: TimerStatus, sent_ns: int, received_ns: int) -> None:
        """How the timer does."""
        if self.status is None:
            self.clock.forget()
        self.clock.note(sent_ns, status.now_ns, received_ns)
        self.status = status
        self._heard_ns = self._now_ns()
        self._wake()

    def hear_event(self, event: BeaconEvent, line: bytes) -> None:
        """What happened, and its line."""
        if isinstance(event, events.Correction) and event.revision is not None:
            until_ns = event.t_ns + round(UNDO_S * 1e9)
            self.correction = Correction(event.revision, event.kind, event.rep, until_ns)
        self.ring.add(line)
        self._wake()

    def hear_nothing(self) -> None:
        """No timer answers."""
        if self.status is not None:
            self.status = None
            self.correction = None
            self._wake()

    def close(self) -> None:
        """Every stream ends."""
        self.closed = True
        self._wake()

    @property
    def answers(self) -> bool:
        """Whether the timer answers: one that hangs keeps its connection, and its last status grows old."""
        return self.status is not None and self._now_ns() - self._heard_ns < FRESH_S * 1e9

    @property
    def undoable(self) -> Correction | None:
        """The newest correction, as long as it is offered to be undone."""
        correction = self.correction
        return correction if correction is not None and self.clock.now_ns < correction.until_ns else None

    def waker(self) -> asyncio.Event:
        """Set whenever something has changed; to be given back."""
        waker = asyncio.Event()
        self._wakers.add(waker)
        return waker

    def give_back(self, waker: asyncio.Event) -> None:
        """Nobody waits by it any more."""
        self._wakers.discard(waker)

    def _wake(self) -> None:
        for waker in self._wakers:
            waker.set()
