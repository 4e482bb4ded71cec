"""Commands that steer the session's active: start, pause, resume, skip, stop, recover."""

from __future__ import annotations

from retro_timer.detection.events import Level, SensorState
from retro_timer.detection.expectation import WatchMode
from retro_timer.training.record import RepRecord, RepStatus, changed
from retro_timer.training.session import (
    active_rep,
    announce,
    corrections,
    events,
    inputs,
    resting,
    rolling,
    self_starting,
    starting,
    turns,
)
from retro_timer.training.session.effects import About, Signal
from retro_timer.training.session.state import ENDED, RESTING, Phase, Skip, Turn
from retro_timer.training.session.transition import Transition, ns

_STARTS_NOTHING = ENDED | {Phase.IDLE, Phase.RECOVERABLE, Phase.AWAIT_GO, Phase.PAUSED}
"""In these nothing is started before somebody says so: there is nothing to hold."""


def begin(transition: Transition) -> None:
    """Leave the idle state."""
    if transition.state.rules.given_goes:
        transition.enter(Phase.AWAIT_GO)
        # Without any rep in the record, whatever is seen is an obstacle; else only what stays before the go.
        transition.watch(WatchMode.LANE if transition.state.steps else WatchMode.REP)
        return
    starting.brief(transition)


def look_anew(transition: Transition) -> None:
    """What blocks the lane stands there because the box was set down anew: take it for the background."""
    if transition.state.level is Level.CLEAR:
        active_rep.refuse(transition, "not_now")
        return
    transition.set(background_ns=transition.now_ns, told_ns=transition.now_ns)
    transition.watch(WatchMode.LANE)
    transition.beep(Signal.ANSWER)
    transition.say("background_anew", within_s=5.0, about=[About.START])


def press_for_go(transition: Transition) -> None:
    """The press that a button start waits for."""
    starting.give_go(transition)


def pause(transition: Transition) -> None:
    """Hold between reps; the rep under way is finished first."""
    if transition.state.phase in (Phase.RUNNING, Phase.GO):
        transition.set(pause_after=True)
        transition.beep(Signal.ANSWER)
        transition.say("pause_after_rep", within_s=5.0, about=[About.HOLD])
        return
    starting.call_off(transition)
    transition.beep(Signal.ANSWER)
    starting.hold_session(transition)


def resume(transition: Transition) -> None:
    """Go on; a rest that is not over goes on as well."""
    if transition.state.phase is Phase.RUNNING:
        transition.set(pause_after=False)
        transition.unsay(About.HOLD)
        transition.beep(Signal.ANSWER)
        return
    transition.beep(Signal.ANSWER)
    transition.unsay(About.HOLD)
    start_ns = transition.now_ns + ns(transition.state.rules.get_ready_s)
    if transition.state.rolling:
        start_ns = rolling.earliest_start_ns(transition.state, transition.now_ns)
    turn = turns.next_turn(transition.state, start_ns)
    transition.set(turn=turn)
    if turn is None and transition.state.rolling and transition.state.on_course:
        rolling.wait_for_finish(transition)
        return
    if turn is None:
        resting.end_session(transition, Phase.DONE)
        return
    starting.get_ready(transition, max(start_ns, turns.rested_ns(transition.state, turn)))


def skip(transition: Transition) -> None:
    """Skip what is waited for."""
    state = transition.state
    transition.beep(Signal.ANSWER)
    if state.phase is Phase.BRIEF:
        starting.get_ready(transition)
    elif state.phase is Phase.GET_READY or state.phase in RESTING:
        transition.unsay(About.REST)
        until_ns = transition.now_ns + ns(starting.LOOK_S + state.rules.countdown_s)
        if state.staggered:
            until_ns = rolling.earliest_start_ns(state, transition.now_ns)
        transition.set(until_ns=until_ns)
        starting.look_at_lane(transition)
    elif state.phase is Phase.RUNNING and state.waves and state.running is not None:
        active_rep.give_up(transition, "stopped")
    elif state.phase is Phase.RUNNING and state.running is not None:
        found = active_rep.of_rep(transition, state.running.record.rep)
        if found is not None:
            active_rep.give_up_one(transition, found[0], "stopped")
    elif state.given is not None:
        self_starting.give_up_given(transition, "stopped")
    elif state.turn is not None:
        starting.call_off(transition)
        _leave_out(transition, state.turn)
        transition.watch(WatchMode.OFF)
        resting.to_next_turn(transition)


def _leave_out(transition: Transition, turn: Turn) -> None:
    """Nobody whose turn it is does this step."""
    whose, step = (turn.athlete, *turns.others_of(transition.state, turn)), turn.step
    for index in whose:
        athlete = transition.state.athletes[index]
        transition.publish(events.Skipped(transition.now_ns, athlete.name, step))
        owed = ~step in athlete.skipped
        corrections.remember_skipped(transition, Skip(index, step, owed))
        skipped = tuple(step if each == ~step else each for each in athlete.skipped)
        transition.set_athlete(
            index, next_step=max(athlete.next_step, step + 1), skipped=skipped if owed else (*skipped, step)
        )
    transition.keep_presence(*whose)


def stop(transition: Transition) -> None:
    """End the session now; a rep under way is a DNF. What goes on until the stop is then done, and not cut short."""
    step = transition.state.step
    by_plan = step is not None and step.open
    told = any(active.comes for active in transition.state.on_course)
    if told:
        _everybody_stop(transition)
    starting.call_off(transition, told=told)
    if transition.state.running is not None:
        active_rep.give_up(transition, "stopped")
    if transition.state.phase is not Phase.DONE:
        resting.end_session(transition, Phase.DONE if by_plan else Phase.STOPPED)


def halt(transition: Transition) -> None:
    """Everybody stops at once, and nothing is started until somebody says so.

    It sounds in every phase and however often: who still runs may count as on the course no longer.
    """
    _everybody_stop(transition)
    starting.call_off(transition, told=True)
    transition.set(pause_after=False)
    if transition.state.phase not in _STARTS_NOTHING:
        # Before the reps end: neither the next turn nor the session's end comes with that.
        starting.hold_session(transition)
    active_rep.give_up(transition, "stopped")


def _everybody_stop(transition: Transition) -> None:
    """Whoever runs backward sees nobody wave: the tone of danger goes before all else."""
    transition.beep(Signal.HALT)
    transition.say("everybody_stop", within_s=3.0, urgent=True)


def spotter(transition: Transition) -> None:
    """Somebody watches: starts are allowed while the watch is lost."""
    if transition.state.watch_state is SensorState.OK:
        active_rep.refuse(transition, "watch_is_ok")
        return
    transition.set(spotter=True)
    transition.acknowledge(True)
    transition.beep(Signal.ANSWER)
    transition.publish(events.Spotter(transition.now_ns))
    transition.say("spotter", within_s=8.0, about=[About.WATCH])
    starting.try_start(transition)


def repeat(transition: Transition, command: inputs.Repeat) -> None:
    """Say the last announcement again, or the last result."""
    if command.result:
        if not announce.say_result_again(transition):
            active_rep.refuse(transition, "no_result")
        return
    last = transition.state.last_said
    if last is None:
        active_rep.refuse(transition, "nothing_to_repeat")
        return
    transition.say(last.key, dict(last.values), 8.0, about=last.about)


def recover(transition: Transition) -> None:
    """After a power cut: on at the next rep, every rest in full, since nobody knows how long the box was off."""
    state = transition.state
    for index, athlete in enumerate(state.athletes):
        if athlete.next_step > 0:
            rest_s = turns.rest_after_s(state, athlete.next_step - 1, turns.next_of(state, athlete))
            transition.set_athlete(index, rested_ns=transition.now_ns + ns(rest_s), rest_from_ns=transition.now_ns)
    transition.beep(Signal.ANSWER)
    transition.look_up(*(athlete.name for athlete in state.athletes))
    transition.publish(events.Recovered(transition.now_ns, state.plan.title, state.reps))
    transition.say("recovered", within_s=10.0)
    resting.to_next_turn(transition)


def close_interrupted(transition: Transition) -> None:
    """After a power cut: keep what there is and end."""
    transition.beep(Signal.ANSWER)
    transition.enter(Phase.STOPPED)
    transition.set(concluded=True)
    transition.publish(events.Closed(transition.now_ns, "interrupted"))
    transition.say("closed_interrupted", within_s=10.0)
    transition.close("interrupted")


def without_open_reps(records: tuple[RepRecord, ...]) -> tuple[RepRecord, ...]:
    """Reps that a power cut left open did not finish; newest revision of each."""
    return tuple(
        changed(r, status=RepStatus.DNF, reason="interrupted") if r.status is RepStatus.OPEN else r for r in records
    )
