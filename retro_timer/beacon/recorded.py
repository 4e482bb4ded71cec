"""The goes of a record, as the session is told of them: by themselves, in waves, or as the legs of a relay."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from retro_timer.store.traces import TraceRep
from retro_timer.training.gaits import Gait
from retro_timer.training.record import RepRecord
from retro_timer.training.relay import finish_spread_ns
from retro_timer.training.session import inputs


class OfWave(msgspec.Struct, frozen=True):
    """Where a recorded rep belongs."""

    wave: int
    """Counted from 1."""
    place: int
    """Of the wave's reps, in the record's order."""
    size: int

    @property
    def first(self) -> bool:
        """Whether the wave begins with it."""
        return self.place == 1


def waves_of(reps: Sequence[TraceRep]) -> dict[int, OfWave]:
    """The wave of each rep by its number: what has the same go has gone together. A relay's later legs, which have
    none, are of no wave."""
    together: dict[float, list[int]] = {}
    for number, rep in enumerate(reps, start=1):
        if rep.follows:
            continue
        together.setdefault(rep.begins_s, []).append(number)
    return {
        number: OfWave(wave, place, len(numbers))
        for wave, (_, numbers) in enumerate(sorted(together.items()), start=1)
        for place, number in enumerate(numbers, start=1)
    }


def start_of(
    rep: TraceRep, number: int, at_ns: int, of_wave: OfWave | None, *, in_lane: bool = False, alone: bool = False
) -> inputs.GoGiven | inputs.ReleaseGiven:
    """How a rep of a trace begins: by its go, or from then on by whoever leaves the beam or, flying, crosses the line
    at the start. Who of a wave go together are told apart by their places alone, unless each is looked at `in_lane`.
    Where nobody else can be on the course, `alone`, it may count crossings or be a relay's first leg."""
    if rep.release_from_s is not None:
        return inputs.ReleaseGiven(at_ns, number, rep.distance_m, Gait(rep.gait), rep.athlete, rep.flying)
    go = inputs.GoGiven(at_ns, number, rep.distance_m, Gait(rep.gait), rep.athlete)
    if alone:
        team = None if rep.leg is None else number
        return msgspec.structs.replace(go, crossings_s=rep.crossings_s, team=team)
    if of_wave is None:
        return go
    placed = of_wave.size > 1 and not in_lane
    return msgspec.structs.replace(go, wave=of_wave.wave, place=of_wave.place if placed else None)


def legs_of(reps: Sequence[TraceRep]) -> dict[int, TraceRep]:
    """By number each leg that begins with the finish of the rep before it, which is the leg before it."""
    return {
        number: rep
        for number, (before, rep) in enumerate(pairwise(reps), start=2)
        if rep.leg is not None and rep.follows and before.leg == rep.leg - 1
    }


def leg_of(rep: TraceRep, former: RepRecord) -> inputs.GoGiven:
    """A relay's leg that has begun with the finish of the one before it."""
    return inputs.GoGiven(
        former.go_ns + (former.time_ns or 0),
        former.rep + 1,
        rep.distance_m,
        Gait(rep.gait),
        rep.athlete,
        team=former.rep_no,
        uncertainty_ns=finish_spread_ns(former),
    )
