"""Taking a correction back: everybody as before it, but for what has happened since."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from retro_timer.training.reassigning import crossing_of
from retro_timer.training.record import RepRecord, RepStatus, changed
from retro_timer.training.session import active_rep, corrections, inputs, resting
from retro_timer.training.session.effects import about_athlete, about_rep
from retro_timer.training.session.on_course import ActiveRep
from retro_timer.training.session.state import Athlete, Turn, UndoPoint
from retro_timer.training.session.transition import Transition


def undo(transition: Transition, command: inputs.Undo) -> None:
    """Take back the last correction; with the next go it can no longer be taken back."""
    transition.correct("undo", command.origin)
    if not transition.state.undo:
        active_rep.refuse(transition, "nothing_to_undo")
        return
    point = transition.state.undo[-1]
    transition.set(undo=transition.state.undo[:-1])
    restore_presence(transition, point)
    running = transition.state.running
    present = transition.state.athletes
    for index, old in enumerate(point.athletes):
        _restore(transition, index, old)
        if running is None and old.running is not None:
            _return_ended(transition, index, old.running.record.rep, present)
    if running is not None:
        _give_back(transition, point, running)
    now = {record.rep: record for record in transition.state.results}
    for record in point.results:
        new = now.get(record.rep)
        if new is not None and new != record:
            again = msgspec.structs.replace(record, revision=new.revision + 1)
            aside = corrections.is_of_a_group(transition, record)
            active_rep.end_rep(transition, again, "given", transition.now_ns, aside=aside)
    for index in range(len(transition.state.athletes)):
        # Not as it was: a rep may have ended since, or been corrected elsewhere.
        transition.set_athlete(index, next_step=corrections.next_step(transition, index))
    corrections.told(transition, "undone", {"what": point.what})
    corrections.replan(transition, force=True)


def restore_presence(transition: Transition, point: UndoPoint) -> None:
    """Here or not as before the correction, and nothing skipped since; who came, went or owes by another word stays."""
    before = transition.state.athletes
    if point.whose is not None:
        transition.set_athlete(point.whose, present=point.athletes[point.whose].present)
    for skip in point.skips:
        skipped = transition.state.athletes[skip.athlete].skipped
        if skip.owed:
            again = tuple(~step if step == skip.step else step for step in skipped)
        else:
            again = tuple(step for step in skipped if step != skip.step)
        transition.set_athlete(skip.athlete, skipped=again)
    for index, athlete in enumerate(transition.state.athletes):
        if athlete.present is not before[index].present:
            transition.unsay(about_athlete(athlete.name))
        if athlete != before[index]:
            transition.keep_presence(index)


def _restore(transition: Transition, index: int, old: Athlete) -> None:
    """One athlete as before the correction; a rep of theirs that has ended since stays so, with the rest after it."""
    was_running = None if old.running is None else old.running.record.rep
    if was_running is not None and any(record.rep == was_running for record in transition.state.results):
        return
    active = transition.state.athletes[index].running
    if active is None:
        # What may still be revived belongs to whoever had it before.
        active = old.active if old.active is not None and old.active.given_up else None
    transition.set_athlete(
        index,
        active=active,
        rested_ns=old.rested_ns,
        rest_from_ns=old.rest_from_ns,
    )


def _return_ended(transition: Transition, index: int, rep: int, present: tuple[Athlete, ...]) -> None:
    """The rep that was under way at the correction has ended since: that stays, but it was this athlete's."""
    ended = next((r for r in transition.state.results if r.rep == rep), None)
    holder = None if ended is None else resting.find_athlete(present, ended.athlete)
    if ended is None or holder is None or holder == index:
        return
    record = changed(ended, athlete=present[index].name)
    active_rep.end_rep(transition, record, "given", transition.now_ns)
    if record.status is RepStatus.VOID:
        return
    active = present[holder].active
    transition.set_athlete(
        index,
        rested_ns=present[holder].rested_ns,
        rest_from_ns=present[holder].rest_from_ns,
        active=None if active is None else msgspec.structs.replace(active, record=record),
    )


def _give_back(transition: Transition, point: UndoPoint, running: ActiveRep) -> None:
    """The rep under way belongs to whoever had it before."""
    owners = [i for i, a in enumerate(point.athletes) if a.active and a.active.record.rep == running.record.rep]
    turn = transition.state.turn
    if not owners or turn is None or transition.state.rolling or turn.athlete == owners[0]:
        return
    owner = owners[0]
    record = changed(running.record, athlete=transition.state.athletes[owner].name)
    transition.set_athlete(turn.athlete, active=None)
    transition.set_athlete(owner, active=msgspec.structs.replace(running, record=record))
    transition.set(turn=Turn(owner, turn.step))
    transition.unsay(about_rep(record.rep))
    transition.save(record, "")


def finishes_back(records: Iterable[RepRecord], point: UndoPoint) -> list[RepRecord]:
    """The reps as they were before; what has been said or seen of one since stays, and no crossing is two reps'."""
    now = {one.rep: one for one in records}
    moved = {one.rep: one for one in point.moved}
    words = {
        old.rep: msgspec.structs.replace(old, revision=now[old.rep].revision + 1, note=now[old.rep].note)
        for old in point.former
        if old.rep in now and _stands(moved[old.rep], now[old.rep])
    }
    while twice := _backs(words.values()) & _backs(one for one in now.values() if one.rep not in words):
        words = {rep: word for rep, word in words.items() if not _backs([word]) & twice}
    return list(words.values())


def _stands(word: RepRecord, now: RepRecord) -> bool:
    """Whether nothing has been said or seen of a rep since that word: that nobody came in time is neither."""
    timed_out = word.status is RepStatus.OPEN and now.status is RepStatus.DNF and now.reason == "timeout"
    return _says(word) == _says(now) or (timed_out and word.athlete == now.athlete)


def _says(record: RepRecord) -> tuple[object, ...]:
    return record.status, record.athlete, record.time_ns


def _backs(records: Iterable[RepRecord]) -> set[int]:
    return {crossing.back_ns for one in records if (crossing := crossing_of(one)) is not None}
