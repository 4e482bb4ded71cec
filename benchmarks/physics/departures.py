"""Starts by release: somebody comes into a gate's beam, stands there, and leaves it backward when ready.

The trunk's middle stands within 100 mm of the axis (evenly spread: a hand). While standing it sways by 2 to 8 mm and
turns by up to 3 degrees, the arms hang. At the start the trunk speeds up as v(t) = V (1 - exp(-t / tau)), V at random
as at the line of a rep (see `gate`), tau 0.3 to 0.9 s; arms and yaw swing in over half a second.

THE TRUTH is the moment at which the trunk's trailing side, middle(t) - e(psi(t)) with e as in `people`, passes the
axis for the last time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from benchmarks.physics.blending import Law
from benchmarks.physics.gate import LINE_SPEED_MPS, Background
from benchmarks.physics.motion import Course
from benchmarks.physics.people import Runner, draw_build
from benchmarks.physics.scene import film
from benchmarks.physics.sensor import STRAY_SHARE, Light, Record, Sensor
from retro_timer.ports import Placement, RangeSample, SensorSpec
from retro_timer.training.gaits import Gait

Beam = Literal["wide", "thin"]
FOV_DEG: dict[Beam, float] = {"wide": 27.0, "thin": 2.0}
"""A VL53L1X's cone and a TF-Luna's."""
ARMED_S = 3.0
"""From when on the box waits for a start, in every case; the lane is empty before."""
_COMES_S = 3.5
_WALKS_IN_MMPS = 900.0
_PIECE_S = 0.01
_HAND_MM = 100.0


@dataclass(frozen=True, slots=True)
class DepartureCase:
    """The readings, and when the trunk left."""

    seed: int
    spec: SensorSpec
    samples: list[RangeSample]
    background_mm: int | None
    left_ns: int
    speed_mps: float
    """Of the trunk as it left."""


class Starter(Runner):
    """Hardly moves until the start; then arms and yaw swing in."""

    starts_s: float = math.inf

    def _share(self, t: float) -> float:
        return 0.15 + 0.85 * min(1.0, max(0.0, (t - self.starts_s) / 0.5))

    def middle_mm(self, t: float) -> float:
        """The torso's middle along the direction of travel."""
        swayed = super().middle_mm(t) - self.course.at(t)[0]
        return self.course.at(t)[0] + max(0.5, self._share(t)) * swayed

    def yaw_at(self, t: float) -> float:
        """Turn of the trunk about the vertical, radians."""
        still = self.build.yaw
        return still + self._share(t) * (super().yaw_at(t) - still)

    def _swing_mm(self, t: float) -> float:
        return self._share(t) * super()._swing_mm(t)


def departure(
    seed: int,
    gait: Gait,
    rate_hz: float,
    beam: Beam,
    background: Background,
    law: Law = "average",
    record: Record = "full",
    stands_s: tuple[float, float] = (2.2, 3.2),
) -> DepartureCase:
    """One start by release. Same arguments, same case."""
    rng = Random(f"departure/{seed}/{gait}/{rate_hz:g}/{beam}/{background}/{law}")
    wall_mm = rng.uniform(1600.0, 2500.0) if background == "wall" else None
    light = Light(10.0 ** rng.uniform(1.8, 3.2), 0.0, STRAY_SHARE)
    sensor = Sensor(rng, rate_hz, Placement.GATE, light, record=record, law=law, fov_deg=FOV_DEG[beam], wall_mm=wall_mm)
    lateral_mm = rng.uniform(600.0, 1200.0)
    if wall_mm is not None:
        lateral_mm = min(lateral_mm, wall_mm - 620.0)
    stands_mm = rng.uniform(-_HAND_MM, _HAND_MM)
    starts_s = _COMES_S + 1.2 + rng.uniform(*stands_s)
    build = replace(draw_build(rng, gait), sway_mm=rng.uniform(4.0, 16.0))
    course = _course(rng, gait, stands_mm, starts_s)
    starter = Starter(build, course, across=True, lateral_mm=lateral_mm)
    starter.starts_s = starts_s
    left_s = _leaves(starter, starts_s)
    ends_s = left_s + 2.2
    return DepartureCase(
        seed,
        sensor.spec,
        film(sensor, [starter], 2, 0.0, ends_s),
        None if wall_mm is None else round(wall_mm),
        round(left_s * 1e9),
        starter.speed_mmps(left_s) / 1000.0,
    )


def _course(rng: Random, gait: Gait, stands_mm: float, starts_s: float) -> Course:
    """In from behind the line, a stand, and out."""
    arrives_s = _COMES_S + 1.2
    course = Course(0.0, stands_mm - _WALKS_IN_MMPS * 1.0, 0.0)
    course.then(arrives_s - 1.15, 0.0, _WALKS_IN_MMPS)
    course.then(arrives_s - 0.3, -_WALKS_IN_MMPS / 0.3)
    course.then(arrives_s, 0.0, 0.0)
    speed_mmps = 1000.0 * rng.triangular(*LINE_SPEED_MPS[gait])
    tau_s = rng.uniform(0.3, 0.9)
    for piece in range(round(2.5 / _PIECE_S)):
        at_s = piece * _PIECE_S
        course.then(starts_s + at_s, speed_mmps / tau_s * math.exp(-(at_s + _PIECE_S / 2.0) / tau_s))
    return course


def _leaves(starter: Starter, starts_s: float) -> float:
    """The last time at which the trailing side passes the axis, to 10 µs."""
    low, high = starts_s, starts_s + 2.5
    while _trailing(starter, high) < 0.0:
        high += 1.0
    at = high
    while at > low and _trailing(starter, at) >= 0.0:
        at -= 0.002
    low, high = at, at + 0.002
    while high - low > 1e-5:
        middle = (low + high) / 2.0
        low, high = (low, middle) if _trailing(starter, middle) >= 0.0 else (middle, high)
    return high


def _trailing(starter: Starter, t: float) -> float:
    return starter.middle_mm(t) - starter.extent_mm(t)
