"""Taking back and handing over: void, give, absent, undo."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from retro_timer.detection.expectation import WatchMode
from retro_timer.ports import LampState
from retro_timer.training.names import find_name
from retro_timer.training.record import RepRecord, RepStatus
from retro_timer.training.session import calls, inputs, racing, resting
from retro_timer.training.session.effects import About, Signal, about_athlete, about_rep
from retro_timer.training.session.move import Move
from retro_timer.training.session.state import Athlete, Course, Phase, Turn, UndoPoint

_BETWEEN = frozenset((Phase.REST, Phase.RECOVERY, Phase.GET_READY, Phase.LANE_CHECK, Phase.AWAIT_PRESS, Phase.PAUSED))
"""Between reps: the next turn may still change."""


def void(move: Move) -> None:
    """The rep under way, or else the last one, does not count and is run again."""
    course = move.state.running
    if course is not None:
        found = racing.course_of(move, course.record.rep)
        if found is None:
            return
        record = _changed(course.record, status=RepStatus.VOID, reason="void")
        move.unsay(About.RUN)
        racing.end_rep(move, record, "void", move.now_ns)
        move.set_athlete(found[0], course=None)
        move.watch(WatchMode.OFF)
        move.light(LampState.CLEAR)
        _told_void(move, record)
        resting.to_next_turn(move)
        return
    last = _last_countable(move)
    index = None if last is None else resting.find_athlete(move.state.athletes, last.athlete)
    if last is None or index is None:
        racing.refuse(move, "nothing_to_void")
        return
    _remember(move, "void")
    record = _changed(last, status=RepStatus.VOID, reason="void")
    racing.end_rep(move, record, "void", move.now_ns)
    move.set_athlete(index, next_step=_step_without(move, index, last), course=None)
    _told_void(move, last)
    _replan(move)


def give(move: Move, command: inputs.Give) -> None:
    """The rep under way, or else the last one, belongs to somebody else."""
    index = _meant(move, command.name)
    if index is None:
        return
    course = move.state.running
    if course is not None:
        _give_running(move, index)
        return
    last = _last_countable(move)
    owner = None if last is None else resting.find_athlete(move.state.athletes, last.athlete)
    if last is None or owner is None or owner == index:
        racing.refuse(move, "nothing_to_give")
        return
    _remember(move, "give")
    step = _step_index(move, last)
    before = move.state.athletes[owner]
    new_owner = move.state.athletes[index]
    record = _changed(last, athlete=new_owner.name)
    racing.end_rep(move, record, "given", move.now_ns)
    move.set_athlete(owner, next_step=_step_without(move, owner, last), rested_ns=new_owner.rested_ns)
    move.set_athlete(
        index,
        next_step=max(step + 1, new_owner.next_step),
        rested_ns=before.rested_ns,
        rest_from_ns=before.rest_from_ns,
    )
    if before.course is not None and before.course.record.rep == last.rep:
        # Given up, and yet it may be revived: then for its new owner.
        move.set_athlete(owner, course=None)
        move.set_athlete(index, course=msgspec.structs.replace(before.course, record=record))
    _told(move, "given", {"name": new_owner.name, "rep": last.rep_no}, about=[about_rep(last.rep)])
    _replan(move)


def _give_running(move: Move, index: int) -> None:
    turn = move.state.turn
    course = move.state.running
    if turn is None or course is None or turn.athlete == index:
        racing.refuse(move, "nothing_to_give")
        return
    _remember(move, "give")
    owner = turn.athlete
    name = move.state.athletes[index].name
    moved = msgspec.structs.replace(course, record=_changed(course.record, athlete=name))
    move.set_athlete(owner, course=None)
    move.set_athlete(index, course=moved, present=True)
    move.set(turn=Turn(index, turn.step))
    move.unsay(about_rep(course.record.rep), about_athlete(name))
    move.save(moved.record, "")
    _told(move, "given", {"name": name, "rep": course.record.rep_no}, about=[about_rep(course.record.rep), About.RUN])


def absent(move: Move, command: inputs.Absent) -> None:
    """An athlete drops out; if theirs is the rep under way, it ends as a DNF."""
    index = _meant(move, command.name, present=True)
    if index is None:
        return
    _remember(move, "absent")
    name = move.state.athletes[index].name
    move.set_athlete(index, present=False)
    _told(move, "absent", {"name": name}, about=[about_athlete(name)])
    turn = move.state.turn
    if turn is None or turn.athlete != index:
        _replan(move)
    elif move.state.running is not None:
        racing.give_up(move, "stopped")
    else:
        _replan(move, force=True)


def undo(move: Move) -> None:
    """Take back the last correction; with the next go it can no longer be taken back."""
    if not move.state.undo:
        racing.refuse(move, "nothing_to_undo")
        return
    point = move.state.undo[-1]
    move.set(undo=move.state.undo[:-1])
    running = move.state.running
    present = move.state.athletes
    for index, old in enumerate(point.athletes):
        if old.present is not present[index].present:
            move.unsay(about_athlete(old.name))
        _restore(move, index, old)
        if running is None and old.course is not None and not old.course.given_up:
            _return_ended(move, index, old.course.record.rep, present)
    if running is not None:
        _give_back(move, point, running)
    now = {record.rep: record for record in move.state.results}
    for record in point.results:
        new = now.get(record.rep)
        if new is not None and new != record:
            racing.end_rep(move, msgspec.structs.replace(record, revision=new.revision + 1), "given", move.now_ns)
    _told(move, "undone", {"what": point.what})
    _replan(move, force=True)


def _restore(move: Move, index: int, old: Athlete) -> None:
    """One athlete as before the correction; a rep of theirs that has ended since stays ended."""
    was_running = old.course is not None and not old.course.given_up
    if was_running and move.state.running is None:
        move.set_athlete(index, present=old.present)
        return
    course = move.state.athletes[index].course
    if course is None or course.given_up:
        # What may still be revived belongs to whoever had it before.
        course = old.course if old.course is not None and old.course.given_up else None
    move.set_athlete(
        index,
        present=old.present,
        course=course,
        next_step=old.next_step,
        rested_ns=old.rested_ns,
        rest_from_ns=old.rest_from_ns,
    )


def _return_ended(move: Move, index: int, rep: int, present: tuple[Athlete, ...]) -> None:
    """The rep that was under way at the correction has ended since: that stays, but it was this athlete's."""
    ended = next((r for r in move.state.results if r.rep == rep), None)
    holder = None if ended is None else resting.find_athlete(present, ended.athlete)
    if ended is None or holder is None or holder == index:
        return
    record = _changed(ended, athlete=present[index].name)
    racing.end_rep(move, record, "given", move.now_ns)
    if record.status is RepStatus.VOID:
        return
    course = present[holder].course
    move.set_athlete(
        index,
        next_step=max(_step_index(move, record) + 1, present[index].next_step),
        rested_ns=present[holder].rested_ns,
        rest_from_ns=present[holder].rest_from_ns,
        course=None if course is None else msgspec.structs.replace(course, record=record),
    )


def _give_back(move: Move, point: UndoPoint, running: Course) -> None:
    """The rep under way belongs to whoever had it before."""
    owners = [i for i, a in enumerate(point.athletes) if a.course and a.course.record.rep == running.record.rep]
    turn = move.state.turn
    if not owners or turn is None or turn.athlete == owners[0]:
        return
    owner = owners[0]
    record = _changed(running.record, athlete=move.state.athletes[owner].name)
    move.set_athlete(turn.athlete, course=None)
    move.set_athlete(owner, course=msgspec.structs.replace(running, record=record))
    move.set(turn=Turn(owner, turn.step))
    move.unsay(about_rep(record.rep))
    move.save(record, "")


def _changed(record: RepRecord, **changes: object) -> RepRecord:
    return msgspec.structs.replace(record, revision=record.revision + 1, **changes)


def _last_countable(move: Move) -> RepRecord | None:
    """The last rep that ended, unless it is void already."""
    ended = [r for r in move.state.results if r.status in (RepStatus.FINISHED, RepStatus.DNF)]
    return max(ended, key=lambda r: r.rep) if ended else None


def _step_index(move: Move, record: RepRecord) -> int:
    for index, step in enumerate(move.state.steps):
        if (step.set_no, step.rep_no) == (record.set_no, record.rep_no):
            return index
    return 0


def _step_without(move: Move, index: int, taken: RepRecord) -> int:
    """An athlete's next step when a rep of theirs has been taken away: that one, unless they have done it besides.

    They have, when somebody else's rep had been given to them on top of their own.
    """
    athlete = move.state.athletes[index]
    place = (taken.set_no, taken.rep_no)
    besides = any(
        record.athlete == athlete.name
        and record.status in (RepStatus.FINISHED, RepStatus.DNF)
        and (record.set_no, record.rep_no) == place
        for record in move.state.results
        if record.rep != taken.rep
    )
    return athlete.next_step if besides else min(_step_index(move, taken), athlete.next_step)


def _remember(move: Move, what: str) -> None:
    point = UndoPoint(what, move.state.athletes, move.state.results)
    move.set(undo=(*move.state.undo, point))


def _told(move: Move, kind: str, values: dict[str, str | int], key: str = "", *, about: Sequence[str] = ()) -> None:
    """Answer a correction; `key` is its phrase where that is not called like its kind."""
    move.beep(Signal.ANSWER)
    move.say(key or kind, dict(values), 10.0, about=about)
    move.publish("correction", kind=kind, values=values)


def _told_void(move: Move, record: RepRecord) -> None:
    about = [about_rep(record.rep)]
    if move.state.solo:
        _told(move, "voided", {"rep": record.rep_no}, about=about)
    else:
        _told(move, "voided", {"rep": record.rep_no, "name": record.athlete}, "voided_of", about=about)


def _replan(move: Move, *, force: bool = False) -> None:
    """Whose turn it is may have changed."""
    if move.state.phase not in _BETWEEN:
        if force and move.state.running is None:
            resting.to_next_turn(move)
        return
    turn = calls.next_turn(move.state)
    if move.state.phase is Phase.PAUSED:
        move.set(turn=turn)
        return
    if turn == move.state.turn and not force:
        calls.mind_deck(move)
        return
    resting.to_next_turn(move)


def _meant(move: Move, name: str, *, present: bool = False) -> int | None:
    """The athlete whom somebody means, of all or of those who are `present`; None, and refused, if unclear."""
    athletes = move.state.athletes
    found = find_name(name, (athlete.name for athlete in athletes if athlete.present or not present))
    if found.names:
        return next(index for index, athlete in enumerate(athletes) if athlete.name == found.names[0])
    if found.unclear:
        racing.refuse(move, "several_of_that_name", {"names": " or ".join(found.unclear)})
    elif found.suggested:
        racing.refuse(move, "nobody_but_alike", {"names": " or ".join(found.suggested)})
    else:
        racing.refuse(move, "nobody_of_that_name")
    return None
