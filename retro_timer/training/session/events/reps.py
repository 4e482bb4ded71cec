"""A rep from its start to its time."""

from __future__ import annotations

from retro_timer.training.record import RepRecord
from retro_timer.training.session.events.base import Event


class Go(Event, frozen=True):
    """A rep has begun; `t_ns` is the edge of its go."""

    rep: int
    """Running number in the session, from 1."""
    athlete: str
    distance_m: float | None
    duration_s: float | None
    gait: str
    start: str | None = None
    """release or flying, where the athlete gave the start; relay of a leg."""
    uncertainty_s: float | None = None
    """Half-width of the 95 % interval of such a start."""
    lane: int | None = None
    """Where there are several."""
    wave: int | None = None
    """Who start together have the same; counted from 1."""
    runners: tuple[str, ...] = ()
    """Before a single lane: who went in that wave, whose places nobody knows yet."""
    crossings_m: float | None = None
    """The line is crossed as often as one can within `duration_s`: the way from one crossing to the next."""


class Stand(Event, frozen=True):
    """Who is going to give the start by leaving the beam stands steadily in it, or does not count any more."""

    stand: str
    reason: str
    """Why it does not count; empty when it does."""


class Recall(Event, frozen=True):
    """A start is taken back."""


class Crossing(Event, frozen=True):
    """The provisional finish, when the beep sounds."""

    rep: int
    athlete: str
    lane: int | None = None
    """Where there are several."""


class CrossingWithdrawn(Event, frozen=True):
    """That was not the runner: the rep goes on."""

    rep: int


class Finish(Event, frozen=True):
    """A rep's time, on disk when it is told."""

    rep: int
    time_s: float
    """From the go to the back at the line, unrounded."""
    uncertainty_s: float
    """Half-width of the 95 % interval."""
    method: str
    flags: tuple[str, ...]
    record: RepRecord
    start: str | None = None
    """release or flying, where the athlete gave the start."""
    lane: int | None = None
    """Where there are several."""
    place: int | None = None
    """In a wave before a single lane, whose runners nobody can tell apart."""
    crossings: int | None = None
    """How often the line was crossed, where that is what was counted."""


class Split(Event, frozen=True):
    """The time at a line on the way."""

    rep: int
    line: str
    distance_m: float
    """From the start."""
    time_s: float
    uncertainty_s: float
    """Half-width of the 95 % interval."""


class Unseen(Event, frozen=True):
    """A lane was hidden by somebody nearer for as long as the runner takes to pass, and nobody was timed."""

    rep: int
    lane: int
    """The runner's usual one where that was hidden, else the nearest of those that were."""
    from_s: float
    to_s: float
    """From when to when, since the go: a manual finish takes the middle of it."""


class Half(Event, frozen=True):
    """One half of a dual gate alone: no finish."""

    rep: int
    sensor: str
    beam: str


class Dnf(Event, frozen=True):
    """A rep without a finish."""

    rep: int
    reason: str
    """timeout, trace-end, stopped or interrupted"""
    record: RepRecord
    lane: int | None = None
    """Where there are several."""
    place: int | None = None
    """As of a finish."""


class Relay(Event, frozen=True):
    """A team's time, once every leg of its relay is on disk."""

    rep: int
    """The last leg's."""
    legs: int
    time_s: float
    """From the first one's go to the last one's finish."""
    uncertainty_s: float
    """Half-width of the 95 % interval."""
