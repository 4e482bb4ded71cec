"""Who or what comes into view and is not the runner: how large and how bright, and which of two beams meets it."""

from __future__ import annotations

import math
from collections.abc import Collection

from retro_timer.sim.optics import Surface
from retro_timer.sim.scenario import Intruder, IntruderKind

# Width across the beam in metres, and brightness.
_SIZES: dict[IntruderKind, tuple[float, float]] = {
    IntruderKind.DOG: (0.25, 0.25),
    IntruderKind.BALL: (0.22, 0.6),
    IntruderKind.PERSON: (0.42, 0.3),
    IntruderKind.CHILD: (0.30, 0.35),
}
_UNDER_UPPER_BEAM = frozenset((IntruderKind.DOG, IntruderKind.BALL, IntruderKind.CHILD))
"""Of two beams above each other the upper one is at the shoulder of the smallest athlete: these pass below it."""


def size(intruder: Intruder) -> tuple[float, float]:
    """Its width in metres and its brightness, 0 to 1."""
    return _SIZES[intruder.kind]


def is_seen(intruder: Intruder, sensor: str, upper: Collection[str]) -> bool:
    """Whether the beam of this sensor can meet it at all; `upper`: names of those above another one."""
    if intruder.sensor is not None:
        return intruder.sensor == sensor
    return sensor not in upper or intruder.kind not in _UNDER_UPPER_BEAM


def across(intruder: Intruder, fov_deg: float) -> Surface:
    """As a gate of this field of view sees it."""
    width_m, brightness = size(intruder)
    cone_m = 2.0 * intruder.range_m * math.tan(math.radians(fov_deg) / 2.0)
    return Surface(intruder.range_m * 1000.0, min(1.0, width_m / max(0.02, cone_m)), brightness)
