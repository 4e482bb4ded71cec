"""Scenario files: who runs how, what comes into the way, how the light is, and what breaks."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from retro_timer.errors import BadInputError, near_miss
from retro_timer.settings.tables import read_toml

Seconds = Annotated[float, Meta(ge=0.0, le=36_000.0)]


class IntruderKind(StrEnum):
    """What comes into the way; each has a size and a brightness."""

    DOG = "dog"
    BALL = "ball"
    PERSON = "person"
    CHILD = "child"


class FaultKind(StrEnum):
    """How a sensor fails."""

    DEAD = "dead"
    """No reading at all."""
    FROZEN = "frozen"
    """The same reading for ever."""
    COVERED = "covered"
    """Something lies on the lens."""
    GARBAGE = "garbage"
    """Readings at random."""


class RunnerChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one athlete does otherwise than usual, in every rep or in one."""

    athlete: str | None = None
    rep: Annotated[int, Meta(ge=1)] | None = None
    speed_mps: Annotated[float, Meta(gt=0.05, le=8.5)] | None = None
    reaction_s: Annotated[float, Meta(ge=0.0, le=60.0)] | None = None
    stops_at_m: Annotated[float, Meta(ge=0.0, le=200.0)] | None = None
    """Gives up there."""
    stumbles_at_m: Annotated[float, Meta(ge=0.0, le=200.0)] | None = None
    """Catches a heel there, slows down to a stand and runs on."""
    stumble_costs_s: Annotated[float, Meta(ge=0.1, le=30.0)] = 1.5
    """How much later they come for it."""
    instead: str | None = None
    """Who goes at this athlete's call, as that one runs; the box knows nothing of it."""
    stays_in_beam_s: Annotated[float, Meta(ge=0.0, le=120.0)] | None = None
    """Gate: stops on the line and stands there."""
    lane: Annotated[int, Meta(ge=1, le=4)] | None = None
    """Before several lanes: runs in that one; left out: athletes take the lanes in turn, as they come."""
    leaves_early: bool = False
    """By release: leaves the beam before the tone, and comes again."""
    brakes: bool = True
    """Lane-end and belt: False runs on into the box or board."""
    followed_after_s: Annotated[float, Meta(ge=0.2, le=10.0)] | None = None
    """Gate: another athlete passes this much later, in the same way."""
    walks_back_through: bool = False
    """Gate: walks back through the beam and not beside it."""


class Intruder(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Somebody or something in the way."""

    kind: IntruderKind = IntruderKind.PERSON
    sensor: str | None = None
    """Name of the only sensor that sees them; left out: whoever would, of two beams above each other not the upper one,
    where it is a dog, a ball or a child."""
    rep: Annotated[int, Meta(ge=1)] | None = None
    """Counted from that rep's go; from the session's start when left out."""
    at_s: Seconds = 0.0
    stays_s: Seconds = 1.0
    range_m: Annotated[float, Meta(ge=0.05, le=20.0)] = 0.8
    """Gate: how far from the sensor. Lane-end: from the box. Belt: from the runner's back."""
    closing_mps: Annotated[float, Meta(ge=-10.0, le=10.0)] = 0.0
    """Lane-end and belt: how fast it closes in by itself."""


class Light(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The light from a moment on."""

    at_s: Seconds = 0.0
    ambient_kcps: Annotated[float, Meta(ge=0.0, le=200_000.0)] = 1500.0


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A sensor fails for a while."""

    kind: FaultKind = FaultKind.DEAD
    sensor: str | None = None
    """Name of the sensor; all of them when left out."""
    rep: Annotated[int, Meta(ge=1)] | None = None
    at_s: Seconds = 0.0
    lasts_s: Seconds = 2.0


class Passer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Somebody walks upright through the finish line."""

    rep: Annotated[int, Meta(ge=1)] | None = None
    """Counted from that rep's go; from the session's start when left out."""
    at_s: Seconds
    """When the middle of the trunk is on the line."""
    speed_mps: Annotated[float, Meta(gt=0.05, le=8.5)] = 1.2
    back: bool = False
    """Against the direction of travel."""


class CoachWord(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the coach of a session that is simulated asks for; on a board in real time there is a real one."""

    rep: Annotated[int, Meta(ge=1)] | None = None
    """Counted from that rep's go; from the session's start when left out."""
    at_s: Seconds = 0.0
    says: Annotated[str, Meta(pattern=r"\S")]
    """As `retro-timer ctl` takes it: "add Tina", "absent Ben"; names of several words in quotation marks. A
    rep is named by its running number, or "last" for the newest finish: "nobody last", "give Anna 7"."""


class Delay(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A sensor whose readings are of an earlier moment than they say."""

    sensor: str
    late_ms: Annotated[float, Meta(ge=0.0, le=100.0)]


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A day at the track."""

    title: str = "a quiet day"
    lane_range_m: Annotated[float, Meta(ge=0.15, le=3.0)] = 0.9
    """Gate: how far from the sensor the runner passes, where there is one lane."""
    background_m: Annotated[float, Meta(ge=0.5, le=50.0)] | None = 2.0
    """Gate: a wall or fence behind the lane, of several a metre behind the last; `open = true` for none."""
    open: bool = False
    reflectance: Annotated[float, Meta(ge=0.02, le=1.0)] = 0.3
    """Of the runners' clothing."""
    light: tuple[Light, ...] = ()
    runners: tuple[RunnerChange, ...] = ()
    intruders: tuple[Intruder, ...] = ()
    faults: tuple[Fault, ...] = ()
    passers: tuple[Passer, ...] = ()
    coach: tuple[CoachWord, ...] = ()
    delays: tuple[Delay, ...] = ()
    crosstalk_kcps: Annotated[float, Meta(ge=0.0, le=200_000.0)] = 0.0
    """Gate: how much of a running neighbour's light a sensor of the same line sees, as when they look at each other."""


def scenario_names() -> dict[str, Path]:
    """The scenarios that come with the program."""
    folder = Path(__file__).parent / "scenarios"
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def load_scenario(name: str | None) -> Scenario:
    """A scenario by name or file path; a quiet day when None. Raises BadInputError."""
    if name is None:
        return Scenario()
    if "/" in name or name.endswith(".toml"):
        return read_toml(Path(name), Scenario, "a scenario in TOML")
    names = scenario_names()
    if name not in names:
        raise BadInputError(f"scenario '{name}'", f"not found{near_miss(name, names)}", f"one of {', '.join(names)}")
    return read_toml(names[name], Scenario, "a scenario in TOML")
