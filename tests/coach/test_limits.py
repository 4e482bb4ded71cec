"""Silent, trickling and never-reading clients, and too many of them: each on a real connection."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from retro_timer.coach import limits
from retro_timer.coach.limits import LimitedProtocol

SHORT_S = 0.15
LONG_S = 60.0
GET = b"GET /page HTTP/1.1\r\nhost: x\r\n\r\n"


class Line(NamedTuple):
    """Where the server is, and who it thinks is connected."""

    port: int
    state: ServerState

    async def empty(self) -> None:
        """Wait until it has hung up on everybody."""
        while self.state.connections:
            await asyncio.sleep(0.02)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads all that is sent; answers with as much as the address says, over and over for a stream."""
    while (message := await receive()).get("more_body"):
        pass
    if message["type"] == "http.disconnect":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    with contextlib.suppress(OSError):
        for _ in range(1_000 if scope["path"] in ("/events", "/long") else 1):
            await send({"type": "http.response.body", "body": b"x" * 65_536, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[Line]:
    config = uvicorn.Config(app, http=LimitedProtocol, ws="none", log_config=None, timeout_keep_alive=20)
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: LimitedProtocol(config=config, server_state=state, app_state={}), "127.0.0.1", 0
    )
    try:
        yield Line(server.sockets[0].getsockname()[1], state)
    finally:
        server.close()
        for connection in list(state.connections):
            connection.transport.abort()


def on_the_line(client: Callable[[Line], Awaitable[None]]) -> None:
    """Against the real server, within a time that only a defect needs."""

    async def run() -> None:
        async with serving() as line, asyncio.timeout(LONG_S):
            await client(line)

    asyncio.run(run())


async def hung_up(reader: asyncio.StreamReader) -> bytes:
    """What came until the other end hung up."""
    got = bytearray()
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65_536):
            got += data
    return bytes(got)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HEAD_S", "BODY_S", "READ_S"):
        monkeypatch.setattr(limits, name, SHORT_S)


def test_the_patience_is_as_it_is_told() -> None:
    assert (limits.HEAD_S, limits.BODY_S, limits.MOST_OF_ONE_ADDRESS) == (10.0, 30.0, 16)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HT",
        GET[:-2],
        GET + b"GET /page HT",
        b"POST /page HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nx",
    ],
    ids=["silent", "begun", "no end of the head", "a second one begun", "a body that does not end"],
)
def test_who_does_not_go_on_is_hung_up_on(sent: bytes) -> None:
    async def client(line: Line) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
        writer.write(sent)
        await hung_up(reader)
        writer.close()

    on_the_line(client)


@pytest.mark.usefixtures("impatient")
def test_who_trickles_gets_no_more_time_than_who_is_silent() -> None:
    async def client(line: Line) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
        ended = asyncio.create_task(hung_up(reader))
        writer.write(b"GET / HTTP/1.1\r\n")
        with contextlib.suppress(ConnectionError):
            while not ended.done():
                writer.write(b"x: y\r\n")
                await writer.drain()
                await asyncio.sleep(SHORT_S / 10)
        await ended
        writer.close()

    on_the_line(client)


def test_who_has_been_answered_may_wait_with_the_next_request(monkeypatch: pytest.MonkeyPatch) -> None:
    async def client(line: Line) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
        for _ in range(3):
            writer.write(GET)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            while (size := int(await reader.readline(), 16)) > 0:
                await reader.readexactly(size + 2)
            await reader.readline()
            # From now on nobody waits for a head, however short the time for one is.
            monkeypatch.setattr(limits, "HEAD_S", SHORT_S)
            await asyncio.sleep(SHORT_S * 2)
        writer.close()

    on_the_line(client)


@pytest.mark.parametrize("path", [b"/events", b"/long"])
def test_who_never_reads_is_dropped(path: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "READ_S", SHORT_S)

    async def client(line: Line) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", line.port, limit=1_024)
        writer.write(b"GET " + path + b" HTTP/1.1\r\nhost: x\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        await line.empty()
        assert len(await hung_up(reader)) < 1_000 * 65_536
        writer.close()

    on_the_line(client)


def test_one_address_has_sixteen_connections() -> None:
    async def client(line: Line) -> None:
        lines = [await asyncio.open_connection("127.0.0.1", line.port) for _ in range(limits.MOST_OF_ONE_ADDRESS)]
        # Each is known to be there before one more comes.
        for reader, writer in lines:
            writer.write(GET)
            await reader.readuntil(b"\r\n\r\n")
        refused, _ = await asyncio.open_connection("127.0.0.1", line.port)
        assert await hung_up(refused) == b""
        other, writer = await asyncio.open_connection("127.0.0.1", line.port, local_addr=("127.0.0.2", 0))
        writer.write(GET)
        assert (await other.readline()).startswith(b"HTTP/1.1 200")
        for _, each in (*lines, (other, writer)):
            each.close()

    on_the_line(client)


def test_a_head_that_is_too_long_is_refused() -> None:
    assert limits.LONGEST_HEAD == 16_384
