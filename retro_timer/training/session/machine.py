"""The session's transition table and the one function that applies it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from retro_timer.detection.expectation import WatchMode
from retro_timer.training.plan import Plan, steps
from retro_timer.training.record import RepRecord
from retro_timer.training.session import announce, calls, control, corrections, inputs, racing, starting, watching
from retro_timer.training.session.effects import Effect
from retro_timer.training.session.inputs import Input
from retro_timer.training.session.move import Move
from retro_timer.training.session.state import (
    STARTING,
    Appointment,
    Athlete,
    Item,
    Phase,
    Rules,
    SessionState,
)

Handler = Callable[[Move, Any], None]


def _plain(handler: Callable[[Move], None]) -> Handler:
    return lambda move, _event: handler(move)


_STEER: dict[type[inputs.Command], Handler] = {
    inputs.Pause: _plain(control.pause),
    inputs.Skip: _plain(control.skip),
    inputs.Stop: _plain(control.stop),
    inputs.Spotter: _plain(control.spotter),
    inputs.Repeat: _plain(control.repeat),
    inputs.Void: _plain(corrections.void),
    inputs.Give: corrections.give,
    inputs.Absent: corrections.absent,
    inputs.Undo: _plain(corrections.undo),
}
_HALTED = {inputs.Stop: _STEER[inputs.Stop], inputs.Repeat: _STEER[inputs.Repeat]}


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
    Phase.COUNTDOWN: _without(_STEER, inputs.Give),
    Phase.SET: _without(_STEER, inputs.Give),
    Phase.GO: {inputs.Stop: _STEER[inputs.Stop], inputs.Pause: _STEER[inputs.Pause]},
    Phase.RUNNING: {
        **_STEER,
        inputs.Resume: _plain(control.resume),
        inputs.ManualFinish: _plain(racing.by_hand),
    },
    Phase.REST: _STEER,
    Phase.RECOVERY: _STEER,
    Phase.PAUSED: {
        **_without(_STEER, inputs.Pause, inputs.Skip),
        inputs.Resume: _plain(control.resume),
        inputs.Start: _plain(control.resume),
    },
    Phase.AWAIT_GO: _HALTED,
    Phase.DONE: {inputs.Repeat: _STEER[inputs.Repeat]},
    Phase.STOPPED: {inputs.Repeat: _STEER[inputs.Repeat]},
}
"""What a person may ask for in each phase. Anything else is refused aloud."""


def _await_go_only(handler: Handler) -> Handler:
    def guarded(move: Move, event: Any) -> None:
        if move.state.phase is Phase.GO:
            handler(move, event)

    return guarded


REPORTS: dict[type, Handler] = {
    inputs.Tick: lambda move, _event: _tick(move),
    inputs.WentOff: _await_go_only(lambda move, event: racing.went_off(move, event.t_ns)),
    inputs.GoBlocked: _await_go_only(lambda move, _event: starting.recall(move)),
    inputs.GoGiven: racing.go_given,
    inputs.TraceEnd: _plain(racing.trace_end),
    inputs.CrossingSeen: racing.crossing,
    inputs.CrossingTakenBack: racing.crossing_taken_back,
    inputs.FinishSeen: racing.finish_seen,
    inputs.BodySeen: watching.body_seen,
    inputs.ObstacleSeen: watching.obstacle,
    inputs.WatchChanged: watching.watch_changed,
    inputs.Durable: lambda move, event: announce.durable(move, event.rep, event.revision),
    inputs.NotSaved: lambda move, event: announce.durable(move, event.rep, event.revision, event.reason),
    inputs.Speech: starting.heard,
    inputs.Measured: calls.measured,
}
"""What the runtime reports; taken in every phase."""


def new_session(plan: Plan, names: Sequence[str], rules: Rules, phase: Phase = Phase.IDLE) -> SessionState:
    """A session of a plan for athletes in the order of their turns."""
    return SessionState(plan, steps(plan), rules, tuple(Athlete(name) for name in names), phase=phase)


def recovered_session(plan: Plan, names: Sequence[str], rules: Rules, records: Sequence[RepRecord]) -> SessionState:
    """A session that a power cut ended, with what is on disk of it, waiting for recover or close."""
    state = new_session(plan, names, rules, Phase.RECOVERABLE)
    done = control.without_open_reps(tuple(records))
    athletes = []
    for athlete in state.athletes:
        mine = [r for r in done if r.athlete == athlete.name and r.status != "void" and r.reason != "interrupted"]
        reached = {(r.set_no, r.rep_no) for r in mine}
        # What was skipped before the last rep that was run stays skipped.
        next_step = max((i + 1 for i, s in enumerate(state.steps) if (s.set_no, s.rep_no) in reached), default=0)
        athletes.append(Athlete(athlete.name, next_step=next_step))
    reps = max((r.rep for r in done), default=0)
    return SessionState(
        plan,
        state.steps,
        rules,
        tuple(athletes),
        phase=Phase.RECOVERABLE,
        results=done,
        reps=reps,
        # It has no brief, where a new session draws first.
        random=rules.seed,
    )


def step(state: SessionState, event: Input, now_ns: int) -> tuple[SessionState, tuple[Effect, ...]]:
    """Apply one event. Pure; a command that the phase does not take becomes a refusal, never an error."""
    move = Move(state, now_ns)
    handler = REPORTS.get(type(event))
    if handler is None:
        handler = COMMANDS[state.phase].get(type(event)) if isinstance(event, inputs.Command) else None
    if handler is None:
        racing.refuse(move, "not_now")
    else:
        handler(move, event)
    return move.state, tuple(move.effects)


def _tick(move: Move) -> None:
    """Keep every appointment that is due, each at most once."""
    due = [a for a in move.state.agenda if a.at_ns <= move.now_ns]
    for appointment in due:
        # A former appointment may have changed the phase and thrown the agenda away.
        if appointment not in move.state.agenda:
            continue
        move.set(agenda=tuple(a for a in move.state.agenda if a is not appointment))
        _keep(move, appointment)


def _keep(move: Move, appointment: Appointment) -> None:
    item = appointment.item
    if item is Item.NEXT_PHASE:
        _next_phase(move)
    elif item is Item.COUNT:
        starting.count(move, appointment)
    elif item is Item.SAY:
        calls.say_item(move, appointment)
    elif item is Item.GO:
        starting.give_go(move)
    elif item is Item.TIMEOUT:
        racing.timeout(move)
    elif item is Item.CLOCK_END:
        racing.clock_end(move)
    elif item is Item.LANE_AGAIN:
        starting.try_start(move)
    elif item is Item.WATCH_OFF:
        _watch_off(move)
    elif item is Item.RESULT_LATE:
        calls.result_late(move)
        starting.try_start(move)


def _next_phase(move: Move) -> None:
    phase = move.state.phase
    if phase is Phase.BRIEF:
        starting.brief_is_over(move)
    elif phase is Phase.COUNTDOWN:
        starting.hold(move)
    elif phase not in STARTING:
        starting.look_at_lane(move)


def _watch_off(move: Move) -> None:
    if move.state.expectation.mode is WatchMode.RUNOUT:
        move.watch(WatchMode.OFF)
