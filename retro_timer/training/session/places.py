"""Waves before a single lane: the gate sees who comes as which, and nobody whose place that is until it is claimed."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from retro_timer.training.names import find_name
from retro_timer.training.record import RepRecord
from retro_timer.training.session import together
from retro_timer.training.session.state import ActiveRep, SessionState, Turn
from retro_timer.training.session.transition import Transition


def reps_of(transition: Transition, turn: Turn, first: RepRecord) -> list[RepRecord]:
    """A rep for each place of a wave, without an athlete; who goes alone is known."""
    if len(turn.whose) == 1:
        return [first]
    state = transition.state
    names = tuple(state.athletes[index].name for index in turn.whose)
    transition.set(wave_of=turn.whose, waves_of={**state.waves_of, state.wave: names})
    return [
        msgspec.structs.replace(first, rep=first.rep + index, athlete="", target_ns=None, place=index + 1)
        for index in range(len(turn.whose))
    ]


def runners(state: SessionState, record: RepRecord) -> tuple[str, ...]:
    """Who went for a place that is nobody's yet; nobody where its athlete is known."""
    return tuple(state.athletes[index].name for index in state.wave_of) if is_open(record) else ()


def is_open(record: RepRecord) -> bool:
    """Whether a rep is a place that nobody has claimed."""
    return record.place is not None and not record.athlete


def next_place(state: SessionState, free: Sequence[ActiveRep], t_ns: int) -> int | None:
    """The rep of the first place that an arrival may be: places are told apart by nothing else than their order. Who
    was taken off the course comes for none as long as another one may be."""
    there = [one for one in free if one.may_arrive(t_ns)]
    gone = {ghost.active.record.rep for ghost in state.ghosts}
    there.sort(key=lambda one: (one.record.rep in gone, one.record.rep))
    return there[0].record.rep if there else None


def rested(transition: Transition, ended_ns: int, step: int) -> None:
    """A wave is in: it has been run by everybody of it, and as nobody knows who came when all rest from the last one's
    finish. Kept as what they left out, which it is not any more once they have claimed a place."""
    for index in transition.state.wave_of:
        skipped = transition.state.athletes[index].skipped
        if step not in skipped:
            own = tuple(step if each == ~step else each for each in skipped)
            transition.set_athlete(index, skipped=own if step in own else (*own, step))
        together.rested(transition, index, ended_ns, step)
    transition.keep_presence(*transition.state.wave_of)


def wave_to_claim(state: SessionState, wanted: str) -> int | None:
    """The newest wave that somebody went in and has no place of; None where nobody is sure who is meant, or that they
    went in any."""
    found = find_name(wanted, (athlete.name for athlete in state.athletes))
    have = {(record.wave, record.athlete) for record in state.results if record.place is not None}
    ran = [
        wave
        for wave, names in state.waves_of.items()
        if len(found.names) == 1 and found.names[0] in names and (wave, found.names[0]) not in have
    ]
    return max(ran, default=None)


def by_name(transition: Transition, index: int) -> ActiveRep | None:
    """The first open place for somebody of the wave who is stopped by hand, and so needs no claim; None where there is
    none, or they have one already."""
    state = transition.state
    name = state.athletes[index].name
    has_one = any(record.wave == state.wave and record.athlete == name for record in state.results)
    if index not in state.wave_of or has_one or state.running is None:
        return None
    named = msgspec.structs.replace(state.running, record=msgspec.structs.replace(state.running.record, athlete=name))
    (carrier,) = (i for i, a in enumerate(state.athletes) if a.active is state.running)
    transition.set_athlete(carrier, active=named)
    return named
