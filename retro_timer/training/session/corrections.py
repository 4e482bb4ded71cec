"""Taking back and handing over: void and give, and what every correction needs."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from retro_timer.detection.expectation import WatchMode
from retro_timer.ports import LampState
from retro_timer.training.names import find_name
from retro_timer.training.record import RepRecord, RepStatus, changed, voided
from retro_timer.training.session import (
    active_rep,
    calls,
    events,
    inputs,
    places,
    progress,
    resting,
    starting,
    together,
    turns,
)
from retro_timer.training.session.effects import About, Signal, about_athlete, about_rep
from retro_timer.training.session.state import Phase, Skip, Turn, UndoPoint
from retro_timer.training.session.transition import Transition

_BETWEEN = frozenset(
    (
        Phase.REST,
        Phase.RECOVERY,
        Phase.GET_READY,
        Phase.LANE_CHECK,
        Phase.AWAIT_PRESS,
        Phase.AWAIT_RELEASE,
        Phase.PAUSED,
    )
)
"""Between reps: the next turn may still change."""
_COUNTABLE = (RepStatus.FINISHED, RepStatus.DNF)


def void(transition: Transition, command: inputs.Void) -> None:
    """The rep under way, or else the last one, does not count and is run again."""
    transition.correct("void", command.origin)
    active = None if transition.state.rolling else transition.state.running
    if active is not None:
        found = active_rep.of_rep(transition, active.record.rep)
        if found is None:
            return
        record = voided(active.record)
        transition.unsay(About.RUN)
        active_rep.end_rep(transition, record, "void", transition.now_ns)
        transition.set_athlete(found[0], active=None)
        transition.watch(WatchMode.OFF)
        transition.light(LampState.CLEAR)
        _told_void(transition, record)
        resting.to_next_turn(transition)
        return
    last = last_countable(transition)
    known = last is not None and resting.find_athlete(transition.state.athletes, last.athlete) is not None
    if last is None or not (known or places.is_open(last)):
        active_rep.refuse(transition, "nothing_to_void")
        return
    remember(transition, "void")
    ended = [each for each in together.at_once(transition.state.results, last) if each.status in _COUNTABLE]
    for each in ended:
        active_rep.end_rep(transition, voided(each), "void", transition.now_ns)
        index = resting.find_athlete(transition.state.athletes, each.athlete)
        if index is not None:
            own = transition.state.athletes[index].active
            kept = own if own is not None and own.record.rep != each.rep else None
            transition.set_athlete(index, next_step=next_step(transition, index), active=kept)
    _told_void(transition, *ended)
    replan(transition)


def give(transition: Transition, command: inputs.Give) -> None:
    """The rep under way, or else the last one, belongs to somebody else."""
    transition.correct("give", command.origin)
    index = meant(transition, command.name)
    if index is None:
        return
    if transition.state.running is not None and not transition.state.rolling:
        _give_running(transition, index)
        return
    last = last_countable(transition)
    owner = None if last is None else resting.find_athlete(transition.state.athletes, last.athlete)
    runs = transition.state.athletes[index].running is not None
    if last is None or owner is None or owner == index or runs or is_of_a_group(transition, last):
        active_rep.refuse(transition, "nothing_to_give")
        return
    remember(transition, "give")
    before = transition.state.athletes[owner]
    new_owner = transition.state.athletes[index]
    record = changed(last, athlete=new_owner.name)
    active_rep.end_rep(transition, record, "given", transition.now_ns)
    transition.set_athlete(owner, next_step=next_step(transition, owner), rested_ns=new_owner.rested_ns)
    transition.set_athlete(
        index,
        next_step=next_step(transition, index),
        rested_ns=before.rested_ns,
        rest_from_ns=before.rest_from_ns,
    )
    if before.active is not None and before.active.record.rep == last.rep:
        # Given up, and yet it may be revived: then for its new owner.
        transition.set_athlete(owner, active=None)
        transition.set_athlete(index, active=msgspec.structs.replace(before.active, record=record))
    told(transition, "given", {"name": new_owner.name, "rep": last.rep_no}, about=[about_rep(last.rep)])
    replan(transition)


def _give_running(transition: Transition, index: int) -> None:
    turn = transition.state.turn
    active = transition.state.running
    if turn is None or active is None or turn.athlete == index or transition.state.companions:
        active_rep.refuse(transition, "nothing_to_give")
        return
    remember(transition, "give", index)
    owner = turn.athlete
    name = transition.state.athletes[index].name
    moved = msgspec.structs.replace(active, record=changed(active.record, athlete=name))
    transition.set_athlete(owner, active=None)
    transition.set_athlete(index, active=moved, present=True)
    transition.set(turn=Turn(index, turn.step))
    transition.unsay(about_rep(active.record.rep), about_athlete(name))
    transition.save(moved.record, "")
    told(
        transition,
        "given",
        {"name": name, "rep": active.record.rep_no},
        about=[about_rep(active.record.rep), About.RUN],
    )


def last_countable(transition: Transition) -> RepRecord | None:
    """The last rep that ended, unless it is void already."""
    ended = [r for r in transition.state.results if r.status in _COUNTABLE]
    if transition.state.rolling:
        # Who went last need not have come last. Reps of before a power cut are on another clock.
        cut = transition.state.before_cut
        return max(ended, key=lambda r: (r.rep > cut, r.go_ns + (r.time_ns or 0), r.rep), default=None)
    return max(ended, key=lambda r: r.rep) if ended else None


def is_of_a_group(transition: Transition, record: RepRecord) -> bool:
    """Whether several did the same at once: what becomes of it is not one athlete's."""
    return len(together.at_once(transition.state.results, record)) > 1


def next_step(transition: Transition, index: int) -> int:
    """An athlete's next step by the reps as they are now."""
    athlete = transition.state.athletes[index]
    return progress.next_step_of(transition.state.steps, transition.state.results, athlete.name, athlete.skipped)


def remember(transition: Transition, what: str, whose: int | None = None) -> None:
    """What stands now is what the next undo leads back to; `whose` presence the correction may change."""
    keep_point(transition, UndoPoint(what, transition.state.athletes, transition.state.results, whose))


def keep_point(transition: Transition, point: UndoPoint) -> None:
    """The session's own correction is the newest now."""
    transition.set(undo=(*transition.state.undo, point), kept_correction="")


def remember_skipped(transition: Transition, *skips: Skip) -> None:
    """The next undo, if there is one, takes these back as well."""
    undo = transition.state.undo
    if undo:
        last = msgspec.structs.replace(undo[-1], skips=(*undo[-1].skips, *skips))
        transition.set(undo=(*undo[:-1], last))


def told(
    transition: Transition, kind: str, values: dict[str, str | int], key: str = "", *, about: Sequence[str] = ()
) -> None:
    """Answer a correction; `key` is its phrase where that is not called like its kind."""
    transition.beep(Signal.ANSWER)
    transition.say(key or kind, dict(values), 10.0, about=about)
    transition.publish(events.Correction(transition.now_ns, kind, values=values))


def _told_void(transition: Transition, *records: RepRecord) -> None:
    about, record = [about_rep(each.rep) for each in records], records[-1]
    if transition.state.solo or len(records) > 1 or not record.athlete:
        told(transition, "voided", {"rep": record.rep_no}, about=about)
    else:
        told(transition, "voided", {"rep": record.rep_no, "name": record.athlete}, "voided_of", about=about)


def replan(transition: Transition, *, force: bool = False) -> None:
    """Whose turn it is may have changed."""
    turn = turns.next_turn(transition.state, transition.state.planned_ns)
    phase = transition.state.phase
    if phase is Phase.PAUSED or (phase is Phase.BRIEF and turn is not None):
        transition.set(turn=turn)
        return
    if phase not in _BETWEEN:
        in_start = transition.state.rolling and phase is not Phase.RUNNING
        if force and (transition.state.running is None or in_start):
            starting.call_off(transition)
            transition.watch(WatchMode.OFF)
            resting.to_next_turn(transition)
        return
    if turn == transition.state.turn and not force:
        calls.mind_deck(transition)
        return
    resting.to_next_turn(transition)


def meant(transition: Transition, name: str, *, present: bool = False) -> int | None:
    """The athlete whom somebody means, of all or of those who are `present`; None, and refused, if unclear."""
    athletes = transition.state.athletes
    found = find_name(name, (athlete.name for athlete in athletes if athlete.present or not present))
    if found.names:
        return next(index for index, athlete in enumerate(athletes) if athlete.name == found.names[0])
    if found.unclear:
        active_rep.refuse(transition, "several_of_that_name", {"names": " or ".join(found.unclear)})
    elif found.suggested:
        active_rep.refuse(transition, "nobody_but_alike", {"names": " or ".join(found.suggested)})
    else:
        active_rep.refuse(transition, "nobody_of_that_name")
    return None
