"""What the runtime reports: the clock, the sounder and the voice, the store, and a record that is replayed."""

from __future__ import annotations

import msgspec

from retro_timer.training.gaits import Gait
from retro_timer.training.record import RepRecord
from retro_timer.training.remembered import Remembered


class Tick(msgspec.Struct, frozen=True):
    """An appointment of the session's agenda is due."""


class WentOff(msgspec.Struct, frozen=True):
    """The go sounded: its edge on the pin."""

    t_ns: int


class GoBlocked(msgspec.Struct, frozen=True):
    """An alarm held the sounder when the go was due."""


class GoGiven(msgspec.Struct, frozen=True):
    """A recorded go, which is a fact. Whatever rep was open has been given up before it."""

    t_ns: int
    rep: int
    """Its number in the record."""
    distance_m: float
    gait: Gait
    athlete: str | None = None
    """Where the record names one."""
    wave: int | None = None
    """Of waves: which one it goes in, counted from 1."""
    place: int | None = None
    """Of a wave before a single lane whose runners nobody can tell apart: the rep is this place, and nobody's."""
    crossings_s: float | None = None
    """For so long crossings are counted, each over `distance_m`."""
    team: int | None = None
    """Of a relay's leg: the number of the first one."""
    uncertainty_ns: int = 0
    """Of a relay's later leg: half-width of the 95 % interval of its beginning, the end of the one before."""


class ReleaseGiven(msgspec.Struct, frozen=True):
    """In the record the box was armed for a start by release or, `flying`, for one over the line at the start. Whatever
    rep was open has been given up before it."""

    t_ns: int
    rep: int
    """Its number in the record."""
    distance_m: float
    gait: Gait
    athlete: str | None = None
    """Where the record names one."""
    flying: bool = False
    """Whether it is by crossing that line."""


class TraceEnd(msgspec.Struct, frozen=True):
    """There is nothing more to replay."""


class Durable(msgspec.Struct, frozen=True):
    """A saved rep is on disk."""

    rep: int
    revision: int
    correction: str = ""
    """The kind of correction that it was, and its id, by which it is taken back; empty for any other word on a rep."""
    correction_id: str = ""


class NotSaved(msgspec.Struct, frozen=True):
    """A rep could not be saved."""

    rep: int
    revision: int
    reason: str


class PresenceAnswered(msgspec.Struct, frozen=True):
    """Whether athletes take part is on disk, or why it is not."""

    name: str
    """Of the athlete, or of the first of them."""
    trouble: str = ""


class Amended(msgspec.Struct, frozen=True):
    """Reps of this session were corrected elsewhere, and that is on disk."""

    kind: str
    revision: str
    """The correction's id, by which it is taken back."""
    records: tuple[RepRecord, ...]


class LedgerSeen(msgspec.Struct, frozen=True):
    """What the results know of some who take part; of the others nothing."""

    athletes: tuple[Remembered, ...]


class Speech(msgspec.Struct, frozen=True):
    """How far the voice is with what it was given to say."""

    until_ns: int
    """When all of it will have been said, by the lengths of the phrases; 0 when it is silent and nothing waits."""
    number: int
    """Counts up: of two reports the higher one is true."""


class Measured(msgspec.Struct, frozen=True):
    """How long the call that effects.Measure asked about will take."""

    seconds: float
