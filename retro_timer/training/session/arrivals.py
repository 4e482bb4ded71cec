"""Arrivals where several are on the course: a body at the line is first nobody's, and then the likeliest one's."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from retro_timer.training.arrival_odds import Candidate, likeliest
from retro_timer.training.candidates import OwnTimes, are_exchangeable, candidate, own_times_s
from retro_timer.training.record import RepRecord
from retro_timer.training.session import active_rep, crowding, events, ghosts, inputs, places
from retro_timer.training.session.effects import Signal
from retro_timer.training.session.on_course import ActiveRep, Arrival
from retro_timer.training.session.state import SessionState
from retro_timer.training.session.transition import Transition, ns

_FORGOTTEN_S = 10.0
"""Who stops in the beam is timed after 2.5 s, by two beams a second later: of who is older nothing more comes."""


class Decision(msgspec.Struct, frozen=True):
    """Whose an arrival is."""

    rep: int
    rivals: tuple[int, ...]
    """Reps whose it may be nearly as well."""
    doubted: bool
    """A finish before it may have been this one's: then this one is whose that was."""

    @property
    def ambiguous(self) -> bool:
        """Whether another athlete could have been this finish."""
        return self.doubted or bool(self.rivals)


def begin(transition: Transition, event: inputs.CrossingSeen) -> int | None:
    """Somebody is on the line: the rep that it is taken for until its time is known; None where it can be nobody's."""
    oldest_ns = transition.now_ns - ns(_FORGOTTEN_S)
    known = tuple(arrival for arrival in transition.state.arrivals if arrival.t_ns >= oldest_ns)
    transition.set(arrivals=known)
    choice = _choose(transition.state, event.t_ns, event.lane)
    rep = None if choice is None else choice.rep
    transition.set(arrivals=(*known, Arrival(event.t_ns, event.lane, rep)))
    return rep


def end(transition: Transition, lane: int | None) -> int | None:
    """That was nobody: the rep that the oldest arrival of that lane was taken for."""
    arrival = next((one for one in transition.state.arrivals if _may_be_in(one, lane)), None)
    return None if arrival is None else _forget(transition, arrival)


def decide(transition: Transition, event: inputs.FinishSeen) -> Decision | None:
    """The back of somebody reached the line: whose it was; None where it was nobody's whose rep goes on."""
    here = [one for one in transition.state.arrivals if _may_be_in(one, event.lane)]
    arrival = min(here, key=lambda one: abs(one.t_ns - event.back_ns), default=None)
    taken_for = None if arrival is None else _forget(transition, arrival)
    choice = _choose(transition.state, event.back_ns, event.lane)
    if taken_for is not None and ghosts.of_rep(transition.state, taken_for) is not None:
        # Stopped by hand, or taken off the course, while on the line.
        choice = Decision(taken_for, (), doubted=False)
    if choice is not None:
        _doubt(transition, choice.rivals)
    ghost = None if choice is None else ghosts.of_rep(transition.state, choice.rep)
    whose = choice if ghost is None else None
    if ghost is not None:
        ghosts.came(transition, ghost)
    if whose is None:
        # Somebody passed who is not timed.
        transition.set(other_body_ns=(event.back_ns, event.back_ns))
    if taken_for is not None and (choice is None or choice.rep != taken_for):
        by_hand = ghost is not None and ghost.by_hand_ns is not None
        _take_back(transition, taken_for, event.t_ns, aloud=whose is None and not by_hand)
        if whose is not None:
            _take_for(transition, whose.rep, event)
    return whose


def exchangeable(state: SessionState, active: ActiveRep, back_ns: int, lane: int | None) -> list[RepRecord]:
    """Finishes of others that are nearly as likely to have been this one's, who is at the line now, and this theirs."""
    if state.wave_of:
        return []
    went_ns, name = active.record.go_ns, active.record.athlete
    others = [r for r in crowding.others(state, active.record.rep, lane) if went_ns < r.go_ns + (r.time_ns or 0)]
    others = [r for r in others if r.rep > state.before_cut and r.rep not in state.settled and r.athlete != name]
    alike = [r for r in others if _may_be_exchanged(state, active, r, back_ns)]
    return [r for r in alike if not _gone_anew(state, r, back_ns)]


def _gone_anew(state: SessionState, record: RepRecord, before_ns: int) -> bool:
    runs = (*state.results, *(one.record for one in state.on_course))
    return any(r.athlete == record.athlete and r.rep > record.rep and r.go_ns <= before_ns for r in runs)


def _may_be_exchanged(state: SessionState, active: ActiveRep, other: RepRecord, back_ns: int) -> bool:
    if back_ns >= active_rep.timeout_of(other):
        return False
    own = _own_times_s(state, frozenset((active.record.athlete, other.athlete)), without=other.rep)
    return are_exchangeable(active.record, back_ns, other, other.go_ns + (other.time_ns or 0), own)


def _may_be_in(arrival: Arrival, lane: int | None) -> bool:
    return lane is None or arrival.lane in (None, lane)


def _forget(transition: Transition, arrival: Arrival) -> int | None:
    transition.set(arrivals=tuple(one for one in transition.state.arrivals if one is not arrival))
    return arrival.rep


def _doubt(transition: Transition, reps: Sequence[int]) -> None:
    """These may have finished already."""
    for rep in reps:
        found = active_rep.of_rep(transition, rep)
        if found is not None:
            index, active = found
            transition.set_athlete(index, active=msgspec.structs.replace(active, doubted=True))


def _take_back(transition: Transition, rep: int, t_ns: int, *, aloud: bool) -> None:
    """The crossing that was told was not that rep's; `aloud`: nor anybody else's."""
    found = active_rep.of_rep(transition, rep)
    if found is not None:
        index, active = found
        transition.set_athlete(index, active=msgspec.structs.replace(active, crossing_ns=None, crossing_lane=None))
    if aloud:
        transition.beep(Signal.WITHDRAWN)
    transition.publish(events.CrossingWithdrawn(t_ns, rep))


def _take_for(transition: Transition, rep: int, event: inputs.FinishSeen) -> None:
    """The beep was for this rep, as it turns out."""
    found = active_rep.of_rep(transition, rep)
    if found is not None:
        transition.publish(events.Crossing(event.t_ns, rep, found[1].record.athlete, event.lane))


def _choose(state: SessionState, t_ns: int, lane: int | None) -> Decision | None:
    """The likeliest of those on the course, and of who was given up or taken off it, who are not on the line already;
    before them whoever was just stopped by hand."""
    pressed = ghosts.pressed_for(state, t_ns, lane)
    if pressed is not None:
        return Decision(pressed.active.record.rep, (), doubted=False)
    on_line = {arrival.rep for arrival in state.arrivals}
    taken_off = ghosts.on_their_way(state, t_ns)
    free = [one for one in (*state.coming, *taken_off) if one.record.rep not in on_line]
    if state.wave_of:
        place = places.next_place(state, free, t_ns)
        return None if place is None else Decision(place, (), doubted=False)
    free.sort(key=lambda one: (one.record.go_ns, one.record.rep))
    own = _own_times_s(state, frozenset(one.record.athlete for one in free))
    choice = likeliest([_candidate(own, one, t_ns, lane, taken_off=one in taken_off) for one in free])
    if choice is None:
        return None
    taken = free[choice.index]
    return Decision(taken.record.rep, tuple(free[index].record.rep for index in choice.rivals), taken.doubted)


def _candidate(own: OwnTimes, active: ActiveRep, t_ns: int, lane: int | None, *, taken_off: bool) -> Candidate:
    other_lane = lane is not None and active.lane not in (None, lane)
    return candidate(active.record, t_ns, own, given_up=active.given_up, taken_off=taken_off, other_lane=other_lane)


def _own_times_s(state: SessionState, athletes: frozenset[str], *, without: int | None = None) -> OwnTimes:
    """These athletes' times in this session; `without` that of a rep which is in question."""
    if state.rules.given_goes:
        # A record that does not name its runners: nobody knows of two reps whether one ran both.
        athletes -= {state.athletes[0].name}
    return own_times_s(one for one in state.results if one.rep != without and one.athlete in athletes)
