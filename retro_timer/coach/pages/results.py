"""What is kept: sessions, and the reps of one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from retro_timer.coach.figures import whole
from retro_timer.coach.site import Site
from retro_timer.coach.view import ResultRow, row_of
from retro_timer.store.results.database import opened_results
from retro_timer.store.results.queries import SessionRow, Wanted, count_sessions, reps, session, sessions
from retro_timer.training.corrections import MOST_NUMBER

T = TypeVar("T")
MOST_SESSIONS = 100
MOST_REPS = 1_000
"""What a phone shows in one table; `retro-timer results` has all."""
_MOST_FIGURES = 15


class ResultPages:
    """Read in another thread: the page's loop waits for no disk."""

    def __init__(self, site: Site, state_dir: Path) -> None:
        self._site = site
        self._state_dir = state_dir

    async def all_sessions(self, request: Request) -> Response:
        """The newest sessions."""

        def look(connection: sqlite3.Connection) -> tuple[list[SessionRow], int]:
            return list(sessions(connection, MOST_SESSIONS)), count_sessions(connection)

        rows, count = await run_in_threadpool(self._read, look)
        return self._site.page(request, "results.html", sessions=rows, count=count)

    async def one_session(self, request: Request) -> Response:
        """The reps of a session."""
        # A converter of the route's would fail on thousands of digits before anybody is asked who they are.
        number = whole(request.path_params["number"], _MOST_FIGURES) or 0

        def look(connection: sqlite3.Connection) -> tuple[SessionRow | None, list[ResultRow]]:
            row = session(connection, number) if 1 <= number <= MOST_NUMBER else None
            kept = [] if row is None else reps(connection, Wanted(session=row.id), MOST_REPS)
            return row, [row_of(each.record) for each in kept]

        row, rows = await run_in_threadpool(self._read, look)
        if row is None:
            return self._site.page(request, "message.html", 404, text="", back="/results")
        return self._site.page(request, "session.html", session=row, results=rows, most=MOST_REPS)

    def _read(self, look: Callable[[sqlite3.Connection], T]) -> T:
        with opened_results(self._state_dir) as connection:
            return look(connection)
