"""Pictures of what is kept, each a file of its own beside the page that shows its table."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from retro_timer.coach.charts_view import ChartShown, svg_of
from retro_timer.coach.pages.athletes import athlete_shown
from retro_timer.coach.pages.results import charts_of, session_shown
from retro_timer.coach.reading import Kept, number_in, number_of
from retro_timer.coach.site import Site, catalogue_of
from retro_timer.errors import RetroTimerError
from retro_timer.phrases import Catalogue
from retro_timer.pictures.reps import by_set, draw_set, has_times

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""A picture has a style sheet in it, and needs nothing else."""


class PicturePages:
    """One is drawn at a time: a page full of them takes one thread, and the live page goes on."""

    def __init__(self, site: Site, kept: Kept) -> None:
        self._site = site
        self._kept = kept
        self._drawing = asyncio.Semaphore(1)

    async def one_set(self, request: Request) -> Response:
        """The reps of a set, or one athlete's of them, with their intervals."""
        number, set_no = number_of(request, "number"), number_of(request, "set")
        wanted = number_in(request.query_params.get("athlete", ""))
        catalogue = catalogue_of(self._site.language(request))

        def look(connection: sqlite3.Connection) -> bytes | None:
            return _set(connection, number, set_no, wanted, catalogue)

        async with self._drawing:
            return _picture(await self._kept.look(look))

    async def of_session(self, request: Request) -> Response:
        """The group side by side, or one athlete's reps in their order."""
        number = number_of(request, "number")
        wanted = number_in(request.query_params.get("athlete", ""))
        catalogue, what = catalogue_of(self._site.language(request)), request.query_params.get("what", "")

        def look(connection: sqlite3.Connection) -> bytes | None:
            shown = session_shown(connection, number, wanted)
            return None if shown is None else _drawn(charts_of(shown, catalogue, what).charts)

        async with self._drawing:
            return _picture(await self._kept.look(look))

    async def of_athlete(self, request: Request) -> Response:
        """Somebody's averages over the days, or how their times are spread."""
        number, wanted = number_of(request, "number"), request.path_params["name"]
        catalogue, what = catalogue_of(self._site.language(request)), request.query_params.get("what", "")

        def look(connection: sqlite3.Connection) -> bytes | None:
            found = athlete_shown(connection, number, catalogue, what)
            return None if found is None else _drawn([c for c in found.drawn.charts if c.name == wanted])

        async with self._drawing:
            return _picture(await self._kept.look(look))

    async def one_finish(self, request: Request) -> Response:
        """What the sensors saw of a rep's finish; 404 where nothing is kept of it."""
        number, rep = number_of(request, "number"), number_of(request, "rep")

        def look(connection: sqlite3.Connection) -> bytes | None:
            # Loaded for the first picture, the gate's judgement with it: the page starts sooner and needs less.
            from retro_timer.pictures.finish import draw_finish
            from retro_timer.store.seen_finish import picture_of

            try:
                return draw_finish(picture_of(connection, self._kept.state_dir, number, rep)).encode()
            except RetroTimerError:
                return None

        async with self._drawing:
            return _picture(await self._kept.look(look))


def _set(connection: sqlite3.Connection, number: int, set_no: int, athlete: int, words: Catalogue) -> bytes | None:
    shown = session_shown(connection, number, athlete)
    records = [] if shown is None else by_set(kept.record for kept in shown.reps).get(set_no, [])
    return draw_set(records, words, words.shown("picture_set", set=set_no)) if has_times(records) else None


def _drawn(charts: Sequence[ChartShown]) -> bytes | None:
    """The first one, if there is any."""
    return svg_of(charts[0]) if charts else None


def _picture(svg: bytes | None) -> Response:
    if svg is None:
        return Response("no such picture\n", 404, media_type="text/plain")
    return Response(svg, headers={"content-security-policy": _POLICY}, media_type="image/svg+xml")
