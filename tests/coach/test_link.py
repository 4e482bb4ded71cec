"""The page's connection to the box, against a socket that takes what it is told and answers when the test says so."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from retro_timer.beacon.control.protocol import commands
from retro_timer.beacon.control.protocol.answers import Done
from retro_timer.coach import link
from retro_timer.coach.link import Link
from retro_timer.coach.live import Live
from retro_timer.errors import RetroTimerError

LONG_S = 60.0
SOON_S = 0.05


class Box:
    """Answers halt and stop alone."""

    def __init__(self) -> None:
        self.asked = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with contextlib.closing(writer):
            line = await reader.readline()
            self.asked += 1
            if b'"halt"' in line or b'"stop"' in line:
                writer.write(b'{"answer":"done","ok":true}\n')
            else:
                await reader.read()


@contextlib.asynccontextmanager
async def beside(box: Box, folder: Path) -> AsyncIterator[Link]:
    server = await asyncio.start_unix_server(box.serve, folder / "page.sock")
    try:
        async with asyncio.timeout(LONG_S):
            yield Link(folder / "page.sock", Live())
    finally:
        server.close()


def with_a_box_that_hangs(folder: Path, ask: Callable[[Box, Link], Awaitable[None]]) -> None:
    async def run() -> None:
        box = Box()
        async with beside(box, folder) as linked:
            await ask(box, linked)

    asyncio.run(run())


@pytest.mark.parametrize("command", [commands.Halt(), commands.Stop()])
def test_a_halt_waits_for_no_other_command(tmp_path: Path, command: commands.AnyCommand) -> None:
    async def ask(box: Box, linked: Link) -> None:
        others = [asyncio.create_task(linked.ask(commands.Pause(), LONG_S)) for _ in range(link._MOST_AT_ONCE + 3)]
        while box.asked < link._MOST_AT_ONCE:
            await asyncio.sleep(0)
        assert isinstance(await linked.ask(command), Done)
        for other in others:
            other.cancel()

    with_a_box_that_hangs(tmp_path, ask)


def test_who_waits_for_room_waits_no_longer_than_for_an_answer(tmp_path: Path) -> None:
    async def ask(box: Box, linked: Link) -> None:
        others = [asyncio.create_task(linked.ask(commands.Pause(), LONG_S)) for _ in range(link._MOST_AT_ONCE)]
        while box.asked < link._MOST_AT_ONCE:
            await asyncio.sleep(0)
        with pytest.raises(RetroTimerError, match=r"the timer gave no answer \(in time\)"):
            await linked.ask(commands.Pause(), SOON_S)
        for other in others:
            other.cancel()

    with_a_box_that_hangs(tmp_path, ask)
