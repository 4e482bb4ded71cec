"""The connection to the beacon: one follows for all phones, and each command has a short one of its own.

So no command waits for another one's disk. The beacon's end comes back as often as it likes: this one knocks again.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from retro_timer.beacon.control.client import NoTimerError
from retro_timer.beacon.control.protocol import answers, commands, requests, wire
from retro_timer.beacon.control.protocol.answers import AnyAnswer, RequestRefusedError
from retro_timer.beacon.control.protocol.base import Request
from retro_timer.beacon.events import BeaconEvent
from retro_timer.errors import RetroTimerError

ANSWER_S = 10.0
_AGAIN_S = 0.5
_LOOK_S = 1.0
"""A status so often where nothing happens, so that sensors and light are live."""
_LONGEST_LINE = 1 << 20
_MOST_AT_ONCE = 16
"""Commands under way; the beacon has room for 64 connections."""
_AT_ONCE = (commands.Halt, commands.Stop)
"""Wait for no room: whatever hangs, these are said."""


class Hearer(Protocol):
    """Who is told."""

    def hear_status(self, status: answers.TimerStatus, sent_ns: int, received_ns: int) -> None:
        """How the timer does; asked and answered at these times of this process's clock."""

    def hear_event(self, event: BeaconEvent, line: bytes) -> None:
        """What happened, and its line."""

    def hear_nothing(self) -> None:
        """No timer answers."""


class Link:
    """To the page's socket."""

    def __init__(self, path: Path, hearer: Hearer, now_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self._path = path
        self._hearer = hearer
        self._now_ns = now_ns
        self._sent_ns = 0
        """When the status was asked that has not been answered; 0 when none was."""
        self._asks_again = False
        self._writer: asyncio.StreamWriter | None = None
        self._room = asyncio.Semaphore(_MOST_AT_ONCE)

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            with contextlib.suppress(OSError, RetroTimerError, ValueError):
                await self._follow()
            self._hearer.hear_nothing()
            await asyncio.sleep(_AGAIN_S)

    async def ask(self, request: Request, within_s: float = ANSWER_S) -> AnyAnswer:
        """One request and its answer. Raises RequestRefusedError, or RetroTimerError where no timer answers."""
        room: contextlib.AbstractAsyncContextManager[object] = (
            contextlib.nullcontext() if isinstance(request, _AT_ONCE) else self._room
        )
        try:
            async with asyncio.timeout(within_s), room:
                line = await self._asked(request)
        except (OSError, TimeoutError, ValueError) as error:
            raise RetroTimerError(f"the timer gave no answer ({str(error) or 'in time'})") from None
        if not line:
            raise RetroTimerError("the timer gave no answer (it went away)")
        answer = wire.answer_of(line)
        if isinstance(answer, answers.Error):
            raise RequestRefusedError(answer.why, answer.error)
        return answer

    async def _asked(self, request: Request) -> bytes:
        try:
            reader, writer = await asyncio.open_unix_connection(self._path, limit=_LONGEST_LINE)
        except OSError as error:
            raise NoTimerError(f"no timer answers ({error.strerror})") from None
        try:
            writer.write(wire.line_of(request))
            return await reader.readline()
        finally:
            writer.close()

    async def _follow(self) -> None:
        reader, writer = await asyncio.open_unix_connection(self._path, limit=_LONGEST_LINE)
        self._writer, self._sent_ns, self._asks_again = writer, self._now_ns(), False
        try:
            writer.write(wire.line_of(requests.Follow()))
            async with asyncio.TaskGroup() as tasks:
                looking = tasks.create_task(self._look_now_and_then())
                try:
                    while line := await reader.readline():
                        self._take(line)
                finally:
                    looking.cancel()
        except* (OSError, RetroTimerError, ValueError) as group:
            raise group.exceptions[0] from None
        finally:
            self._writer = None
            writer.close()

    async def _look_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_S)
            if self._sent_ns and self._now_ns() - self._sent_ns > ANSWER_S * 1e9:
                raise RetroTimerError("the timer gave no answer in time")
            self._ask_status()

    def _take(self, line: bytes) -> None:
        received_ns = self._now_ns()
        if line.startswith(b'{"event"'):
            event = wire.event_of(line)
            if event is not None:
                self._hearer.hear_event(event, line.rstrip(b"\n"))
                self._ask_status()
            return
        answer = wire.answer_of(line)
        if isinstance(answer, answers.Following | answers.Status):
            sent_ns, self._sent_ns = self._sent_ns, 0
            self._hearer.hear_status(answer.status, sent_ns, received_ns)
            if self._asks_again:
                self._asks_again = False
                self._ask_status()
        elif isinstance(answer, answers.Error):
            raise RetroTimerError(answer.error)

    def _ask_status(self) -> None:
        """Once while one is under way, whatever happens meanwhile: many events are one status."""
        if self._sent_ns:
            self._asks_again = True
        elif self._writer is not None:
            self._sent_ns = self._now_ns()
            self._writer.write(wire.line_of(requests.Status()))
