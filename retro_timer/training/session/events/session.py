"""How a session goes: its phases, what it refuses, what is not on disk, and its end."""

from __future__ import annotations

import msgspec

from retro_timer.training.session.events.base import Event, Values


class Session(Event, frozen=True):
    """A session has begun."""

    title: str
    athletes: tuple[str, ...]
    steps: int
    """Reps of each athlete."""
    order: str = "rotation"
    """Who is on the course together: rotation, rolling or waves."""


class Phase(Event, frozen=True):
    """The session is in another phase; whose turn it is, once somebody's is."""

    phase: str
    until_ns: int | None
    """When it ends by the plan, on the clock of `t_ns`."""
    athlete: str | None = None
    set: int | None = None
    sets: int | None = None
    rep_in_set: int | None = None
    reps_in_set: int | None = None
    distance_m: float | None = None
    duration_s: float | None = None
    gait: str | None = None
    start: str | None = None
    """How its start is given."""
    course: str | None = None


class Skipped(Event, frozen=True):
    """A rep that is not going to be run."""

    athlete: str
    step: int
    """Its place in the plan, from 0."""


class NotSaved(Event, frozen=True):
    """A rep, or whether an athlete takes part, is not on disk; the session goes on."""

    rep: int | None
    """Null where it is somebody's taking part, of which the first that fails is told."""
    reason: str
    athlete: str | None = None
    """Whose taking part it is; of several the first."""


class SavedAfterAll(Event, frozen=True):
    """All reps are on disk now."""


class Refused(Event, frozen=True):
    """What somebody asked for is not possible: a phrase's key with its values, or for a plan's mistake its line."""

    why: str
    values: Values = msgspec.field(default_factory=dict)


class Recoverable(Event, frozen=True):
    """A session that was cut off may be gone on with, or closed."""

    title: str
    reps: int


class Recovered(Event, frozen=True):
    """It is gone on with."""

    title: str
    reps: int


class Closed(Event, frozen=True):
    """It is closed."""

    outcome: str


class Summary(Event, frozen=True):
    """The session is over."""

    reps: int
    finished: int
    obstacles: int
