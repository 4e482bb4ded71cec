"""Between reps: rest and recovery, whose turn is next, and the end."""

from __future__ import annotations

from collections.abc import Sequence

from retro_timer.detection.expectation import WatchMode
from retro_timer.ports import LampState
from retro_timer.training import orders
from retro_timer.training.names import folded
from retro_timer.training.session import announce, calls, remaining, rolling, starting, together, turns
from retro_timer.training.session.agenda import Appointment, Item
from retro_timer.training.session.effects import About
from retro_timer.training.session.state import RESTING, STARTING, Athlete, Phase, SessionState
from retro_timer.training.session.transition import Transition, ns

_HALFWAY_LEAST_S = 40.0
_CUE_LEAST_S = 18.0
_BEFORE_START = RESTING | STARTING | {Phase.GET_READY, Phase.LANE_CHECK, Phase.AWAIT_PRESS, Phase.AWAIT_RELEASE}
_LEFT_LEAST_S = 90.0
"""What is left of a session is not worth a word below this."""


def after_rep(transition: Transition, index: int, ended_ns: int, step_index: int, *, keep_watch: bool = False) -> None:
    """One athlete's rep of a step has ended: their rest begins, and the next turn is looked for."""
    state = transition.state
    if state.rolling and rolling.rests(transition, index, ended_ns, step_index):
        return
    if state.rules.given_goes:
        transition.enter(Phase.AWAIT_GO)
        if not keep_watch:
            run_out(transition)
        return
    turn, step = state.turn, state.step
    if turn is None or step is None:
        return
    at_once = turns.is_for_all(state, step) and not step.relay
    for each, athlete in enumerate(state.athletes):
        if each == index or (at_once and athlete.next_step == turn.step):
            together.rested(transition, each, ended_ns, turn.step)
    if not keep_watch:
        run_out(transition)
    transition.light(LampState.CLEAR)
    to_next_turn(transition, ends_set=step.ends_set)


def run_out(transition: Transition) -> None:
    """Watch a runner who brakes beyond the line for a while."""
    transition.watch(WatchMode.RUNOUT)
    if transition.state.expectation.mode is WatchMode.RUNOUT:
        transition.appoint(transition.now_ns + ns(transition.state.rules.runout_s), Item.WATCH_OFF)


def to_next_turn(transition: Transition, *, ends_set: bool = False) -> None:
    """Rest until the next athlete may start; end the session when nobody is left."""
    state = transition.state
    least_s = state.rules.get_ready_s
    if state.reps:
        least_s = least_s + starting.LOOK_S if state.solo else state.rules.changeover_s
    start_ns = transition.now_ns + ns(least_s)
    if state.rolling:
        start_ns = rolling.earliest_start_ns(state, transition.now_ns)
    turn = turns.next_turn(state, start_ns)
    transition.unsay(About.TURN, About.REST, About.START)
    transition.set(turn=turn)
    if state.phase is Phase.PAUSED:
        # Held while a rep ended: what comes next, the end among it, waits for `resume`.
        return
    if turn is None and state.rolling and state.on_course:
        rolling.wait_for_finish(transition)
        return
    if turn is None:
        end_session(transition, Phase.DONE)
        return
    if transition.state.pause_after:
        transition.set(pause_after=False)
        transition.enter(Phase.PAUSED)
        transition.say("paused", about=[About.HOLD])
        return
    until_ns = max(start_ns, turns.rested_ns(state, turn))
    transition.set(planned_ns=until_ns)
    phase = Phase.RECOVERY if ends_set and state.solo else Phase.REST
    transition.enter(phase, until_ns, _rest_agenda(transition, until_ns))
    calls.ask_length(transition)


def _rest_agenda(transition: Transition, until_ns: int) -> list[Appointment]:
    state, now_ns = transition.state, transition.now_ns
    length_s = (until_ns - now_ns) / 1e9
    look_ns = until_ns - ns(state.rules.countdown_s + starting.LOOK_S)
    agenda = [Appointment(max(now_ns, look_ns), Item.NEXT_PHASE)]
    if state.staggered:
        return [*agenda, Appointment(max(now_ns, until_ns - ns(orders.CALL_LEAD_S)), Item.SAY, "turn")]
    if length_s >= _HALFWAY_LEAST_S:
        agenda.append(Appointment(now_ns + ns(length_s / 2.0), Item.SAY, "halfway"))
    cues = state.plan.cues
    if cues and length_s >= _CUE_LEAST_S:
        cue = cues[state.cue % len(cues)]
        transition.set(cue=state.cue + 1)
        agenda.append(Appointment(now_ns + ns(length_s * 0.35), Item.SAY, "cue", {"cue": cue}))
    left_s = _left_at_half_s(transition)
    if left_s is not None:
        said_ns = now_ns + ns(length_s * 0.15)
        agenda.append(Appointment(said_ns, Item.SAY, "session_half", {"minutes": round(left_s / 60.0)}))
    call_ns = max(now_ns, until_ns - ns(calls.CALL_LEAD_S))
    if not state.solo:
        agenda.append(Appointment(min(now_ns + ns(length_s * 0.2), call_ns), Item.SAY, "deck"))
    agenda.append(Appointment(call_ns, Item.SAY, "turn"))
    if length_s >= 15.0:
        agenda.append(Appointment(until_ns - ns(10.0), Item.SAY, "ten_seconds"))
    return agenda


def _left_at_half_s(transition: Transition) -> float | None:
    """How long it still takes, in the first rest after half of it; None otherwise, and where that is soon over."""
    state = transition.state
    if state.half_told or not remaining.is_half_done(state):
        return None
    left_s = remaining.remaining_s(state, transition.now_ns)
    return None if left_s is None or left_s < _LEFT_LEAST_S else left_s


def settle(transition: Transition, before: SessionState) -> None:
    """With several on the course any step may let somebody start, leave nobody to wait for, or change who may come."""
    state = transition.state
    touched = state.athletes is not before.athletes or state.ghosts is not before.ghosts
    changed = touched and rolling.coming(state) != rolling.coming(before)
    by_clock = state.running is not None and not state.running.arrives
    # A wave is over when nobody of it is out any more.
    waits = state.phase is Phase.RUNNING and not by_clock and not (state.waves and state.on_course)
    unasked = changed and state.phase in RESTING and state.called != state.turn
    if _rests_anew(before, state):
        starting.call_off(transition)
        to_next_turn(transition)
    elif not state.rules.given_goes and (waits or unasked):
        turn = turns.next_turn(state, rolling.earliest_start_ns(state, transition.now_ns))
        if turn != state.turn or (waits and (turn is not None or not state.on_course)):
            to_next_turn(transition)
    if changed:
        transition.watch(rolling.watch_for(transition.state))


def _rests_anew(before: SessionState, state: SessionState) -> bool:
    """Who was given up has come after all, and is to start before the rest from then on is over."""
    turn = state.turn
    if turn is None or state.phase not in _BEFORE_START:
        return False
    whose = [i for i in turn.whose if i < len(before.athletes)]
    # Of a wave whose places are nobody's all rest anew.
    came = [i for i in {*whose, *before.wave_of} if _has_come_late(before.athletes[i], state.athletes[i])]
    rest_anew = {*came, *(before.wave_of if came else ())}
    return any(
        state.athletes[i].rested_ns > max(before.athletes[i].rested_ns, state.until_ns) for i in whose if i in rest_anew
    )


def _has_come_late(was: Athlete, now: Athlete) -> bool:
    return was.active is not None and was.active.given_up and now.active is None


def end_session(transition: Transition, phase: Phase) -> None:
    """Nothing more is started. The summary waits for what is not on disk yet."""
    transition.unsay(*(about for about in About if about is not About.WATCH))
    transition.enter(phase)
    if transition.state.rolling:
        # Nobody is awaited any more, and with somebody given up the watch would go on.
        forget_given_up(transition)
    if transition.state.expectation.mode is not WatchMode.RUNOUT:
        transition.watch(WatchMode.OFF)
    transition.light(LampState.OFF)
    announce.conclude(transition)


def forget_given_up(transition: Transition) -> None:
    """With the next go a rep that was given up can no longer be revived."""
    for index, athlete in enumerate(transition.state.athletes):
        if athlete.active is not None and athlete.active.given_up:
            transition.set_athlete(index, active=None)


def find_athlete(athletes: Sequence[Athlete], name: str) -> int | None:
    """Index of the athlete of that name, in any of the spellings that the ledger takes for one person's."""
    wanted = folded(name)
    return next((i for i, a in enumerate(athletes) if folded(a.name) == wanted), None)
