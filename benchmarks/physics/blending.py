"""Two laws by which one range comes of several things in the cone at once.

A thing is given as its rate of photons (kcps) and its mean range (mm); what is told is a rate and a range.

* average: a sensor that measures the phase of all light together (VL53L1X: ST staff, community.st.com thread 7600; the
  recorded doorway traces pass through 1,867, 1,483 and 920 mm on the way between 2,050 mm and 430 mm):
  r = sum(S_k^g r_k) / sum(S_k^g), with g drawn between 1 and 1.4 for each sensor, as the stronger one may dominate.
* nearest: a sensor that sorts photons by their time of flight (a histogram, as VL53L3CX, VL53L5CX; a TF-Luna and
  ultrasonic modules behave alike). It walks from near to far and takes the first pulse that stands out, that is, whose
  thing fills enough of the cone: the pulse holds at least a share q of all signal, since cover glass, the tails of a
  brighter pulse and flickers must not be taken for a target; and it is at least as bright as a target of reflectance
  rho that fills the cone at that range, since for less no maker promises a range (data sheets end at 17 % grey for ST,
  10 % for the TF-Luna). For each sensor q is drawn between 0.15 (firmware that prefers what is near) and 0.55 (about
  the strongest pulse), rho between 2 and 17 %; before a wall a runner then wins once 10 to 50 % of the cone is filled.
  Pulses closer together than PULSE_MM run into one, at their mean. The range jumps; the rate is that of the pulse
  alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal, Protocol

Law = Literal["average", "nearest"]
LAWS: tuple[Law, ...] = ("average", "nearest")
PULSE_MM = 300.0
"""What two nanoseconds of light, there and back, can hold apart: the usual length of an emitter's pulse."""
_DOMINANCE = (1.0, 1.4)
_LEAST_SHARE = (0.15, 0.55)
_LEAST_RHO = (0.02, 0.17)

Target = tuple[float, float]
"""Rate (kcps) and mean range (mm) of what is seen of one thing."""


class Blend(Protocol):
    """One sensor's way from several things to one."""

    def of(self, seen: Sequence[Target]) -> Target:
        """Rate and range told; (0, 0) when nothing is seen."""


@dataclass(frozen=True, slots=True)
class Average:
    """All light counts, the stronger the more."""

    dominance: float

    def of(self, seen: Sequence[Target]) -> Target:
        """The rate of everything and the weighted mean of the ranges."""
        if len(seen) == 1:
            return seen[0]
        weights = [rate**self.dominance for rate, _ in seen]
        total = sum(weights)
        if total == 0.0:
            return 0.0, 0.0
        return sum(rate for rate, _ in seen), sum(w * r for w, (_, r) in zip(weights, seen, strict=True)) / total


@dataclass(frozen=True, slots=True)
class Nearest:
    """The first pulse that stands out."""

    least_share: float
    least_kcps_m2: float
    """Rate of the dimmest target that counts, filling the cone at one metre."""

    def of(self, seen: Sequence[Target]) -> Target:
        """Rate and mean range of the nearest pulse that stands out, else of the strongest."""
        if len(seen) == 1:
            return seen[0]
        total = sum(rate for rate, _ in seen)
        if total == 0.0:
            return 0.0, 0.0
        pulses = _pulses(seen)
        least = self.least_share * total
        for rate, range_mm in pulses:
            if rate >= least and rate >= self.least_kcps_m2 * (1000.0 / range_mm) ** 2:
                return rate, range_mm
        return max(pulses)


def _pulses(seen: Sequence[Target]) -> list[Target]:
    """Nearest first, what cannot be held apart as one."""
    pulses: list[Target] = []
    for rate, range_mm in sorted(seen, key=lambda target: target[1]):
        if pulses and range_mm - pulses[-1][1] < PULSE_MM:
            before, at = pulses.pop()
            both = before + rate
            pulses.append((both, (before * at + rate * range_mm) / both if both else at))
        else:
            pulses.append((rate, range_mm))
    return pulses


def draw_blend(rng: Random, law: Law, gain: float) -> Blend:
    """A sensor of this law at random; the same draws for either law, so that a seed gives the same passage.

    `gain` is the rate (kcps) of a white target that fills the cone at one metre.
    """
    first, second = rng.random(), rng.random()
    if law == "average":
        return Average(_between(_DOMINANCE, first))
    return Nearest(_between(_LEAST_SHARE, first), gain * _between(_LEAST_RHO, second))


def _between(limits: tuple[float, float], part: float) -> float:
    return limits[0] + (limits[1] - limits[0]) * part
