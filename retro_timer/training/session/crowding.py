"""Somebody else at the line just before or after a finish: the time may be theirs, and its rep says so for good."""

from __future__ import annotations

from retro_timer.training.record import RepStatus
from retro_timer.training.session.state import SessionState

_BEFORE_NS = 1_000_000_000
_AFTER_NS = 500_000_000


def is_crowded(state: SessionState, back_ns: int, rep: int, lane: int | None) -> bool:
    """Whether somebody else was at the line from 1 s before to 0.5 s after `back_ns`, a finish of the rep in the lane.

    In another lane nobody is taken for somebody else.
    """
    other = state.other_body_ns
    if other is not None and other[0] <= back_ns + _AFTER_NS and other[1] >= back_ns - _BEFORE_NS:
        return True
    return state.rolling and any(
        -_BEFORE_NS <= record.go_ns + record.time_ns - back_ns <= _AFTER_NS
        for record in state.results
        if record.rep != rep
        and record.distance_m is not None
        and record.time_ns is not None
        and record.status is RepStatus.FINISHED
        and not record.by_hand
        and (lane is None or record.lane in (None, lane))
    )
