"""Waiting for a start that the athlete gives: who stands in the beam, and when they may leave it."""

from __future__ import annotations

from retro_timer.detection.events import SensorState, Stand, StandEnd
from retro_timer.detection.expectation import WatchMode
from retro_timer.ports import LampState
from retro_timer.training.plan import SELF_STARTED, StartMethod
from retro_timer.training.session import calls, events, inputs
from retro_timer.training.session.effects import About, Signal
from retro_timer.training.session.state import Phase, SessionState
from retro_timer.training.session.transition import Transition, start_method

_SAID: dict[StandEnd, str] = {
    StandEnd.EARLY: "stand_early",
    StandEnd.MOVED: "stand_moved",
    StandEnd.SOMEBODY_ELSE: "stand_somebody_else",
    StandEnd.SENSOR: "stand_not_seen",
}
"""Why a stand counts no more. Who only passes through is told nothing."""


def watch_before_start(state: SessionState) -> WatchMode:
    """Who starts by release may come early: whoever stands in the beam of the start is expected."""
    return WatchMode.RELEASE if start_method(state) is StartMethod.RELEASE else WatchMode.LANE


def await_start(transition: Transition) -> None:
    """Everything is ready: from now on the athlete starts when they like."""
    method = start_method(transition.state)
    transition.enter(Phase.AWAIT_RELEASE, 0, calls.when_missed(transition.state, transition.now_ns))
    transition.light(LampState.CLEAR)
    if method is StartMethod.FLYING:
        transition.watch(WatchMode.FLYING)
        transition.say("run_over_start", within_s=None, about=[About.START])
        return
    transition.watch(WatchMode.RELEASE)
    if transition.state.stand is Stand.STEADY:
        _set(transition)
    else:
        transition.say("stand_in_beam", within_s=None, about=[About.START])


def _set(transition: Transition) -> None:
    transition.unsay(About.START)
    transition.beep(Signal.SET)
    transition.set(set_ns=transition.now_ns)
    transition.publish(events.Stand(transition.now_ns, str(Stand.STEADY), ""))


def stand_seen(transition: Transition, event: inputs.StandSeen) -> None:
    """Somebody came to stand, stands steadily, or does not any more."""
    was_set = transition.state.stand is Stand.STEADY
    transition.set(stand=event.stand)
    if transition.state.phase is not Phase.AWAIT_RELEASE or start_method(transition.state) is StartMethod.FLYING:
        return
    if event.stand is Stand.STEADY:
        _set(transition)
        return
    if event.reason in _SAID:
        transition.publish(events.Stand(event.t_ns, str(event.stand), str(event.reason)))
        transition.unsay(About.START)
        # Whoever runs must not take it for theirs.
        taken_back = Signal.WAIT if transition.state.on_course else Signal.RECALL
        transition.beep(taken_back if was_set else Signal.REFUSAL)
        transition.say(_SAID[event.reason], within_s=6.0, about=[About.START])


def starts_by_itself(transition: Transition) -> bool:
    """Whether the athlete of the present turn gives the start; not while the beam that would tell is lost."""
    state = transition.state
    return start_method(state) in SELF_STARTED and state.watch_state is not SensorState.LOST
