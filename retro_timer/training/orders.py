"""How close behind each other several may start, where nothing keeps a faster one apart from a slower one in front."""

from __future__ import annotations

from itertools import product

from retro_timer.training.gaits import SPEEDS, Gait, finish_window
from retro_timer.training.plan import Plan, PlanSet, StartMethod

CLEARING_S = 4.0
"""A runner who has finished is off the line after so long."""
CALL_LEAD_S = 8.0
"""The name is called this long before the go: a second for the name, the countdown, and time to step up to the line."""


def least_every_s(plan: Plan) -> float:
    """Least time from go to go, in seconds, at which nobody in one lane meets another; 0 with `lanes_apart`.

    Any rep of the plan may be run behind any other: athletes come to another step at their own time, come late, or make
    up what they missed. All run to the box at the finish, from where their length begins. So for each two of them:

    - the fastest of the one behind reaches the line `CLEARING_S` after the slowest in front;
    - where the one behind begins nearer the finish, nobody is called to that start line, which is in the way of the one
      in front, before the slowest has passed it.
    """
    if plan.lanes_apart:
        return 0.0
    flying = plan.start is StartMethod.FLYING
    kinds = {(length_m, block.gait or plan.gait) for block in plan.blocks for length_m in _lengths_m(block)}
    return max((_behind_s(*both, flying=flying) for both in product(kinds, repeat=2)), default=0.0)


def _lengths_m(block: PlanSet) -> tuple[float, ...]:
    return block.distances_m or (() if block.distance_m is None else (block.distance_m,))


def _behind_s(front: tuple[float, Gait], behind: tuple[float, Gait], *, flying: bool) -> float:
    (front_m, front_gait), (behind_m, behind_gait) = front, behind
    slow_mps = SPEEDS[front_gait].slow_mps
    least_s = front_m / slow_mps - finish_window(behind_m, behind_gait, flying=flying).earliest_s + CLEARING_S
    if behind_m < front_m:
        return max(least_s, (front_m - behind_m) / slow_mps + CALL_LEAD_S)
    return least_s
