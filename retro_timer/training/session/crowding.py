"""Somebody else at the line just before or after a finish: the time may be theirs, and its rep says so for good."""

from __future__ import annotations

from retro_timer.training.session.state import SessionState

_BEFORE_NS = 1_000_000_000
_AFTER_NS = 500_000_000


def is_crowded(state: SessionState, back_ns: int) -> bool:
    """Whether somebody else was at the line from 1 s before to 0.5 s after `back_ns`."""
    other = state.other_body_ns
    return other is not None and other[0] <= back_ns + _AFTER_NS and other[1] >= back_ns - _BEFORE_NS
