"""Gate passages: a runner at random crosses the beam backward, and nothing else happens.

The rep. The runner's heels are behind the line `distance_m` from the beam. After the go the sound travels (343 m/s),
the runner reacts (0.15 to 0.35 s) and speeds up exponentially with the time constant tau (0.3 to 0.9 s) to a cruising
speed; the mean speed over the rest is 0.92 to 1.06 of the speed at the line. So the torso's middle is at the line at

    t_c = go + distance / 343 + reaction + tau + distance / (m * v),     redrawn until t_c - go is in the gait's window

and around the passage p(t) = v (t - t_c) + a (t - t_c)^2 / 2, with v at the line (triangular: walk 0.4-1.0-1.6, jog
1.6-2.2-3.1, run 2.8-4.2-7.0 m/s) and a within 0.25 m/s^2. Sway, yaw and the truth: see `people`.

What is simulated begins `lead_s` before any part of the body can be in the cone's wings and ends `tail_s` after; with
`from_go` it begins a second before the go.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Literal, TypedDict, Unpack

from benchmarks.physics.blending import Law
from benchmarks.physics.cases import Decoy, GateCase, Rep
from benchmarks.physics.luna import CLOTH as LUNA_CLOTH
from benchmarks.physics.luna import Luna
from benchmarks.physics.motion import Course
from benchmarks.physics.people import Build, Mover, Runner, draw_build
from benchmarks.physics.scene import film
from benchmarks.physics.sensor import STRAY_SHARE, Light, Record, Sensor
from benchmarks.physics.visibility import Span, Visibility, passage
from retro_timer.ports import Placement, RangeSample
from retro_timer.training.gaits import SPEED_OF_SOUND_MPS, SPEEDS, Gait, finish_window

Background = Literal["wall", "open"]
GO_S = 5.0
"""When the go is, in every case."""
LINE_SPEED_MPS = {Gait.WALK: (0.4, 1.6, 1.0), Gait.JOG: (1.6, 3.1, 2.2), Gait.RUN: (2.8, 7.0, 4.2)}
_DISTANCES_M = (20.0, 30.0, 40.0, 50.0)


class GateOptions(TypedDict, total=False):
    """What may be fixed instead of drawn."""

    record: Record
    law: Law
    fov_deg: float
    """At most 27."""
    lateral_mm: float
    distance_m: float
    speed_mps: float
    torso_mm: float
    build: Build
    light: Light
    wall_mm: float
    budget_share: float
    jitter: float
    lead_s: float
    tail_s: float
    from_go: bool
    luna: bool
    """A TF-Luna in place of a cone; cloth of 10 to 75 % then, and walls farther off."""
    phantom: bool
    """Exactly one stray phantom within three readings of an edge of the break, and no other."""


@dataclass(slots=True)
class Stage:
    """A gate with its sensor, before anybody comes."""

    rng: Random
    seed: int
    gait: Gait
    distance_m: float
    lateral_mm: float
    wall_mm: float | None
    sensor: Sensor
    options: GateOptions

    def film(self, movers: list[Mover], first_s: float, last_s: float, **fields: Unpack[CaseFields]) -> GateCase:
        """The case with these movers, each its own target."""
        return GateCase(
            seed=self.seed,
            spec=self.sensor.spec,
            samples=film(self.sensor, movers, len(movers) + 1, first_s, last_s),
            background_mm=None if self.wall_mm is None else round(self.wall_mm),
            lateral_mm=self.lateral_mm,
            period_s=self.sensor.period_s,
            **fields,
        )

    def measure(self, runner: Runner, back_s: float) -> CaseFields:
        """What there is to tell of the runner whose back reaches the line at `back_s`."""
        return self.describe(runner, back_s, passage(runner, self.sensor, back_s))

    def describe(self, runner: Runner, back_s: float, seen: Visibility) -> CaseFields:
        """The same of a passage that was measured already."""
        period = self.sensor.period_s
        return CaseFields(
            torso_mm=runner.build.depth_mm,
            speed_mps=runner.course.at(back_s)[1] / 1000.0,
            axis_periods=(seen.axis[1] - seen.axis[0]) / period,
            break_periods=(seen.cone[1] - seen.cone[0]) / period,
            seen_periods=(seen.reported[1] - seen.reported[0]) / period,
            peak_kcps=seen.peak_kcps,
        )


class CaseFields(TypedDict, total=False):
    """Fields of GateCase that a generator fills."""

    reps: tuple[Rep, ...]
    decoys: tuple[Decoy, ...]
    torso_mm: float
    speed_mps: float
    axis_periods: float
    break_periods: float
    seen_periods: float
    free_periods: float
    peak_kcps: float


def set_stage(name: str, seed: int, gait: Gait, rate_hz: float, background: Background, options: GateOptions) -> Stage:
    """Draw the place and the sensor."""
    rng = Random(f"{name}/{seed}/{gait}/{rate_hz:g}/{background}")
    luna = options.get("luna", False)
    behind_mm = rng.uniform(1600.0, 5000.0 if luna else 2500.0)
    wall_mm = options.get("wall_mm", behind_mm) if background == "wall" else None
    strays = 0.0 if options.get("phantom") else STRAY_SHARE
    drawn = Light(10.0 ** rng.uniform(1.8, 3.2), rng.choice((0.0, 0.0, 0.003, 0.02)), strays)
    light, law = options.get("light", drawn), options.get("law", "average")
    sensor = (
        Luna(rng, rate_hz, light, wall_mm=wall_mm, law=law)
        if luna
        else Sensor(
            rng,
            rate_hz,
            Placement.GATE,
            light,
            record=options.get("record", "full"),
            law=law,
            fov_deg=options.get("fov_deg", 27.0),
            budget_share=options.get("budget_share"),
            jitter=options.get("jitter", 0.02),
            wall_mm=wall_mm,
        )
    )
    distance = options.get("distance_m", rng.choice(_DISTANCES_M))
    lateral = options.get("lateral_mm", rng.uniform(600.0, 1200.0))
    if wall_mm is not None:
        lateral = min(lateral, wall_mm - 620.0)
    return Stage(rng, seed, gait, distance, lateral, wall_mm, sensor, options)


def draw_arrival(stage: Stage) -> tuple[float, float]:
    """When the torso's middle is at the line (s, the go is at GO_S) and with which speed (mm/s)."""
    rng, gait, distance = stage.rng, stage.gait, stage.distance_m
    window = finish_window(distance, gait)
    while True:
        speed = stage.options.get("speed_mps", rng.triangular(*LINE_SPEED_MPS[gait]))
        start = distance / SPEED_OF_SOUND_MPS + rng.uniform(0.15, 0.35) + rng.uniform(0.3, 0.9)
        took = start + distance / (speed * rng.uniform(0.92, 1.06))
        if window.earliest_s + 0.1 <= took <= window.latest_s - 0.1:
            return GO_S + took, speed * 1000.0
        if "speed_mps" in stage.options and not SPEEDS[gait].slow_mps <= speed <= SPEEDS[gait].fast_mps:
            raise ValueError(f"{speed} m/s is no {gait}")


def draw_runner(stage: Stage, course: Course, target: int = 0) -> Runner:
    """A runner at random on a course through the gate."""
    options = stage.options
    drawn = draw_build(stage.rng, stage.gait, options.get("torso_mm"))
    if options.get("luna"):
        drawn = replace(drawn, rho=stage.rng.uniform(*LUNA_CLOTH))
    return Runner(options.get("build", drawn), course, across=True, lateral_mm=stage.lateral_mm, target=target)


def passing(at_s: float, speed_mmps: float, acceleration: float) -> Course:
    """p(t) = v (t - t_c) + a (t - t_c)^2 / 2 for two seconds about t_c, constant speed elsewhere."""
    before = speed_mmps - 2.0 * acceleration
    begin = at_s - 2.0
    course = Course(begin, -2.0 * before - 2.0 * acceleration, before)
    course.then(begin, acceleration)
    course.then(at_s + 2.0, 0.0)
    return course


def truth(runner: Runner, about_s: float, window_s: float = 2.5) -> float:
    """When the back reaches the line. Raises ValueError when it does not near `about_s`."""
    found = runner.back_reaches_s(0.0, about_s - window_s, about_s + window_s)
    if found is None:
        raise ValueError("the back does not reach the line")
    return found


def gate_passage(
    seed: int, gait: Gait, rate_hz: float, background: Background, **options: Unpack[GateOptions]
) -> GateCase:
    """One runner passes the gate. Same arguments, same case."""
    stage = set_stage("passage", seed, gait, rate_hz, background, options)
    at_s, speed = draw_arrival(stage)
    rng = stage.rng
    course = passing(at_s, speed, rng.uniform(-250.0, 250.0) * min(speed / 1500.0, 1.0))
    runner = draw_runner(stage, course)
    enters = at_s - runner.reach_mm / speed
    leaves = at_s + runner.reach_mm / speed
    back_s = truth(runner, at_s, runner.reach_mm / speed)
    first_s = GO_S - 1.0 if options.get("from_go") else max(enters - options.get("lead_s", 2.0), GO_S)
    seen = passage(runner, stage.sensor, back_s)
    fields = stage.describe(runner, back_s, seen)
    fields["reps"] = (Rep(round(GO_S * 1e9), stage.distance_m, gait, "finish", round(back_s * 1e9)),)
    case = stage.film([runner], first_s, leaves + options.get("tail_s", 1.3), **fields)
    if options.get("phantom"):
        put_phantom(stage, case.samples, seen.reported)
    return case


def put_phantom(stage: Stage, samples: list[RangeSample], told: Span) -> None:
    """One stray phantom in place of a reading within three of the first or the last of the break."""
    edge_s = stage.rng.choice(told)
    nearest = min(range(len(samples)), key=lambda i: abs(samples[i].t_ns / 1e9 - edge_s))
    at = min(max(nearest + stage.rng.randint(-3, 3), 0), len(samples) - 1)
    samples[at] = stage.sensor.stray(samples[at].t_ns / 1e9)
