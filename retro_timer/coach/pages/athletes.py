"""Who has run, and what one of them has done."""

from __future__ import annotations

import sqlite3
from itertools import groupby

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from retro_timer.coach.kept_view import SetShown, sets_of
from retro_timer.coach.reading import Kept, number_of, person_of
from retro_timer.coach.site import Site
from retro_timer.store.results.athletes import AthleteRow, People
from retro_timer.store.results.queries import KeptRep, Wanted, reps

MOST_REPS = 200
"""The newest of an athlete: some ten evenings."""


class Evening(msgspec.Struct, frozen=True):
    """What an athlete did in a session."""

    number: int
    first: KeptRep
    sets: list[SetShown]


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

        def look(connection: sqlite3.Connection) -> tuple[AthleteRow, list[KeptRep]] | None:
            people = People.of(connection)
            person = person_of(people, number)
            if person is None:
                return None
            return person, list(reps(connection, Wanted(athletes=people.ids_of(person.uid)), MOST_REPS))

        found = await self._kept.look(look)
        if found is None:
            return self._site.page(request, "message.html", 404, text="", back="/athletes")
        person, every = found
        evenings = [_evening(session, list(own)) for session, own in groupby(every, key=lambda kept: kept.session)]
        return self._site.page(
            request,
            "athlete.html",
            person=person,
            evenings=evenings[::-1],
            count=len(every),
            most=MOST_REPS,
            as_of=self._kept.as_of,
        )


def _evening(number: int, own: list[KeptRep]) -> Evening:
    return Evening(number, own[0], sets_of(own))
