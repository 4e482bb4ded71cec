"""Recorded goes: facts, each of which begins a rep."""

from __future__ import annotations

import msgspec

from retro_timer.training.gaits import Gait, sound_delay_s
from retro_timer.training.record import RepRecord, RepStatus, StartKind
from retro_timer.training.session import active_rep, inputs, relay, resting
from retro_timer.training.session.given_places import place_of
from retro_timer.training.session.self_starting import give_up_given
from retro_timer.training.session.state import Turn
from retro_timer.training.session.transition import Transition, ns


def go_given(transition: Transition, event: inputs.GoGiven) -> None:
    """A recorded go is a fact: this rep runs."""
    give_up_given(transition, "stopped")
    resting.forget_given_up(transition)
    of_place = event.place is not None
    index = place_of(transition, None if of_place else event.athlete)
    record = RepRecord(
        rep=event.rep,
        set_no=1,
        rep_no=event.rep if event.team is None else event.team,
        athlete="" if of_place else event.athlete or transition.state.athletes[0].name,
        distance_m=event.distance_m if event.crossings_s is None else None,
        duration_s=event.crossings_s,
        gait=Gait(event.gait),
        status=RepStatus.OPEN,
        go_ns=event.t_ns,
        start=StartKind.GO if event.team is None else StartKind.RELAY,
        start_uncertainty_ns=event.uncertainty_ns,
        sound_delay_ns=ns(sound_delay_s(event.distance_m)) if event.crossings_s is None and event.team is None else 0,
        flags=active_rep.flags_at_start(transition),
        wave=event.wave,
        place=event.place,
    )
    before = transition.state.wave_of if event.place not in (None, 1) else ()
    transition.set(reps=transition.state.reps + 1, wave_of=(*before, index) if of_place else ())
    step = msgspec.structs.replace(transition.state.steps[0], distance_m=event.distance_m, duration_s=event.crossings_s)
    transition.set(steps=(step,))
    active_rep.begin_rep(transition, Turn(index, 0), record)
    if event.team not in (None, event.rep):
        relay.set_out(transition, index)
