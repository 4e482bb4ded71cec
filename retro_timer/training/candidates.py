"""Reps as candidates for an arrival at the line: by what is known of their athletes from the same kind of rep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from retro_timer.training.arrival_odds import Candidate, may_be_exchanged
from retro_timer.training.gaits import FinishWindow, Gait, finish_window
from retro_timer.training.record import NS_PER_S, RepRecord, RepStatus, StartKind

Kind = tuple[str, float | None, Gait, StartKind]
"""What makes two times of an athlete comparable."""
OwnTimes = Mapping[Kind, Sequence[float]]
"""Each athlete's times in seconds, over each length, in each gait, after each kind of start."""


def own_times_s(records: Iterable[RepRecord]) -> OwnTimes:
    """The times of those records that have one."""
    times_s: dict[Kind, list[float]] = {}
    for record in records:
        if record.status is RepStatus.FINISHED and record.time_ns is not None:
            times_s.setdefault(_kind(record), []).append(record.time_ns / NS_PER_S)
    return times_s


def window_of(record: RepRecord) -> FinishWindow:
    """When a rep can end."""
    return finish_window(record.distance_m or 0.0, record.gait, flying=record.start is StartKind.FLYING)


def candidate(
    record: RepRecord,
    at_ns: int,
    own: OwnTimes,
    *,
    given_up: bool = False,
    taken_off: bool = False,
    other_lane: bool = False,
) -> Candidate:
    """A rep's athlete, as the one who may be at the line then."""
    return Candidate(
        (at_ns - record.go_ns) / NS_PER_S,
        window_of(record),
        tuple(own.get(_kind(record), ())),
        given_up=given_up,
        taken_off=taken_off,
        other_lane=other_lane,
    )


def are_exchangeable(one: RepRecord, one_ns: int, other: RepRecord, other_ns: int, own: OwnTimes) -> bool:
    """Whether two reps' ends, at those times, are nearly as likely to be each other's."""
    one_else_s, other_else_s = (other_ns - one.go_ns) / NS_PER_S, (one_ns - other.go_ns) / NS_PER_S
    return may_be_exchanged(candidate(one, one_ns, own), one_else_s, candidate(other, other_ns, own), other_else_s)


def _kind(record: RepRecord) -> Kind:
    return record.athlete, record.distance_m, record.gait, record.start
