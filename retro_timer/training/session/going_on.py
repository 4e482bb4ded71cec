"""One on the course at a time: a crossing that was no finish leaves its runner there, if nobody has gone since."""

from __future__ import annotations

from collections.abc import Sequence

from retro_timer.detection.expectation import WatchMode
from retro_timer.ports import LampState
from retro_timer.training.record import RepRecord, StartKind, voided
from retro_timer.training.session import active_rep, resting, starting
from retro_timer.training.session.effects import About
from retro_timer.training.session.state import ENDED, Phase, SessionState, Turn
from retro_timer.training.session.transition import Transition


def runs_on(state: SessionState, record: RepRecord, now_ns: int) -> bool:
    """Whether the athlete of a rep that has ended at the line is out there still, where that was nobody's finish."""
    index = resting.find_athlete(state.athletes, record.athlete)
    leg = _leg_begun_by(state, record)
    newest = record.rep if leg is None else leg.rep
    return (
        not state.rolling
        and index is not None
        and state.athletes[index].present
        and state.reps == newest
        and (state.running is None or leg is not None)
        and now_ns < active_rep.timeout_of(record)
    )


def without_next_leg(state: SessionState, record: RepRecord) -> list[RepRecord]:
    """In a relay the next leg has begun with that crossing: it does not count, and begins when its time comes."""
    leg = _leg_begun_by(state, record)
    return [] if leg is None else [voided(leg)]


def go_on(transition: Transition, words: Sequence[RepRecord]) -> None:
    """After new words on reps: a runner of theirs is on the course again, or is not any more."""
    state, running = transition.state, transition.state.running
    if state.rolling or state.phase in ENDED:
        return
    if running is None:
        if state.phase is Phase.RUNNING:
            transition.watch(WatchMode.OFF)
            transition.light(LampState.CLEAR)
            resting.to_next_turn(transition)
        return
    whose = resting.find_athlete(state.athletes, running.record.athlete)
    if whose is None or all(word.rep != running.record.rep for word in words):
        return
    starting.call_off(transition)
    transition.unsay(About.TURN, About.REST, About.START)
    held = state.phase is Phase.PAUSED
    transition.set(turn=Turn(whose, running.step), pause_after=state.pause_after or held)
    transition.enter(Phase.RUNNING)
    transition.watch(WatchMode.REP)
    transition.light(LampState.RUNNING)


def _leg_begun_by(state: SessionState, record: RepRecord) -> RepRecord | None:
    running = state.running
    if running is None or record.time_ns is None or record.start is not StartKind.RELAY:
        return None
    is_next = running.record.start is StartKind.RELAY and running.record.go_ns == record.go_ns + record.time_ns
    return running.record if is_next else None
