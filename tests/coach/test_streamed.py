"""An answer in pieces: all of them, or as many as somebody waits for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest
from starlette.types import Message

from retro_timer.coach.streamed import Streamed


class Told:
    """What a reader is sent, and whether the pieces were closed; the reader goes after so many pieces."""

    def __init__(self, *, stays_for: int = 99, fails: bool = False) -> None:
        self.sent: list[Message] = []
        self.closed = False
        self._stays_for = stays_for
        self._fails = fails

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        try:
            yield b"one"
            yield b"two"
            if self._fails:
                raise EOFError
            if self._stays_for < 99:
                await asyncio.Event().wait()
        finally:
            self.closed = True

    def run(self, method: str = "GET") -> None:
        asyncio.run(self._run(method))

    async def _run(self, method: str) -> None:
        gone = asyncio.Event()

        async def receive() -> Message:
            if not self.sent:
                return {"type": "http.request"}
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            self.sent.append(message)
            if len(self.sent) > self._stays_for:
                gone.set()

        answer = Streamed(self.pieces(), media_type="text/plain", headers={"x-kind": "a"})
        await answer({"type": "http", "method": method}, receive, send)

    @property
    def bodies(self) -> list[bytes]:
        return [message["body"] for message in self.sent[1:]]


def test_who_stays_gets_all_of_it() -> None:
    told = Told()
    told.run()
    assert told.bodies == [b"one", b"two", b""]
    assert (told.sent[0]["status"], told.closed) == (200, True)
    assert (b"x-kind", b"a") in told.sent[0]["headers"]
    assert [message["more_body"] for message in told.sent[1:]] == [True, True, False]


def test_who_goes_ends_it_though_more_would_come_one_day() -> None:
    told = Told(stays_for=2)
    told.run()
    assert told.bodies == [b"one", b"two"]
    assert told.closed


def test_what_fails_underway_is_raised_and_is_no_whole_answer() -> None:
    told = Told(fails=True)
    with pytest.raises(EOFError):
        told.run()
    assert told.bodies == [b"one", b"two"]
    assert told.closed


def test_who_asks_for_the_head_alone_gets_no_piece() -> None:
    told = Told()
    told.run("HEAD")
    assert told.bodies == [b""]
