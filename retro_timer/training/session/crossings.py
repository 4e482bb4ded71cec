"""As many crossings of the line as one can in a time: each is beeped, told and on the disk while the clock runs.

The box stands in the middle: from either end to the line is half of the length, so every length crosses the line once,
with the turns far from it.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from retro_timer.detection.expectation import WatchMode
from retro_timer.ports import FINISH_LINE
from retro_timer.training.gaits import human_limit_s
from retro_timer.training.record import HAND_UNCERTAINTY_NS, Flag, RepRecord, Split, changed
from retro_timer.training.session import events
from retro_timer.training.session.agenda import Item
from retro_timer.training.session.effects import Signal
from retro_timer.training.session.on_course import ActiveRep
from retro_timer.training.session.transition import Transition, ns

_LATE_S = 1.0
"""A crossing just before the end is seen, and told to be one, within this. More has everybody wait for the count."""
LATE = "late"
"""The agenda's word for the end of what has been counted, after that of the time."""
_DECISION_S = 4.0
"""A crossing that was seen is timed or taken back within this, also that of a runner who stops in the beam."""


def on_course(record: RepRecord, length_m: float | None) -> ActiveRep:
    """A rep that ends by the clock; `length_m`: of crossings, from one end to the other."""
    end_ns = record.go_ns + ns(record.duration_s or 0.0)
    if length_m is None:
        return ActiveRep(record, end_ns, end_ns, end_ns)
    earliest_ns = record.go_ns + ns(human_limit_s(length_m / 2.0))
    return ActiveRep(record, earliest_ns, earliest_ns, end_ns, crossings_m=length_m)


def is_over(active: ActiveRep, t_ns: int) -> bool:
    """Whether so late a crossing counts no more."""
    return active.crossings_m is not None and t_ns > active.timeout_ns


def count(
    transition: Transition,
    index: int,
    active: ActiveRep,
    back_ns: int,
    t_ns: int,
    uncertainty_ns: int,
    flags: Sequence[Flag] = (),
) -> None:
    """An athlete's back has crossed the line at `back_ns`: one more, if it was in time. `t_ns`: when that was known."""
    beeped = active.crossing_ns is not None and not is_over(active, active.crossing_ns)
    active = msgspec.structs.replace(active, crossing_ns=None, crossing_lane=None)
    length_m, record = active.crossings_m or 0.0, active.record
    if is_over(active, back_ns):
        if beeped:
            # Seen in time, and yet the back was too late.
            transition.beep(Signal.WITHDRAWN)
            transition.publish(events.CrossingWithdrawn(t_ns, record.rep))
    else:
        way_m = (len(record.splits) + 0.5) * length_m
        split = Split(FINISH_LINE, way_m, back_ns - record.go_ns, uncertainty_ns)
        all_flags = tuple(sorted({*record.flags, *flags}))
        record = changed(record, splits=(*record.splits, split), flags=all_flags)
        # Turning in between takes longer than going on would.
        earliest_ns = back_ns + ns(human_limit_s(length_m))
        active = msgspec.structs.replace(active, record=record, earliest_ns=earliest_ns)
        transition.save(record, "split", t_ns, FINISH_LINE)
    transition.set_athlete(index, active=active)
    transition.watch(WatchMode.REP)


def by_hand(transition: Transition, index: int, active: ActiveRep) -> None:
    """Somebody has seen a crossing that the sensor does not see."""
    now_ns = transition.now_ns
    transition.beep(Signal.FINISH)
    transition.publish(events.Crossing(now_ns, active.record.rep, active.record.athlete))
    count(transition, index, active, now_ns, now_ns, HAND_UNCERTAINTY_NS, (Flag.MANUAL,))


def all_counted(transition: Transition, active: ActiveRep) -> bool:
    """Whether the time is over, and every crossing in it decided."""
    now_ns, counted_ns = transition.now_ns, active.timeout_ns + ns(_LATE_S)
    if active.crossing_ns is not None:
        counted_ns = max(counted_ns, active.crossing_ns + ns(_DECISION_S))
    if now_ns >= counted_ns:
        return True
    if now_ns >= active.timeout_ns:
        kept = (a for a in transition.state.agenda if a.item is not Item.CLOCK_END)
        transition.set(agenda=tuple(kept))
        transition.appoint(counted_ns, Item.CLOCK_END, LATE)
    return False
