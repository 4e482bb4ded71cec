"""When a torso is in the beam, by three measures, and how strong, without noise."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.physics.people import Mover, Runner
from benchmarks.physics.rays import Round, Shape, look
from benchmarks.physics.sensor import LEAST_SIGNAL_KCPS, Sensor

Span = tuple[float, float]
"""First and last time (s)."""


@dataclass(frozen=True, slots=True)
class Visibility:
    """When the body, without elbows, is where it counts."""

    axis: Span
    """The torso (no arms) is on the beam's axis."""
    cone: Span
    """Some of the torso is within the half-power cone."""
    reported: Span
    """Torso and upper arms pull the range a quarter of the way or more from the wall to the body, and there is signal
    enough for a valid reading."""
    peak_kcps: float
    """The strongest return of torso and upper arms alone: at the middle of the passage."""


def passage(runner: Runner, sensor: Sensor, back_s: float) -> Visibility:
    """The measures for the passage whose back is on the axis at `back_s`."""
    speed = max(runner.speed_mmps(back_s), 100.0)
    middle = back_s + runner.extent_mm(back_s) / speed
    reach = runner.reach_mm / speed
    slope = math.tan(sensor.half_angle)

    def on_axis(t: float) -> bool:
        return abs(runner.middle_mm(t)) < runner.extent_mm(t)

    def in_cone(t: float) -> bool:
        return touches(runner.torso(t), slope)

    def reported(t: float) -> bool:
        return stands_out(runner.trunk(t), sensor)

    axis, cone, told = (_span(test, middle, reach) for test in (on_axis, in_cone, reported))
    echoes = [[0.0, 0.0], [0.0, 0.0]]
    look(runner.trunk(middle), sensor.fans[1], 1, sensor.wall, echoes)
    return Visibility(axis, cone, told, echoes[0][0] * sensor.gain)


def touches(torso: Round, slope: float) -> bool:
    """Whether an ellipse has a point within |x| < slope * y: its support towards each rim reaches over it."""
    det = torso.qa * torso.qc - torso.qb * torso.qb
    for side in (-1.0, 1.0):
        # Signed distance (times a constant) of the centre outside the rim side * x = slope * y.
        outside = side * torso.cx - slope * torso.cy
        nx, ny = side, -slope
        support = math.sqrt((torso.qc * nx * nx - 2.0 * torso.qb * nx * ny + torso.qa * ny * ny) / det)
        if outside >= support:
            return False
    return True


def stay(mover: Mover, sensor: Sensor, begin: float, end: float, step: float = 0.005) -> tuple[float, float] | None:
    """First and last time between two at which any part of `mover` is in the half-power cone; None when never."""
    slope = math.tan(sensor.half_angle)
    times = [begin + i * step for i in range(max(int((end - begin) / step), 1))]
    inside = [
        t for t in times if mover.near(t, t) and any(touches(s, slope) for s in mover.shapes(t) if isinstance(s, Round))
    ]
    return (inside[0], inside[-1]) if inside else None


def first_report(mover: Mover, sensor: Sensor, begin: float, end: float, step: float = 0.005) -> int | None:
    """First time (ns) between two at which the return reaches the least signal within the sensor's range."""
    for i in range(int((end - begin) / step)):
        t = begin + i * step
        if not mover.near(t, t):
            continue
        echoes = [[0.0, 0.0], [0.0, 0.0]]
        look(mover.shapes(t), sensor.fans[1], 1, None, echoes)
        if sum(s for s, _ in sensor.visible(echoes[:1])) >= LEAST_SIGNAL_KCPS:
            return round(t * 1e9)
    return None


def stands_out(body: Sequence[Shape], sensor: Sensor) -> bool:
    """Whether there is a reading at all, and the body pulls its range well away from what is left of the wall."""
    echoes = [[0.0, 0.0], [0.0, 0.0]]
    look(body, sensor.fans[1], 1, sensor.wall, echoes)
    signal, range_mm = sensor.blend.of(sensor.visible(echoes))
    if signal < LEAST_SIGNAL_KCPS or echoes[0][0] == 0.0:
        return False
    near_mm = echoes[0][1] / echoes[0][0]
    far_mm = echoes[1][1] / echoes[1][0] if echoes[1][0] else near_mm
    return range_mm <= far_mm - 0.25 * (far_mm - near_mm)


def _span(test: Callable[[float], bool], middle: float, reach: float) -> Span:
    """The interval around `middle` in which `test` holds, to a thousandth of `reach`; empty when not at `middle`."""
    if not test(middle):
        return middle, middle
    ends = []
    for side in (-1.0, 1.0):
        inside, outside = 0.0, reach
        for _ in range(10):
            half = 0.5 * (inside + outside)
            if test(middle + side * half):
                inside = half
            else:
                outside = half
        ends.append(middle + side * 0.5 * (inside + outside))
    return ends[0], ends[1]
