"""Commands that steer the session's course: start, pause, resume, skip, stop, recover."""

from __future__ import annotations

import msgspec

from retro_timer.detection.events import Level, SensorState
from retro_timer.detection.expectation import WatchMode
from retro_timer.training.record import RepRecord, RepStatus
from retro_timer.training.session import calls, racing, resting, starting
from retro_timer.training.session.effects import About, Signal
from retro_timer.training.session.move import Move, ns
from retro_timer.training.session.state import RESTING, Phase


def begin(move: Move) -> None:
    """Leave the idle state."""
    if move.state.rules.given_goes:
        move.enter(Phase.AWAIT_GO)
        # Without any rep in the record, whatever is seen is an obstacle; else only what stays before the go.
        move.watch(WatchMode.LANE if move.state.steps else WatchMode.REP)
        return
    starting.brief(move)


def look_anew(move: Move) -> None:
    """What blocks the lane stands there because the box was set down anew: take it for the background."""
    if move.state.level is Level.CLEAR:
        racing.refuse(move, "not_now")
        return
    move.set(background_ns=move.now_ns, told_ns=move.now_ns)
    move.watch(WatchMode.LANE)
    move.beep(Signal.ANSWER)
    move.say("background_anew", within_s=5.0, about=[About.START])


def press_for_go(move: Move) -> None:
    """The press that a button start waits for."""
    starting.give_go(move)


def pause(move: Move) -> None:
    """Hold between reps; the rep under way is finished first."""
    if move.state.phase in (Phase.RUNNING, Phase.GO):
        move.set(pause_after=True)
        move.beep(Signal.ANSWER)
        move.say("pause_after_rep", within_s=5.0, about=[About.HOLD])
        return
    starting.call_off(move)
    move.beep(Signal.ANSWER)
    starting.hold_session(move)


def resume(move: Move) -> None:
    """Go on; a rest that is not over goes on as well."""
    if move.state.phase is Phase.RUNNING:
        move.set(pause_after=False)
        move.unsay(About.HOLD)
        move.beep(Signal.ANSWER)
        return
    move.beep(Signal.ANSWER)
    move.unsay(About.HOLD)
    move.set(turn=calls.next_turn(move.state))
    if move.state.turn is None:
        resting.end_session(move, Phase.DONE)
        return
    starting.get_ready(move, move.athlete().rested_ns)


def skip(move: Move) -> None:
    """Skip what is waited for."""
    state = move.state
    move.beep(Signal.ANSWER)
    if state.phase is Phase.BRIEF:
        starting.get_ready(move)
    elif state.phase is Phase.GET_READY or state.phase in RESTING:
        move.unsay(About.REST)
        move.set(until_ns=move.now_ns + ns(starting.LOOK_S + state.rules.countdown_s))
        starting.look_at_lane(move)
    elif state.phase is Phase.RUNNING:
        racing.give_up(move, "stopped")
    elif state.turn is not None:
        starting.call_off(move)
        move.publish("skipped", athlete=move.athlete().name, step=state.turn.step)
        move.set_athlete(state.turn.athlete, next_step=state.turn.step + 1)
        move.watch(WatchMode.OFF)
        resting.to_next_turn(move)


def stop(move: Move) -> None:
    """End the session now; a rep under way is a DNF."""
    starting.call_off(move)
    if move.state.running is not None:
        racing.give_up(move, "stopped")
    if move.state.phase is not Phase.DONE:
        resting.end_session(move, Phase.STOPPED)


def spotter(move: Move) -> None:
    """Somebody watches: starts are allowed while the watch is lost."""
    if move.state.watch_state is SensorState.OK:
        racing.refuse(move, "watch_is_ok")
        return
    move.set(spotter=True)
    move.acknowledge(True)
    move.beep(Signal.ANSWER)
    move.publish("spotter")
    move.say("spotter", within_s=8.0, about=[About.WATCH])
    starting.try_start(move)


def repeat(move: Move) -> None:
    """Say the last announcement again."""
    last = move.state.last_said
    if last is None:
        racing.refuse(move, "nothing_to_repeat")
        return
    move.say(last.key, dict(last.values), 8.0, about=last.about)


def recover(move: Move) -> None:
    """After a power cut: on at the next rep, every rest in full, since nobody knows how long the box was off."""
    state = move.state
    for index, athlete in enumerate(state.athletes):
        if athlete.next_step > 0:
            rest_s = resting.rest_after_s(state, athlete.next_step - 1)
            move.set_athlete(index, rested_ns=move.now_ns + ns(rest_s), rest_from_ns=move.now_ns)
    move.beep(Signal.ANSWER)
    move.publish("recovered", title=state.plan.title, reps=state.reps)
    move.say("recovered", within_s=10.0)
    resting.to_next_turn(move)


def close_interrupted(move: Move) -> None:
    """After a power cut: keep what there is and end."""
    move.beep(Signal.ANSWER)
    move.enter(Phase.STOPPED)
    move.set(concluded=True)
    move.publish("closed", outcome="interrupted")
    move.say("closed_interrupted", within_s=10.0)
    move.close("interrupted")


def without_open_reps(records: tuple[RepRecord, ...]) -> tuple[RepRecord, ...]:
    """Reps that a power cut left open did not finish; newest revision of each."""
    return tuple(
        msgspec.structs.replace(r, status=RepStatus.DNF, reason="interrupted", revision=r.revision + 1)
        if r.status is RepStatus.OPEN
        else r
        for r in records
    )
