"""The session takes over corrections that were made of its reps elsewhere and are on disk: turns and rests follow."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from retro_timer.training.record import RepRecord, RepStatus
from retro_timer.training.session import active_rep, corrections, events, inputs, progress, turns
from retro_timer.training.session.effects import Signal, about_rep
from retro_timer.training.session.state import ENDED, Athlete, SessionState
from retro_timer.training.session.transition import Transition, ns

_SAID = {
    "void": "voided_of",
    "restore": "restored",
    "give": "given",
    "swap": "swapped",
    "nobody": "nobody_of",
    "set": "set_by_hand",
}
"""What is said of a correction; of a note nothing is."""
_SOLO = {"voided_of": "voided", "nobody_of": "nobody_solo"}
_CLAIMED = {RepStatus.FINISHED: "result_of", RepStatus.DNF: "dnf"}
"""Of a claim what has become of the rep is said, as if its athlete had been known."""


def amended(transition: Transition, event: inputs.Amended) -> None:
    """Newer words on reps of this session, from the journal."""
    before = transition.state
    former = {record.rep: record for record in before.results}
    _pass_over(transition, event.records)
    records = [_newest(transition, former[r.rep], r) for r in event.records if r.rep in former]
    if not records:
        return
    new = {record.rep: record for record in records}
    points = tuple(msgspec.structs.replace(point, results=_replaced(point.results, new)) for point in before.undo)
    # Of two takings back in a row the second means what the session itself corrected before.
    newest = "" if event.kind == "undo" else event.revision
    transition.set(results=_replaced(before.results, new), undo=points, kept_correction=newest)
    for index in range(len(before.athletes)):
        _follow(transition, before, index, new)
    transition.unsay(*(about_rep(record.rep) for record in records))
    for record in event.records:
        if record.rep in new:
            _publish(transition, event.kind, record.rep, record, event.revision)
    if before.phase in ENDED:
        return
    _say(transition, event.kind, records)
    corrections.replan(transition)


def corrected(transition: Transition, event: inputs.Durable) -> None:
    """Tell programs of a correction that the session made, now that it is on disk, with the rep as it is there.

    The session may hold a newer word on the rep already, which the disk does not have yet.
    """
    words = (*(waiting.record for waiting in transition.state.pending), *transition.state.results)
    durable = next((record for record in words if (record.rep, record.revision) == (event.rep, event.revision)), None)
    ended = durable is not None and durable.status is not RepStatus.OPEN
    _publish(transition, event.correction, event.rep, durable if ended else None, event.correction_id)


def _publish(transition: Transition, kind: str, rep: int, record: RepRecord | None, revision: str) -> None:
    flags = () if record is None else tuple(map(str, record.flags))
    transition.publish(events.Correction(transition.now_ns, kind, rep, flags, record, revision=revision))


def _newest(transition: Transition, old: RepRecord, record: RepRecord) -> RepRecord:
    """A rep's record with a revision above the session's own, which may have changed it at the same time."""
    if old.revision < record.revision:
        return record
    raised = msgspec.structs.replace(record, revision=old.revision + 1)
    transition.save(raised, "")
    return raised


def _pass_over(transition: Transition, records: Sequence[RepRecord]) -> None:
    """A rep that is under way again is the session's: what is to be kept of it goes above the word on the disk."""
    for record in records:
        found = active_rep.of_rep(transition, record.rep)
        if found is not None and found[1].record.revision < record.revision and not found[1].given_up:
            own = msgspec.structs.replace(found[1].record, revision=record.revision + 1)
            transition.set_athlete(found[0], active=msgspec.structs.replace(found[1], record=own))
            transition.save(own, "")


def _replaced(records: Sequence[RepRecord], new: dict[int, RepRecord]) -> tuple[RepRecord, ...]:
    return tuple(new.get(record.rep, record) for record in records)


def _follow(transition: Transition, before: SessionState, index: int, new: dict[int, RepRecord]) -> None:
    """One athlete's next step and rest, where what they have done has changed."""
    athlete = transition.state.athletes[index]
    active = athlete.active
    if active is not None and active.given_up and active.record.rep in new:
        # A person has spoken: no late crossing revives it any more.
        transition.set_athlete(index, active=None)
    reached, was = _reached(transition.state, athlete), _reached(before, athlete)
    if reached == was or athlete.running is not None:
        return
    transition.set_athlete(index, next_step=reached)
    run = [r for r in transition.state.results if r.athlete == athlete.name and progress.counts(r)]
    last = max(run, key=lambda record: record.go_ns, default=None)
    if last is not None and last.time_ns is not None:
        end_ns = min(last.go_ns + last.time_ns, transition.now_ns)
        then = turns.next_of(transition.state, transition.state.athletes[index])
        rested_ns = end_ns + ns(turns.rest_after_s(transition.state, reached - 1, then))
        transition.set_athlete(index, rest_from_ns=end_ns, rested_ns=max(rested_ns, transition.now_ns))


def _reached(state: SessionState, athlete: Athlete) -> int:
    return progress.next_step_of(state.steps, state.results, athlete.name, athlete.skipped)


def _say(transition: Transition, kind: str, records: Sequence[RepRecord]) -> None:
    first = records[0]
    transition.beep(Signal.ANSWER)
    key = _CLAIMED.get(first.status) if kind == "claim" else _SAID.get(kind)
    if kind == "undo":
        transition.say("undone_rep", {"rep": first.rep_no}, 10.0)
    elif key is not None:
        values = {"rep": first.rep_no, "name": first.athlete, "time": first.official()}
        key = _SOLO.get(key, key) if transition.state.solo else key
        transition.say(key, values, 10.0, about=[about_rep(first.rep)])
