"""A rep under way: the go's edge, crossing and finish, DNF and its revival."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from retro_timer.detection.events import Beam
from retro_timer.detection.expectation import WatchMode
from retro_timer.ports import LampState, Placement
from retro_timer.training.gaits import Gait, finish_window, sound_delay_s
from retro_timer.training.plan import Course
from retro_timer.training.record import Flag, RepRecord, RepStatus, StartKind, changed
from retro_timer.training.session import crowding, events, inputs, lanes, resting, targets, together
from retro_timer.training.session.effects import About, Signal, about_rep
from retro_timer.training.session.state import ActiveRep, Appointment, Item, Phase, Turn
from retro_timer.training.session.transition import Transition, ns

_DECISION_S = 4.0
"""A crossing is timed or taken back within this, also that of a runner who stops in the beam."""


def went_off(transition: Transition, go_ns: int) -> None:
    """The go sounded: the clock runs from its edge."""
    state = transition.state
    turn, step = state.turn, state.step
    if turn is None or step is None:
        return
    forget_given_up(transition)
    belt = state.rules.timing is Placement.BELT
    at_box = belt or step.distance_m is None or state.plan.course is Course.OUT_AND_BACK
    delay_s = 0.0 if at_box or step.distance_m is None else sound_delay_s(step.distance_m)
    record = RepRecord(
        rep=state.reps + 1,
        set_no=step.set_no,
        rep_no=step.rep_no,
        athlete=transition.athlete().name,
        distance_m=step.distance_m,
        duration_s=step.duration_s,
        gait=step.gait,
        status=RepStatus.OPEN,
        go_ns=go_ns,
        sound_delay_ns=ns(delay_s),
        flags=flags_at_start(transition),
        part=str(step.part),
        target_ns=targets.target_ns(state, step, transition.athlete().name, StartKind.GO),
    )
    transition.set(reps=record.rep, undo=())
    transition.unsay(About.TURN, About.REST, About.START)
    begin_rep(transition, turn, record)
    together.join(transition, record)


def begin_rep(transition: Transition, turn: Turn, record: RepRecord) -> None:
    """Put the athlete on the course and arm the watch."""
    agenda = []
    if record.distance_m is not None:
        window = finish_window(record.distance_m, record.gait, flying=record.start is StartKind.FLYING)
        active = ActiveRep(
            record,
            earliest_ns=record.go_ns + ns(window.human_limit_s),
            fast_before_ns=record.go_ns + ns(window.earliest_s),
            timeout_ns=record.go_ns + ns(window.timeout_s),
        )
        agenda.append(Appointment(active.timeout_ns, Item.TIMEOUT))
    else:
        end_ns = record.go_ns + ns(record.duration_s or 0.0)
        active = ActiveRep(record, end_ns, end_ns, end_ns)
        agenda.extend(_timed_agenda(record.go_ns, end_ns))
    active = msgspec.structs.replace(active, lane=lanes.usual_lane(transition.state, record.athlete))
    transition.set_athlete(turn.athlete, active=active)
    transition.enter(Phase.RUNNING, 0, agenda)
    rules = transition.state.rules
    watched = rules.watching is Placement.BELT or (record.distance_m is not None and rules.watching is not None)
    timed = record.distance_m is not None
    transition.watch(WatchMode.REP if watched or timed else WatchMode.OFF)
    transition.light(LampState.RUNNING)
    own = record.start is not StartKind.GO
    transition.publish(
        events.Go(
            record.go_ns,
            rep=record.rep,
            athlete=record.athlete,
            distance_m=record.distance_m,
            duration_s=record.duration_s,
            gait=str(record.gait),
            start=str(record.start) if own else None,
            uncertainty_s=record.start_uncertainty_ns / 1e9 if own else None,
            lane=active.lane,
        )
    )
    transition.save(record, "")


def _timed_agenda(go_ns: int, end_ns: int) -> list[Appointment]:
    agenda = [Appointment(end_ns, Item.CLOCK_END)]
    length_ns = end_ns - go_ns
    if length_ns >= ns(60.0):
        agenda.append(Appointment(go_ns + length_ns // 2, Item.SAY, "halfway"))
    if length_ns >= ns(25.0):
        agenda.append(Appointment(end_ns - ns(10.0), Item.SAY, "ten_seconds"))
    return agenda


def flags_at_start(transition: Transition) -> tuple[Flag, ...]:
    """What is particular about a rep from its start on."""
    return (Flag.BLIND,) if transition.state.rules.watching is not None and transition.state.blind else ()


def forget_given_up(transition: Transition) -> None:
    """With the next go a rep that was given up can no longer be revived."""
    for index, athlete in enumerate(transition.state.athletes):
        if athlete.active is not None and athlete.active.given_up:
            transition.set_athlete(index, active=None)


def of_rep(transition: Transition, rep: int) -> tuple[int, ActiveRep] | None:
    """Whose active rep carries this running number."""
    for index, athlete in enumerate(transition.state.athletes):
        if athlete.active is not None and athlete.active.record.rep == rep:
            return index, athlete.active
    return None


def crossing(transition: Transition, event: inputs.CrossingSeen) -> None:
    """Provisional finish: beep at once."""
    found = of_rep(transition, event.rep)
    if found is None:
        return
    index, active = found
    transition.set_athlete(
        index, active=msgspec.structs.replace(active, crossing_ns=event.t_ns, crossing_lane=event.lane)
    )
    transition.beep(Signal.FINISH)
    transition.publish(events.Crossing(event.t_ns, event.rep, active.record.athlete, event.lane))


def crossing_taken_back(transition: Transition, event: inputs.CrossingTakenBack) -> None:
    """It was not the runner: two low tones, and the rep goes on."""
    found = of_rep(transition, event.rep)
    if found is None:
        return
    index, active = found
    if event.lane is not None and (active.crossing_ns is None or active.crossing_lane not in (None, event.lane)):
        # Somebody else than whom the beep was for: one rep has one, however many are on the line.
        return
    transition.set_athlete(index, active=msgspec.structs.replace(active, crossing_ns=None, crossing_lane=None))
    transition.beep(Signal.WITHDRAWN)
    transition.publish(events.CrossingWithdrawn(event.t_ns, event.rep))
    if not active.given_up and transition.now_ns >= active.timeout_ns:
        give_up(transition, "timeout")


def finish_seen(transition: Transition, event: inputs.FinishSeen) -> None:
    """The sensor timed the rep."""
    found = of_rep(transition, event.rep)
    if found is None:
        return
    _, active = found
    if event.back_ns < active.earliest_ns:
        crossing_taken_back(
            transition, inputs.CrossingTakenBack(event.rep, event.t_ns, "faster than any human", event.lane)
        )
        return
    time_ns = event.back_ns - active.record.go_ns
    uncertainty_ns = with_start(event.uncertainty_ns, active.record)
    crowded = event.crowded or crowding.is_crowded(transition.state, event.back_ns)
    more = {
        Flag.CROWDED: crowded,
        Flag.SINGLE: event.single,
        Flag.HIDDEN: event.hidden,
        Flag.AMBIGUOUS: event.ambiguous,
    }
    flags = [flag for flag, is_so in more.items() if is_so]
    _finish(transition, event.rep, time_ns, uncertainty_ns, event.method, event.t_ns, flags, event.lane)
    lanes.tell_other(transition, active, event.lane)


def with_start(uncertainty_ns: int, record: RepRecord) -> int:
    """An interval of a moment as one of the time since the start, which is no better known than the start."""
    return round(math.hypot(uncertainty_ns, record.start_uncertainty_ns))


def half_seen(transition: Transition, event: inputs.HalfSeen) -> None:
    """One half alone is nobody's finish. Under the upper beam a small or bent runner may have passed: told, and the
    clock can be stopped by hand."""
    if of_rep(transition, event.rep) is None:
        return
    transition.publish(events.Half(event.t_ns, event.rep, event.sensor, str(event.beam)))
    if event.beam is Beam.LOWER and not transition.state.rules.given_goes:
        transition.say("lower_beam_only", within_s=5.0, urgent=True, about=[About.RUN, about_rep(event.rep)])


def _finish(
    transition: Transition,
    rep: int,
    time_ns: int,
    uncertainty_ns: int,
    method: str,
    t_ns: int,
    more: Sequence[Flag] = (),
    lane: int | None = None,
) -> None:
    """`more`: flags that the sensors gave. `lane`: where it was seen, of several."""
    found = of_rep(transition, rep)
    if found is None:
        return
    index, active = found
    flags = {*active.record.flags, *more}
    if method == "manual":
        flags.add(Flag.MANUAL)
    if active.record.go_ns + time_ns < active.fast_before_ns:
        flags.add(Flag.FAST)
    if active.given_up:
        flags.add(Flag.LATE)
    record = changed(
        active.record,
        status=RepStatus.FINISHED,
        time_ns=time_ns,
        uncertainty_ns=uncertainty_ns,
        method=method,
        flags=tuple(sorted(flags)),
        lane=active.record.lane if lane is None else lane,
        reason="",
    )
    revived = active.given_up
    end_rep(transition, record, "finish", t_ns)
    transition.set_athlete(index, active=None)
    if not revived:
        resting.after_rep(transition, index, active.record.go_ns + time_ns)
    elif transition.state.expectation.mode is WatchMode.REP:
        resting.run_out(transition)


def end_rep(transition: Transition, record: RepRecord, kind: str, t_ns: int, *, aside: bool = False) -> None:
    """Keep the newest word on a rep and put it on disk; `kind` is announced once it is there."""
    former = next((r.revision for r in transition.state.results if r.rep == record.rep), 0)
    if record.revision <= former:
        # A correction came between: the disk keeps the highest revision.
        record = msgspec.structs.replace(record, revision=former + 1)
    transition.unsay(about_rep(record.rep), About.RUN)
    results = [r for r in transition.state.results if r.rep != record.rep]
    transition.set(results=(*results, record))
    transition.save(record, kind, t_ns, aside=aside, together=together.is_of_several(transition.state, record.rep))
    together.end(transition, record, kind, t_ns)


def clock_end(transition: Transition) -> None:
    """A timed step is over."""
    active = transition.state.running
    if active is None:
        return
    length_ns = active.earliest_ns - active.record.go_ns
    transition.beep(Signal.FINISH)
    _finish(transition, active.record.rep, length_ns, 0, "clock", active.earliest_ns)


def by_hand(transition: Transition) -> None:
    """Stop the clock by hand."""
    active = transition.state.running
    if active is None:
        refuse(transition, "nothing_to_finish")
        return
    timed_step = active.record.distance_m is None
    if not timed_step and transition.now_ns < active.earliest_ns:
        refuse(transition, "too_early")
        return
    transition.beep(Signal.FINISH)
    transition.publish(events.Crossing(transition.now_ns, active.record.rep, active.record.athlete))
    back_ns, around_ns, flags = lanes.stopped_by_hand(active, transition.now_ns)
    time_ns, uncertainty_ns = back_ns - active.record.go_ns, with_start(around_ns, active.record)
    _finish(transition, active.record.rep, time_ns, uncertainty_ns, "manual", transition.now_ns, flags)


def refuse(transition: Transition, key: str, values: dict[str, str | int] | None = None) -> None:
    """Say why a command was not taken."""
    transition.beep(Signal.REFUSAL)
    transition.publish(events.Refused(transition.now_ns, key, values or {}))
    transition.say(key, values or {}, within_s=5.0)


def timeout(transition: Transition) -> None:
    """Nobody came in twice the gait's latest time. Whoever is on the line just then came in time."""
    active = transition.state.running
    if active is None:
        return
    if active.crossing_ns is not None and transition.now_ns < active.crossing_ns + ns(_DECISION_S):
        transition.appoint(active.crossing_ns + ns(_DECISION_S), Item.TIMEOUT)
        return
    give_up(transition, "timeout")


def give_up(transition: Transition, reason: str) -> None:
    """DNF. After a timeout it is provisional: until the next go a crossing revives it."""
    state = transition.state
    for index, athlete in enumerate(state.athletes):
        active = athlete.active
        if active is None or active.given_up:
            continue
        record = changed(active.record, status=RepStatus.DNF, reason=reason)
        end_rep(transition, record, "dnf", transition.now_ns)
        provisional = reason == "timeout"
        kept = msgspec.structs.replace(active, record=record, given_up=True) if provisional else None
        transition.set_athlete(index, active=kept)
        resting.after_rep(transition, index, transition.now_ns, keep_watch=provisional)


def go_given(transition: Transition, event: inputs.GoGiven) -> None:
    """A recorded go is a fact: this rep runs."""
    forget_given_up(transition)
    record = RepRecord(
        rep=event.rep,
        set_no=1,
        rep_no=event.rep,
        athlete=event.athlete or transition.state.athletes[0].name,
        distance_m=event.distance_m,
        duration_s=None,
        gait=Gait(event.gait),
        status=RepStatus.OPEN,
        go_ns=event.t_ns,
        sound_delay_ns=ns(sound_delay_s(event.distance_m)),
        flags=flags_at_start(transition),
    )
    transition.set(reps=transition.state.reps + 1)
    begin_rep(transition, Turn(0, 0), record)
