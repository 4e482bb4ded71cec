"""A plan as it is going to run: the very session, with everybody as fast as is usual and nothing in the way."""

from __future__ import annotations

from bisect import insort
from collections import deque
from collections.abc import Sequence

import msgspec

from retro_timer.training.gaits import Gait, usual_time_s
from retro_timer.training.plan import Part, Plan
from retro_timer.training.record import NS_PER_S
from retro_timer.training.rehearsed import Rehearsal, Stretch
from retro_timer.training.session import effects, events, inputs
from retro_timer.training.session.machine import new_session, step
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import ENDED, Phase, SessionState

MOST_REPS = 2400
"""60 athletes with 40 reps each: more is nobody's session, and takes long."""
_PRESS_S = 3.0
"""From the word that a press or the athlete's own start is waited for until it comes."""


def rehearse(plan: Plan, names: Sequence[str], rules: Rules) -> Rehearsal | None:
    """None for a plan of more than MOST_REPS. What goes on until the stop is gone through once."""
    blocks = tuple(msgspec.structs.replace(block, until=None) for block in plan.blocks)
    state = new_session(msgspec.structs.replace(plan, blocks=blocks), names, rules)
    return _Rehearsing(state).run() if len(state.steps) * len(names) <= MOST_REPS else None


class _Rehearsing:
    """Answers a session's effects as a box does on which all goes well."""

    def __init__(self, state: SessionState) -> None:
        self._state = state
        self._now_ns = 0
        self._due: list[tuple[int, inputs.Input]] = []
        self._begun: dict[int, tuple[str, int]] = {}
        """Who began each rep under way, and when."""
        self._stretches: list[Stretch] = []

    def run(self) -> Rehearsal:
        """From the start to the end."""
        names = tuple(athlete.name for athlete in self._state.athletes)
        self._put(inputs.Start())
        while self._state.phase not in ENDED:
            deadline_ns = self._state.deadline_ns
            if self._due and (deadline_ns is None or self._due[0][0] <= deadline_ns):
                self._now_ns, event = self._due.pop(0)
                self._put(event)
            elif deadline_ns is not None:
                self._now_ns = max(self._now_ns, deadline_ns)
                self._put(inputs.Tick())
            else:
                break
        return Rehearsal(names, tuple(self._stretches), self._now_ns / NS_PER_S)

    def _put(self, event: inputs.Input) -> None:
        waiting = deque([event])
        while waiting:
            before = self._state.phase
            self._state, done = step(self._state, waiting.popleft(), self._now_ns)
            for effect in done:
                if isinstance(effect, effects.GoTone):
                    waiting.append(inputs.WentOff(self._now_ns))
                elif isinstance(effect, effects.Save):
                    waiting.append(inputs.Durable(effect.record.rep, effect.record.revision))
                elif isinstance(effect, effects.Publish):
                    self._note(effect.event)
            if self._state.phase is not before:
                self._come_to(self._state.phase)

    def _note(self, event: events.SessionEvent) -> None:
        if isinstance(event, events.Go):
            # Before one lane a wave's places are taken in the order in which it was called.
            places = [rep for rep, (name, _) in self._begun.items() if name in event.runners]
            name = event.runners[len(places)] if event.runners else event.athlete
            self._begun[event.rep] = name, event.t_ns
            if event.distance_m is not None:
                end_ns = event.t_ns + round(usual_time_s(event.distance_m, Gait(event.gait)) * NS_PER_S)
                self._await(end_ns, inputs.FinishSeen(event.rep, end_ns, 0, "gate", end_ns))
            elif event.crossings_m is not None:
                # One is enough for its time to count.
                first_ns = event.t_ns + round(usual_time_s(event.crossings_m / 2.0, Gait(event.gait)) * NS_PER_S)
                self._await(first_ns, inputs.FinishSeen(event.rep, first_ns, 0, "gate", first_ns))
        elif isinstance(event, events.Finish):
            name, begin_ns = self._begun.pop(event.rep)
            index = next(i for i, athlete in enumerate(self._state.athletes) if athlete.name == name)
            begin_s = begin_ns / NS_PER_S
            of, part = event.record.set_no, Part(event.record.part)
            self._stretches.append(Stretch(index, begin_s, begin_s + event.time_s, of, part))

    def _await(self, t_ns: int, event: inputs.Input) -> None:
        insort(self._due, (t_ns, event), key=lambda due: due[0])

    def _come_to(self, phase: Phase) -> None:
        """Somebody presses, or starts by themselves, where that is waited for."""
        then_ns = self._now_ns + round(_PRESS_S * NS_PER_S)
        if phase is Phase.AWAIT_PRESS:
            self._await(then_ns, inputs.Start())
        elif phase is Phase.AWAIT_RELEASE:
            self._await(then_ns, inputs.StartSeen(then_ns, 0, then_ns))
