"""How many readings a gate gets of a runner, and the slowest sensor that still gets enough."""

from __future__ import annotations

import math

from retro_timer.training.gaits import SPEEDS, Gait

LEAST_READINGS = 3.0
"""Of two, one may be a phantom, and no edge is seen: a finish needs a body's readings and their course."""


def seen_width_m(torso_m: float, range_m: float, fov_deg: float) -> float:
    """How far a body goes while some of it is in the cone: its depth and the cone's width where it passes."""
    return torso_m + 2.0 * range_m * math.tan(math.radians(fov_deg) / 2.0)


def readings_of(gait: Gait, width_m: float, period_s: float) -> float:
    """Readings of a body at the gait's fastest speed, one each `period_s`."""
    return width_m / (SPEEDS[gait].fast_mps * period_s)


def slowest_period_s(gait: Gait, width_m: float) -> float:
    """The longest time between readings that gives LEAST_READINGS of that body."""
    return width_m / (SPEEDS[gait].fast_mps * LEAST_READINGS)
