"""Between reps: rest and recovery, whose turn is next, and the end."""

from __future__ import annotations

from collections.abc import Sequence

from retro_timer.detection.expectation import WatchMode
from retro_timer.ports import LampState, Placement
from retro_timer.training.gaits import walk_back_s
from retro_timer.training.session import announce, calls, starting
from retro_timer.training.session.effects import About
from retro_timer.training.session.move import Move, ns
from retro_timer.training.session.state import Appointment, Athlete, Item, Phase, SessionState

_HALFWAY_LEAST_S = 40.0
_CUE_LEAST_S = 18.0


def after_rep(move: Move, index: int, ended_ns: int, *, keep_watch: bool = False) -> None:
    """One athlete's rep has ended: their rest begins, and the next turn is looked for."""
    state = move.state
    if state.rules.given_goes:
        move.enter(Phase.AWAIT_GO)
        if not keep_watch:
            run_out(move)
        return
    turn, step = state.turn, state.step
    if turn is None or step is None:
        return
    rest_s = rest_after_s(state, turn.step)
    move.set_athlete(index, next_step=turn.step + 1, rest_from_ns=ended_ns, rested_ns=ended_ns + ns(rest_s))
    if not keep_watch:
        run_out(move)
    move.light(LampState.CLEAR)
    to_next_turn(move, ends_set=step.ends_set)


def run_out(move: Move) -> None:
    """Watch a runner who brakes beyond the line for a while."""
    move.watch(WatchMode.RUNOUT)
    if move.state.expectation.mode is WatchMode.RUNOUT:
        move.appoint(move.now_ns + ns(move.state.rules.runout_s), Item.WATCH_OFF)


def rest_after_s(state: SessionState, step_index: int) -> float:
    """The longer of the plan's rest and the walk back to the start."""
    step = state.steps[step_index]
    if step.distance_m is None or state.rules.timing is Placement.BELT:
        return step.rest_s
    return max(step.rest_s, walk_back_s(step.distance_m))


def to_next_turn(move: Move, *, ends_set: bool = False) -> None:
    """Rest until the next athlete may start; end the session when nobody is left."""
    turn = calls.next_turn(move.state)
    move.unsay(About.TURN, About.REST, About.START)
    move.set(turn=turn)
    if turn is None:
        end_session(move, Phase.DONE)
        return
    if move.state.pause_after:
        move.set(pause_after=False)
        move.enter(Phase.PAUSED)
        move.say("paused", about=[About.HOLD])
        return
    state = move.state
    athlete = state.athletes[turn.athlete]
    least_s = state.rules.get_ready_s
    if state.reps:
        least_s = least_s + starting.LOOK_S if state.solo else state.rules.changeover_s
    until_ns = max(move.now_ns + ns(least_s), athlete.rested_ns)
    phase = Phase.RECOVERY if ends_set and state.solo else Phase.REST
    move.enter(phase, until_ns, _rest_agenda(move, until_ns))
    calls.ask_length(move)


def _rest_agenda(move: Move, until_ns: int) -> list[Appointment]:
    state, now_ns = move.state, move.now_ns
    length_s = (until_ns - now_ns) / 1e9
    look_ns = until_ns - ns(state.rules.countdown_s + starting.LOOK_S)
    agenda = [Appointment(max(now_ns, look_ns), Item.NEXT_PHASE)]
    if length_s >= _HALFWAY_LEAST_S:
        agenda.append(Appointment(now_ns + ns(length_s / 2.0), Item.SAY, "halfway"))
    cues = state.plan.cues
    if cues and length_s >= _CUE_LEAST_S:
        cue = cues[state.cue % len(cues)]
        move.set(cue=state.cue + 1)
        agenda.append(Appointment(now_ns + ns(length_s * 0.35), Item.SAY, "cue", {"cue": cue}))
    call_ns = max(now_ns, until_ns - ns(calls.CALL_LEAD_S))
    if not state.solo:
        agenda.append(Appointment(min(now_ns + ns(length_s * 0.2), call_ns), Item.SAY, "deck"))
    agenda.append(Appointment(call_ns, Item.SAY, "turn"))
    if length_s >= 15.0:
        agenda.append(Appointment(until_ns - ns(10.0), Item.SAY, "ten_seconds"))
    return agenda


def end_session(move: Move, phase: Phase) -> None:
    """Nothing more is started. The summary waits for what is not on disk yet."""
    move.unsay(*(about for about in About if about is not About.WATCH))
    move.enter(phase)
    if move.state.expectation.mode is not WatchMode.RUNOUT:
        move.watch(WatchMode.OFF)
    move.light(LampState.OFF)
    announce.conclude(move)


def find_athlete(athletes: Sequence[Athlete], name: str) -> int | None:
    """Index of the athlete of that name, whatever its capitals."""
    wanted = name.strip().lower()
    return next((i for i, a in enumerate(athletes) if a.name.lower() == wanted), None)
