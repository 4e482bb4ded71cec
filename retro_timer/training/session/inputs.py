"""What can happen to a session: commands, what detection saw, and what the runtime reports."""

from __future__ import annotations

import msgspec

from retro_timer.detection.events import Beam, Level, SensorState, Stand, StandEnd
from retro_timer.training.gaits import Gait
from retro_timer.training.listed import Listed
from retro_timer.training.record import RepRecord
from retro_timer.training.remembered import Remembered
from retro_timer.training.safe_speed import Coverage


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """Base of what a person asks for."""

    origin: str = "button"
    """Where from: button, ctl, or page and its client."""


class Start(Command, frozen=True):
    """Begin; where a press is waited for, give the go."""


class Pause(Command, frozen=True):
    """Hold; during a rep, after it."""


class Resume(Command, frozen=True):
    """Go on after a pause."""


class Skip(Command, frozen=True):
    """Skip what is waited for: the rest, the coming rep, or the rep under way (a DNF)."""


class Void(Command, frozen=True):
    """The rep under way, or else the last one, does not count and is run again."""


class ManualFinish(Command, frozen=True):
    """Stop the clock by hand, now."""

    name: str | None = None
    """Whose; of several the first to have gone who can be at the line, where nobody is named."""


class Give(Command, frozen=True):
    """The rep, or of several on the course the finish, belongs to another athlete."""

    name: str
    rep: int | None = None
    """Of several that have ended; None for the last one."""


class Swap(Command, frozen=True):
    """Two finishes of several on the course were each other's."""

    rep: int
    other: int


class Nobody(Command, frozen=True):
    """A rep's crossing was nobody's finish."""

    rep: int


class Out(Command, frozen=True):
    """An athlete has left the course: a finish that they took is of somebody behind them."""

    name: str


class Absent(Command, frozen=True):
    """An athlete drops out."""

    name: str


class Present(Command, frozen=True):
    """An athlete who had dropped out is back."""

    name: str


class Add(Command, frozen=True):
    """Somebody comes late."""

    name: str


class Owe(Command, frozen=True):
    """An athlete makes up what they missed, once they are through the plan."""

    name: str


class Order(Command, frozen=True):
    """An athlete gets another place in the order of turns, counted from 1."""

    name: str
    place: int


class Roster(Command, frozen=True):
    """The group is another one: who is new joins, whoever is missing is out, and all go in this order."""

    names: tuple[str, ...]
    listed: tuple[Listed, ...] = ()
    """What the roster says of them."""


class Undo(Command, frozen=True):
    """Take back the last correction that can be."""

    revision: str | None = None
    """The id of one that moved finishes."""


class Spotter(Command, frozen=True):
    """Somebody watches in place of the sensor: starts are allowed while it is lost."""


class Repeat(Command, frozen=True):
    """Say the last announcement again."""

    result: bool = False
    """The last result in its place."""


class Halt(Command, frozen=True):
    """Everybody stops at once; nothing is started until somebody says so. No phase refuses it."""


class Stop(Command, frozen=True):
    """End the session."""


class Recover(Command, frozen=True):
    """After a power cut: go on at the next rep."""


class CloseInterrupted(Command, frozen=True):
    """After a power cut: close the session as interrupted."""


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


class ReleaseGiven(msgspec.Struct, frozen=True):
    """In the record the box was armed for a start by release. Whatever rep was open has been given up before it."""

    t_ns: int
    rep: int
    """Its number in the record."""
    distance_m: float
    gait: Gait
    athlete: str | None = None
    """Where the record names one."""


class TraceEnd(msgspec.Struct, frozen=True):
    """There is nothing more to replay."""


class CrossingSeen(msgspec.Struct, frozen=True):
    """Provisional finish."""

    rep: int
    t_ns: int
    lane: int | None = None
    """Where there are several."""


class CrossingTakenBack(msgspec.Struct, frozen=True):
    """It was not the runner."""

    rep: int
    t_ns: int
    reason: str
    lane: int | None = None
    """Of several the one where that was; None for whoever the crossing told."""


class FinishSeen(msgspec.Struct, frozen=True):
    """The back reached the line at `back_ns`; decided on the sample at `t_ns`."""

    rep: int
    back_ns: int
    uncertainty_ns: int
    method: str
    t_ns: int
    crowded: bool = False
    """Somebody else was in the beam as well."""
    single: bool = False
    """One half of a dual gate timed it, the other one being blind."""
    hidden: bool = False
    """Somebody in a nearer lane hid the moment itself."""
    ambiguous: bool = False
    """So near to a lane's border that it may be the neighbour."""
    lane: int | None = None
    """Where there are several."""


class LanesUnseen(msgspec.Struct, frozen=True):
    """Somebody in a nearer lane stood before these for as long as the runner takes to pass, and nobody was timed."""

    rep: int
    nearest: int
    farthest: int
    """Lanes, counted from 1."""
    first_ns: int
    last_ns: int
    """From when to when."""
    t_ns: int


class HalfSeen(msgspec.Struct, frozen=True):
    """One half of a dual gate saw a whole body, the other one nobody: no finish."""

    rep: int
    sensor: str
    beam: Beam
    t_ns: int


class StandSeen(msgspec.Struct, frozen=True):
    """Somebody came to stand in the beam of the start, stands steadily, or does not any more."""

    stand: Stand
    reason: StandEnd
    t_ns: int


class StartSeen(msgspec.Struct, frozen=True):
    """The athlete started by leaving the beam, or by crossing the line at the start."""

    start_ns: int
    uncertainty_ns: int
    t_ns: int
    """The sample on which it was decided."""


class SplitSeen(msgspec.Struct, frozen=True):
    """The back passed a line on the way at `back_ns`."""

    rep: int
    line: str
    back_ns: int
    uncertainty_ns: int
    t_ns: int


class BodySeen(msgspec.Struct, frozen=True):
    """Somebody passed the line who is not timed."""

    first_ns: int
    last_ns: int
    t_ns: int


class ObstacleSeen(msgspec.Struct, frozen=True):
    """The watch's level changed."""

    level: Level
    range_mm: int | None
    expected: bool
    t_ns: int
    sensor: str = ""
    """Whose reading changed it, where there are several sensors."""


class WatchChanged(msgspec.Struct, frozen=True):
    """The watch's sensor changed its state, or what it covers changed."""

    state: SensorState
    reason: str
    coverage: Coverage | None
    t_ns: int
    of_several: bool = False
    """There are several sensors: each one's own change is told by SensorChanged."""


class SensorChanged(msgspec.Struct, frozen=True):
    """One of several sensors changed its state."""

    sensor: str
    line: str
    state: SensorState
    reason: str
    t_ns: int


class GateAlone(msgspec.Struct, frozen=True):
    """One half of a dual gate goes on by itself, the other one being blind; or both see again."""

    line: str
    blind: str
    """Name of the half that does not see; empty when both see."""
    reason: str
    t_ns: int


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


Input = (
    Command
    | Tick
    | WentOff
    | GoBlocked
    | GoGiven
    | ReleaseGiven
    | TraceEnd
    | CrossingSeen
    | CrossingTakenBack
    | FinishSeen
    | StandSeen
    | StartSeen
    | SplitSeen
    | HalfSeen
    | LanesUnseen
    | BodySeen
    | ObstacleSeen
    | WatchChanged
    | SensorChanged
    | GateAlone
    | Durable
    | NotSaved
    | PresenceAnswered
    | LedgerSeen
    | Amended
    | Speech
    | Measured
)
