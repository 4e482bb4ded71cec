"""Waves before a single lane: the gate sees who comes as which, and nobody whose place that is until it is claimed."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from retro_timer.errors import BadInputError
from retro_timer.training.names import find_name
from retro_timer.training.record import RepRecord
from retro_timer.training.session import together
from retro_timer.training.session.on_course import ActiveRep
from retro_timer.training.session.state import SessionState, Turn
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


def wave_to_claim(state: SessionState, wanted: str, wave: int | None) -> int | None:
    """In which wave somebody claims: `wave`, or the newest that they went in and have no place of.

    `wave` unchanged where nobody is sure who is meant, or knows who went in any, as after a power cut. Raises
    BadInputError for who did not go in it.
    """
    names = find_name(wanted, (athlete.name for athlete in state.athletes)).names
    if len(names) != 1 or not state.waves_of:
        return wave
    (name,) = names
    if wave is not None:
        if name not in state.waves_of.get(wave, names):
            raise BadInputError(f"claim '{name}'", f"{name} did not go in wave {wave}", "one that they went in")
        return wave
    have = {record.wave for record in state.results if record.place is not None and record.athlete == name}
    ran = [number for number, went in state.waves_of.items() if name in went and number not in have]
    if not ran:
        raise BadInputError(
            f"claim '{name}'",
            f"{name} has a place of each wave that they are known to have gone in",
            "the wave behind the name, for one before a power cut, or `undo` of another claim",
        )
    return max(ran)


def by_name(state: SessionState, index: int) -> ActiveRep | None:
    """The first open place as that of somebody of the wave who is stopped by hand, and so needs no claim; None where
    there is none, or they have one already."""
    name = state.athletes[index].name
    has_one = any(record.wave == state.wave and record.athlete == name for record in state.results)
    if index not in state.wave_of or has_one or state.running is None:
        return None
    return msgspec.structs.replace(state.running, record=msgspec.structs.replace(state.running.record, athlete=name))


def taken(transition: Transition, active: ActiveRep) -> None:
    """An open place has its athlete from now on."""
    (carrier,) = (
        i
        for i, athlete in enumerate(transition.state.athletes)
        if athlete.active is not None and athlete.active.record.rep == active.record.rep
    )
    transition.set_athlete(carrier, active=active)
