"""A timed step that all do at once: one clock, and a rep for each of them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from retro_timer.training.record import RepRecord, RepStatus, changed
from retro_timer.training.session import events, progress, turns
from retro_timer.training.session.on_course import ActiveRep
from retro_timer.training.session.state import SessionState, Turn
from retro_timer.training.session.transition import Transition, ns


def join(transition: Transition, record: RepRecord) -> None:
    """With the go of a step for all the reps of the others begin as well; `record` is that of whose turn it is."""
    state, turn = transition.state, transition.state.turn
    others = () if turn is None or record.distance_m is not None else turns.others_of(state, turn)
    names = [state.athletes[index].name for index in others]
    joining = tuple(
        msgspec.structs.replace(record, rep=record.rep + place, athlete=name) for place, name in enumerate(names, 1)
    )
    transition.set(companions=joining, reps=state.reps + len(joining))
    for each in joining:
        transition.publish(
            events.Go(
                each.go_ns,
                rep=each.rep,
                athlete=each.athlete,
                distance_m=None,
                duration_s=each.duration_s,
                gait=str(each.gait),
            )
        )
        transition.save(each, "")


def end(transition: Transition, record: RepRecord, kind: str, t_ns: int) -> None:
    """The rep under way has ended: so have those of everybody who did the same, and in the same way."""
    companions = transition.state.companions
    if not is_of_several(transition.state, record.rep):
        return
    transition.set(companions=())
    for each in companions:
        ended = changed(
            each,
            status=record.status,
            time_ns=record.time_ns,
            uncertainty_ns=record.uncertainty_ns,
            method=record.method,
            flags=record.flags,
            reason=record.reason,
        )
        _keep(transition, ended, kind, t_ns)


def is_of_several(state: SessionState, rep: int) -> bool:
    """Whether a rep is the one under way, and others are doing the same."""
    return bool(state.companions) and state.running is not None and state.running.record.rep == rep


def at_once(records: Sequence[RepRecord], record: RepRecord) -> list[RepRecord]:
    """What began with the same go as a rep, the rep itself among it."""
    if record.distance_m is not None:
        # Of a wave each has run for themselves.
        return [each for each in records if each.rep == record.rep]
    same = (record.go_ns, record.set_no, record.rep_no)
    return [each for each in records if (each.go_ns, each.set_no, each.rep_no) == same]


def leave(transition: Transition, index: int) -> bool:
    """One of those who do a step at once drops out, and the others go on; False where there are no others."""
    state, turn = transition.state, transition.state.turn
    running, companions = state.running, state.companions
    if turn is None or running is None or not companions:
        return False
    if turn.athlete == index:
        gone = running.record
        _hand_over(transition, running, companions[0])
    else:
        own = [record for record in companions if record.athlete == state.athletes[index].name]
        if not own:
            return False
        gone = own[0]
        transition.set(companions=tuple(record for record in companions if record is not gone))
    _keep(transition, changed(gone, status=RepStatus.DNF, reason="stopped"), "dnf", transition.now_ns)
    rested(transition, index, transition.now_ns, turn.step)
    return True


def miss(transition: Transition, index: int) -> None:
    """Who comes while the others do a step has missed it."""
    state, turn, step = transition.state, transition.state.turn, transition.state.step
    if turn is None or step is None or state.running is None or not turns.is_by_the_clock(step):
        return
    athlete = state.athletes[index]
    doing = {record.athlete for record in (state.running.record, *state.companions)}
    made_up = state.athletes[turn.athlete].next_step != turn.step
    known = turn.step in athlete.skipped or ~turn.step in athlete.skipped
    if made_up or known or athlete.name in doing or athlete.next_step > turn.step:
        return
    skipped = (*athlete.skipped, turn.step)
    next_step = progress.next_step_of(state.steps, state.results, athlete.name, skipped)
    transition.set_athlete(index, skipped=skipped, next_step=next_step)


def _hand_over(transition: Transition, running: ActiveRep, heir: RepRecord) -> None:
    """The step goes on with another one's rep as the one under way."""
    state, turn = transition.state, transition.state.turn
    if turn is None:
        return
    heir = msgspec.structs.replace(heir, flags=running.record.flags, obstacles=running.record.obstacles)
    new = next(index for index, athlete in enumerate(state.athletes) if athlete.name == heir.athlete)
    transition.set_athlete(turn.athlete, active=None)
    transition.set_athlete(new, active=msgspec.structs.replace(running, record=heir))
    transition.set(
        turn=Turn(new, turn.step), companions=tuple(record for record in state.companions if record.rep != heir.rep)
    )


def rested(transition: Transition, index: int, ended_ns: int, step: int) -> None:
    """An athlete's rep of a step has ended: their next one, and their rest."""
    state, athlete = transition.state, transition.state.athletes[index]
    next_step = progress.next_step_of(state.steps, state.results, athlete.name, athlete.skipped)
    transition.set_athlete(index, next_step=next_step)
    rest_s = turns.rest_after_s(state, step, turns.next_of(state, transition.state.athletes[index]))
    transition.set_athlete(index, rest_from_ns=ended_ns, rested_ns=ended_ns + ns(rest_s))


def _keep(transition: Transition, record: RepRecord, kind: str, t_ns: int) -> None:
    transition.set(results=(*transition.state.results, record))
    transition.save(record, kind, t_ns, aside=True)
