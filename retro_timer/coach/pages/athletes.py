"""Who has run, and what one of them has done."""

from __future__ import annotations

import asyncio
import sqlite3
from itertools import groupby

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from retro_timer.coach.charts_view import ChartShown, ChartsShown, of_kinds, spread_shown, trend_shown
from retro_timer.coach.kept_view import SetShown, sets_of
from retro_timer.coach.reading import Kept, number_of, person_of
from retro_timer.coach.site import Site, catalogue_of
from retro_timer.phrases import Catalogue
from retro_timer.pictures.chosen import kinds_of
from retro_timer.store.results.athletes import AthleteRow, People
from retro_timer.store.results.history import history_of
from retro_timer.store.results.queries import KeptRep, Wanted, reps
from retro_timer.training.progress.progress import by_kind

MOST_REPS = 200
"""The newest of an athlete: some ten evenings."""


class Evening(msgspec.Struct, frozen=True):
    """What an athlete did in a session."""

    number: int
    first: KeptRep
    sets: list[SetShown]


class AthleteShown(msgspec.Struct, frozen=True):
    """An athlete, their newest reps, and pictures of all they did."""

    person: AthleteRow
    reps: list[KeptRep]
    drawn: ChartsShown


class AthletePages:
    """By athlete."""

    def __init__(self, site: Site, kept: Kept) -> None:
        self._site = site
        self._kept = kept

    async def everybody(self, request: Request) -> Response:
        """Everybody, by name."""
        people = await self._kept.look(People.of)
        rows = sorted(people.persons, key=lambda person: (person.name.casefold(), person.number))
        return self._site.page(request, "athletes.html", people=rows, as_of=self._kept.as_of)

    async def one(self, request: Request) -> Response:
        """The newest reps of one, by session."""
        number = number_of(request, "number")
        catalogue, what = catalogue_of(self._site.language(request)), request.query_params.get("what", "")
        found = await self._kept.look(lambda connection: athlete_shown(connection, number, catalogue, what))
        if found is None:
            return self._site.page(request, "message.html", 404, text="", back="/athletes")
        by_session = groupby(found.reps, key=lambda kept: kept.session)
        evenings = [_evening(session, list(own)) for session, own in by_session]
        return await asyncio.to_thread(
            self._site.page,
            request,
            "athlete.html",
            person=found.person,
            evenings=evenings[::-1],
            drawn=found.drawn,
            count=len(found.reps),
            most=MOST_REPS,
            as_of=self._kept.as_of,
        )


def athlete_shown(connection: sqlite3.Connection, number: int, catalogue: Catalogue, what: str) -> AthleteShown | None:
    """An athlete by number, with pictures of the kind of reps that is wanted; None for one that is not there."""
    people = People.of(connection)
    person = person_of(people, number)
    if person is None:
        return None
    ids = people.ids_of(person.uid)
    every = list(reps(connection, Wanted(athletes=ids), MOST_REPS))
    attended, compared = history_of(connection, ids).newest, [kept.ran for kept in every]

    def draw(what: str) -> tuple[ChartShown | None, ...]:
        return (
            trend_shown(person.name, attended, catalogue, what),
            spread_shown(person.name, compared, catalogue, what),
        )

    kinds = [kind for kind, efforts in by_kind(attended).items() for _ in efforts] + kinds_of(compared)
    return AthleteShown(person, every, of_kinds(kinds, what, draw, catalogue))


def _evening(number: int, own: list[KeptRep]) -> Evening:
    return Evening(number, own[0], sets_of(own))
