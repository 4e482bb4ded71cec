"""Somebody else at the line just before or after a finish: the time may be theirs, and its rep says so for good."""

from __future__ import annotations

from collections.abc import Iterator

from retro_timer.training.record import Flag, RepRecord, RepStatus
from retro_timer.training.session.state import SessionState

_BEFORE_NS = 1_000_000_000
_AFTER_NS = 500_000_000
_NEWEST = 100
"""More results than end within seconds: of a whole group a step by the clock, or a correction of it. All would cost a
session of thousands of reps too much time at each finish."""


def is_crowded(state: SessionState, back_ns: int, rep: int, lane: int | None) -> bool:
    """Whether somebody else was at the line from 1 s before to 0.5 s after `back_ns`, a finish of the rep in the lane.

    In another lane nobody is taken for somebody else.
    """
    return _is_beside_body(state, back_ns) or any(
        -_BEFORE_NS <= _back_ns(record) - back_ns <= _AFTER_NS for record in others(state, rep, lane)
    )


def beside_body(state: SessionState) -> Iterator[RepRecord]:
    """Finishes, not flagged yet, at which somebody was at the line who is not timed."""
    newest = state.results[-_NEWEST:]
    return (r for r in newest if _is_by_sensor(r) and _unflagged(r) and _is_beside_body(state, _back_ns(r)))


def beside_finish(state: SessionState, back_ns: int, rep: int, lane: int | None) -> Iterator[RepRecord]:
    """Finishes, not flagged yet, at which the runner of this one was at the line."""
    near = (r for r in others(state, rep, lane) if -_BEFORE_NS <= back_ns - _back_ns(r) <= _AFTER_NS)
    return (record for record in near if _unflagged(record))


def _is_beside_body(state: SessionState, back_ns: int) -> bool:
    other = state.other_body_ns
    return other is not None and other[0] <= back_ns + _AFTER_NS and other[1] >= back_ns - _BEFORE_NS


def others(state: SessionState, rep: int, lane: int | None) -> Iterator[RepRecord]:
    """Newest finishes of other reps that may have been in the same lane; of one at a time there are none."""
    newest = state.results[-_NEWEST:] if state.rolling else ()
    return (r for r in newest if r.rep != rep and _is_by_sensor(r) and (lane is None or r.lane in (None, lane)))


def _is_by_sensor(record: RepRecord) -> bool:
    timed = record.distance_m is not None and record.time_ns is not None
    return timed and record.status is RepStatus.FINISHED and not record.by_hand


def _unflagged(record: RepRecord) -> bool:
    return Flag.CROWDED not in record.flags


def _back_ns(record: RepRecord) -> int:
    return record.go_ns + (record.time_ns or 0)
