"""How close behind each other several may start, where nothing keeps a faster one apart from a slower one in front."""

from __future__ import annotations

from retro_timer.training.gaits import finish_window
from retro_timer.training.plan import Plan, StartMethod, steps

CLEARING_S = 4.0
"""A runner who has finished is off the line after so long."""


def least_every_s(plan: Plan, *, lanes: int = 1) -> float:
    """Least time from go to go, in seconds, at which nobody is caught up within the lane; 0 where nobody shares one.

    The fastest of a gait, started behind its slowest, reaches the line when that one has left it. `lanes`: as many as
    the gate tells apart.
    """
    if plan.lanes_apart or lanes > 1:
        return 0.0
    flying = plan.start is StartMethod.FLYING
    kinds = {(step.distance_m, step.gait) for step in steps(plan) if step.distance_m is not None}
    windows = [finish_window(distance_m, gait, flying=flying) for distance_m, gait in kinds]
    return max((window.latest_s - window.earliest_s + CLEARING_S for window in windows), default=0.0)
