"""How things move: a course along one line by pieces of constant acceleration, and a path through waypoints."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise


class Course:
    """Position along a line, in millimetres and seconds: constant acceleration by pieces.

    Each piece is (begin s, acceleration mm/s^2); before the first the speed is constant.
    """

    def __init__(self, at_s: float, position_mm: float, speed_mmps: float) -> None:
        self._begins = [at_s]
        self._pieces = [(at_s, position_mm, speed_mmps, 0.0)]

    def then(self, at_s: float, acceleration: float, speed_mmps: float | None = None) -> Course:
        """From `at_s` on accelerate so; `speed_mmps` overrides the speed reached (to stop or start cleanly).

        What was planned for later than `at_s` is dropped.
        """
        position, speed = self.at(at_s)
        while self._begins and self._begins[-1] >= at_s:
            self._begins.pop()
            self._pieces.pop()
        self._begins.append(at_s)
        self._pieces.append((at_s, position, speed if speed_mmps is None else speed_mmps, acceleration))
        return self

    def brake(self, at_s: float, deceleration: float) -> float:
        """Brake from `at_s` to a stop; returns when it stands."""
        _, speed = self.at(at_s)
        self.then(at_s, -math.copysign(deceleration, speed))
        stopped = at_s + abs(speed) / deceleration
        self.then(stopped, 0.0, 0.0)
        return stopped

    def set_off(self, at_s: float, acceleration: float, speed_mmps: float) -> float:
        """From standing accelerate to `speed_mmps` (signed); returns when it is reached."""
        self.then(at_s, math.copysign(acceleration, speed_mmps), 0.0)
        reached = at_s + abs(speed_mmps) / acceleration
        self.then(reached, 0.0, speed_mmps)
        return reached

    def moved(self, by_mm: float) -> Course:
        """The same course, so much farther on."""
        other = Course(self._begins[0], 0.0, 0.0)
        other._begins = list(self._begins)
        other._pieces = [(begin, position + by_mm, speed, a) for begin, position, speed, a in self._pieces]
        return other

    def at(self, t: float) -> tuple[float, float]:
        """Position (mm) and speed (mm/s) at the time `t`."""
        index = max(bisect_right(self._begins, t) - 1, 0)
        begin, position, speed, acceleration = self._pieces[index]
        dt = t - begin
        if dt < 0.0:
            return position + speed * dt, speed
        return position + (speed + 0.5 * acceleration * dt) * dt, speed + acceleration * dt


Waypoint = tuple[float, float, float]
"""Time (s), x and y (mm)."""


class Path:
    """A straight way from waypoint to waypoint; nowhere before the first and after the last."""

    def __init__(self, points: Sequence[Waypoint]) -> None:
        self.points = list(points)
        self._times = [p[0] for p in points]

    @property
    def begin_s(self) -> float:
        return self._times[0]

    @property
    def end_s(self) -> float:
        return self._times[-1]

    def at(self, t: float) -> tuple[float, float] | None:
        """Where it is at the time `t`, or None."""
        if not self.begin_s <= t < self.end_s:
            return None
        i = bisect_right(self._times, t) - 1
        (t0, x0, y0), (t1, x1, y1) = self.points[i], self.points[i + 1]
        part = (t - t0) / (t1 - t0)
        return x0 + (x1 - x0) * part, y0 + (y1 - y0) * part

    def fastest(self) -> float:
        """Greatest speed on the way, mm/s."""
        return max(math.hypot(x1 - x0, y1 - y0) / (t1 - t0) for (t0, x0, y0), (t1, x1, y1) in pairwise(self.points))


def first_root(value: Callable[[float], float], begin: float, end: float, step: float = 2e-3) -> float | None:
    """The first time in [begin, end] at which `value` rises through zero, to a nanosecond; None when it does not.

    Steps of 2 ms find every rise of a body: sway and yaw have frequencies under 4 Hz.
    """
    low, low_value = begin, value(begin)
    if low_value >= 0.0:
        return begin
    while low < end:
        high = min(low + step, end)
        if value(high) >= 0.0:
            while high - low > 1e-10:
                middle = 0.5 * (low + high)
                if value(middle) >= 0.0:
                    high = middle
                else:
                    low = middle
            return high
        low = high
    return None
