"""A relay: each goes out and back, and the next one's leg starts when the former's back crosses the line."""

from __future__ import annotations

from retro_timer.detection.expectation import WatchMode
from retro_timer.training.record import RepRecord, RepStatus, StartKind
from retro_timer.training.relay import finish_spread_ns
from retro_timer.training.session import active_rep, together, turns
from retro_timer.training.session.agenda import Item
from retro_timer.training.session.state import Turn
from retro_timer.training.session.transition import Transition


def hand_over(transition: Transition, index: int, record: RepRecord, step_index: int) -> bool:
    """An athlete's leg has ended at the line: the next one's has begun with that. False after the last, and where it is
    no relay.
    """
    state = transition.state
    if state.turn is None or not state.steps[step_index].relay or state.rules.given_goes:
        return False
    back_ns = record.go_ns + (record.time_ns or 0)
    together.rested(transition, index, back_ns, step_index)
    following = turns.in_order(transition.state, step_index)
    if not following:
        return False
    _begin_leg(transition, following[0], step_index, record, back_ns)
    return True


def _begin_leg(transition: Transition, index: int, step_index: int, former: RepRecord, back_ns: int) -> None:
    state, step = transition.state, transition.state.steps[step_index]
    record = RepRecord(
        rep=state.reps + 1,
        set_no=step.set_no,
        rep_no=step.rep_no,
        athlete=state.athletes[index].name,
        distance_m=step.distance_m,
        duration_s=None,
        gait=step.gait,
        status=RepStatus.OPEN,
        go_ns=back_ns,
        start=StartKind.RELAY,
        start_uncertainty_ns=finish_spread_ns(former),
        flags=active_rep.flags_at_start(transition),
        part=step.part.value,
    )
    turn = Turn(index, step_index)
    active_rep.settle_corrections(transition)
    transition.set(reps=record.rep, turn=turn)
    active_rep.begin_rep(transition, turn, record)
    set_out(transition, index)


def set_out(transition: Transition, index: int) -> None:
    """Until the next one can be back, the one before comes to a stand at the line and the next one sets out."""
    active = transition.state.athletes[index].running
    if active is not None:
        transition.watch(WatchMode.HANDOVER)
        transition.appoint(active.earliest_ns, Item.WATCH_ON)


def look_again(transition: Transition) -> None:
    """Whoever is on the way can be back from now on."""
    if transition.state.running is not None:
        transition.watch(WatchMode.REP)
