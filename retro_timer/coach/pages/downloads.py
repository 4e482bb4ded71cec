"""Results as files. Each is written whole beside the page's own files before its first byte goes out, so that one that
fails leaves nothing behind, and a slow phone keeps no database open.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import tempfile
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import BinaryIO

from starlette.requests import Request
from starlette.responses import Response

from retro_timer.coach.access import FOLDER
from retro_timer.coach.reading import Kept, number_in, person_of
from retro_timer.coach.site import Site
from retro_timer.coach.streamed import Streamed
from retro_timer.errors import RetroTimerError
from retro_timer.store.results.athletes import People
from retro_timer.store.results.queries import session

_PIECE = 65_536
_ANY = "application/octet-stream"
_KINDS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


class _NotThereError(Exception):
    """There is no such session, no such format, or nobody of that number."""


class DownloadPages:
    """One is made at a time: it takes one processor, and the live page has the others."""

    def __init__(self, site: Site, kept: Kept, page_dir: Path) -> None:
        """`page_dir`: where a file is spooled."""
        self._site = site
        self._folder = page_dir / FOLDER
        self._kept = kept
        self._making = asyncio.Semaphore(1)

    async def one(self, request: Request) -> Response:
        """Everything, a session, an athlete, or an athlete's part of a session."""
        kind, asked = request.path_params["kind"], request.query_params
        number, athlete = (number_in(asked[name]) if name in asked else None for name in ("session", "athlete"))
        back = "/results" if number is None else f"/results/{number}"
        try:
            async with self._making:
                file, extension = await self._spooled(kind, number, athlete)
        except _NotThereError:
            return self._site.page(request, "message.html", 404, text="", back=back)
        except RetroTimerError as error:
            return self._site.page(request, "message.html", 409, text=str(error), back=back)
        name = "".join(f"-{what}-{of}" for what, of in (("session", number), ("athlete", athlete)) if of is not None)
        headers = {
            "content-disposition": f'attachment; filename="retro-timer{name or "-results"}.{extension}"',
            "content-length": str(file.seek(0, 2)),
        }
        return Streamed(_pieces(file), headers=headers, media_type=_KINDS.get(extension, _ANY))

    async def _spooled(self, kind: str, number: int | None, athlete: int | None) -> tuple[BinaryIO, str]:
        """The file, which has no name: it is gone when it is closed, or its process ends."""
        # Loaded for the first file: a page that nobody saves from starts sooner and is smaller.
        from retro_timer.store.exchange.files import FORMATS, write_one_file
        from retro_timer.store.exchange.selecting import Results, Selection

        if kind not in FORMATS:
            raise _NotThereError
        folder = self._folder

        def look(connection: sqlite3.Connection) -> tuple[BinaryIO, str]:
            if number is not None and session(connection, number) is None:
                raise _NotThereError
            selection = Selection(number, None if athlete is None else _ids(connection, athlete))
            results = Results(connection, selection, as_persons=kind == "csv")
            with contextlib.ExitStack() as whole:
                file = whole.enter_context(tempfile.TemporaryFile(dir=folder))
                extension = write_one_file(kind, file, connection, results)
                file.flush()
                whole.pop_all()
            return file, extension

        try:
            return await self._kept.look_alone(look)
        except OSError as error:
            raise RetroTimerError(f"{folder}: not written ({error.strerror or error})") from None


def _ids(connection: sqlite3.Connection, athlete: int) -> tuple[str, ...]:
    people = People.of(connection)
    person = person_of(people, athlete)
    if person is None:
        raise _NotThereError
    return people.ids_of(person.uid)


async def _pieces(file: BinaryIO) -> AsyncGenerator[bytes, None]:
    with file:
        file.seek(0)
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece
