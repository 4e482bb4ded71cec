"""A dual gate: two beams across one line, one above the other or one behind the other, and what passes them.

Each beam is a horizontal cross-section of its own, as in `gate`; the sensors stand on the same side of the lane, their
tolerances and the phases of their readings are independent, the sun is one (see `sun`).

* above: the upper beam UPPER_MM over the ground, a shoulder of the smallest athlete and the chest of the others, where
  the truth is; the lower one LOWER_MM, at the hips. A trunk that leans by theta has its hips (UPPER - LOWER) tan theta
  ahead: 0 to 20 degrees, four of five forward, as who runs backward leans against the way. The pelvis turns against the
  shoulders, and beside it swing the hands, up to 200 mm to either side.
* behind: both beams UPPER_MM over the ground, the first BEHIND_MM before the line in the direction of travel, the
  second on it. Things that are no athlete have their places from the first beam.
* beyond: the same, with the first on the line and the second BEYOND_MM beyond it.

A fourth of the athletes are children: chests of 165 to 215 mm, 290 to 350 mm wide.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import Literal

import msgspec

from benchmarks.physics.blending import Law
from benchmarks.physics.gate import GO_S, Background, GateOptions, Stage, draw_arrival, passing, set_stage, truth
from benchmarks.physics.motion import Path
from benchmarks.physics.people import CLOTH, Build, Mover, Runner, Thing, draw_build
from benchmarks.physics.rays import Circle, Ellipse, Shape
from benchmarks.physics.scene import film
from benchmarks.physics.sensor import Light
from benchmarks.physics.sun import Sun, SunlitSensor
from benchmarks.physics.visibility import passage
from retro_timer.ports import Placement, RangeSample
from retro_timer.training.gaits import Gait

Layout = Literal["above", "behind", "beyond"]
LAYOUTS: tuple[Layout, ...] = ("above", "behind")
"""Those that the docs tell to build."""
UPPER_MM, LOWER_MM, BEHIND_MM, BEYOND_MM = 1150.0, 780.0, 300.0, 200.0
OFFSETS_MM: dict[Layout, tuple[float, float]] = {
    "above": (0.0, 0.0),
    "behind": (-BEHIND_MM, 0.0),
    "beyond": (0.0, BEYOND_MM),
}
"""How far beyond the line both beams are."""
FIRST, SECOND = "first", "second"
"""The halves: the upper or the nearer one first."""
_LEAN_DEG = 20.0
_FORWARD = 0.8
_CHILDREN = 0.25


class DualCase(msgspec.Struct, frozen=True):
    """Readings of both halves around one rep, and the truth."""

    rows: list[tuple[str, RangeSample]]
    """In order of time, each with its half."""
    go_s: float
    distance_m: float
    back_s: float | None
    """When the back reached the line; None where nobody came."""
    speed_mps: float
    seen_periods: float
    peak_kcps: float
    budgets_ns: tuple[int, int]


class Hips:
    """The same runner at the height of the hips: pelvis and hands."""

    def __init__(self, rng: Random, runner: Runner, ahead_mm: float, scale: float) -> None:
        """`ahead_mm`: how far the hips are ahead of the chest."""
        self._runner = runner
        self._ahead_mm = ahead_mm
        self._depth_mm = scale * min(max(rng.gauss(225.0, 25.0), 170.0), 290.0)
        self._width_mm = scale * rng.uniform(320.0, 380.0)
        self._against = rng.uniform(0.4, 1.0)
        self._hand_mm = scale * rng.uniform(35.0, 45.0)
        self._hand_fill = rng.uniform(0.3, 0.7)
        self._swing_mm = scale * rng.uniform(100.0, 200.0)
        self._rho = rng.uniform(*CLOTH)
        self.target = runner.target

    def near(self, begin: float, end: float) -> bool:
        """As the chest, which is never farther away than a lean."""
        slack = abs(self._ahead_mm) / max(self.speed_mmps(begin), 100.0)
        return self._runner.near(begin - slack, end + slack) or self._runner.near(begin, end + 2.0 * slack)

    def speed_mmps(self, t: float) -> float:
        """Speed of the course."""
        return self._runner.speed_mmps(t)

    def shapes(self, t: float) -> list[Shape]:
        """Pelvis and both hands."""
        b = self._runner.build
        u = self._runner.middle_mm(t) + self._ahead_mm
        yaw = -self._against * self._runner.yaw_at(t)
        swing = self._swing_mm * math.sin(math.pi * b.step_hz * t + b.phases[2])
        c, s = math.cos(yaw), math.sin(yaw)
        pu, pw = (2.0 / self._depth_mm) ** 2, (2.0 / self._width_mm) ** 2
        across = self._runner.lateral_mm
        pelvis = Ellipse(
            u, across, c * c * pu + s * s * pw, c * s * (pu - pw), s * s * pu + c * c * pw, self._rho, 1.0, self.target
        )
        beside = self._width_mm / 2.0 + self._hand_mm
        hands = (
            Circle(u + side * swing, across + side * beside, self._hand_mm, b.rho, self._hand_fill, self.target)
            for side in (-1.0, 1.0)
        )
        return [pelvis, *hands]


@dataclass(frozen=True, slots=True)
class Body:
    """An athlete as both beams meet them."""

    runner: Runner
    halves: tuple[Mover, Mover]
    back_s: float
    gone_s: float


@dataclass(slots=True)
class Gate:
    """The place with both sensors."""

    stage: Stage
    layout: Layout
    first: SunlitSensor
    second: SunlitSensor

    @property
    def rng(self) -> Random:
        """The scene's chance."""
        return self.stage.rng

    @property
    def on_line(self) -> SunlitSensor:
        """The half that would time the line alone."""
        return self.second if self.layout == "behind" else self.first

    def heights_mm(self) -> tuple[float, float]:
        """Of the two beams."""
        return UPPER_MM, LOWER_MM if self.layout == "above" else UPPER_MM

    def seen_by_both(self, thing: Thing, low_mm: float, high_mm: float) -> tuple[Thing, Thing]:
        """Something between two heights, as each beam meets it."""
        start = thing.path.points[0]
        reach_mm = start[2] * math.tan(math.radians(13.5))
        found = []
        for index, height_mm in enumerate(self.heights_mm()):
            inside = min(high_mm, height_mm + reach_mm) - max(low_mm, height_mm - reach_mm)
            fill = min(1.0, max(0.0, inside / (2.0 * reach_mm)))
            before_mm, beyond_mm = OFFSETS_MM[self.layout]
            back_mm = index * (beyond_mm - before_mm)
            path = Path([(t, x - back_mm, y) for t, x, y in thing.path.points])
            found.append(Thing(path, thing.semi_x_mm, thing.semi_y_mm, thing.rho, max(fill, 1e-3), thing.target))
        return found[0], found[1]

    def film(
        self, halves: tuple[list[Mover], list[Mover]], first_s: float, last_s: float, body: Body | None
    ) -> DualCase:
        """The readings of both, merged."""
        sun = Sun(self.rng, first_s, last_s)
        rows = []
        for name, sensor, movers in zip((FIRST, SECOND), (self.first, self.second), halves, strict=True):
            sensor.stand_under(sun)
            rows += [(name, sample) for sample in film(sensor, movers, len(movers) + 1, first_s, last_s)]
        rows.sort(key=lambda row: row[1].t_ns)
        seen = None if body is None else passage(body.runner, self.on_line, body.back_s)
        return DualCase(
            rows=rows,
            go_s=GO_S,
            distance_m=self.stage.distance_m,
            back_s=None if body is None else body.back_s,
            speed_mps=0.0 if body is None else body.runner.course.at(body.back_s)[1] / 1000.0,
            seen_periods=0.0 if seen is None else (seen.reported[1] - seen.reported[0]) / self.first.period_s,
            peak_kcps=0.0 if seen is None else seen.peak_kcps,
            budgets_ns=(self.first.spec.budget_ns, self.second.spec.budget_ns),
        )


def set_gate(
    name: str,
    seed: int,
    layout: Layout,
    gait: Gait,
    rate_hz: float,
    background: Background,
    law: Law,
    light: Light | None,
) -> Gate:
    """Draw the place and both sensors."""
    options: GateOptions = {"law": law} if light is None else {"law": law, "light": light}
    stage = set_stage(f"dual {layout} {name}", seed, gait, rate_hz, background, options)
    shown = light or stage.sensor.light

    def sensor() -> SunlitSensor:
        return SunlitSensor(stage.rng, rate_hz, Placement.GATE, shown, law=law, wall_mm=stage.wall_mm)

    return Gate(stage, layout, sensor(), sensor())


def draw_body(gate: Gate) -> Body:
    """An athlete at random, who arrives as in `gate`."""
    rng, stage = gate.rng, gate.stage
    child = rng.random() < _CHILDREN
    at_s, speed = draw_arrival(stage)
    course = passing(at_s, speed, rng.uniform(-250.0, 250.0) * min(speed / 1500.0, 1.0))
    build = draw_build(rng, stage.gait, min(max(rng.gauss(190.0, 12.0), 165.0), 215.0) if child else None)
    if child:
        build = _small(rng, build)
    runner = Runner(build, course, across=True, lateral_mm=stage.lateral_mm)
    lean = math.radians(rng.uniform(0.0, _LEAN_DEG)) * (1.0 if rng.random() < _FORWARD else -1.0)
    back_s = truth(runner, at_s, runner.reach_mm / speed)
    if gate.layout == "above":
        hips = Hips(rng, runner, (UPPER_MM - LOWER_MM) * math.tan(lean), 0.8 if child else 1.0)
        halves: tuple[Mover, Mover] = runner, hips
    else:
        first, second = (
            Runner(build, course.moved(-mm), across=True, lateral_mm=stage.lateral_mm) for mm in OFFSETS_MM[gate.layout]
        )
        halves = first, second
    return Body(runner, halves, back_s, at_s + (runner.reach_mm + BEHIND_MM) / speed)


def _small(rng: Random, build: Build) -> Build:
    """A child's shoulders and arms."""
    return Build(
        depth_mm=build.depth_mm,
        width_mm=rng.uniform(290.0, 350.0),
        rho=build.rho,
        arm_radius_mm=rng.uniform(34.0, 40.0),
        elbow_radius_mm=rng.uniform(32.0, 38.0),
        elbow_fill=build.elbow_fill,
        elbow_middle_mm=0.8 * build.elbow_middle_mm,
        elbow_lead_mm=0.8 * build.elbow_lead_mm,
        step_hz=build.step_hz,
        sway_mm=0.8 * build.sway_mm,
        yaw=build.yaw,
        yaw_swing=build.yaw_swing,
        phases=build.phases,
    )


def dual_passage(seed: int, layout: Layout, gait: Gait, rate_hz: float, background: Background, law: Law) -> DualCase:
    """One athlete passes, and nothing else happens. Same arguments, same case."""
    gate = set_gate("passage", seed, layout, gait, rate_hz, background, law, None)
    body = draw_body(gate)
    enters = body.back_s - (body.runner.reach_mm - OFFSETS_MM[layout][0]) / body.runner.speed_mmps(body.back_s)
    return gate.film(([body.halves[0]], [body.halves[1]]), max(enters - 2.0, GO_S), body.gone_s + 1.3, body)
