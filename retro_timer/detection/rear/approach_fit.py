"""When an approaching back reached the finish range, by a curve through the approach and not from one reading."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from retro_timer.detection.passages import Approach
from retro_timer.detection.solution import NORMAL_95, Solution

_LEAST_NOISE_M = 0.006
"""Twice the noise that a VL53L1X has at its best (3 to 4 mm, recorded): a few readings agree by luck."""
_HUBER = 1.5
"""Huber's usual constant: 96 % of least squares' sharpness in normal noise, and one phantom pulls little."""
_ROUNDS = 4
"""Reweighting settles fast; each further round costs as much as the fit."""
_BEFORE_S, _AFTER_S = 0.25, 0.18
"""Together little more than a run's step: a parabola follows sway and braking so far; shorter has too few readings."""
_PERIODS = 5.0
"""A slow sensor's least number of readings for a parabola's three unknowns."""
_LOST_PERIODS = 1.5
"""Readings farther apart than this lack one between them: half a period is more than their jitter."""
_UNSEEN_MPS = 0.13
"""Root mean square of how fast a waist sways that goes 10 mm to either side three times a second: so much of it nobody
saw in each second without a reading. Less states intervals that miss, more wider ones than is true."""

_Point = tuple[float, float]
"""Seconds from the crossing, and metres."""


def solve_approach(approach: Approach) -> Solution:
    """Fit range against time, straight or bent as the points allow, and read it off at the finish range."""
    points, unseen_s = _around(approach.points, approach.finish_range_m)
    if len(points) < 3:
        return Solution(refusal="too few readings")
    degree = 2 if len(points) >= 7 else 1
    weights = [1.0] * len(points)
    coefficients = [0.0] * 3
    noise = _LEAST_NOISE_M
    for _ in range(_ROUNDS):
        coefficients = _least_squares(points, weights, degree)
        residuals = [r - _value(coefficients, t) for t, r in points]
        spread = sorted(abs(e) for e in residuals)[len(points) // 2] * 1.483
        noise = max(_LEAST_NOISE_M, spread)
        weights = [min(1.0, _HUBER * noise / max(1e-9, abs(e))) for e in residuals]
    moment = _passing(coefficients, approach.finish_range_m + approach.depth_m, points)
    if moment is None:
        return Solution(refusal="never reached the finish range")
    speed = -(coefficients[1] + 2.0 * coefficients[2] * moment)
    if speed < 0.1:
        return Solution(refusal="did not close in")
    near = sum(w for (t, _), w in zip(points, weights, strict=True) if abs(t - moment) <= 0.25)
    sd_m = math.hypot(
        noise * math.sqrt((2.3 if degree == 2 else 1.3) / max(1.5, near)),
        approach.sway_m + approach.sway_s * speed,
        _UNSEEN_MPS * unseen_s,
    )
    uncertainty_s = NORMAL_95 * sd_m / speed
    return Solution(approach.origin_ns + round(moment * 1e9), round(uncertainty_s * 1e9), speed)


def _around(points: Sequence[_Point], finish_range_m: float) -> tuple[Sequence[_Point], float]:
    """The readings next to the line: enough of them, yet no more of the way than a curve follows. Also for how long
    nothing was seen there, in seconds.

    A runner brakes somewhere about the line, and no one curve follows both the run and the braking.
    """
    if len(points) < 2:
        return points, 0.0
    spacings = sorted(b[0] - a[0] for a, b in itertools.pairwise(points))
    period = spacings[len(spacings) // 2]
    before, after = max(_BEFORE_S, _PERIODS * period), max(_AFTER_S, _PERIODS / 2.0 * period)
    # A beam may look past what it ranges while that passes the line: then the curve is to span the gap.
    last_s = max((t for t, r in points if r > finish_range_m), default=0.0)
    next_s = min((t for t, _ in points if t > last_s), default=last_s)
    unseen_s = max(0.0, next_s - last_s - _LOST_PERIODS * period)
    first_s = min(0.0, last_s + period) if unseen_s else 0.0
    return [(t, r) for t, r in points if first_s - before <= t <= after], unseen_s


def _value(coefficients: Sequence[float], t: float) -> float:
    return coefficients[0] + coefficients[1] * t + coefficients[2] * t * t


def _least_squares(points: Sequence[tuple[float, float]], weights: Sequence[float], degree: int) -> list[float]:
    """Weighted polynomial of degree 1 or 2 by the normal equations; the origin lies in the middle of the points."""
    size = degree + 1
    matrix = [[0.0] * (size + 1) for _ in range(size)]
    for (t, r), w in zip(points, weights, strict=True):
        powers = [w * t**k for k in range(2 * size - 1)]
        for row in range(size):
            for column in range(size):
                matrix[row][column] += powers[row + column]
            matrix[row][size] += powers[row] * r
    for pivot in range(size):
        best = max(range(pivot, size), key=lambda row: abs(matrix[row][pivot]))
        matrix[pivot], matrix[best] = matrix[best], matrix[pivot]
        lead = matrix[pivot][pivot]
        if abs(lead) < 1e-12:
            continue
        for row in range(size):
            if row != pivot:
                factor = matrix[row][pivot] / lead
                matrix[row] = [a - factor * b for a, b in zip(matrix[row], matrix[pivot], strict=True)]
    solved = [matrix[k][size] / matrix[k][k] if abs(matrix[k][k]) >= 1e-12 else 0.0 for k in range(size)]
    return [*solved, 0.0][:3]


def _passing(coefficients: Sequence[float], range_m: float, points: Sequence[tuple[float, float]]) -> float | None:
    """The moment, within the points and a little beyond, at which the curve falls through `range_m`."""
    first, last = points[0][0], points[-1][0]
    span = last - first
    steps = 64
    before = first - 0.1 * span
    for step in range(1, steps + 1):
        after = first - 0.1 * span + 1.2 * span * step / steps
        high, low = _value(coefficients, before) - range_m, _value(coefficients, after) - range_m
        if high >= 0.0 > low:
            return before + (after - before) * high / (high - low)
        before = after
    return None
