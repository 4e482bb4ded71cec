"""What a session tells whoever listens: one struct an event, tagged by its name."""

from __future__ import annotations

import re

import msgspec

from retro_timer.training.record import RepRecord

Values = dict[str, str | int]
"""What a phrase's places are filled with, by their names."""


def snake_case(name: str) -> str:
    """A class's name as a message's: CrossingWithdrawn is crossing_withdrawn."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Event(msgspec.Struct, frozen=True, tag_field="event", tag=snake_case):
    """Base of all that is told."""

    t_ns: int
    """When it happened, on the box's monotonic clock, in nanoseconds."""

    @property
    def tag(self) -> str:
        """As it is called outside of the program."""
        return str(self.__struct_config__.tag)


class Session(Event, frozen=True):
    """A session has begun."""

    title: str
    athletes: tuple[str, ...]
    steps: int
    """Reps of each athlete."""


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


class Void(Event, frozen=True):
    """A rep does not count."""

    rep: int
    record: RepRecord


class Given(Event, frozen=True):
    """A rep is another athlete's."""

    rep: int
    record: RepRecord


class Correction(Event, frozen=True):
    """Something was corrected. What somebody asks of the session is told at once with `values`, an absence and an undo
    as well; a person's correction of a rep (void, give ...) once more when it is on disk, with `rep`, `flags`, `record`
    and `revision`; and without a revision a finish that turned out `crowded`."""

    kind: str
    rep: int | None = None
    flags: tuple[str, ...] = ()
    record: RepRecord | None = None
    values: Values = {}
    revision: str | None = None
    """The id by which it is taken back; null where the program made it, or the session's own `undo` does that."""


class Presence(Event, frozen=True):
    """An athlete is back, has come late, makes up what they missed, or goes at another place."""

    name: str
    kind: str
    """present, added, owed or ordered"""


class Roster(Event, frozen=True):
    """The group is another one now."""

    athletes: tuple[str, ...]
    """Who takes part, in the order of turns."""


class Skipped(Event, frozen=True):
    """A rep that is not going to be run."""

    athlete: str
    step: int
    """Its place in the plan, from 0."""


class Obstacle(Event, frozen=True):
    """The watch's level changed."""

    level: str
    """clear, caution, warning or danger"""
    range_m: float | None
    sensor: str | None = None
    """Whose reading changed it, where there are several sensors."""


class Sensor(Event, frozen=True):
    """The watch sees better or worse, or where there are several sensors one of them does."""

    state: str
    """ok, degraded or lost"""
    reason: str
    sensor: str | None = None
    """Which of several."""
    line: str | None = None
    """Where that one stands."""


class Spotter(Event, frozen=True):
    """Somebody watches in place of the sensor."""


class Refused(Event, frozen=True):
    """What somebody asked for is not possible: a phrase's key with its values, or for a plan's mistake its line."""

    why: str
    values: Values = {}


class NotSaved(Event, frozen=True):
    """A rep, or whether an athlete takes part, is not on disk; the session goes on."""

    rep: int | None
    """Null where it is somebody's taking part, of which the first that fails is told."""
    reason: str
    athlete: str | None = None
    """Whose taking part it is; of several the first."""


class SavedAfterAll(Event, frozen=True):
    """All reps are on disk now."""


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


SessionEvent = (
    Session
    | Phase
    | Go
    | Stand
    | Recall
    | Crossing
    | CrossingWithdrawn
    | Finish
    | Split
    | Half
    | Unseen
    | Dnf
    | Relay
    | Void
    | Given
    | Correction
    | Presence
    | Roster
    | Skipped
    | Obstacle
    | Sensor
    | Spotter
    | Refused
    | NotSaved
    | SavedAfterAll
    | Recoverable
    | Recovered
    | Closed
    | Summary
)
