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


class Crossing(msgspec.Struct, frozen=True, tag=True):
    """Provisional finish: somebody who may be the runner is on the line."""

    rep: int
    t_ns: int


class CrossingWithdrawn(msgspec.Struct, frozen=True, tag=True):
    """What looked like the finish was not the runner."""

    rep: int
    t_ns: int
    reason: str


class PassageOver(msgspec.Struct, frozen=True, tag=True):
    """What began as a crossing is over and can be timed.

    Timing takes milliseconds of arithmetic, so `timing.decide` is left to whoever is not reading the sensor.
    """

    rep: int
    passage: Break | Approach
    t_ns: int


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


DetectionEvent = Crossing | CrossingWithdrawn | PassageOver | Body | Finish | Obstacle | Parking | SensorChange
