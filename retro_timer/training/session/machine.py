"""The session's transition table and the one function that applies it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from retro_timer.detection.expectation import WatchMode
from retro_timer.training.plan import Plan, steps
from retro_timer.training.record import Presence, RepRecord
from retro_timer.training.session import (
    active_rep,
    amending,
    announce,
    calls,
    control,
    corrections,
    countdown,
    finishing,
    given,
    inputs,
    lanes,
    presence,
    progress,
    reassigning,
    relay,
    remaining,
    resting,
    self_starting,
    splits,
    standing,
    starting,
    watching,
)
from retro_timer.training.session.agenda import Appointment, Item
from retro_timer.training.session.effects import Effect
from retro_timer.training.session.inputs import Input
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import STARTING, Athlete, Phase, SessionState
from retro_timer.training.session.transition import Transition

Handler = Callable[[Transition, Any], None]


def _plain(handler: Callable[[Transition], None]) -> Handler:
    return lambda transition, _event: handler(transition)


_STEER: dict[type[inputs.Command], Handler] = {
    inputs.Pause: _plain(control.pause),
    inputs.Skip: _plain(control.skip),
    inputs.Stop: _plain(control.stop),
    inputs.Spotter: _plain(control.spotter),
    inputs.Repeat: control.repeat,
    inputs.Void: corrections.void,
    inputs.Give: reassigning.give,
    inputs.Swap: reassigning.swap,
    inputs.Nobody: reassigning.nobody,
    inputs.Out: reassigning.out,
    inputs.Absent: presence.absent,
    inputs.Present: presence.present,
    inputs.Add: presence.add,
    inputs.Owe: presence.owe,
    inputs.Order: presence.order,
    inputs.Roster: presence.roster,
    inputs.Undo: reassigning.undo,
}
_OVER: dict[type[inputs.Command], Handler] = {inputs.Repeat: control.repeat}
_HALTED: dict[type[inputs.Command], Handler] = {inputs.Stop: _STEER[inputs.Stop], inputs.Repeat: _STEER[inputs.Repeat]}


def _without(
    table: dict[type[inputs.Command], Handler], *events: type[inputs.Command]
) -> dict[type[inputs.Command], Handler]:
    return {event: handler for event, handler in table.items() if event not in events}


COMMANDS: dict[Phase, dict[type[inputs.Command], Handler]] = {
    Phase.IDLE: {inputs.Start: _plain(control.begin), inputs.Stop: _STEER[inputs.Stop]},
    Phase.RECOVERABLE: {
        inputs.Start: _plain(control.recover),
        inputs.Recover: _plain(control.recover),
        inputs.CloseInterrupted: _plain(control.close_interrupted),
        inputs.Stop: _plain(control.close_interrupted),
    },
    Phase.BRIEF: _without(_STEER, inputs.Void, inputs.Give),
    Phase.GET_READY: _STEER,
    Phase.LANE_CHECK: {**_STEER, inputs.Start: _plain(control.look_anew)},
    Phase.AWAIT_PRESS: {**_STEER, inputs.Start: _plain(control.press_for_go)},
    Phase.AWAIT_RELEASE: _STEER,
    Phase.COUNTDOWN: _STEER,
    Phase.SET: _STEER,
    Phase.GO: {kind: _STEER[kind] for kind in (inputs.Stop, inputs.Pause)},
    Phase.RUNNING: {
        **_STEER,
        inputs.Resume: _plain(control.resume),
        inputs.ManualFinish: finishing.by_hand,
    },
    Phase.REST: _STEER,
    Phase.RECOVERY: _STEER,
    Phase.PAUSED: {
        **_without(_STEER, inputs.Pause, inputs.Skip),
        inputs.Resume: _plain(control.resume),
        inputs.Start: _plain(control.resume),
    },
    Phase.AWAIT_GO: _HALTED,
    Phase.DONE: _OVER,
    Phase.STOPPED: _OVER,
}
"""What a person may ask for in each phase. Anything else is refused aloud, but for `Halt`, which no phase refuses."""


def _await_go_only(handler: Handler) -> Handler:
    def guarded(transition: Transition, event: Any) -> None:
        if transition.state.phase is Phase.GO:
            handler(transition, event)

    return guarded


REPORTS: dict[type, Handler] = {
    inputs.Tick: lambda transition, _event: _tick(transition),
    inputs.WentOff: _await_go_only(lambda transition, event: active_rep.went_off(transition, event.t_ns)),
    inputs.GoBlocked: _await_go_only(lambda transition, _event: starting.recall(transition)),
    inputs.GoGiven: given.go_given,
    inputs.ReleaseGiven: self_starting.release_given,
    inputs.TraceEnd: _plain(self_starting.trace_end),
    inputs.StandSeen: standing.stand_seen,
    inputs.StartSeen: self_starting.start_seen,
    inputs.SplitSeen: splits.split_seen,
    inputs.CrossingSeen: finishing.crossing,
    inputs.CrossingTakenBack: finishing.crossing_taken_back,
    inputs.FinishSeen: finishing.finish_seen,
    inputs.BodySeen: watching.body_seen,
    inputs.ObstacleSeen: watching.obstacle,
    inputs.WatchChanged: watching.watch_changed,
    inputs.SensorChanged: watching.sensor_changed,
    inputs.GateAlone: watching.gate_alone,
    inputs.LineSees: watching.line_sees,
    inputs.HalfSeen: finishing.half_seen,
    inputs.LanesUnseen: lanes.unseen,
    inputs.Durable: lambda transition, event: _durable(transition, event),
    inputs.NotSaved: lambda transition, event: announce.durable(transition, event.rep, event.revision, event.reason),
    inputs.PresenceAnswered: announce.presence_answered,
    inputs.LedgerSeen: presence.ledger_seen,
    inputs.Amended: amending.amended,
    inputs.Speech: starting.heard,
    inputs.Measured: calls.measured,
}
"""What the runtime reports; taken in every phase."""


def new_session(plan: Plan, names: Sequence[str], rules: Rules, phase: Phase = Phase.IDLE) -> SessionState:
    """A session of a plan for athletes in the order of their turns."""
    return remaining.with_ahead(SessionState(plan, steps(plan), rules, tuple(map(Athlete, names)), phase=phase))


def recovered_session(
    plan: Plan,
    names: Sequence[str],
    rules: Rules,
    records: Sequence[RepRecord],
    presences: Sequence[Presence] = (),
    corrected: str = "",
) -> SessionState:
    """A session that a power cut ended, with what is on disk of it, waiting for recover or close.

    Who was absent stays so, and who came late is there. `corrected`: the id of its last correction.
    """
    here = {presence.name: presence for presence in presences}
    state = new_session(plan, tuple(dict.fromkeys((*names, *here))), rules, Phase.RECOVERABLE)
    done = control.without_open_reps(tuple(records))
    athletes = []
    for athlete in state.athletes:
        known = here.get(athlete.name, Presence(athlete.name))
        next_step = progress.next_step_of(state.steps, done, athlete.name, known.skipped)
        athletes.append(Athlete(athlete.name, known.present, next_step, order=known.order, skipped=known.skipped))
    reps = max((r.rep for r in done), default=0)
    recovered = SessionState(
        plan,
        state.steps,
        rules,
        tuple(athletes),
        phase=Phase.RECOVERABLE,
        ahead=state.ahead,
        results=done,
        reps=reps,
        kept_correction=corrected,
        before_cut=reps,
        wave=max((r.wave or 0 for r in done), default=0),
        # It has no brief, where a new session draws first.
        random=rules.seed,
    )
    # Half was reached before the last rep: it has been said, or is not true any more.
    return msgspec.structs.replace(recovered, half_told=remaining.is_half_done(recovered, fewer=1))


def step(state: SessionState, event: Input, now_ns: int) -> tuple[SessionState, tuple[Effect, ...]]:
    """Apply one event. Pure; a command that the phase does not take becomes a refusal, never an error."""
    transition = Transition(state, now_ns)
    handler = REPORTS.get(type(event)) or _command_handler(state, event)
    if handler is None:
        active_rep.refuse(transition, "not_now")
    else:
        handler(transition, event)
    if state.rolling:
        resting.settle(transition, state)
    return transition.state, tuple(transition.effects)


def _command_handler(state: SessionState, event: Input) -> Handler | None:
    if isinstance(event, inputs.Halt):
        return _plain(control.halt)
    if isinstance(event, inputs.ManualFinish) and state.rolling and state.on_course and state.phase is not Phase.GO:
        # Several phases have somebody on the course.
        return COMMANDS[Phase.RUNNING][inputs.ManualFinish]
    return COMMANDS[state.phase].get(type(event)) if isinstance(event, inputs.Command) else None


def _durable(transition: Transition, event: inputs.Durable) -> None:
    if event.correction:
        amending.corrected(transition, event)
        reassigning.kept(transition, event)
    announce.durable(transition, event.rep, event.revision)


def _tick(transition: Transition) -> None:
    """Keep every appointment that is due, each at most once."""
    due = [a for a in transition.state.agenda if a.at_ns <= transition.now_ns]
    for appointment in due:
        # A former appointment may have changed the phase and thrown the agenda away.
        if appointment not in transition.state.agenda:
            continue
        transition.set(agenda=tuple(a for a in transition.state.agenda if a is not appointment))
        _keep(transition, appointment)


def _keep(transition: Transition, appointment: Appointment) -> None:
    item = appointment.item
    if item is Item.NEXT_PHASE:
        _next_phase(transition)
    elif item is Item.COUNT:
        countdown.count(transition, appointment)
    elif item is Item.SAY:
        calls.say_item(transition, appointment)
    elif item is Item.GO:
        starting.give_go(transition)
    elif item is Item.TIMEOUT:
        active_rep.timeout(transition, int(appointment.key))
    elif item is Item.CLOCK_END:
        finishing.clock_end(transition, appointment)
    elif item is Item.OFFER_OVER:
        lanes.offer_over(transition)
    elif item is Item.LANE_AGAIN:
        starting.try_start(transition)
    elif item is Item.WATCH_OFF:
        _watch_off(transition)
    elif item is Item.WATCH_ON:
        relay.look_again(transition)
    elif item is Item.RESULT_LATE:
        calls.result_late(transition)
        starting.try_start(transition)


def _next_phase(transition: Transition) -> None:
    phase = transition.state.phase
    if phase is Phase.BRIEF:
        starting.brief_is_over(transition)
    elif phase is Phase.COUNTDOWN:
        countdown.hold(transition)
    elif phase not in STARTING:
        starting.look_at_lane(transition)


def _watch_off(transition: Transition) -> None:
    if transition.state.expectation.mode is WatchMode.RUNOUT:
        transition.watch(WatchMode.OFF)
