"""Feeds the session and carries its effects out, one after the other; the same for live, simulation and replay."""

from __future__ import annotations

from collections import deque
from typing import Protocol

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import (
    Body,
    Crossing,
    CrossingWithdrawn,
    DetectionEvent,
    Finish,
    Obstacle,
    PassageOver,
)
from retro_timer.detection.timing import decide
from retro_timer.training.session import inputs
from retro_timer.training.session.effects import Effect
from retro_timer.training.session.machine import step
from retro_timer.training.session.state import SessionState


class Outlet(Protocol):
    """Whatever carries effects out."""

    def carry_out(self, effect: Effect, now_ns: int) -> inputs.Input | None:
        """Do it; what follows at once from it (a go's edge, a durable rep) comes back as the next input."""


class Engine:
    """Holds the session's state. One thread calls it."""

    def __init__(self, state: SessionState, outlet: Outlet) -> None:
        self.state = state
        self._outlet = outlet

    def put(self, event: inputs.Input, now_ns: int) -> None:
        """Apply one input and all that follows at once from it."""
        waiting = deque((event,))
        while waiting:
            self.state, effects = step(self.state, waiting.popleft(), now_ns)
            for effect in effects:
                answer = self._outlet.carry_out(effect, now_ns)
                if answer is not None:
                    waiting.append(answer)

    def tick(self, now_ns: int) -> None:
        """Keep the appointments that are due."""
        deadline = self.state.deadline_ns
        if deadline is not None and deadline <= now_ns:
            self.put(inputs.Tick(), now_ns)


def session_input(event: DetectionEvent, config: WatchConfig) -> inputs.Input | None:
    """What a sensor's event is to the session; a passage is timed here. None for what only the sounder needs."""
    if isinstance(event, PassageOver):
        event = decide(event, config)
    if isinstance(event, Crossing):
        return inputs.CrossingSeen(event.rep, event.t_ns)
    if isinstance(event, CrossingWithdrawn):
        return inputs.CrossingTakenBack(event.rep, event.t_ns, event.reason)
    if isinstance(event, Finish):
        return inputs.FinishSeen(
            event.rep, event.back_ns, event.uncertainty_ns, event.method, event.t_ns, event.crowded
        )
    if isinstance(event, Body):
        return inputs.BodySeen(event.first_ns, event.last_ns, event.t_ns)
    if isinstance(event, Obstacle):
        return inputs.ObstacleSeen(event.level, event.range_mm, event.expected, event.t_ns)
    return None
