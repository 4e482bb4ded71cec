"""How fast people move backward: gaits, the finish window of a rep, and the time that no human beats."""

from __future__ import annotations

import math
from bisect import bisect_left
from enum import StrEnum

import msgspec


class Gait(StrEnum):
    """Ways of going backward."""

    WALK = "walk"
    JOG = "jog"
    RUN = "run"


class SpeedRange(msgspec.Struct, frozen=True):
    """Mean speeds over a rep, in metres a second."""

    slow_mps: float
    fast_mps: float


SPEEDS: dict[Gait, SpeedRange] = {
    # Hreljac 2005, Flynn 1994 and records; the slow end of a run gives the finish windows of 8, 12 and 20 s for
    # 20, 30 and 50 m.
    Gait.WALK: SpeedRange(0.3, 1.7),
    Gait.JOG: SpeedRange(1.5, 3.2),
    Gait.RUN: SpeedRange(2.5, 7.6),
}

# Seconds from a standing start that no human has beaten, from a record runner's curve (100 m in 13.17 s). The 5 m
# point is the same curve with its starting time constant of about 0.85 s.
_FASTEST_HUMAN = (
    (5.0, 1.25),
    (10.0, 2.0),
    (15.0, 2.7),
    (20.0, 3.3),
    (30.0, 4.5),
    (50.0, 7.0),
    (100.0, 13.17),
)

_FASTEST_MPS = 8.5
"""The steepest part of that curve: 50 m after the 50 m in which the record runner got under way."""

WALK_SPEED_MPS = 1.2
"""Forward walking to the start or back, as the walk-out rule takes it."""
SPEED_OF_SOUND_MPS = 343.0


class FinishWindow(msgspec.Struct, frozen=True):
    """When the back of one runner may reach the line, in seconds after the go."""

    human_limit_s: float
    """Quicker than this is an intruder."""
    earliest_s: float
    """Quicker than this is flagged `fast`."""
    latest_s: float
    """Slowest time of the gait."""
    timeout_s: float
    """After this the rep is a provisional DNF."""


def human_limit_s(distance_m: float, *, flying: bool = False) -> float:
    """Seconds below which nobody covers `distance_m` (5 to 100 m; shorter and longer are extrapolated by speed).

    `flying`: already at full speed at its beginning.
    """
    if flying:
        return distance_m / _FASTEST_MPS
    points = _FASTEST_HUMAN
    if distance_m <= points[0][0]:
        return points[0][1] * max(distance_m, 0.0) / points[0][0]
    if distance_m >= points[-1][0]:
        return points[-1][1] * distance_m / points[-1][0]
    right = bisect_left(points, (distance_m, 0.0))
    (near_m, near_s), (far_m, far_s) = points[right - 1], points[right]
    return near_s + (far_s - near_s) * (distance_m - near_m) / (far_m - near_m)


def finish_window(distance_m: float, gait: Gait, *, flying: bool = False) -> FinishWindow:
    """The finish window of a rep of `distance_m` metres; `flying`: at full speed from its beginning."""
    speeds = SPEEDS[gait]
    limit = human_limit_s(distance_m, flying=flying)
    latest = distance_m / speeds.slow_mps
    return FinishWindow(limit, max(limit, distance_m / speeds.fast_mps), latest, 2.0 * latest)


def usual_time_s(distance_m: float, gait: Gait) -> float:
    """What a rep takes where nothing is known of who runs it: at the mean, in proportion, of the gait's speeds."""
    speeds = SPEEDS[gait]
    return distance_m / math.sqrt(speeds.slow_mps * speeds.fast_mps)


def sound_delay_s(distance_m: float) -> float:
    """How long the start signal takes to a runner `distance_m` metres from the box."""
    return distance_m / SPEED_OF_SOUND_MPS


def walk_back_s(distance_m: float) -> float:
    """How long walking back to the start takes."""
    return distance_m / WALK_SPEED_MPS


def default_walk_out_s(distance_m: float) -> float:
    """Time from the press at the box until the runner stands at the start."""
    return distance_m / WALK_SPEED_MPS + 10.0
