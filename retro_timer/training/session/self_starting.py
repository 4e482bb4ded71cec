"""Starts that the athlete gives: out of the beam when ready, or flying over the line at the start."""

from __future__ import annotations

import msgspec

from retro_timer.detection.events import Stand
from retro_timer.detection.expectation import WatchMode
from retro_timer.training.plan import StartMethod
from retro_timer.training.record import RepRecord, RepStatus, StartKind
from retro_timer.training.session import active_rep, inputs, resting, starting, targets
from retro_timer.training.session.given_places import place_of
from retro_timer.training.session.state import STARTING, Phase, SessionState, Turn
from retro_timer.training.session.transition import Transition, start_method


def start_seen(transition: Transition, event: inputs.StartSeen) -> None:
    """The athlete has started: the clock runs from that moment, which is past."""
    state = transition.state
    transition.set(stand=Stand.EMPTY)
    kind = StartKind.FLYING if start_method(state) is StartMethod.FLYING else StartKind.RELEASE
    before_tone = kind is StartKind.RELEASE and _before_tone(state, event.start_ns)
    if state.phase is Phase.LANE_CHECK or state.phase in STARTING or before_tone:
        # Nobody has heard the tone for this.
        starting.recall(transition)
        return
    if state.phase is not Phase.AWAIT_RELEASE:
        return
    given = state.given
    record = _record(transition, kind, event.start_ns, event.uncertainty_ns)
    turn = state.turn if given is None else Turn(place_of(transition, given.athlete), 0)
    if record is None or turn is None:
        return
    transition.set(given=None)
    resting.forget_given_up(transition)
    active_rep.set_off(transition, turn, record)


def _before_tone(state: SessionState, start_ns: int) -> bool:
    """Whether somebody left just before the tone, which sounded before that was decided. A record knows of no tone."""
    if state.phase is not Phase.AWAIT_RELEASE or state.given is not None:
        return False
    return start_ns < max(state.since_ns, state.set_ns)


def _record(transition: Transition, kind: StartKind, start_ns: int, uncertainty_ns: int) -> RepRecord | None:
    given, step = transition.state.given, transition.state.step
    flags = active_rep.flags_at_start(transition)
    if given is not None:
        return RepRecord(
            rep=given.rep,
            set_no=1,
            rep_no=given.rep,
            athlete=given.athlete or transition.state.athletes[0].name,
            distance_m=given.distance_m,
            duration_s=None,
            gait=given.gait,
            status=RepStatus.OPEN,
            go_ns=start_ns,
            start=kind,
            start_uncertainty_ns=uncertainty_ns,
            flags=flags,
        )
    if step is None:
        return None
    return RepRecord(
        rep=transition.state.reps + 1,
        set_no=step.set_no,
        rep_no=step.rep_no,
        athlete=transition.athlete().name,
        distance_m=step.distance_m,
        duration_s=step.duration_s,
        gait=step.gait,
        status=RepStatus.OPEN,
        go_ns=start_ns,
        start=kind,
        start_uncertainty_ns=uncertainty_ns,
        flags=flags,
        part=step.part.value,
        target_ns=targets.target_ns(transition.state, step, transition.athlete().name, kind),
    )


def release_given(transition: Transition, event: inputs.ReleaseGiven) -> None:
    """A recorded box was armed for a start: whoever stands in its beam then, or crosses its line, is the athlete."""
    give_up_given(transition, "stopped")
    resting.forget_given_up(transition)
    transition.set(given=event, stand=Stand.EMPTY)
    transition.enter(Phase.AWAIT_RELEASE)
    transition.watch(WatchMode.FLYING if event.flying else WatchMode.RELEASE)


def give_up_given(transition: Transition, reason: str) -> None:
    """Nobody has started a recorded rep that was waited for: it did not finish either."""
    given = transition.state.given
    if given is None:
        return
    kind = StartKind.FLYING if given.flying else StartKind.RELEASE
    record = _record(transition, kind, given.t_ns, 0)
    transition.set(given=None, reps=transition.state.reps + 1)
    if record is not None:
        # Whoever else is on the course is awaited there as before.
        transition.enter(Phase.RUNNING if transition.state.on_course else Phase.AWAIT_GO)
        transition.watch(WatchMode.OFF)
        failed = msgspec.structs.replace(record, status=RepStatus.DNF, reason=reason)
        active_rep.end_rep(transition, failed, "dnf", transition.now_ns)


def trace_end(transition: Transition) -> None:
    """Nothing more comes: an open rep did not finish, nor one whose start is still waited for."""
    give_up_given(transition, "trace-end")
    if transition.state.running is not None:
        active_rep.give_up(transition, "trace-end")
    resting.end_session(transition, Phase.DONE)
