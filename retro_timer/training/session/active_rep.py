"""A rep under way: the go's edge, its beginning, its end, and who is given up."""

from __future__ import annotations

import math

import msgspec

from retro_timer.detection.expectation import WatchMode
from retro_timer.ports import LampState, Placement
from retro_timer.training.gaits import finish_window, sound_delay_s
from retro_timer.training.plan import Course
from retro_timer.training.record import Flag, RepRecord, RepStatus, StartKind, changed
from retro_timer.training.session import (
    calls,
    crossings,
    events,
    ghosts,
    lanes,
    places,
    resting,
    targets,
    together,
)
from retro_timer.training.session.agenda import Appointment, Item
from retro_timer.training.session.effects import About, Signal, about_rep
from retro_timer.training.session.on_course import ActiveRep
from retro_timer.training.session.state import Phase, Turn
from retro_timer.training.session.transition import Transition, ns

_DECISION_S = 4.0
"""A crossing is timed or taken back within this, also that of a runner who stops in the beam."""


def went_off(transition: Transition, go_ns: int) -> None:
    """The go sounded: the clock runs from its edge."""
    state = transition.state
    turn, step = state.turn, state.step
    if turn is None or step is None:
        return
    resting.forget_given_up(transition)
    belt = state.rules.timing is Placement.BELT
    at_box = belt or step.distance_m is None or step.relay or state.plan.course is Course.OUT_AND_BACK
    delay_s = 0.0 if at_box or step.timed_m is None else sound_delay_s(step.timed_m)
    record = RepRecord(
        rep=state.reps + 1,
        set_no=step.set_no,
        rep_no=step.rep_no,
        athlete=transition.athlete().name,
        distance_m=step.timed_m,
        duration_s=step.duration_s,
        gait=step.gait,
        status=RepStatus.OPEN,
        go_ns=go_ns,
        start=StartKind.RELAY if step.relay else StartKind.GO,
        sound_delay_ns=ns(delay_s),
        flags=flags_at_start(transition),
        part=step.part.value,
        target_ns=targets.target_ns(state, step, transition.athlete().name, StartKind.GO),
    )
    transition.set(wave_of=())
    records = _of_wave(transition, turn, record) if state.waves and step.distance_m is not None else [record]
    set_off(transition, turn, *records)
    together.join(transition, record)


def settle_corrections(transition: Transition) -> None:
    """Somebody has gone: what was corrected before stands, as far as `undo` without an id goes."""
    # A finish is seen to be another one's only when the next ones have gone: moved ones can be taken back still.
    moves = tuple(point for point in transition.state.undo if point.moved)
    transition.set(undo=moves, kept_correction="")


def set_off(transition: Transition, turn: Turn, *records: RepRecord) -> None:
    """A turn's athletes have started, by a go or by themselves: the newest of all starts is theirs."""
    settle_corrections(transition)
    transition.set(reps=records[-1].rep, last_go_ns=records[0].go_ns)
    lanes.went(transition, records[0])
    transition.unsay(About.TURN, About.REST, About.START)
    begin_rep(transition, turn, *records)


def _of_wave(transition: Transition, turn: Turn, first: RepRecord) -> list[RepRecord]:
    """One go, and a rep for each in their lane; before a single one for each place, whose it is nobody knows yet."""
    state, wave = transition.state, transition.state.wave + 1
    transition.set(wave=wave)
    if not turn.lanes:
        return places.reps_of(transition, turn, msgspec.structs.replace(first, wave=wave))
    step = state.steps[turn.step]
    records = []
    for place, (index, lane) in enumerate(zip(turn.whose, turn.lanes, strict=True)):
        name = state.athletes[index].name
        target_ns = targets.target_ns(state, step, name, StartKind.GO)
        own = {"rep": first.rep + place, "athlete": name, "lane": lane, "wave": wave, "target_ns": target_ns}
        records.append(msgspec.structs.replace(first, **own))
    return records


def begin_rep(transition: Transition, turn: Turn, *records: RepRecord) -> None:
    """Put a turn's athletes on the course, each with their rep, and arm the watch."""
    agenda = []
    for index, record in zip(turn.whose, records, strict=True):
        agenda += put_on_course(transition, index, turn.step, record)
    transition.enter(Phase.RUNNING, 0, agenda)
    rules = transition.state.rules
    needs_lane = transition.state.steps[turn.step].distance_m is not None
    transition.watch(WatchMode.REP if needs_lane or rules.watching is Placement.BELT else WatchMode.OFF)
    transition.light(LampState.RUNNING)
    for index, record in zip(turn.whose, records, strict=True):
        _tell_go(transition, index, record)
    if transition.state.steps[turn.step].relay:
        calls.say_next_leg(transition, turn.step)


def put_on_course(transition: Transition, index: int, step: int, record: RepRecord) -> list[Appointment]:
    """One athlete; returns what is to be appointed for their rep."""
    agenda = []
    if record.distance_m is not None:
        window = finish_window(record.distance_m, record.gait, flying=record.start is StartKind.FLYING)
        active = ActiveRep(
            record,
            earliest_ns=record.go_ns + ns(window.human_limit_s),
            fast_before_ns=record.go_ns + ns(window.earliest_s),
            timeout_ns=record.go_ns + ns(window.timeout_s),
        )
        agenda.append(Appointment(active.timeout_ns, Item.TIMEOUT, str(record.rep)))
    else:
        active = crossings.on_course(record, transition.state.steps[step].distance_m)
        agenda.extend(_timed_agenda(record.go_ns, active.timeout_ns))
    lane = lanes.usual_lane(transition.state, record.athlete) if record.lane is None else record.lane
    transition.set_athlete(index, active=msgspec.structs.replace(active, lane=lane, step=step))
    return agenda


def _tell_go(transition: Transition, index: int, record: RepRecord) -> None:
    active = transition.state.athletes[index].active
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
            lane=None if active is None else active.lane,
            wave=record.wave,
            runners=places.runners(transition.state, record),
            crossings_m=None if active is None else active.crossings_m,
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


def of_rep(transition: Transition, rep: int) -> tuple[int, ActiveRep] | None:
    """Whose active rep carries this running number."""
    for index, athlete in enumerate(transition.state.athletes):
        if athlete.active is not None and athlete.active.record.rep == rep:
            return index, athlete.active
    return None


def timeout_of(record: RepRecord) -> int:
    """When a rep over a length is given up, on the clock of its go."""
    window = finish_window(record.distance_m or 0.0, record.gait, flying=record.start is StartKind.FLYING)
    return record.go_ns + ns(window.timeout_s)


def is_timeout_of(appointment: Appointment, rep: int) -> bool:
    """Whether an appointment gives up this rep."""
    return (appointment.item, appointment.key) == (Item.TIMEOUT, str(rep))


def with_start(uncertainty_ns: int, record: RepRecord) -> int:
    """An interval of a moment as one of the time since the start, which is no better known than the start."""
    return round(math.hypot(uncertainty_ns, record.start_uncertainty_ns))


def end_rep(transition: Transition, record: RepRecord, kind: str, t_ns: int, *, aside: bool = False) -> None:
    """Keep the newest word on a rep and put it on disk; `kind` is announced once it is there."""
    former = next((r.revision for r in transition.state.results if r.rep == record.rep), 0)
    if record.revision <= former:
        # A correction came between: the disk keeps the highest revision.
        record = msgspec.structs.replace(record, revision=former + 1)
    transition.unsay(about_rep(record.rep), About.RUN)
    open_still = (a for a in transition.state.agenda if not is_timeout_of(a, record.rep))
    transition.set(agenda=tuple(open_still))
    results = [r for r in transition.state.results if r.rep != record.rep]
    transition.set(results=(*results, record))
    transition.save(record, kind, t_ns, aside=aside, together=together.is_of_several(transition.state, record.rep))
    together.end(transition, record, kind, t_ns)


def refuse(transition: Transition, key: str, values: dict[str, str | int] | None = None) -> None:
    """Say why a command was not taken."""
    transition.beep(Signal.REFUSAL)
    transition.publish(events.Refused(transition.now_ns, key, values or {}))
    transition.say(key, values or {}, within_s=5.0)


def timeout(transition: Transition, rep: int) -> None:
    """Nobody came in twice the gait's latest time. Whoever is on the line just then came in time."""
    found = of_rep(transition, rep)
    if found is None or found[1].given_up:
        return
    index, active = found
    if active.crossing_ns is not None and transition.now_ns < active.crossing_ns + ns(_DECISION_S):
        transition.appoint(active.crossing_ns + ns(_DECISION_S), Item.TIMEOUT, str(rep))
        return
    give_up_one(transition, index, "timeout")


def give_up(transition: Transition, reason: str) -> None:
    """DNF of everybody on the course."""
    for active in transition.state.on_course:
        found = of_rep(transition, active.record.rep)
        if found is not None:
            give_up_one(transition, found[0], reason)


def give_up_one(transition: Transition, index: int, reason: str) -> None:
    """DNF. After a timeout it is provisional: until the next go a crossing revives it."""
    active = transition.state.athletes[index].running
    if active is None:
        return
    record = changed(active.record, status=RepStatus.DNF, reason=reason)
    end_rep(transition, record, "dnf", transition.now_ns)
    provisional = reason == "timeout" and active.arrives
    kept = msgspec.structs.replace(active, record=record, given_up=True) if provisional else None
    transition.set_athlete(index, active=kept)
    if not provisional:
        ghosts.leave(transition, active)
    resting.after_rep(transition, index, transition.now_ns, active.step, keep_watch=provisional)
