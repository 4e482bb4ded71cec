"""Who may arrive at the line, where several are on the course: how many, from when and until when."""

from __future__ import annotations

from retro_timer.detection.expectation import ARRIVAL, Awaited, Expectation, WatchMode
from retro_timer.training.gaits import SPEEDS
from retro_timer.training.session.on_course import ActiveRep
from retro_timer.training.session.state import SessionState

_BEFORE_GO = frozenset((WatchMode.LANE, WatchMode.START))
"""In these a start is prepared: who was given up is not awaited any more."""


def several_awaited(state: SessionState, mode: WatchMode) -> Expectation | None:
    """What the sensors may expect; None with nobody on the course.

    With runners on it the watch is never off; what it does before a go it does with them expected.
    """
    before_go = mode in _BEFORE_GO
    awaited = tuple(_awaited(one) for one in state.coming if not (before_go and one.given_up))
    if not awaited:
        return None
    # Who was taken off and runs on is nobody's finish, and no danger to those who run either.
    off = (_awaited(one.active) for one in state.taken_off)
    awaited = tuple(sorted((*awaited, *off), key=lambda one: one.go_ns))
    return Expectation(
        mode if before_go else WatchMode.REP,
        rep=ARRIVAL,
        go_ns=awaited[0].go_ns,
        earliest_ns=min(one.earliest_ns for one in awaited),
        distance_m=awaited[0].distance_m,
        slow_speed_mps=min(one.slow_speed_mps for one in awaited),
        assumed_speed_mps=max(one.fast_speed_mps for one in awaited),
        awaited=awaited,
    )


def crossings_expected(one: ActiveRep, length_m: float) -> Expectation:
    """What the sensors may expect of who crosses the line again and again, each time after `length_m`."""
    way_m = length_m if one.record.splits else length_m / 2.0
    speeds = SPEEDS[one.record.gait]
    next_one = Awaited(one.since_ns, one.earliest_ns, None, way_m, speeds.slow_mps, speeds.fast_mps)
    return Expectation(
        WatchMode.REP,
        rep=one.record.rep,
        go_ns=one.since_ns,
        earliest_ns=one.earliest_ns,
        distance_m=way_m,
        slow_speed_mps=speeds.slow_mps,
        assumed_speed_mps=speeds.fast_mps,
        awaited=(next_one,),
    )


def _awaited(one: ActiveRep) -> Awaited:
    speeds = SPEEDS[one.record.gait]
    until_ns = None if one.given_up else one.timeout_ns
    length_m = one.record.distance_m or 0.0
    return Awaited(one.record.go_ns, one.earliest_ns, until_ns, length_m, speeds.slow_mps, speeds.fast_mps)
