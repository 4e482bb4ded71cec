"""Server-sent events: what has happened since the id that a phone names, how things are now, and a beat that it lives.

Each message is one of three: `happened`, with the event's id, as docs/socket.md has it; `state`, the parts of the live
page that are not as this phone has them; `beat`, the box's clock, once a second.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncGenerator, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from retro_timer.coach.access import Role
from retro_timer.coach.live import Live
from retro_timer.coach.streamed import Streamed

BEAT_S = 1.0
MOST_STREAMS = {Role.VIEWER: 48, Role.COACH: 64}
"""So many are open when the next one of this role is refused: no crowd of viewers keeps a coach out."""
_BREATH_S = 0.03
"""Changes within it are one message: fewer wake-ups for a phone, and no eye sees it."""
_RETRY_MS = 500
"""Browsers come back by themselves after so long; left out, after three seconds or so."""
Parts = Callable[[], dict[str, str]]
"""The parts of the live page as they are now, by name."""


class Streams:
    """All of them."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._open: Counter[str] = Counter()

    def answer(self, request: Request, role: Role, parts: Parts, may_look: Callable[[], bool]) -> Response:
        """A stream for who asks as long as they may look, or 503 where there are too many for their role."""
        if self._open.total() >= MOST_STREAMS[role]:
            return PlainTextResponse("too many follow already\n", 503, {"retry-after": "5"})
        since = request.headers.get("last-event-id", "") or request.query_params.get("since", "")
        return Streamed(
            self._counted(request.state.phone, since, parts, may_look),
            media_type="text/event-stream",
            headers={"cache-control": "no-store"},
        )

    @property
    def following(self) -> Counter[str]:
        """How many streams each phone has open, by its id."""
        return self._open

    async def _counted(
        self, phone: str, since: str, parts: Parts, may_look: Callable[[], bool]
    ) -> AsyncGenerator[bytes, None]:
        self._open[phone] += 1
        waker = self._live.waker()
        try:
            async with contextlib.aclosing(self._messages(since, parts, waker)) as messages:
                async for message in messages:
                    if not may_look():
                        break
                    yield message
        finally:
            self._live.give_back(waker)
            self._open[phone] -= 1

    async def _messages(self, since: str, parts: Parts, waker: asyncio.Event) -> AsyncGenerator[bytes, None]:
        live = self._live
        had: dict[str, str] = {}
        known = live.ring.seq_of(since)
        # Full state first where it is not known what the phone has missed: that is what no id gets.
        seq = live.ring.seq if known is None else known
        yield b"retry: %d\n" % _RETRY_MS
        while not live.closed:
            happened = live.ring.after(seq)
            seq = happened[-1].seq if happened else seq
            told = [_message("happened", entry.data, live.ring.name_of(entry.seq)) for entry in happened]
            news = {name: text for name, text in parts().items() if had.get(name) != text}
            had.update(news)
            if news:
                # With the id of the last event that was told, so that who comes back asks from there.
                told.append(_message("state", msgspec.json.encode(news), live.ring.name_of(seq)))
            yield b"".join([*told, _message("beat", self._now())])
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BEAT_S):
                    await waker.wait()
                await asyncio.sleep(_BREATH_S)
            waker.clear()

    def _now(self) -> bytes:
        return msgspec.json.encode({"now_ns": self._live.clock.now_ns, "answers": self._live.answers})


def _message(name: str, data: bytes, id_: str = "") -> bytes:
    return (f"id: {id_}\n" if id_ else "").encode() + f"event: {name}\ndata: ".encode() + data + b"\n\n"
