"""Several on the course, one after the other: when the next may go, and what a finish among them changes."""

from __future__ import annotations

from retro_timer.detection.expectation import WatchMode
from retro_timer.ports import LampState
from retro_timer.training.orders import least_every_s
from retro_timer.training.session import places, standing, starting, together
from retro_timer.training.session.effects import About
from retro_timer.training.session.state import STARTING, Phase, SessionState
from retro_timer.training.session.transition import Transition, ns


def earliest_start_ns(state: SessionState, now_ns: int) -> int:
    """When the next go may come, whoever's it is: a countdown from now, and far enough behind the last one; in a lane
    of several whoever's it is may have to wait longer."""
    if state.waves:
        ready_ns = now_ns + ns(state.rules.changeover_s if state.reps else state.rules.get_ready_s)
        return max(ready_ns, state.last_go_ns + ns(state.plan.every_s or 0.0))
    start_ns = now_ns + ns(state.rules.countdown_s + starting.LOOK_S)
    if not state.last_go_ns:
        return max(start_ns, now_ns + ns(state.rules.get_ready_s))
    return max(start_ns, state.last_go_ns + ns(every_s(state)))


def every_s(state: SessionState) -> float:
    """Seconds from go to go by the plan, and never less than are safe; of several lanes those are kept in each."""
    return max(state.plan.every_s or 0.0, least_every_s(state.plan) if state.rules.lanes == 1 else 0.0)


def rests(transition: Transition, index: int, ended_ns: int, step_index: int) -> bool:
    """One of several has finished, or been given up: only their own rest begins. False for a step by the clock, which
    all do at once."""
    state = transition.state
    if state.rules.given_goes:
        if not state.on_course and state.given is None:
            transition.enter(Phase.AWAIT_GO)
        return True
    if state.steps[step_index].distance_m is None:
        return False
    if not state.wave_of:
        together.rested(transition, index, ended_ns, step_index)
    elif not state.on_course:
        places.rested(transition, ended_ns, step_index)
    if not state.on_course:
        transition.light(LampState.CLEAR)
    return True


def say_clear_the_lane(transition: Transition) -> None:
    """Whoever has finished leaves the line to those behind; a wave when all have."""
    if transition.state.waves and transition.state.on_course:
        return
    transition.say("clear_the_lane", within_s=3.0, about=[About.LINE])


def wait_for_finish(transition: Transition) -> None:
    """Nobody is left who could start: on the course are all who are not through."""
    if transition.state.phase is not Phase.RUNNING:
        transition.enter(Phase.RUNNING)


def watch_for(state: SessionState) -> WatchMode:
    """What the watch does in this phase, with whoever is on the course expected."""
    if state.phase is Phase.AWAIT_RELEASE:
        return WatchMode.RELEASE
    if state.rules.watching is not None:
        if state.phase is Phase.LANE_CHECK:
            return standing.watch_before_start(state)
        if state.phase in STARTING or state.phase is Phase.AWAIT_PRESS:
            return WatchMode.START
    return WatchMode.OFF


def coming(state: SessionState) -> frozenset[tuple[int, bool]]:
    """Who may arrive: the rep's number, and whether it was given up; those who were taken off among them."""
    off = ((one.active.record.rep, one.active.given_up) for one in state.taken_off)
    return frozenset((one.record.rep, one.given_up) for one in state.coming) | frozenset(off)
