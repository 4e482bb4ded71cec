"""Approaches: the range closes through the finish range and on to a stop (lane-end and belt).

Lane-end: the sensor looks up the lane from beyond the finish at the runner's back; the runner is the body of `people`,
coming down the axis, the elbows up to 150 mm nearer than the back. The truth is the first time at which the back's
nearest point, along the axis, is `finish_range_m` from the sensor.

Belt: the sensor on the runner's waist looks back at an end board, 0.8 to 1.6 m wide. The truth is the first time at
which the perpendicular distance from the sensor to the board is `finish_range_m`. The waist sways (5 to 15 mm at the
step frequency) and turns (2 to 6 degrees at half of it).

Speed: constant v until the range is  finish_range - v * d,  d from -0.2 (less, if that were half of the way to a stop)
to 0.4 s, so some brake before the beep and some after, then braking at a = 1.8 to 2.8 m/s^2 to a stop that leaves
0.35 m or more. The finish range, unless given, is the least that allows this, 0.35 + 0.4 v + v^2 / 3.6, rounded up to
0.1 m. Where a back could not well be seen from there (`usable_m`) the runner is slower; so a short-range sensor gets
slow walkers only (docs/sources.md, People). A sensor for more than 4 m has a narrow beam, 2 degrees, as the TF-Luna.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import TypedDict, Unpack

from benchmarks.physics.blending import Law
from benchmarks.physics.cases import ApproachCase, Rep
from benchmarks.physics.gate import GO_S, LINE_SPEED_MPS
from benchmarks.physics.motion import Course, first_root
from benchmarks.physics.people import Build, Runner, draw_build
from benchmarks.physics.rays import Board, Shape
from benchmarks.physics.scene import film
from benchmarks.physics.sensor import STRAY_SHARE, Light, Record, Sensor
from benchmarks.physics.visibility import first_report
from retro_timer.ports import Placement
from retro_timer.training.gaits import SPEED_OF_SOUND_MPS, SPEEDS, Gait

MAX_RANGES_M = (1.3, 3.0, 8.0)
"""VL53L1X in short and long mode, TF-Luna (docs/sources.md)."""
WIDE_TO_M = 4.0
SPARE_M = 0.35
_DELAYS_S = (-0.2, 0.4)
_BRAKING_MPS2 = (1.8, 2.8)


class ApproachOptions(TypedDict, total=False):
    """What may be fixed instead of drawn."""

    record: Record
    law: Law
    fov_deg: float
    max_range_m: float
    finish_range_m: float
    distance_m: float
    speed_mps: float
    torso_mm: float
    build: Build
    light: Light
    budget_share: float
    jitter: float


@dataclass(frozen=True, slots=True)
class EndBoard:
    """A board that comes nearer as the runner, and the sensor with him, goes towards it."""

    course: Course
    build: Build
    half_width_mm: float
    offset_mm: float
    rho: float
    fill: float
    target: int = 0

    def range_mm(self, t: float) -> float:
        """Perpendicular distance from the sensor to the board."""
        b = self.build
        return -self.course.at(t)[0] - b.sway_mm * math.sin(math.tau * b.step_hz * t + b.phases[0])

    def near(self, begin: float, end: float) -> bool:  # noqa: ARG002 - it never leaves
        """Always."""
        return True

    def shapes(self, t: float) -> list[Shape]:
        """The board, turned as the waist turns."""
        b = self.build
        yaw = b.yaw + b.yaw_swing * math.sin(math.pi * b.step_hz * t + b.phases[1])
        return [Board(self.range_mm(t), self.rho, self.half_width_mm, self.offset_mm, yaw, self.fill, self.target)]

    def speed_mmps(self, t: float) -> float:
        """How fast it comes."""
        return abs(self.course.at(t)[1])


@dataclass(frozen=True, slots=True)
class Plan:
    """Speed and ranges of one approach."""

    speed_mps: float
    finish_m: float
    brake_m: float
    braking_mps2: float


def usable_m(max_range_m: float) -> float:
    """How far a back of dark cloth that fills half of the cone returns enough; white boards are seen farther."""
    return min(0.7 * max_range_m, 1.5) if max_range_m <= WIDE_TO_M else 0.6 * max_range_m


def fov_for(max_range_m: float) -> float:
    """Full angle of the beam of a sensor with this range, degrees."""
    return 27.0 if max_range_m <= WIDE_TO_M else 2.0


def needed_m(speed_mps: float) -> float:
    """The least finish range from which a runner of this speed stops in time."""
    return SPARE_M + _DELAYS_S[1] * speed_mps + speed_mps**2 / (2.0 * _BRAKING_MPS2[0])


def draw_plan(rng: Random, gait: Gait, max_range_m: float, options: ApproachOptions) -> Plan:
    """An approach at random that fits the sensor. Raises ValueError when no speed of the gait does."""
    most = options.get("finish_range_m", usable_m(max_range_m))
    slow, fast, mode = LINE_SPEED_MPS[gait]
    while fast > slow and needed_m(fast) > most:
        fast -= 0.02
    if fast <= slow:
        raise ValueError(f"no {gait} stops within {most:.2f} m")
    speed = options.get("speed_mps", rng.triangular(slow, fast, min(mode, fast)))
    finish = options.get("finish_range_m", min(math.ceil(needed_m(speed) * 10.0) / 10.0, most))
    braking = rng.uniform(*_BRAKING_MPS2)
    delay = rng.uniform(max(_DELAYS_S[0], -0.25 * speed / braking), _DELAYS_S[1])
    return Plan(speed, finish, finish - speed * delay, braking)


def _course(plan: Plan, finish_s: float, offset_mm: float) -> tuple[Course, float]:
    """Towards the sensor at 0; `offset_mm` lies between what is ranged and the course. Also when it stands."""
    speed = plan.speed_mps * 1000.0
    course = Course(finish_s, -plan.finish_m * 1000.0 - offset_mm, speed)
    brakes = finish_s + (plan.finish_m - plan.brake_m) / plan.speed_mps
    return course, course.brake(brakes, plan.braking_mps2 * 1000.0)


def _sensor(rng: Random, placement: Placement, rate_hz: float, max_m: float, options: ApproachOptions) -> Sensor:
    drawn = Light(10.0 ** rng.uniform(1.8, 3.0), rng.choice((0.0, 0.0, 0.003, 0.02)), STRAY_SHARE)
    return Sensor(
        rng,
        rate_hz,
        placement,
        options.get("light", drawn),
        record=options.get("record", "full"),
        law=options.get("law", "average"),
        fov_deg=options.get("fov_deg", fov_for(max_m)),
        max_range_mm=max_m * 1000.0,
        budget_share=options.get("budget_share"),
        jitter=options.get("jitter", 0.02),
    )


def _finish_s(rng: Random, distance_m: float, gait: Gait, speed_mps: float) -> float:
    mean = min(max(speed_mps * rng.uniform(0.92, 1.06), SPEEDS[gait].slow_mps), SPEEDS[gait].fast_mps)
    return GO_S + distance_m / SPEED_OF_SOUND_MPS + rng.uniform(0.45, 1.25) + distance_m / mean


def approach(
    seed: int, placement: Placement, gait: Gait, rate_hz: float, **options: Unpack[ApproachOptions]
) -> ApproachCase:
    """One approach to a lane-end sensor or, on the belt, to the end board. Same arguments, same case."""
    rng = Random(f"approach/{seed}/{placement}/{gait}/{rate_hz:g}")
    able = [m for m in MAX_RANGES_M if needed_m(LINE_SPEED_MPS[gait][0]) < 0.95 * usable_m(m)]
    max_m = options.get("max_range_m", rng.choice(able))
    plan = draw_plan(rng, gait, max_m, options)
    sensor = _sensor(rng, placement, rate_hz, max_m, options)
    build = options.get("build", draw_build(rng, gait, options.get("torso_mm")))
    distance = options.get("distance_m", rng.choice((20.0, 30.0, 40.0, 50.0)))
    about = _finish_s(rng, distance, gait, plan.speed_mps)
    mover: Runner | EndBoard
    if placement is Placement.LANE_END:
        course, stands = _course(plan, about, build.depth_mm / 2)
        mover = Runner(build, course, across=False, lateral_mm=rng.gauss(0.0, 40.0))
    else:
        course, stands = _course(plan, about, 0.0)
        mover = EndBoard(
            course, build, rng.uniform(400.0, 800.0), rng.gauss(0.0, 60.0), rng.uniform(0.4, 0.9), rng.uniform(0.7, 1.0)
        )
    truth_s = _arrival(mover, plan.finish_m * 1000.0, about)
    first = about - (max_m - plan.finish_m) / plan.speed_mps - 2.0
    samples = film(sensor, [mover], 2, first, stands + 1.0)
    rep = Rep(round(GO_S * 1e9), distance, gait, "finish", round(truth_s * 1e9))
    return ApproachCase(
        seed=seed,
        spec=sensor.spec,
        samples=samples,
        reps=(rep,),
        finish_range_m=plan.finish_m,
        speed_mps=mover.speed_mmps(truth_s) / 1000.0,
        first_report_ns=first_report(mover, sensor, first, stands, 0.02),
    )


def _arrival(mover: Runner | EndBoard, finish_mm: float, about_s: float) -> float:
    def past(t: float) -> float:
        place = mover.back_mm(t) if isinstance(mover, Runner) else -mover.range_mm(t)
        return place + finish_mm

    found = first_root(past, about_s - 1.0, about_s + 1.0)
    if found is None:
        raise ValueError("the runner stops before the finish range")
    return found
