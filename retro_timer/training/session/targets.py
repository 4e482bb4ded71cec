"""The time that a rep should take, and what became of it."""

from __future__ import annotations

from retro_timer.training.listed import of_name
from retro_timer.training.names import folded
from retro_timer.training.plan import BEST, Part, Step
from retro_timer.training.record import RepRecord, StartKind
from retro_timer.training.session.effects import about_rep
from retro_timer.training.session.state import SessionState
from retro_timer.training.session.transition import Transition, ns

_IN_TENTHS_BELOW = 10
"""A difference is told in tenths below so many, in seconds from there."""


def target_ns(state: SessionState, step: Step, name: str, start: StartKind) -> int | None:
    """What an athlete's time, as it is shown, is to be held against: their own by the roster, before the plan's; None
    without a target, or without a best yet.
    """
    if step.distance_m is None:
        return None
    own_s = _own_s(state, step, name)
    if own_s is not None:
        return ns(own_s)
    if step.target_s is None:
        return None
    if step.target_s != BEST:
        return ns(float(step.target_s))
    known = next((one for one in state.rules.remembered if folded(one.name) == folded(name)), None)
    former = [
        best.time_ns
        for best in (() if known is None else known.bests)
        if (best.distance_m, best.gait, best.start) == (step.distance_m, step.gait, start)
    ]
    present = [
        ns(time_s)
        for record in state.results
        if record.athlete == name
        and record.may_be_best
        and (record.distance_m, record.gait, record.start) == (step.distance_m, step.gait, start)
        and (time_s := record.official_s()) is not None
    ]
    return min((*former, *present), default=None)


def _own_s(state: SessionState, step: Step, name: str) -> float | None:
    """The roster's time for an athlete. It stands in place of the plan's targets, or is one for all of the work where
    the plan has none; over several lengths, or in several gaits, one time cannot be meant for all of them.
    """
    listed = of_name(state.rules.listed, name)
    if listed is None or listed.target_s is None:
        return None
    measured = [other for other in state.steps if other.distance_m is not None]
    aimed = [other for other in measured if other.target_s is not None]
    aimed = aimed or [other for other in measured if other.part is Part.WORK]
    one_kind = len({(other.distance_m, other.gait) for other in aimed}) == 1
    return listed.target_s if one_kind and step in aimed else None


def difference_tenths(record: RepRecord) -> int | None:
    """By how many tenths of a second the shown time is above the target, to the nearest; None without one of them."""
    time_s = record.official_s()
    if record.target_ns is None or time_s is None:
        return None
    hundredths = round(100.0 * time_s) - round(record.target_ns / 1e7)
    tenths = (abs(hundredths) + 5) // 10
    return tenths if hundredths > 0 else -tenths


def _wanted_best(state: SessionState, record: RepRecord) -> bool:
    """Whether a rep had no target because the athlete had no best yet."""
    step = next((s for s in state.steps if (s.set_no, s.rep_no) == (record.set_no, record.rep_no)), None)
    return step is not None and step.target_s == BEST and record.target_ns is None and record.distance_m is not None


def say_difference(transition: Transition, record: RepRecord) -> None:
    """By how much a rep missed its target, or beat it."""
    tenths = difference_tenths(record)
    about = [about_rep(record.rep)]
    if tenths is None:
        if _wanted_best(transition.state, record):
            transition.say("no_best", within_s=30.0, about=about)
        return
    if tenths == 0:
        transition.say("target_met", within_s=30.0, about=about)
        return
    under = tenths < 0
    if abs(tenths) < _IN_TENTHS_BELOW:
        transition.say("target_under" if under else "target_over", {"tenths": abs(tenths)}, 30.0, about=about)
    else:
        seconds = {"time": f"{abs(tenths) / 10.0:.1f}"}
        transition.say("target_under_s" if under else "target_over_s", seconds, 30.0, about=about)
