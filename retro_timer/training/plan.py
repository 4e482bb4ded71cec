"""A training plan: sets of reps over a distance, or timed steps, as a coach writes it in TOML."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from retro_timer.training.gaits import Gait

MPS_PER_MPH = 0.44704
MPS_PER_KMH = 1.0 / 3.6

Text = Annotated[str, Meta(min_length=1, max_length=400)]
Count = Annotated[int, Meta(ge=1, le=99)]
RestSeconds = Annotated[float, Meta(ge=0.0, le=3600.0)]
Metres = Annotated[float, Meta(ge=5.0, le=100.0)]
BEST = "best"
"""As a target: the athlete's own best."""
MOST_OPEN = 99
"""So often a block that goes on until the stop is laid out; nobody runs more of it in a session."""


class StartMethod(StrEnum):
    """How a rep is started."""

    COUNTDOWN = "countdown"
    """3-2-1, spoken and beeped, then the go tone."""
    MARKS_SET_GO = "marks-set-go"
    """On your marks; set; a hold of random length; the go tone."""
    BUTTON = "button"
    """The go tone follows a press at the box."""
    AUTO = "auto"
    """At the end of the rest, by beeps alone."""
    RELEASE = "release"
    """The athlete stands in the beam and leaves it when ready: no go, and no reaction in the time."""
    FLYING = "flying"
    """The clock starts when the athlete crosses the line at the start, already running."""


SELF_STARTED = frozenset((StartMethod.RELEASE, StartMethod.FLYING))
"""Starts that the athlete gives and not the box."""


class Course(StrEnum):
    """Where a rep leads."""

    STRAIGHT = "straight"
    OUT_AND_BACK = "out-and-back"
    """From the box to a turning point and back to it."""


MOST_IN_WAVE = 8
"""More backward runners beside each other need more room than a track has."""


class Order(StrEnum):
    """Who is on the course together."""

    ROTATION = "rotation"
    """One at a time: of the rested who has done least."""
    ROLLING = "rolling"
    """Several, one after the other."""
    WAVES = "waves"
    """Several at once, each in a lane, or before a single one with places that are claimed."""


class Part(StrEnum):
    """What a block is for."""

    WARM_UP = "warm-up"
    WORK = "work"
    COOL_DOWN = "cool-down"


class PlanSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One block of a plan: so many sets of so many reps."""

    sets: Annotated[Count, Meta(description="How many sets of this kind follow each other.")] = 1
    reps: Annotated[Count, Meta(description="Reps in each of these sets.")] = 1
    distance_m: (
        Annotated[
            float,
            Meta(
                ge=5.0,
                le=100.0,
                description="Length of a rep in metres: 20 to 50 is usual. Give this, distances_m or duration_s.",
            ),
        ]
        | None
    ) = None
    distances_m: (
        Annotated[
            tuple[Metres, ...],
            Meta(
                min_length=1,
                max_length=99,
                description="A ladder or pyramid: one set with a rep over each of these lengths, in place of"
                " distance_m and reps.",
            ),
        ]
        | None
    ) = None
    duration_s: (
        Annotated[
            float,
            Meta(ge=10.0, le=7200.0, description="A timed step ends by the clock. Give this or distance_m."),
        ]
        | None
    ) = None
    kind: Annotated[
        Part, Meta(description="warm-up, work or cool-down. Best times and summaries are those of the work.")
    ] = Part.WORK
    gait: Annotated[Gait, Meta(description="walk, jog or run; the plan's gait when left out.")] | None = None
    target_s: (
        Annotated[float, Meta(gt=0.0, le=600.0, description="Time to be run; its difference is spoken.")]
        | Annotated[Literal["best"], Meta(description="The athlete's best over the same length, gait and start.")]
        | None
    ) = None
    crossings: Annotated[
        bool,
        Meta(
            description="As many times over distance_m as one can within duration_s: give both. The box stands half of"
            " it from either end."
        ),
    ] = False
    until: (
        Annotated[
            Literal["stop"], Meta(description="Goes on until somebody stops the session: the last block, without sets.")
        ]
        | None
    ) = None
    relay: Annotated[
        bool,
        Meta(
            description="The next one starts when the one before crosses the line: distance_m is out from the box and"
            " back to it."
        ),
    ] = False
    rest_s: (
        Annotated[RestSeconds, Meta(description="Rest between reps in seconds; the plan's when left out.")] | None
    ) = None
    recovery_s: (
        Annotated[RestSeconds, Meta(description="Recovery after each set in seconds; the plan's when left out.")] | None
    ) = None
    incline_percent: Annotated[float, Meta(ge=0.0, le=30.0, description="Treadmill incline in percent.")] | None = None
    speed_mph: Annotated[float, Meta(gt=0.0, le=12.0, description="Treadmill speed in miles an hour.")] | None = None
    speed_kmh: Annotated[float, Meta(gt=0.0, le=20.0, description="Treadmill speed in kilometres an hour.")] | None = (
        None
    )


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A whole training session."""

    title: Annotated[Text, Meta(description="Name of the plan as it is spoken and listed.")]
    purpose: Annotated[Text, Meta(description="Whom it is for, in one sentence.")]
    source: Annotated[Text, Meta(description="Where the prescription comes from.")]
    safety: Annotated[Text, Meta(description="A note that is shown and spoken before the first rep.")]
    gait: Annotated[Gait, Meta(description="walk, jog or run.")] = Gait.WALK
    start: Annotated[
        StartMethod,
        Meta(
            description="countdown, marks-set-go, button, auto (by beeps at the end of the rest), release (on leaving"
            " the beam) or flying (on crossing the line at the start)."
        ),
    ] = StartMethod.COUNTDOWN
    course: Annotated[
        Course,
        Meta(description="straight, or out-and-back: distance_m is the whole way, there and back to the box."),
    ] = Course.STRAIGHT
    order: Annotated[
        Order,
        Meta(description="rotation (one on the course at a time), rolling (a go every every_s) or waves (wave_size)."),
    ] = Order.ROTATION
    every_s: (
        Annotated[float, Meta(gt=0.0, le=3600.0, description="rolling, waves: least time from go to go in seconds.")]
        | None
    ) = None
    lanes_apart: Annotated[bool, Meta(description="The coach's word that nobody runs behind another in one lane.")] = (
        False
    )
    wave_size: (
        Annotated[
            int,
            Meta(ge=2, le=MOST_IN_WAVE, description="waves: how many start at once, one a lane if there are several."),
        ]
        | None
    ) = None
    say_splits: Annotated[bool, Meta(description="Speak the times at the lines on the way after each rep.")] = False
    rest_s: Annotated[RestSeconds, Meta(description="Rest between reps in seconds.")] = 25.0
    recovery_s: Annotated[RestSeconds, Meta(description="Recovery between sets in seconds.")] = 180.0
    walk_out_s: (
        Annotated[
            float,
            Meta(
                ge=0.0,
                le=600.0,
                description="Time a solo runner has to walk to the start; distance / 1.2 + 10 when left out.",
            ),
        ]
        | None
    ) = None
    sessions_per_week: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=14)], Annotated[int, Meta(ge=1, le=14)]],
        Meta(description="Fewest and most sessions in a week."),
    ] = (1, 3)
    cues: Annotated[tuple[Text, ...], Meta(max_length=20, description="Technique cues, spoken one in each rest.")] = ()
    blocks: Annotated[tuple[PlanSet, ...], Meta(min_length=1, max_length=30, description="The blocks, in order.")]


class Step(msgspec.Struct, frozen=True, gc=False):
    """One rep, or one timed step, of a plan laid out flat."""

    # Plain values only: the greatest plan has 300,000, and Python need not look through them for cycles.

    set_no: int
    sets: int
    rep_no: int
    reps: int
    distance_m: float | None
    duration_s: float | None
    gait: Gait
    rest_s: float
    """Rest after it, or recovery when it is the last of its set."""
    ends_set: bool
    incline_percent: float | None = None
    speed_kmh: float | None = None
    part: Part = Part.WORK
    target_s: float | Literal["best"] | None = None
    open: bool = False
    """One of those that go on until the stop: nobody knows of how many."""
    relay: bool = False
    """A leg: out and back, from the end of the former's."""

    @property
    def crossings(self) -> bool:
        """Whether it counts how often its athlete crosses the line: to and fro over `distance_m`, for `duration_s`."""
        return self.distance_m is not None and self.duration_s is not None

    @property
    def timed_m(self) -> float | None:
        """The length over which a rep is timed; None of what ends by the clock."""
        return None if self.crossings else self.distance_m


def steps(plan: Plan) -> tuple[Step, ...]:
    """The plan laid out flat, in order."""
    total_sets = sum(_sets_and_reps(block)[0] for block in plan.blocks)
    laid_out: list[Step] = []
    set_no = 0
    for block in plan.blocks:
        sets, reps = _sets_and_reps(block)
        rest_s = plan.rest_s if block.rest_s is None else block.rest_s
        recovery_s = plan.recovery_s if block.recovery_s is None else block.recovery_s
        for _ in range(sets):
            set_no += 1
            for rep_no in range(1, reps + 1):
                last = rep_no == reps
                laid_out.append(
                    Step(
                        set_no=set_no,
                        sets=total_sets,
                        rep_no=rep_no,
                        reps=reps,
                        distance_m=block.distances_m[rep_no - 1] if block.distances_m else block.distance_m,
                        duration_s=block.duration_s,
                        gait=block.gait or plan.gait,
                        rest_s=recovery_s if last else rest_s,
                        ends_set=last,
                        incline_percent=block.incline_percent,
                        speed_kmh=treadmill_kmh(block),
                        part=block.kind,
                        target_s=block.target_s,
                        open=block.until is not None,
                        relay=block.relay,
                    )
                )
    return tuple(laid_out)


def _sets_and_reps(block: PlanSet) -> tuple[int, int]:
    """How many sets of how many reps; where a block has no end, as many as it is laid out for."""
    reps = block.reps if block.distances_m is None else len(block.distances_m)
    if block.until is None:
        return block.sets, reps
    return (1, MOST_OPEN) if reps == 1 else (MOST_OPEN, reps)


def treadmill_kmh(block: PlanSet) -> float | None:
    """A treadmill block's speed in kilometres an hour, whichever unit it is given in; None without one."""
    if block.speed_mph is not None:
        return block.speed_mph * MPS_PER_MPH / MPS_PER_KMH
    return block.speed_kmh
