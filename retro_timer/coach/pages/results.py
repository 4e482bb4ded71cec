"""What is kept: sessions, the reps of one by set, and one rep."""

from __future__ import annotations

import asyncio
import sqlite3

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from retro_timer.coach.charts_view import ChartShown, ChartsShown, drop_off_shown, group_shown, of_kinds
from retro_timer.coach.kept_view import history_of, sets_of, who_ran
from retro_timer.coach.reading import Kept, number_in, number_of, person_of
from retro_timer.coach.site import Site, catalogue_of
from retro_timer.coach.view import row_of
from retro_timer.phrases import Catalogue
from retro_timer.pictures.chosen import kinds_of
from retro_timer.store.finishes import finish_of
from retro_timer.store.results.athletes import AthleteRow, People
from retro_timer.store.results.queries import KeptRep, SessionRow, Wanted, count_sessions, reps, session, sessions
from retro_timer.store.results.revisions import RevisionRow, revisions

MOST_SESSIONS = 100
MOST_REPS = 1_000
"""What a phone shows in one table; `retro-timer results` has all."""


class Shown(msgspec.Struct, frozen=True):
    """A session, or one athlete's part of it."""

    session: SessionRow
    reps: list[KeptRep]
    everybody: list[AthleteRow]
    person: AthleteRow | None
    history: list[RevisionRow]


class ResultPages:
    """By session."""

    def __init__(self, site: Site, kept: Kept) -> None:
        self._site = site
        self._kept = kept

    async def all_sessions(self, request: Request) -> Response:
        """The newest sessions."""

        def look(connection: sqlite3.Connection) -> tuple[list[SessionRow], int]:
            return list(sessions(connection, MOST_SESSIONS)), count_sessions(connection)

        rows, count = await self._kept.look(look)
        return self._site.page(request, "results.html", sessions=rows, count=count, as_of=self._kept.as_of)

    async def one_session(self, request: Request) -> Response:
        """The reps of a session, or one athlete's of it."""
        number = number_of(request, "number")
        wanted = number_in(request.query_params.get("athlete", ""))
        what = request.query_params.get("what", "")
        shown = await self._kept.look(lambda connection: session_shown(connection, number, wanted))
        if shown is None:
            return self._site.page(request, "message.html", 404, text="", back="/results")
        catalogue = catalogue_of(self._site.language(request))
        drawn = await asyncio.to_thread(charts_of, shown, catalogue, what)
        return await asyncio.to_thread(
            self._site.page,
            request,
            "session.html",
            drawn=drawn,
            session=shown.session,
            sets=sets_of(shown.reps),
            count=len(shown.reps),
            most=MOST_REPS,
            everybody=shown.everybody,
            person=shown.person,
            history=history_of(shown.history, catalogue),
            as_of=self._kept.as_of,
        )

    async def one_rep(self, request: Request) -> Response:
        """A rep: what became of it, its corrections, and forms to correct it."""
        number, rep = number_of(request, "number"), number_of(request, "rep")

        def look(connection: sqlite3.Connection) -> tuple[SessionRow, KeptRep, list[RevisionRow], bool] | None:
            row, found = session(connection, number), rep_kept(connection, number, rep)
            if row is None or found is None:
                return None
            seen = finish_of(self._kept.state_dir, row.uid, found.record) is not None
            return row, found, revisions(connection, session=number, rep=rep), seen

        shown = await self._kept.look(look)
        if shown is None:
            return self._site.page(request, "message.html", 404, text="", back=f"/results/{number}")
        row, kept, history, seen = shown
        return self._site.page(
            request,
            "rep.html",
            session=row,
            row=row_of(kept.record),
            seen=seen,
            history=history_of(history, catalogue_of(self._site.language(request))),
            as_of=self._kept.as_of,
        )


def charts_of(shown: Shown, catalogue: Catalogue, what: str) -> ChartsShown:
    """The picture of all its reps of a kind: the group side by side, or one athlete's in their order."""
    every, person = [kept.ran for kept in shown.reps], shown.person

    def draw(what: str) -> tuple[ChartShown | None]:
        if person is None:
            return (group_shown(every, catalogue, what),)
        return (drop_off_shown(person.name, every, catalogue, what),)

    return of_kinds(kinds_of(every), what, draw, catalogue)


def session_shown(connection: sqlite3.Connection, number: int, athlete: int = 0) -> Shown | None:
    """A session; None for one that is not there, or of which the athlete of that number has no rep."""
    row = session(connection, number)
    if row is None:
        return None
    people = People.of(connection)
    every = list(reps(connection, Wanted(session=row.id), MOST_REPS))
    everybody = who_ran(every, people)
    history = revisions(connection, session=row.id)
    if not athlete:
        return Shown(row, every, everybody, None, history)
    person = person_of(people, athlete)
    theirs = person is not None and person.uid in {each.uid for each in everybody}
    if person is None or not theirs:
        return None
    ids = people.ids_of(person.uid)
    own = [kept for kept in every if kept.athlete_id in ids]
    numbers = {0, *(kept.record.rep for kept in own)}
    return Shown(row, own, everybody, person, [each for each in history if each.rep in numbers])


def rep_kept(connection: sqlite3.Connection, number: int, rep: int) -> KeptRep | None:
    """One rep of a session that has ended."""
    return next(reps(connection, Wanted(session=number, rep=rep)), None)
