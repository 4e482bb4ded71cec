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
from retro_timer.detection.gate.line_offset import at_line
from retro_timer.detection.passages import Approach
from retro_timer.detection.rear.approach_fit import solve_approach
from retro_timer.detection.solution import finish_of


def decide(over: PassageOver, config: WatchConfig) -> Finish | CrossingWithdrawn:
    """Time a passage. Takes some milliseconds: call it where no sensor waits."""
    passage, config = over.passage, config.of_lane(over.lane)
    if isinstance(passage, Approach):
        return finish_of(over, solve_approach(passage), passage.method)
    return finish_of(over, at_line(solve(passage, config), config), config.placement.value)


def decide_start(left: LeftBeam, config: WatchConfig) -> Released | StandChanged:
    """Time a departure. Takes some milliseconds: call it where no sensor waits."""
    solved = at_line(solve_departure(left.passage, config), config)
    if solved.refusal:
        return StandChanged(Stand.EMPTY, StandEnd.SENSOR, left.t_ns)
    return Released(solved.back_ns, solved.uncertainty_ns, left.t_ns)
