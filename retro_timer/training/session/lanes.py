"""Where there are several lanes: in which one an athlete runs, and what is told where nobody could see it."""

from __future__ import annotations

import msgspec

from retro_timer.training.listed import of_name
from retro_timer.training.orders import least_every_s
from retro_timer.training.record import HAND_UNCERTAINTY_NS, Flag, RepRecord, RepStatus
from retro_timer.training.session import events, inputs
from retro_timer.training.session.effects import About, about_rep
from retro_timer.training.session.state import ActiveRep, Item, SessionState
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


def given_lane(state: SessionState, athlete: str) -> int | None:
    """The lane that the roster gives an athlete, unless they were seen in another one last; None where it is any."""
    listed = of_name(state.rules.listed, athlete)
    if listed is None or listed.lane is None or usual_lane(state, athlete) != listed.lane:
        return None
    return listed.lane


def went(transition: Transition, record: RepRecord) -> None:
    """Somebody goes over a length: they may be in their lane for as long as its slowest take."""
    if record.distance_m is not None:
        lane = given_lane(transition.state, record.athlete)
        transition.set(lane_goes_ns={**transition.state.lane_goes_ns, lane: record.go_ns})


def free_ns(state: SessionState, athlete: str) -> int:
    """From when on an athlete may go without meeting whoever went in the same lane, or may have; 0 for at any time.

    Between lanes no time need pass. Of one lane alone it does between any two, which `every_s` keeps.
    """
    if not state.rolling or state.rules.lanes == 1 or not state.lane_goes_ns:
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
    running = transition.state.running
    if running is None or running.record.rep != event.rep:
        return
    usual = running.lane
    lane = usual if usual is not None and event.nearest <= usual <= event.farthest else event.nearest
    go_ns = running.record.go_ns
    span_s = (event.first_ns - go_ns) / 1e9, (event.last_ns - go_ns) / 1e9
    transition.publish(events.Unseen(event.t_ns, event.rep, lane, *span_s))
    if transition.state.rules.given_goes:
        return
    _offer(transition, event.rep, (event.first_ns, event.last_ns))
    transition.set(agenda=tuple(a for a in transition.state.agenda if a.item is not Item.OFFER_OVER))
    transition.appoint(transition.now_ns + ns(_OFFERED_S), Item.OFFER_OVER)
    about = [About.RUN, about_rep(event.rep)]
    transition.say("lane_not_seen", {"lane": lane}, within_s=5.0, urgent=True, about=about)


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
    running = transition.state.running
    if running is not None:
        _offer(transition, running.record.rep, None)


def _offer(transition: Transition, rep: int, span_ns: tuple[int, int] | None) -> None:
    for index, athlete in enumerate(transition.state.athletes):
        if athlete.active is not None and athlete.active.record.rep == rep:
            transition.set_athlete(index, active=msgspec.structs.replace(athlete.active, unseen_ns=span_ns))
