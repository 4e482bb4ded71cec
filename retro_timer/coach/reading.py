"""Reads what is kept, as it is now and in another thread: the page's loop waits for no disk."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from starlette.requests import Request

from retro_timer.coach.figures import whole
from retro_timer.coach.recent import Recent
from retro_timer.store.results.athletes import AthleteRow, People
from retro_timer.training.corrections import MOST_NUMBER

T = TypeVar("T")
_MOST_FIGURES = 15


class Kept:
    """Results in a state directory."""

    def __init__(self, state_dir: Path, recent: Recent) -> None:
        self.state_dir = state_dir
        self._recent = recent

    async def look(self, look: Callable[[sqlite3.Connection], T]) -> T:
        """What a function finds there. Raises RetroTimerError for a database that cannot be read."""
        await self._recent.follow()
        return await asyncio.to_thread(self._recent.look, look)

    async def look_alone(self, look: Callable[[sqlite3.Connection], T]) -> T:
        """`look` for what takes long: others look meanwhile."""
        await self._recent.follow()
        return await asyncio.to_thread(self._recent.look_alone, look)

    @property
    def as_of(self) -> str | None:
        """When what was looked at last was all that was kept, for people; None for the present."""
        at_s = self._recent.as_of_s
        if at_s is None:
            return None
        return f"{datetime.fromtimestamp(at_s, UTC).astimezone():%Y-%m-%d %H:%M}" if at_s else "–"


def number_in(text: str) -> int:
    """A number of a session, a rep or an athlete as an address has it; 0, which nothing has, for anything else."""
    number = whole(text, _MOST_FIGURES) or 0
    return number if number <= MOST_NUMBER else 0


def number_of(request: Request, name: str) -> int:
    """One in the path."""
    # A converter of the route's would fail on thousands of digits before anybody is asked who they are.
    return number_in(request.path_params[name])


def person_of(people: People, number: int) -> AthleteRow | None:
    """Who has a number, or is one person with who has it; None for nobody and for who is forgotten."""
    uid = next((row.uid for row in people.rows if row.number == number), None)
    person = people.persons_by_uid.get(uid) if uid is not None else None
    return None if person is None or person.removed else person
