"""Where there are several lanes: in which one an athlete runs, and what is told where nobody could see it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from retro_timer.detection.expectation import ARRIVAL
from retro_timer.training.listed import of_name
from retro_timer.training.orders import least_every_s
from retro_timer.training.record import HAND_UNCERTAINTY_NS, Flag, RepRecord, RepStatus
from retro_timer.training.session import events, inputs
from retro_timer.training.session.agenda import Item
from retro_timer.training.session.effects import About, about_rep
from retro_timer.training.session.on_course import ActiveRep
from retro_timer.training.session.state import STARTING, SessionState
from retro_timer.training.session.transition import Transition, ns

_OFFERED_S = 10.0
"""Hearing "Lane 3 not seen" takes 4 s, looking and pressing as long again; later a press means the moment itself."""


def usual_lane(state: SessionState, athlete: str) -> int | None:
    """Where an athlete was seen last in this session, by the reps that count; before that the roster's lane, where the
    gate tells so many apart."""
    seen_in = _seen_lane(state, athlete)
    listed = of_name(state.rules.listed, athlete)
    if seen_in is not None or listed is None or listed.lane is None:
        return seen_in
    return listed.lane if 1 < state.rules.lanes >= listed.lane else None


def lanes_for(state: SessionState, names: Sequence[str]) -> tuple[int, ...]:
    """A lane for each of those who start at once: their usual one, as far as nobody before them has it."""
    free = list(range(1, state.rules.lanes + 1))
    seen_in: dict[str, tuple[int, int]] = {}
    for record in state.results:
        if record.lane is not None and record.status is RepStatus.FINISHED:
            seen_in[record.athlete] = max((record.rep, record.lane), seen_in.get(record.athlete, (0, 0)))
    chosen: dict[str, int] = {}
    for name in names:
        listed = of_name(state.rules.listed, name)
        lane = seen_in[name][1] if name in seen_in else None if listed is None else listed.lane
        if lane in free:
            free.remove(lane)
            chosen[name] = lane
    return tuple(chosen[name] if name in chosen else free.pop(0) for name in names)


def given_lane(state: SessionState, athlete: str) -> int | None:
    """The lane that the roster gives an athlete, unless they were seen in another one last; None where it is any."""
    listed = of_name(state.rules.listed, athlete)
    if listed is None or listed.lane is None or usual_lane(state, athlete) != listed.lane:
        return None
    return listed.lane


def went(transition: Transition, record: RepRecord) -> None:
    """Somebody goes over a length: in their lane, or where that is not known in any, this is the newest go."""
    if record.distance_m is not None:
        lane = given_lane(transition.state, record.athlete)
        transition.set(lane_goes_ns={**transition.state.lane_goes_ns, lane: record.go_ns})


def free_ns(state: SessionState, athlete: str) -> int:
    """From when on an athlete may go without meeting whoever went in the same lane, or may have; 0 for at any time.

    Between lanes no time need pass. Of one lane alone it does between any two, which `every_s` keeps.
    """
    if not state.staggered or state.rules.lanes == 1 or not state.lane_goes_ns:
        return 0
    lane = given_lane(state, athlete)
    behind = [go_ns for other, go_ns in state.lane_goes_ns.items() if lane is None or other in (None, lane)]
    return max(behind) + ns(least_every_s(state.plan)) if behind else 0


def _seen_lane(state: SessionState, athlete: str, before_rep: int | None = None) -> int | None:
    seen = [
        (record.rep, record.lane)
        for record in state.results
        if record.athlete == athlete
        and record.lane is not None
        and record.status is RepStatus.FINISHED
        and (before_rep is None or record.rep < before_rep)
    ]
    return max(seen)[1] if seen else None


def tell_other(transition: Transition, active: ActiveRep, lane: int | None) -> None:
    """A finish in another lane than the athlete's usual one may be somebody else: whoever hears it can void it."""
    if lane is None or active.lane in (None, lane) or transition.state.rules.given_goes:
        return
    rep = active.record.rep
    seen = _seen_lane(transition.state, active.record.athlete, rep)
    key = "other_lane_listed" if seen is None else "other_lane"
    transition.say(key, {"lane": lane, "usual": active.lane}, 20.0, about=[about_rep(rep)])


def unseen(transition: Transition, event: inputs.LanesUnseen) -> None:
    """Somebody nearer hid lanes in which the runner may have passed: told, and a manual finish takes that span."""
    running = _hidden(transition.state, event)
    if running is None:
        return
    rep = running.record.rep
    usual = running.lane
    lane = usual if usual is not None and event.nearest <= usual <= event.farthest else event.nearest
    go_ns = running.record.go_ns
    span_s = (event.first_ns - go_ns) / 1e9, (event.last_ns - go_ns) / 1e9
    transition.publish(events.Unseen(event.t_ns, rep, lane, *span_s))
    if transition.state.rules.given_goes:
        return
    _offer(transition, rep, (event.first_ns, event.last_ns))
    transition.set(agenda=tuple(a for a in transition.state.agenda if a.item is not Item.OFFER_OVER))
    transition.appoint(transition.now_ns + ns(_OFFERED_S), Item.OFFER_OVER)
    say_by_hand(transition, rep, "lane_not_seen", {"lane": lane})


def _hidden(state: SessionState, event: inputs.LanesUnseen) -> ActiveRep | None:
    """Whom lanes hid that nobody could see; of several the first to have gone whose own lane may be one of them."""
    if event.rep != ARRIVAL:
        running = state.running
        return running if running is not None and running.record.rep == event.rep else None
    there = [one for one in state.on_course if one.may_arrive(event.last_ns)]
    behind = (one for one in there if one.lane is None or event.nearest <= one.lane <= event.farthest)
    if state.waves:
        # Each runs in the lane that the call gave them: of who has another one nothing was hidden.
        return next(behind, None)
    return next(behind, next(iter(there), state.running))


def say_by_hand(transition: Transition, rep: int, key: str, values: dict[str, int] | None = None) -> None:
    """Offer to stop a rep's clock by hand: at once, but into no start of the next one."""
    state = transition.state
    # Of several another one's finish makes it no less true.
    about = [about_rep(rep)] if state.rolling else [About.RUN, about_rep(rep)]
    transition.say(key, values or {}, within_s=5.0, urgent=state.phase not in STARTING, about=about)


def first_there(state: SessionState, t_ns: int) -> ActiveRep | None:
    """The first to have gone of those who can be at the line; who went first of all where nobody can be there yet."""
    return next((one for one in state.on_course if one.may_arrive(t_ns)), state.running)


def stopped_first(state: SessionState, now_ns: int) -> ActiveRep | None:
    """Whose clock a hand stops: the one's for whom that was offered, else that of the first who can be there."""
    offered = (one for one in state.on_course if one.unseen_ns is not None)
    return next(offered, first_there(state, now_ns))


def stopped_by_hand(active: ActiveRep, now_ns: int) -> tuple[int, int, list[Flag]]:
    """When the back was at the line by the hand that stops the clock now, half the width of that moment's interval, and
    what is particular about it."""
    if active.unseen_ns is None:
        return now_ns, HAND_UNCERTAINTY_NS, []
    # Whoever answers the offer says that the runner passed then, not now.
    first_ns, last_ns = active.unseen_ns
    return (first_ns + last_ns) // 2, (last_ns - first_ns) // 2, [Flag.HIDDEN]


def offer_over(transition: Transition) -> None:
    """Nobody has answered: from now on a manual finish is of its own moment."""
    _offer(transition, None, None)


def _offer(transition: Transition, rep: int | None, span_ns: tuple[int, int] | None) -> None:
    """To one alone: a hand stops one clock."""
    for index, athlete in enumerate(transition.state.athletes):
        active = athlete.active
        offered_ns = span_ns if active is not None and active.record.rep == rep else None
        if active is not None and active.unseen_ns != offered_ns:
            transition.set_athlete(index, active=msgspec.structs.replace(active, unseen_ns=offered_ns))
