"""Finishes that change hands: who left the course, whose one was, whose not. Several at once are one correction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from retro_timer.training.names import find_name
from retro_timer.training.reassigning import Said, crossing_of, decided_anew, exchanged, may_be, newest_run
from retro_timer.training.record import RepRecord, RepStatus
from retro_timer.training.session import active_rep, corrections, going_on, inputs, presence, resting, together, undoing
from retro_timer.training.session.effects import About, about_athlete, about_rep
from retro_timer.training.session.state import ENDED, Phase, SessionState, UndoPoint
from retro_timer.training.session.transition import Transition, ns

_NOT_BEGUN = frozenset((Phase.IDLE, Phase.RECOVERABLE))


def is_made_here(state: SessionState | None, command: inputs.Command) -> bool:
    """Whether a correction of reps that have ended is the session's: it moves finishes of those who are with it."""
    if state is None or state.phase in ENDED or state.phase in _NOT_BEGUN:
        return False
    match command:
        case inputs.Nobody(rep=rep):
            return _finished(state, rep) is not None
        case inputs.Swap(rep=rep, other=other):
            return bool(_swapped(state, rep, other))
        case inputs.Give(name=name, rep=rep):
            names = find_name(name, (athlete.name for athlete in state.athletes)).names
            return rep is not None and len(names) == 1 and bool(_given(state, names[0], _finished(state, rep)))
        case inputs.Undo(revision=revision):
            return any(point.revision == revision for point in state.undo if point.revision)
        case _:
            return False


def out(transition: Transition, command: inputs.Out) -> None:
    """An athlete has left the course and is out; what they took is of those behind them."""
    index = corrections.meant(transition, command.name)
    if index is None:
        return
    name = transition.state.athletes[index].name
    run = newest_run(_records(transition.state), name)
    if not transition.state.rolling or run is None or _does_as_others(transition.state, index):
        presence.absent(transition, inputs.Absent(name, origin=command.origin))
        return
    transition.correct("out", command.origin)
    words = _decided(transition, Said(left=frozenset((run.rep,))))
    _remember(transition, "out", words, index)
    # Who was given up is revived by no crossing any more.
    transition.set_athlete(index, present=False, active=transition.state.athletes[index].running)
    transition.keep_presence(index)
    transition.unsay(about_athlete(name))
    _keep(transition, words)
    corrections.told(transition, "out", {"name": name}, "left_course", about=[about_athlete(name)])
    _replan(transition, {index})


def nobody(transition: Transition, command: inputs.Nobody) -> None:
    """A crossing was not a finish: those behind move up, and nobody runs again."""
    record = _finished(transition.state, command.rep)
    if record is None:
        active_rep.refuse(transition, "no_finish")
        return
    transition.correct("nobody", command.origin)
    words = [*_decided(transition, Said({record.rep: None})), *going_on.without_next_leg(transition.state, record)]
    _remember(transition, "nobody", words)
    _keep(transition, words)
    going_on.go_on(transition, words)
    key = "nobody_solo" if transition.state.solo or not record.athlete else "nobody_of"
    corrections.told(transition, "nobody", {"name": record.athlete}, key, about=[about_rep(record.rep)])
    _replan(transition)


def give(transition: Transition, command: inputs.Give) -> None:
    """A finish was of somebody else who was on the course; else the rep itself is somebody else's."""
    state = transition.state
    index = corrections.meant(transition, command.name)
    if index is None:
        return
    record = _finished(state, command.rep) if command.rep is not None else corrections.last_countable(transition)
    given = _given(state, state.athletes[index].name, record)
    if given:
        transition.correct("give", command.origin)
        _move(transition, "give", Said(given), "given", given, state.athletes[index].name)
    elif command.rep is not None:
        active_rep.refuse(transition, "nothing_to_give")
    elif state.phase in (Phase.COUNTDOWN, Phase.SET):
        active_rep.refuse(transition, "not_now")
    else:
        corrections.give(transition, command)


def swap(transition: Transition, command: inputs.Swap) -> None:
    """Two finishes were each other's."""
    given = _swapped(transition.state, command.rep, command.other)
    if not given:
        active_rep.refuse(transition, "nothing_to_give")
        return
    name = next(one.athlete for one in transition.state.results if one.rep == command.other)
    transition.correct("swap", command.origin)
    _move(transition, "swap", Said(given), "swapped", given, name)


def undo(transition: Transition, command: inputs.Undo) -> None:
    """Take back the last correction, or the one of an id; where finishes were moved, all of it."""
    state = transition.state
    if command.revision is None:
        point = state.undo[-1] if state.undo else None
    else:
        point = next((one for one in state.undo if one.revision == command.revision), None)
    if point is None and command.revision is not None:
        # Taken back by somebody else in the meantime: the last one is another.
        active_rep.refuse(transition, "nothing_to_undo")
        return
    if point is None or not point.moved:
        undoing.undo(transition, command)
        return
    transition.correct("undo", command.origin)
    transition.set(
        undo=tuple(one for one in state.undo if one is not point),
        settled=state.settled.difference(one.rep for one in point.moved),
    )
    undoing.restore_presence(transition, point)
    words = [_allowed(transition, word) for word in undoing.finishes_back(_records(transition.state), point)]
    words = going_on.without_legs_begun_anew(state, words)
    _keep(transition, words)
    going_on.go_on(transition, words)
    corrections.told(transition, "undone", {"what": point.what})
    _replan(transition, set() if point.whose is None else {point.whose})


def kept(transition: Transition, event: inputs.Durable) -> None:
    """A correction that moved finishes is on disk, and can be taken back by its id."""
    points = (
        msgspec.structs.replace(point, revision=event.correction_id)
        if point.what == event.correction
        and any((one.rep, one.revision) == (event.rep, event.revision) for one in point.moved)
        else point
        for point in transition.state.undo
    )
    transition.set(undo=tuple(points))


def _records(state: SessionState) -> list[RepRecord]:
    """The newest word on each rep since the last power cut, those under way among them."""
    open_still = (active.record for active in state.on_course)
    return [one for one in (*state.results, *open_still) if one.rep > state.before_cut]


def _does_as_others(state: SessionState, index: int) -> bool:
    """Whether what somebody does now is not theirs alone: a step by the clock, or a wave whose places are nobody's."""
    running = state.athletes[index].running
    return bool(state.companions or state.wave_of) or (running is not None and not running.arrives)


def _finished(state: SessionState, rep: int) -> RepRecord | None:
    """A rep with a crossing of its own on this clock."""
    record = next((one for one in state.results if one.rep == rep and rep > state.before_cut), None)
    return None if record is None or crossing_of(record) is None else record


def _given(state: SessionState, name: str, record: RepRecord | None) -> dict[int, int | None]:
    """Whose rep a finish is to become, of somebody who was on the course then; empty where they were not."""
    record = None if record is None or not state.rolling else _finished(state, record.rep)
    crossing = None if record is None else crossing_of(record)
    if record is None or crossing is None or record.place is not None or record.athlete == name:
        return {}
    own = [one for one in _records(state) if one.athlete == name and may_be(one, crossing.back_ns)]
    run = newest_run([one for one in own if one.status is not RepStatus.VOID], name)
    return {} if run is None or run.place is not None else {record.rep: run.rep}


def _swapped(state: SessionState, rep: int, other: int) -> dict[int, int | None]:
    """Two finishes of several who were on the course at both; empty where that is not so."""
    one, two = _finished(state, rep), _finished(state, other)
    if one is None or two is None or not state.rolling or not exchanged(one, two):
        return {}
    return {rep: other, other: rep}


def _move(transition: Transition, kind: str, said: Said, key: str, given: Mapping[int, int | None], name: str) -> None:
    """A finish goes to whose it was, and those behind it follow."""
    words = _decided(transition, said)
    _remember(transition, kind, words)
    new = frozenset(rep for rep in given.values() if rep is not None)
    transition.set(settled=transition.state.settled | new)
    _keep(transition, words)
    theirs = next(one for one in words if one.rep in new and one.athlete == name)
    corrections.told(transition, key, {"name": name, "rep": theirs.rep_no}, about=[about_rep(theirs.rep)])
    _replan(transition)


def _decided(transition: Transition, said: Said) -> list[RepRecord]:
    state = transition.state
    said = msgspec.structs.replace(said, kept=state.settled)
    if not state.rolling:
        # One at a time is on the course: nobody else's finish can have been theirs.
        (record,) = (one for one in _records(state) if one.rep in said.given)
        now_ns = transition.now_ns if going_on.runs_on(state, record, transition.now_ns) else None
        return list(decided_anew([record], said, now_ns))
    return [_allowed(transition, word) for word in decided_anew(_records(state), said, transition.now_ns)]


def _allowed(transition: Transition, word: RepRecord) -> RepRecord:
    """On the course again are only those who may come still, and have not gone anew nor left."""
    if word.status is not RepStatus.OPEN:
        return word
    index = resting.find_athlete(transition.state.athletes, word.athlete)
    here = index is not None and transition.state.athletes[index].present and word.place is None
    anew = any(one.athlete == word.athlete and one.rep > word.rep for one in _records(transition.state))
    if here and not anew and transition.now_ns < active_rep.timeout_of(word):
        return word
    return msgspec.structs.replace(word, status=RepStatus.DNF, reason="timeout")


def _remember(transition: Transition, what: str, words: Sequence[RepRecord], whose: int | None = None) -> None:
    state, new = transition.state, {word.rep for word in words}
    former = tuple(one for one in _records(state) if one.rep in new)
    point = UndoPoint(what, state.athletes, state.results, whose, former=former, moved=tuple(words))
    corrections.keep_point(transition, point)


def _keep(transition: Transition, words: Sequence[RepRecord]) -> None:
    """New words on several reps, on disk as one, and not told one by one."""
    if not words:
        return
    under_way = {active.record.rep for active in transition.state.on_course}
    transition.unsay(*(about_rep(word.rep) for word in words), About.RUN)
    for word in words:
        _take(transition, word)
    # Of a rep that ends by it programs hear as of any other.
    ends = {RepStatus.FINISHED: "finish", RepStatus.DNF: "dnf"}
    kinds = [ends.get(word.status, "moved") if word.rep in under_way else "moved" for word in words]
    transition.save_together(list(zip(words, kinds, strict=True)))
    for name in dict.fromkeys(word.athlete for word in words):
        _rest(transition, name)


def _take(transition: Transition, word: RepRecord) -> None:
    state = transition.state
    found = active_rep.of_rep(transition, word.rep)
    if found is not None:
        transition.set_athlete(found[0], active=None)
    others = tuple(one for one in state.results if one.rep != word.rep)
    agenda = tuple(one for one in state.agenda if not active_rep.is_timeout_of(one, word.rep))
    transition.set(agenda=agenda, results=others if word.status is RepStatus.OPEN else (*others, word))
    index = resting.find_athlete(state.athletes, word.athlete)
    if word.status is RepStatus.OPEN and index is not None:
        for one in active_rep.put_on_course(transition, index, _step_of(state, word), word):
            transition.appoint(one.at_ns, one.item, one.key, one.values)


def _step_of(state: SessionState, record: RepRecord) -> int:
    numbers = (record.set_no, record.rep_no)
    return next(index for index, step in enumerate(state.steps) if (step.set_no, step.rep_no) == numbers)


def _rest(transition: Transition, name: str) -> None:
    """An athlete's next step, and their rest from what they ran last as it is known now."""
    state = transition.state
    index = resting.find_athlete(state.athletes, name)
    if index is None:
        return
    transition.set_athlete(index, next_step=corrections.next_step(transition, index))
    last = newest_run([one for one in state.results if one.rep > state.before_cut], name)
    if last is None or last.status is RepStatus.VOID or state.athletes[index].running is not None:
        return
    ended_ns = active_rep.timeout_of(last) if last.time_ns is None else last.go_ns + last.time_ns
    together.rested(transition, index, min(ended_ns, transition.now_ns), _step_of(state, last))


def _replan(transition: Transition, changed_here: frozenset[int] | set[int] = frozenset()) -> None:
    """Whose turn it is may have changed, also in the middle of its start."""
    state, turn = transition.state, transition.state.turn
    whose = () if turn is None else turn.whose
    force = any(
        index in changed_here
        or state.athletes[index].running is not None
        or state.athletes[index].rested_ns > max(state.planned_ns, transition.now_ns + ns(state.rules.countdown_s))
        for index in whose
    )
    corrections.replan(transition, force=force and state.rolling)
