"""A training plan: sets of reps over a distance, or timed steps, as a coach writes it in TOML."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from retro_timer.errors import BadInputError
from retro_timer.training.gaits import Gait

MPS_PER_MPH = 0.44704
MPS_PER_KMH = 1.0 / 3.6

Text = Annotated[str, Meta(min_length=1, max_length=400)]
Count = Annotated[int, Meta(ge=1, le=99)]
RestSeconds = Annotated[float, Meta(ge=0.0, le=3600.0)]


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
                description="Length of a rep in metres: 20 to 50 is usual. Give this or duration_s.",
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
    gait: Annotated[Gait, Meta(description="walk, jog or run; the plan's gait when left out.")] | None = None
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


class Step(msgspec.Struct, frozen=True):
    """One rep, or one timed step, of a plan laid out flat."""

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


def check_plan(plan: Plan, where: str) -> None:
    """What the types cannot say. Raises BadInputError naming the key in `where`."""
    for index, block in enumerate(plan.blocks):
        key = f"{where}: blocks[{index}]"
        if (block.distance_m is None) == (block.duration_s is None):
            found = "neither" if block.distance_m is None else "both"
            raise BadInputError(key, f"{found} of distance_m and duration_s given", "exactly one of them")
        if block.speed_mph is not None and block.speed_kmh is not None:
            raise BadInputError(key, "both speed_mph and speed_kmh given", "one of them")
        treadmill = (block.incline_percent, block.speed_mph, block.speed_kmh)
        if block.distance_m is not None and any(value is not None for value in treadmill):
            raise BadInputError(key, "a treadmill's incline or speed on a rep over a distance", "duration_s with it")
    if plan.course is Course.OUT_AND_BACK and plan.start is not StartMethod.RELEASE:
        raise BadInputError(
            f"{where}: course",
            f"out-and-back with start = '{plan.start}'",
            "start = 'release' with it: one box does both",
        )
    low, high = plan.sessions_per_week
    if low > high:
        raise BadInputError(f"{where}: sessions_per_week", f"{low} is more than {high}", "[fewest, most]")


def steps(plan: Plan) -> tuple[Step, ...]:
    """The plan laid out flat, in order."""
    total_sets = sum(block.sets for block in plan.blocks)
    laid_out: list[Step] = []
    set_no = 0
    for block in plan.blocks:
        rest_s = plan.rest_s if block.rest_s is None else block.rest_s
        recovery_s = plan.recovery_s if block.recovery_s is None else block.recovery_s
        for _ in range(block.sets):
            set_no += 1
            for rep_no in range(1, block.reps + 1):
                last = rep_no == block.reps
                laid_out.append(
                    Step(
                        set_no=set_no,
                        sets=total_sets,
                        rep_no=rep_no,
                        reps=block.reps,
                        distance_m=block.distance_m,
                        duration_s=block.duration_s,
                        gait=block.gait or plan.gait,
                        rest_s=recovery_s if last else rest_s,
                        ends_set=last,
                        incline_percent=block.incline_percent,
                        speed_kmh=treadmill_kmh(block),
                    )
                )
    return tuple(laid_out)


def treadmill_kmh(block: PlanSet) -> float | None:
    """A treadmill block's speed in kilometres an hour, whichever unit it is given in; None without one."""
    if block.speed_mph is not None:
        return block.speed_mph * MPS_PER_MPH / MPS_PER_KMH
    return block.speed_kmh
