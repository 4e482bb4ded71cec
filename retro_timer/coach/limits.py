"""The patience of the page's server: what uvicorn waits for without end ends here.

A phone that sends nothing, trickles, or never reads costs a connection for so long, and nobody else anything.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_S = 10.0
"""To a request's complete head, from the connection or from its first byte."""
BODY_S = 30.0
"""To the end of its body."""
READ_S = 60.0
"""For a client to read what fills its connection; one that follows events gets no time: it comes back fresh."""
LONGEST_HEAD = 16_384
MOST_OF_ONE_ADDRESS = 16
"""A browser opens six; a phone with two of them has room to spare."""
MOST_CONNECTIONS = 256
STREAM_PATH = "/events"


class LimitedProtocol(H11Protocol):
    """One connection."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._awaited = ""
        self._patience: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody connects, unless too many have."""
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        same = [
            one for one in self.connections if isinstance(one, H11Protocol) and one.client and one.client[0] == address
        ]
        if len(same) > MOST_OF_ONE_ADDRESS or len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
        else:
            self._await("head", HEAD_S)

    def handle_events(self) -> None:
        """As uvicorn does it; then see what is waited for now."""
        super().handle_events()
        if self.transport.is_closing():
            self._await("", 0.0)
        elif self.conn.their_state is h11.SEND_BODY:
            self._await("body", BODY_S)
        elif self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
            self._await("head", HEAD_S)
        else:
            self._await("", 0.0)

    def _await(self, what: str, within_s: float) -> None:
        """What was waited for already is not given more time."""
        if what == self._awaited:
            return
        if self._patience is not None:
            self._patience.cancel()
        self._awaited = what
        self._patience = self.loop.call_later(within_s, self.transport.abort) if what else None

    def pause_writing(self) -> None:
        """The client leaves 64 KB unread."""
        super().pause_writing()
        if self.scope is not None and self.scope["path"] == STREAM_PATH:
            self.transport.abort()
        else:
            self._reading = self.loop.call_later(READ_S, self.transport.abort)

    def resume_writing(self) -> None:
        """It reads."""
        super().resume_writing()
        self._stop_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """It has gone."""
        super().connection_lost(exc)
        self._await("", 0.0)
        self._stop_reading()

    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
