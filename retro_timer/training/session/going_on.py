"""One on the course at a time: a crossing that was no finish leaves its runner there, if nobody has gone since."""

from __future__ import annotations

from collections.abc import Sequence

from retro_timer.detection.expectation import WatchMode
from retro_timer.ports import LampState
from retro_timer.training.record import RepRecord, RepStatus, StartKind, voided
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


def without_legs_begun_anew(state: SessionState, words: Sequence[RepRecord]) -> list[RepRecord]:
    """The words that are had back; a leg that did not count goes on with the finish that began it, or stays void."""
    void = {record.rep for record in state.results if record.status is RepStatus.VOID}
    ends_ns = {word.go_ns + word.time_ns for word in words if word.time_ns is not None}
    return [
        word
        for word in words
        if word.start is not StartKind.RELAY
        or word.rep not in void
        or (word.status is RepStatus.OPEN and word.go_ns in ends_ns)
    ]


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
