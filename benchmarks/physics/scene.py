"""A scene filmed: each integration is cut into instants, each instant into rays."""

from __future__ import annotations

import math
from collections.abc import Sequence

from benchmarks.physics.people import Mover
from benchmarks.physics.rays import PHASES, look
from benchmarks.physics.sensor import Halves, Sensor
from retro_timer.ports import RangeSample

STEP_MM = 20.0
"""A body moves about this far between two instants of one integration."""
MOST_INSTANTS = 12
_PHASE_ORDER = (1, 2, 0, 3)
"""Each pair of fans lies evenly about the axis."""


def film(sensor: Sensor, movers: Sequence[Mover], targets: int, first_s: float, last_s: float) -> list[RangeSample]:
    """The readings between two times. `targets` counts the movers' targets and the wall, which is the last."""
    samples = []
    empty = sensor.empty_halves(targets)
    half = sensor.budget_s / 2.0
    for begin in sensor.starts(first_s, last_s):
        end = begin + 2.0 * half
        present = [m for m in movers if m.near(begin, end)]
        halves = integrate(sensor, present, targets, begin) if present else empty
        samples.append(sensor.read(begin + half, halves))
    return samples


def integrate(sensor: Sensor, movers: Sequence[Mover], targets: int, begin: float) -> Halves:
    """Echoes over one integration that begins at `begin`: the mean over 2 to 12 instants, by halves."""
    fastest = max(m.speed_mmps(begin) for m in movers)
    per_half = min(max(math.ceil(fastest * sensor.budget_s / STEP_MM / 2.0), 1), MOST_INSTANTS // 2)
    step = sensor.budget_s / (2.0 * per_half)
    halves = []
    for half in range(2):
        echoes = [[0.0, 0.0] for _ in range(targets)]
        for k in range(per_half):
            count = half * per_half + k
            glance(sensor, movers, begin + (count + 0.5) * step, _PHASE_ORDER[count % PHASES], echoes)
        halves.append([[rate / per_half, moment / per_half] for rate, moment in echoes])
    return Halves(*halves)


def glance(sensor: Sensor, movers: Sequence[Mover], t: float, phase: int, echoes: list[list[float]]) -> None:
    """One instant."""
    shapes = [shape for mover in movers for shape in mover.shapes(t)]
    look(shapes, sensor.fans[phase], phase, sensor.wall, echoes)
