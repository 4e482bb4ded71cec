"""Recorded goes: facts, each of which begins a rep."""

from __future__ import annotations

from retro_timer.training.gaits import Gait, sound_delay_s
from retro_timer.training.record import RepRecord, RepStatus
from retro_timer.training.session import active_rep, inputs, resting
from retro_timer.training.session.state import Athlete, Turn
from retro_timer.training.session.transition import Transition, ns


def go_given(transition: Transition, event: inputs.GoGiven) -> None:
    """A recorded go is a fact: this rep runs."""
    resting.forget_given_up(transition)
    of_place = event.place is not None
    index = _whose(transition, None if of_place else event.athlete) if transition.state.rolling else 0
    record = RepRecord(
        rep=event.rep,
        set_no=1,
        rep_no=event.rep,
        athlete="" if of_place else event.athlete or transition.state.athletes[0].name,
        distance_m=event.distance_m,
        duration_s=None,
        gait=Gait(event.gait),
        status=RepStatus.OPEN,
        go_ns=event.t_ns,
        sound_delay_ns=ns(sound_delay_s(event.distance_m)),
        flags=active_rep.flags_at_start(transition),
        wave=event.wave,
        place=event.place,
    )
    before = transition.state.wave_of if event.place not in (None, 1) else ()
    transition.set(reps=transition.state.reps + 1, wave_of=(*before, index) if of_place else ())
    active_rep.begin_rep(transition, Turn(index, 0), record)


def _whose(transition: Transition, name: str | None) -> int:
    """Who has a place on the course for this go: nobody is on it twice."""
    athletes = transition.state.athletes
    wanted = name or athletes[0].name
    places = [index for index, athlete in enumerate(athletes) if athlete.name == wanted]
    if name is not None:
        for index in places:
            active_rep.give_up_one(transition, index, "stopped")
    free = [index for index in places if transition.state.athletes[index].active is None]
    if not free:
        transition.set(athletes=(*transition.state.athletes, Athlete(wanted)))
    return free[0] if free else len(athletes)
