"""What detection tells the session and the alarm."""

from __future__ import annotations

from enum import IntEnum, StrEnum

import msgspec

from retro_timer.detection.passages import Approach, Break


class Level(IntEnum):
    """Obstacle level, ordered by urgency."""

    CLEAR = 0
    CAUTION = 1
    WARNING = 2
    DANGER = 3

    @property
    def word(self) -> str:
        """The level as it is written in events."""
        return self.name.lower()


class SensorState(StrEnum):
    """How well a sensor sees."""

    OK = "ok"
    DEGRADED = "degraded"
    LOST = "lost"

    @property
    def badness(self) -> int:
        """0 for a sensor that sees, the more the worse it does."""
        return tuple(SensorState).index(self)


class Stand(StrEnum):
    """Who stands in the beam while a start by release is waited for."""

    EMPTY = "empty"
    STANDING = "standing"
    """Somebody, and not yet steadily."""
    STEADY = "steady"
    """From now on leaving the beam is a start."""


class StandEnd(StrEnum):
    """Why somebody does not stand, or not steadily any more."""

    NONE = ""
    PASSED = "passed"
    """Went through."""
    EARLY = "early"
    """Left before having stood steadily."""
    MOVED = "moved"
    """Stepped out and back in."""
    SOMEBODY_ELSE = "somebody-else"
    """Somebody else came into the beam: nobody can say who left it."""
    SENSOR = "sensor"
    """The sensor did not see what happened."""


class StandChanged(msgspec.Struct, frozen=True, tag=True):
    """Somebody came to stand in the beam, stands steadily, or does not any more."""

    stand: Stand
    reason: StandEnd
    t_ns: int


class LeftBeam(msgspec.Struct, frozen=True, tag=True):
    """Whoever stood steadily has left; when is left to `timing.decide_start`, which takes milliseconds."""

    passage: Break
    t_ns: int


class Released(msgspec.Struct, frozen=True, tag=True):
    """When the trunk's trailing side passed the axis: the start."""

    left_ns: int
    uncertainty_ns: int
    """Half-width of the 95 % interval of `left_ns`."""
    t_ns: int
    """The sample on which this was decided."""


class Beam(StrEnum):
    """Which half of a dual gate."""

    UPPER = "upper"
    LOWER = "lower"
    NEAR = "near"
    """The first that who walks in the direction of travel reaches."""
    FAR = "far"


class Crossing(msgspec.Struct, frozen=True, tag=True):
    """Provisional finish: somebody who may be the runner is on the line."""

    rep: int
    t_ns: int
    lane: int | None = None
    """Where there are several."""


class CrossingWithdrawn(msgspec.Struct, frozen=True, tag=True):
    """What looked like the finish was not the runner."""

    rep: int
    t_ns: int
    reason: str
    lane: int | None = None
    """Where there are several, of a passage that cannot be timed: whether its crossing was told depends on the lane."""


class PassageOver(msgspec.Struct, frozen=True, tag=True):
    """What began as a crossing is over and can be timed.

    Timing takes milliseconds of arithmetic, so `timing.decide` is left to whoever is not reading the sensor.
    """

    rep: int
    passage: Break | Approach
    t_ns: int
    hidden_ns: tuple[tuple[int, int], ...] = ()
    """From when to when somebody in a nearer lane hid whoever passed."""
    ambiguous: bool = False
    """So near to a lane's border that it may be the neighbour."""
    lane: int | None = None
    """Where there are several."""


class Body(msgspec.Struct, frozen=True, tag=True):
    """Somebody passed who is not timed."""

    first_ns: int
    last_ns: int
    """First and last reading of them."""
    t_ns: int


class Finish(msgspec.Struct, frozen=True, tag=True):
    """When the back reached the line."""

    rep: int
    back_ns: int
    """The moment when the runner's back reached the line."""
    uncertainty_ns: int
    """Half-width of the 95 % interval of `back_ns`."""
    method: str
    t_ns: int
    """The sample on which this was decided."""
    crowded: bool = False
    """Somebody else was in the beam as well."""
    single: bool = False
    """Seen by one half of a dual gate, the other being blind."""
    hidden: bool = False
    """Somebody in a nearer lane hid the moment itself; the interval covers how long."""
    ambiguous: bool = False
    """So near to a lane's border that it may be the neighbour."""
    lane: int | None = None
    """Where there are several."""


class LanesUnseen(msgspec.Struct, frozen=True, tag=True):
    """Somebody in a nearer lane stood before these for as long as a runner takes to pass, and nobody was timed."""

    rep: int
    nearest: int
    farthest: int
    """Lanes, counted from 1."""
    first_ns: int
    last_ns: int
    """From when to when."""
    t_ns: int


class HalfSeen(msgspec.Struct, frozen=True, tag=True):
    """One half of a dual gate saw a whole body that the other, which sees, did not: nobody's finish."""

    rep: int
    sensor: str
    beam: Beam
    t_ns: int


class Shade(msgspec.Struct, frozen=True, tag=True):
    """A beam's light showed somebody for several readings, whether or not a crossing comes of it: a witness for another
    beam of the same line.
    """

    first_ns: int
    last_ns: int
    """First and last reading of it."""
    t_ns: int


class BeamHeld(msgspec.Struct, frozen=True, tag=True):
    """Something has begun to stand in a beam, or has left it: meanwhile the beam is no witness for another one of the
    same line, nor needs one.
    """

    held: bool
    t_ns: int


class Obstacle(msgspec.Struct, frozen=True, tag=True):
    """The obstacle level changed."""

    level: Level
    range_mm: int | None
    t_ns: int
    expected: bool = False
    """True when it is the approach of the runner who is timed, seen from the lane's end, or the belt's end board."""


class Parking(msgspec.Struct, frozen=True, tag=True):
    """The end board closes in as it should: `nearness` 0 (far) to 1 (at the board), None when it is over."""

    nearness: float | None
    t_ns: int


class SensorChange(msgspec.Struct, frozen=True, tag=True):
    """The sensor's state changed."""

    state: SensorState
    reason: str
    t_ns: int


DetectionEvent = (
    BeamHeld
    | Crossing
    | CrossingWithdrawn
    | PassageOver
    | Body
    | Finish
    | HalfSeen
    | LanesUnseen
    | Obstacle
    | Parking
    | SensorChange
    | Shade
    | StandChanged
    | LeftBeam
    | Released
)
