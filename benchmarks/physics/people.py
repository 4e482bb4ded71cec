"""Bodies as the cone meets them: a runner going backward, and whatever else may come into the beam.

The runner (millimetres; `u` is the direction of travel, `w` runs across it, away from the gate's sensor):

* torso: ellipse, semi-axis along u = chest depth / 2 with depth N(240, 20) (docs/sources.md), across = shoulder width
  / 2 with width 400 to 460. Its extent along u at the yaw psi is e = sqrt(a^2 cos^2 psi + b^2 sin^2 psi).
* THE BACK at the time t is at  back(t) = p(t) + sway * sin(2 pi f_step t + phi1) + e(psi(t)),  p the course of the
  torso's middle, sway 5 to 15 mm, psi(t) = psi0 + psi1 sin(pi f_step t + phi2), psi0 ~ N(0, 3 deg), psi1 2 to 6 deg.
  The truth is the first t with back(t) = the axis' plane (gate) or the finish range (lane-end).
* arms: upper arm (circle, diameter 90 to 100) 30 mm inside the shoulder's edge, elbow (diameter 85 to 95, covering 25
  to 60 % of the cone's height since it hangs below the chest) swinging along u at half the step frequency, left and
  right in opposition, so that it leads the back by 0 to 150 mm at most; the upper arm by 45 % of that swing.
* cloth reflects 35 to 75 % at 940 nm (taken; dark dyes are bright in the infrared), one value for torso and sleeves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import Protocol

from benchmarks.physics.motion import Course, Path, first_root
from benchmarks.physics.rays import Circle, Ellipse, Shape
from retro_timer.training.gaits import Gait

STEP_HZ = {Gait.WALK: (1.5, 2.0), Gait.JOG: (2.3, 2.9), Gait.RUN: (2.7, 3.6)}
ELBOW_LEAD_MM = {Gait.WALK: (0.0, 90.0), Gait.JOG: (20.0, 130.0), Gait.RUN: (40.0, 150.0)}
CLOTH = (0.35, 0.75)
ARM_INSET_MM = 30.0
UPPER_ARM_FILL = 0.85


class Mover(Protocol):
    """Anything that may enter the cone."""

    @property
    def target(self) -> int:
        """Index of its echoes."""

    def near(self, begin: float, end: float) -> bool:
        """Whether it may be in the cone between two times."""

    def shapes(self, t: float) -> list[Shape]:
        """Its cross-section in the sensor's frame."""

    def speed_mmps(self, t: float) -> float:
        """How fast it moves, for the choice of sub-steps."""


@dataclass(frozen=True, slots=True)
class Build:
    """One runner's body and style."""

    depth_mm: float
    width_mm: float
    rho: float
    arm_radius_mm: float
    elbow_radius_mm: float
    elbow_fill: float
    elbow_middle_mm: float
    elbow_lead_mm: float
    step_hz: float
    sway_mm: float
    yaw: float
    yaw_swing: float
    phases: tuple[float, float, float]

    @property
    def swing_mm(self) -> float:
        """Amplitude of the elbow about its middle place, so that its foremost point leads the back by the lead."""
        return self.depth_mm / 2 + self.elbow_lead_mm - self.elbow_radius_mm - self.elbow_middle_mm


def draw_build(rng: Random, gait: Gait, torso_mm: float | None = None) -> Build:
    """A runner at random; `torso_mm` fixes the depth of the chest."""
    depth = min(max(rng.gauss(240.0, 20.0), 180.0), 300.0)
    return Build(
        depth_mm=depth if torso_mm is None else torso_mm,
        width_mm=rng.uniform(400.0, 460.0),
        rho=rng.uniform(*CLOTH),
        arm_radius_mm=rng.uniform(45.0, 50.0),
        elbow_radius_mm=rng.uniform(42.0, 48.0),
        elbow_fill=rng.uniform(0.25, 0.60),
        elbow_middle_mm=rng.uniform(-30.0, 20.0),
        elbow_lead_mm=rng.uniform(*ELBOW_LEAD_MM[gait]),
        step_hz=rng.uniform(*STEP_HZ[gait]),
        sway_mm=rng.uniform(5.0, 15.0),
        yaw=math.radians(rng.gauss(0.0, 3.0)),
        yaw_swing=math.radians(rng.uniform(2.0, 6.0)),
        phases=(rng.uniform(0, math.tau), rng.uniform(0, math.tau), rng.uniform(0, math.tau)),
    )


class Runner:
    """A runner on a course; `across` places the body before a gate, otherwise it comes down the axis.

    Gate: u is +x, w is +y, and `lateral_mm` is the range of the nearer shoulder. Down the axis: u is -y (the course
    counts towards the sensor at zero) and `lateral_mm` is the body's offset to the right.
    """

    def __init__(self, build: Build, course: Course, *, across: bool, lateral_mm: float, target: int = 0) -> None:
        self.build = build
        self.course = course
        self.across = across
        self.target = target
        protrusion = build.arm_radius_mm - ARM_INSET_MM
        self.lateral_mm = lateral_mm + protrusion + build.width_mm / 2 if across else lateral_mm
        far = self.lateral_mm + build.width_mm / 2
        self.reach_mm = far * math.tan(math.radians(21.0)) + 420.0

    def yaw_at(self, t: float) -> float:
        """Turn of the trunk about the vertical, radians."""
        b = self.build
        return b.yaw + b.yaw_swing * math.sin(math.pi * b.step_hz * t + b.phases[1])

    def middle_mm(self, t: float) -> float:
        """The torso's middle along the direction of travel."""
        b = self.build
        return self.course.at(t)[0] + b.sway_mm * math.sin(math.tau * b.step_hz * t + b.phases[0])

    def extent_mm(self, t: float) -> float:
        """From the torso's middle to the back, along the direction of travel."""
        yaw = self.yaw_at(t)
        return math.hypot(self.build.depth_mm / 2 * math.cos(yaw), self.build.width_mm / 2 * math.sin(yaw))

    def back_mm(self, t: float) -> float:
        """Where the back is along the direction of travel."""
        return self.middle_mm(t) + self.extent_mm(t)

    def back_reaches_s(self, place_mm: float, begin: float, end: float) -> float | None:
        """The truth: the first time at which the back is at `place_mm`."""
        return first_root(lambda t: self.back_mm(t) - place_mm, begin, end)

    def near(self, begin: float, end: float) -> bool:
        """Whether the body may be in the cone between two times."""
        if not self.across:
            return True
        a, b = self.course.at(begin)[0], self.course.at(end)[0]
        return max(a, b) > -self.reach_mm and min(a, b) < self.reach_mm

    def speed_mmps(self, t: float) -> float:
        """Speed of the course."""
        return abs(self.course.at(t)[1])

    def torso(self, t: float) -> Ellipse:
        """The torso alone, in the sensor's frame."""
        return self._torso(self.middle_mm(t), t)

    def shapes(self, t: float) -> list[Shape]:
        """Torso, upper arms and elbows."""
        b = self.build
        u, swing = self.middle_mm(t), self._swing_mm(t)
        w = b.width_mm / 2 - ARM_INSET_MM + 10.0
        left = self._round(u + b.elbow_middle_mm - swing, -w, b.elbow_radius_mm, b.elbow_fill)
        right = self._round(u + b.elbow_middle_mm + swing, w, b.elbow_radius_mm, b.elbow_fill)
        return [*self._trunk(u, swing, t), left, right]

    def trunk(self, t: float) -> list[Shape]:
        """Torso and upper arms, without the elbows."""
        return self._trunk(self.middle_mm(t), self._swing_mm(t), t)

    def _trunk(self, u: float, swing: float, t: float) -> list[Shape]:
        b = self.build
        w = b.width_mm / 2 - ARM_INSET_MM
        left = self._round(u + 0.45 * (b.elbow_middle_mm - swing), -w, b.arm_radius_mm, UPPER_ARM_FILL)
        right = self._round(u + 0.45 * (b.elbow_middle_mm + swing), w, b.arm_radius_mm, UPPER_ARM_FILL)
        return [self._torso(u, t), left, right]

    def _torso(self, u: float, t: float) -> Ellipse:
        b = self.build
        return self._ellipse(u, 0.0, b.depth_mm / 2, b.width_mm / 2, self.yaw_at(t))

    def _swing_mm(self, t: float) -> float:
        b = self.build
        return b.swing_mm * math.sin(math.pi * b.step_hz * t + b.phases[2])

    def _round(self, u: float, w: float, radius: float, fill: float) -> Circle:
        if self.across:
            return Circle(u, self.lateral_mm + w, radius, self.build.rho, fill, self.target)
        return Circle(self.lateral_mm + w, -u, radius, self.build.rho, fill, self.target)

    def _ellipse(self, u: float, w: float, semi_u: float, semi_w: float, yaw: float) -> Ellipse:
        c, s = math.cos(yaw), math.sin(yaw)
        pu, pw = 1.0 / (semi_u * semi_u), 1.0 / (semi_w * semi_w)
        uu, uw, ww = c * c * pu + s * s * pw, c * s * (pu - pw), s * s * pu + c * c * pw
        rho, target = self.build.rho, self.target
        if self.across:
            return Ellipse(u, self.lateral_mm + w, uu, uw, ww, rho, 1.0, target)
        return Ellipse(self.lateral_mm + w, -u, ww, -uw, uu, rho, 1.0, target)


@dataclass(frozen=True, slots=True)
class Thing:
    """Something with an elliptic cross-section that keeps its attitude: semi-axes along x and along y."""

    path: Path
    semi_x_mm: float
    semi_y_mm: float
    rho: float
    fill: float
    target: int

    def near(self, begin: float, end: float) -> bool:
        """Whether it is about between two times, and roughly within the cone's wings."""
        if end < self.path.begin_s or begin >= self.path.end_s:
            return False
        places = (self.path.at(begin), self.path.at(end))
        known = [p for p in places if p is not None]
        if len(known) < len(places):
            return True
        reach = max(y for _, y in known) * 0.40 + self.semi_x_mm
        return min(x for x, _ in known) < reach and max(x for x, _ in known) > -reach

    def ellipse(self, t: float) -> Ellipse | None:
        """Its cross-section, or None while it is not about."""
        place = self.path.at(t)
        if place is None:
            return None
        return Ellipse(*place, self.semi_x_mm**-2, 0.0, self.semi_y_mm**-2, self.rho, self.fill, self.target)

    def shapes(self, t: float) -> list[Shape]:
        """Its ellipse while it is about."""
        found = self.ellipse(t)
        return [] if found is None else [found]

    def speed_mmps(self, t: float) -> float:  # noqa: ARG002 - the fastest is good enough
        """Greatest speed on its way."""
        return self.path.fastest()


def person(path: Path, rng: Random, target: int, *, facing: bool) -> Thing:
    """Somebody upright; `facing` the sensor (lane-end, belt) or side on (gate)."""
    depth, width = rng.uniform(105.0, 135.0), rng.uniform(205.0, 240.0)
    semi = (width, depth) if facing else (depth, width)
    return Thing(path, *semi, rng.uniform(*CLOTH), 1.0, target)


def dog(path: Path, rng: Random, target: int) -> Thing:
    """A dog in mid-leap: long, low, thin."""
    return Thing(
        path,
        rng.uniform(280.0, 400.0),
        rng.uniform(80.0, 120.0),
        rng.uniform(0.2, 0.6),
        rng.uniform(0.15, 0.45),
        target,
    )


def ball(path: Path, rng: Random, target: int) -> Thing:
    """A football or a handball in flight."""
    radius = rng.uniform(90.0, 115.0)
    return Thing(path, radius, radius, rng.uniform(0.4, 0.8), rng.uniform(0.3, 0.6), target)


def reaching_arm(path: Path, rng: Random, target: int) -> Thing:
    """A hand or forearm held into the beam."""
    radius = rng.uniform(35.0, 50.0)
    return Thing(path, radius, radius, rng.uniform(0.35, 0.6), rng.uniform(0.2, 0.5), target)
