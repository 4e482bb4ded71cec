"""Turns a passage that is over into a finish, or takes the provisional crossing back."""

from __future__ import annotations

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import (
    CrossingWithdrawn,
    Finish,
    LeftBeam,
    PassageOver,
    Released,
    Stand,
    StandChanged,
    StandEnd,
)
from retro_timer.detection.gate.crossing_fit import solve
from retro_timer.detection.gate.departure_fit import solve_departure
from retro_timer.detection.passages import Approach
from retro_timer.detection.rear.approach_fit import solve_approach


def decide(over: PassageOver, config: WatchConfig) -> Finish | CrossingWithdrawn:
    """Time a passage. Takes some milliseconds: call it where no sensor waits."""
    passage = over.passage
    if isinstance(passage, Approach):
        solved = solve_approach(passage)
        method = passage.method
    else:
        solved = solve(passage, config)
        method = str(config.placement)
    if solved.refusal:
        return CrossingWithdrawn(over.rep, over.t_ns, solved.refusal)
    return Finish(over.rep, solved.back_ns, solved.uncertainty_ns, method, over.t_ns, solved.crowded)


def decide_start(left: LeftBeam, config: WatchConfig) -> Released | StandChanged:
    """Time a departure. Takes some milliseconds: call it where no sensor waits."""
    solved = solve_departure(left.passage, config)
    if solved.refusal:
        return StandChanged(Stand.EMPTY, StandEnd.SENSOR, left.t_ns)
    return Released(solved.back_ns, solved.uncertainty_ns, left.t_ns)
