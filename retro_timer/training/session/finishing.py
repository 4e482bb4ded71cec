"""At the line: crossing and finish, by the sensors, by the clock or by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from retro_timer.detection.events import Beam
from retro_timer.detection.expectation import ARRIVAL, WatchMode
from retro_timer.training.record import BY_HAND, Flag, RepRecord, RepStatus, changed
from retro_timer.training.session import (
    active_rep,
    arrivals,
    corrections,
    crossings,
    crowding,
    events,
    ghosts,
    inputs,
    lanes,
    places,
    relay,
    resting,
    rolling,
)
from retro_timer.training.session.agenda import Appointment
from retro_timer.training.session.effects import Signal
from retro_timer.training.session.on_course import ActiveRep
from retro_timer.training.session.transition import Transition, ns

_PRESS_LATE_S = 1.5
"""A press comes so long after the finish that it is for: half a second to react and one to reach the page. More refuses
a press for the next runner, less lets one end their rep."""


def crossing(transition: Transition, event: inputs.CrossingSeen) -> None:
    """Provisional finish: beep at once."""
    arrival = event.rep == ARRIVAL
    rep = arrivals.begin(transition, event) if arrival else event.rep
    found = None if rep is None else active_rep.of_rep(transition, rep)
    if found is None:
        return
    index, active = found
    transition.set_athlete(
        index, active=msgspec.structs.replace(active, crossing_ns=event.t_ns, crossing_lane=event.lane)
    )
    if crossings.is_over(active, event.t_ns):
        # The end has sounded; whether this one was in time is decided when it is timed.
        return
    transition.beep(Signal.FINISH)
    transition.publish(events.Crossing(event.t_ns, active.record.rep, active.record.athlete, event.lane))


def crossing_taken_back(transition: Transition, event: inputs.CrossingTakenBack) -> None:
    """It was not the runner: two low tones, and the rep goes on."""
    rep = arrivals.end(transition, event.lane) if event.rep == ARRIVAL else event.rep
    found = None if rep is None else active_rep.of_rep(transition, rep)
    if found is None:
        return
    index, active = found
    if event.lane is not None and (active.crossing_ns is None or active.crossing_lane not in (None, event.lane)):
        # Somebody else than whom the beep was for: one rep has one, however many are on the line.
        return
    transition.set_athlete(index, active=msgspec.structs.replace(active, crossing_ns=None, crossing_lane=None))
    if active.crossing_ns is None or not crossings.is_over(active, active.crossing_ns):
        transition.beep(Signal.WITHDRAWN)
        transition.publish(events.CrossingWithdrawn(event.t_ns, active.record.rep))
    if active.crossings_m is not None:
        _end_by_clock(transition)
    elif not active.given_up and transition.now_ns >= active.timeout_ns:
        active_rep.give_up_one(transition, index, "timeout")


def finish_seen(transition: Transition, event: inputs.FinishSeen) -> None:
    """The sensor timed the rep, or one of those that are open."""
    if event.rep == ARRIVAL:
        choice = arrivals.decide(transition, event)
        if choice is None:
            flag_crowded(transition, crowding.beside_body(transition.state), event.t_ns)
            return
        found = active_rep.of_rep(transition, choice.rep)
        alike = [] if found is None else arrivals.exchangeable(transition.state, found[1], event.back_ns, event.lane)
        _flag(transition, alike, Flag.AMBIGUOUS, event.t_ns)
        ambiguous = event.ambiguous or choice.ambiguous or bool(alike)
        event = msgspec.structs.replace(event, rep=choice.rep, ambiguous=ambiguous)
    found = active_rep.of_rep(transition, event.rep)
    if found is None:
        return
    index, active = found
    if event.back_ns < active.earliest_ns:
        crossing_taken_back(
            transition, inputs.CrossingTakenBack(event.rep, event.t_ns, "faster than any human", event.lane)
        )
        return
    if active.crossings_m is not None:
        half = (Flag.SINGLE,) if event.single else ()
        crossings.count(transition, index, active, event.back_ns, event.t_ns, event.uncertainty_ns, half)
        _end_by_clock(transition)
        return
    time_ns = event.back_ns - active.record.go_ns
    uncertainty_ns = active_rep.with_start(event.uncertainty_ns, active.record)
    crowded = event.crowded or crowding.is_crowded(transition.state, event.back_ns, event.rep, event.lane)
    more = {
        Flag.CROWDED: crowded,
        Flag.SINGLE: event.single,
        Flag.HIDDEN: event.hidden,
        Flag.AMBIGUOUS: event.ambiguous,
    }
    flags = [flag for flag, is_so in more.items() if is_so]
    _finish(transition, event.rep, time_ns, uncertainty_ns, event.method, event.t_ns, flags, event.lane)
    transition.set(timed_ns=transition.now_ns)
    lanes.tell_other(transition, active, event.lane)


def half_seen(transition: Transition, event: inputs.HalfSeen) -> None:
    """One half alone is nobody's finish. Under the upper beam a small or bent runner may have passed: told, and the
    clock can be stopped by hand."""
    rep = event.rep
    if rep == ARRIVAL:
        first = lanes.first_there(transition.state, event.t_ns)
        rep = ARRIVAL if first is None else first.record.rep
    if active_rep.of_rep(transition, rep) is None:
        return
    transition.publish(events.Half(event.t_ns, rep, event.sensor, str(event.beam)))
    if event.beam is Beam.LOWER and not transition.state.rules.given_goes:
        lanes.say_by_hand(transition, rep, "lower_beam_only")


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
    found = active_rep.of_rep(transition, rep)
    if found is None:
        return
    index, active = found
    flags = {*active.record.flags, *more}
    if method == BY_HAND:
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
    active_rep.end_rep(transition, record, "finish", t_ns)
    transition.set_athlete(index, active=None)
    if not revived and relay.hand_over(transition, index, record, active.step):
        return
    if not revived:
        resting.after_rep(transition, index, active.record.go_ns + time_ns, active.step)
    elif transition.state.rolling:
        # Not from when they were given up: their rest begins now.
        rolling.rests(transition, index, active.record.go_ns + time_ns, active.step)
    elif transition.state.expectation.mode is WatchMode.REP:
        resting.run_out(transition)
    if transition.state.rolling and active.arrives:
        rolling.say_clear_the_lane(transition)
        beside = crowding.beside_finish(transition.state, record.go_ns + time_ns, rep, record.lane)
        flag_crowded(transition, beside, t_ns)


def flag_crowded(transition: Transition, records: Iterable[RepRecord], t_ns: int) -> None:
    """Finishes that were told already, with somebody else at the line then, are flagged on the disk, without a word."""
    _flag(transition, records, Flag.CROWDED, t_ns)


def _flag(transition: Transition, records: Iterable[RepRecord], flag: Flag, t_ns: int) -> None:
    """Finishes that were told already and turn out to be doubtful."""
    for record in tuple(records):
        flagged = changed(record, flags=tuple(sorted({*record.flags, flag})))
        if flagged.flags != record.flags:
            active_rep.end_rep(transition, flagged, str(flag), t_ns)


def clock_end(transition: Transition, appointment: Appointment) -> None:
    """The time of a step is up: beeped once, and of crossings not again with their count."""
    if transition.state.running is not None and appointment.key != crossings.LATE:
        transition.beep(Signal.FINISH)
    _end_by_clock(transition)


def _end_by_clock(transition: Transition) -> None:
    """A timed step is over; of crossings when nothing of them waits to be decided any more."""
    active = transition.state.running
    found = None if active is None else active_rep.of_rep(transition, active.record.rep)
    if active is None or found is None:
        return
    if active.crossings_m is not None and not crossings.all_counted(transition, active):
        return
    if active.crossings_m is not None and not active.record.splits:
        active_rep.give_up_one(transition, found[0], "timeout")
        return
    _finish(transition, active.record.rep, active.timeout_ns - active.record.go_ns, 0, "clock", active.timeout_ns)


def by_hand(transition: Transition, command: inputs.ManualFinish) -> None:
    """Stop the clock by hand: that of whoever is named, else of the first who can be there."""
    if command.name is not None:
        active = _named(transition, command.name)
        if active is None:
            return
    else:
        active = lanes.stopped_first(transition.state, transition.now_ns)
    if active is None or crossings.is_over(active, transition.now_ns):
        active_rep.refuse(transition, "nothing_to_finish")
        return
    soonest_ns = active.earliest_ns if active.comes else active.record.go_ns + 1
    unnamed = command.name is None
    if transition.state.rolling and transition.state.timed_ns and active.unseen_ns is None and unnamed:
        # A press for whom the sensor has timed already would end the next one's rep.
        soonest_ns = max(soonest_ns, transition.state.timed_ns + ns(_PRESS_LATE_S))
    if transition.now_ns < soonest_ns:
        active_rep.refuse(transition, "too_early")
        return
    found = active_rep.of_rep(transition, active.record.rep)
    if active.crossings_m is not None and found is not None:
        crossings.by_hand(transition, *found)
        return
    if transition.state.wave_of and not unnamed:
        places.taken(transition, active)
    transition.beep(Signal.FINISH)
    transition.publish(events.Crossing(transition.now_ns, active.record.rep, active.record.athlete))
    back_ns, around_ns, flags = lanes.stopped_by_hand(active, transition.now_ns)
    time_ns, uncertainty_ns = back_ns - active.record.go_ns, active_rep.with_start(around_ns, active.record)
    _finish(transition, active.record.rep, time_ns, uncertainty_ns, BY_HAND, transition.now_ns, flags)
    ghosts.leave(transition, active, back_ns)


def _named(transition: Transition, name: str) -> ActiveRep | None:
    """The rep under way of somebody by name; None, and refused, without one."""
    index = corrections.meant(transition, name)
    if index is None:
        return None
    athlete = transition.state.athletes[index]
    if transition.state.wave_of and transition.state.running is not None:
        active = places.by_name(transition.state, index)
        if active is None:
            active_rep.refuse(transition, "not_running", {"name": athlete.name})
        return active
    if any(each.athlete == athlete.name for each in transition.state.companions):
        # What all do at once ends for all.
        return transition.state.running
    if athlete.running is None:
        active_rep.refuse(transition, "not_running", {"name": athlete.name})
    return athlete.running
