"""A relay's team: its time is told once the last leg is on disk."""

from __future__ import annotations

from retro_timer.training.record import RepRecord, StartKind
from retro_timer.training.relay import team_time
from retro_timer.training.session import events, turns
from retro_timer.training.session.effects import about_rep
from retro_timer.training.session.transition import Transition


def tell_team(transition: Transition, record: RepRecord) -> None:
    """After the last leg, and with no gap between any two of them."""
    state = transition.state
    if record.start is not StartKind.RELAY:
        return
    key = record.set_no, record.rep_no
    step = next((index for index, each in enumerate(state.steps) if (each.set_no, each.rep_no) == key), None)
    legs = [one for one in state.results if (one.set_no, one.rep_no) == key]
    team = team_time(legs)
    if team is None or step is None or turns.in_order(state, step) or state.on_course:
        return
    if record.rep != max(leg.rep for leg in legs if leg.time_ns is not None):
        # The disk is slow: this is an earlier leg, and the last one is not on it yet.
        return
    time_s, uncertainty_s = team.time_ns / 1e9, team.uncertainty_ns / 1e9
    transition.publish(events.Relay(transition.now_ns, record.rep, team.legs, time_s, uncertainty_s))
    values = {"count": team.legs, "time": team.official}
    transition.say("relay_time", values, None, about=[about_rep(record.rep)])
