"""Runs a session: feeds it and carries its effects out, one after the other; the same live, simulated and replayed."""

from __future__ import annotations

from collections import deque
from typing import Protocol

import msgspec

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import (
    Body,
    Crossing,
    CrossingWithdrawn,
    DetectionEvent,
    Finish,
    HalfSeen,
    LanesUnseen,
    Obstacle,
    Released,
    SensorState,
    StandChanged,
)
from retro_timer.detection.expectation import NOBODY, Expectation
from retro_timer.ports import FINISH_LINE, START_LINE
from retro_timer.training.session import effects, events, inputs
from retro_timer.training.session.machine import step
from retro_timer.training.session.state import ENDED, SessionState


class Outlet(Protocol):
    """Whatever carries effects out."""

    def carry_out(self, effect: effects.Effect, now_ns: int) -> inputs.Input | None:
        """Do it; what follows at once from it (a go's edge, a durable rep) comes back as the next input."""


class SessionRunner:
    """Holds the session's state. One thread calls it."""

    def __init__(self, outlet: Outlet, state: SessionState | None = None) -> None:
        """Without a state no session is there until one begins."""
        self._outlet = outlet
        self._state = state
        self._watch = inputs.WatchChanged(SensorState.LOST, "starting", None, 0)
        self._told = SensorState.OK

    @property
    def state(self) -> SessionState | None:
        """The present session, or the last one; None before the first."""
        return self._state

    @property
    def busy(self) -> bool:
        """Whether a session is under way."""
        state = self._state
        return state is not None and not (state.phase in ENDED and state.concluded)

    @property
    def deadline_ns(self) -> int | None:
        """When `tick` must be called next."""
        return None if self._state is None else self._state.deadline_ns

    @property
    def expectation(self) -> Expectation:
        """Who may arrive, for the sensors' judges."""
        return NOBODY if self._state is None else self._state.expectation

    def begin(self, state: SessionState, now_ns: int) -> None:
        """A session takes the place of the one before."""
        # It knows what the watch sees without hearing of a change; before the first reading: nothing.
        self._state = msgspec.structs.replace(
            state,
            watch_state=self._watch.state,
            watch_reason=self._watch.reason,
            coverage=self._watch.coverage,
            clear_since_ns=now_ns,
        )

    def clear(self) -> None:
        """The last session, which is over, is remembered no longer, nor who ran in it."""
        if not self.busy:
            self._state = None

    def tick(self, now_ns: int) -> None:
        """Keep the appointments that are due."""
        deadline_ns = self.deadline_ns
        if deadline_ns is not None and deadline_ns <= now_ns:
            self.put(inputs.Tick(), now_ns)

    def put(self, event: inputs.Input, now_ns: int) -> None:
        """Apply one input and all that follows at once from it."""
        if isinstance(event, inputs.WatchChanged):
            self._watch = event
        if self._state is None:
            self._put_to_nobody(event, now_ns)
            return
        waiting = deque((event,))
        while waiting:
            self._state, done = step(self._state, waiting.popleft(), now_ns)
            for effect in done:
                answer = self._outlet.carry_out(effect, now_ns)
                if answer is not None:
                    waiting.append(answer)

    def refuse(self, now_ns: int, key: str = "not_now") -> None:
        """Say that what somebody asked for is not possible now, or by the phrase of that key why."""
        self._outlet.carry_out(effects.Say(key), now_ns)
        self._outlet.carry_out(effects.Publish(events.Refused(now_ns, key)), now_ns)

    def _put_to_nobody(self, event: inputs.Input, now_ns: int) -> None:
        """Without a session the watch's state is told all the same, on change, and a command is refused but for a halt:
        somebody may be out whom the last session has given up."""
        if isinstance(event, inputs.Halt):
            self._outlet.carry_out(effects.Beep(effects.Signal.HALT), now_ns)
            self._outlet.carry_out(effects.Say("everybody_stop", urgent=True), now_ns)
        elif isinstance(event, inputs.Command):
            self.refuse(now_ns)
        elif isinstance(event, inputs.SensorChanged):
            told = events.Sensor(event.t_ns, str(event.state), event.reason, event.sensor, event.line)
            self._outlet.carry_out(effects.Publish(told), now_ns)
        elif isinstance(event, inputs.GateAlone | inputs.LineSees):
            self._outlet.carry_out(effects.Say(*event.said), now_ns)
        elif isinstance(event, inputs.WatchChanged) and not event.of_several and event.state is not self._told:
            self._told = event.state
            told = events.Sensor(event.t_ns, str(event.state), event.reason)
            self._outlet.carry_out(effects.Publish(told), now_ns)


def session_input(event: DetectionEvent, config: WatchConfig) -> inputs.Input | None:
    """What a line's event is to the session; None for what only the sounder needs. `config`: of whose it is."""
    if isinstance(event, StandChanged):
        return inputs.StandSeen(event.stand, event.reason, event.t_ns)
    if isinstance(event, Released):
        return inputs.StartSeen(event.left_ns, event.uncertainty_ns, event.t_ns)
    if config.line != FINISH_LINE and not isinstance(event, Obstacle):
        return _at_line(event, config.line)
    if isinstance(event, Crossing):
        return inputs.CrossingSeen(event.rep, event.t_ns, event.lane)
    if isinstance(event, CrossingWithdrawn):
        return inputs.CrossingTakenBack(event.rep, event.t_ns, event.reason, event.lane)
    if isinstance(event, Finish):
        return inputs.FinishSeen(
            event.rep,
            event.back_ns,
            event.uncertainty_ns,
            event.method,
            event.t_ns,
            event.crowded,
            event.single,
            event.hidden,
            event.ambiguous,
            event.lane,
        )
    if isinstance(event, LanesUnseen):
        return inputs.LanesUnseen(event.rep, event.nearest, event.farthest, event.first_ns, event.last_ns, event.t_ns)
    if isinstance(event, HalfSeen):
        return inputs.HalfSeen(event.rep, event.sensor, event.beam, event.t_ns)
    if isinstance(event, Body):
        return inputs.BodySeen(event.first_ns, event.last_ns, event.t_ns)
    if isinstance(event, Obstacle):
        return inputs.ObstacleSeen(event.level, event.range_mm, event.expected, event.t_ns, config.name)
    return None


def _at_line(event: DetectionEvent, line: str) -> inputs.Input | None:
    """What a passage at another line than the finish is: a flying start, or a split. There a beep would mislead."""
    if not isinstance(event, Finish):
        return None
    if line == START_LINE:
        return inputs.StartSeen(event.back_ns, event.uncertainty_ns, event.t_ns)
    return inputs.SplitSeen(event.rep, line, event.back_ns, event.uncertainty_ns, event.t_ns)
