"""An answer that is sent piece by piece, until it is all there or whoever reads it has gone.

Starlette's own does the same by anyio, whose half for asyncio is 1 MB of the page's memory and wanted for nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping

from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class Streamed(Response):
    """`pieces` are asked for once, and closed in the end, whoever ends it."""

    def __init__(self, pieces: AsyncGenerator[bytes, None], *, media_type: str, headers: Mapping[str, str]) -> None:
        self.status_code = 200
        self.media_type = media_type
        self.init_headers(headers)
        self.pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send them, or the head alone to who asks for no more. Raises what asking for one raised."""
        sending = asyncio.create_task(self._send(send, whole=scope["method"] != "HEAD"))
        gone = asyncio.create_task(_gone(receive))
        try:
            await asyncio.wait((sending, gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, gone):
                task.cancel()
            await asyncio.wait((sending, gone))
        if not sending.cancelled():
            sending.result()

    async def _send(self, send: Send, *, whole: bool) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async with contextlib.aclosing(self.pieces) as pieces:
            if whole:
                async for piece in pieces:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
