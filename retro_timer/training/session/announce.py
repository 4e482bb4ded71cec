"""What became of a rep is told once it is on disk: times, who did not finish, what is not saved, and the summary."""

from __future__ import annotations

from retro_timer.training.detail import Detail
from retro_timer.training.record import Flag, RepRecord, RepStatus, StartKind
from retro_timer.training.session import calls, events, inputs, starting, summary, targets, teams
from retro_timer.training.session.effects import About, about_rep
from retro_timer.training.session.pending import Pending
from retro_timer.training.session.state import ENDED, RESTING, Phase, SessionState
from retro_timer.training.session.transition import Transition

_NEXT_START_LEAST_S = 20.0
_ROLLING_S = 6.0
"""A result that is said later than this is taken for that of the one who comes then."""
_BEFORE_START_CALLS = 3.5
"""Result, next start, next and on deck, and the call take about so many times as long as the call: with less time than
that the next start would be told wrongly."""


def durable(transition: Transition, rep: int, revision: int, trouble: str = "") -> None:
    """A rep is on disk, or cannot be put there: now it may be announced."""
    state = transition.state
    waiting = next((p for p in state.pending if p.record.rep == rep and p.record.revision == revision), None)
    if waiting is None:
        _saved_after_all(transition, rep, revision)
        return
    transition.set(pending=tuple(p for p in state.pending if p is not waiting))
    if not trouble:
        _saved(transition, rep, revision)
    else:
        transition.set(unsaved=state.unsaved | {(rep, revision)})
        transition.publish(events.NotSaved(transition.now_ns, rep, trouble))
        if waiting.kind:
            _say_not_saved(transition, waiting.record)
    _announce(transition, waiting)
    calls.release(transition)
    if transition.state.phase is Phase.LANE_CHECK:
        starting.try_start(transition)
    if transition.state.phase in ENDED:
        conclude(transition)


def presence_answered(transition: Transition, event: inputs.PresenceAnswered) -> None:
    """Whether an athlete takes part was told at once; that it is not on disk is told once, until it is again."""
    if event.trouble and not transition.state.presence_unsaved:
        transition.publish(events.NotSaved(transition.now_ns, None, event.trouble, event.name))
        transition.say("presence_not_saved", within_s=30.0)
    transition.set(presence_unsaved=bool(event.trouble))


def _say_not_saved(transition: Transition, record: RepRecord) -> None:
    about = [_unsaved(record.rep)]
    if transition.state.solo or not record.athlete:
        transition.say("not_saved", {"rep": record.rep_no}, 30.0, about=about)
    else:
        transition.say("not_saved_of", {"rep": record.rep_no, "name": record.athlete}, 30.0, about=about)


def _unsaved(rep: int) -> str:
    return f"unsaved {rep}"


def _saved(transition: Transition, rep: int, revision: int) -> bool:
    """A word on a rep is on disk: what was said of it before is of no consequence any more. Whether any was."""
    unsaved = transition.state.unsaved
    left = frozenset((other, older) for other, older in unsaved if other != rep or older > revision)
    if left == unsaved:
        return False
    transition.set(unsaved=left)
    if not any(other == rep for other, _ in left):
        transition.unsay(_unsaved(rep))
    return True


def _saved_after_all(transition: Transition, rep: int, revision: int) -> None:
    """What was announced as not saved is on disk now; it is said once everything is."""
    state = transition.state
    if not _saved(transition, rep, revision):
        return
    if not transition.state.unsaved:
        transition.publish(events.SavedAfterAll(transition.now_ns))
        if any((record.rep, record.revision) == (rep, revision) for record in state.results):
            transition.say("saved_after_all", within_s=30.0)


def _announce(transition: Transition, waiting: Pending) -> None:
    record = waiting.record
    if waiting.kind == "finish":
        time_ns, uncertainty_ns = record.time_ns or 0, record.uncertainty_ns or 0
        transition.publish(
            events.Finish(
                waiting.t_ns,
                rep=record.rep,
                time_s=time_ns / 1e9,
                uncertainty_s=uncertainty_ns / 1e9,
                method=record.method,
                flags=tuple(map(str, record.flags)),
                record=record,
                start=None if record.start is StartKind.GO else str(record.start),
                lane=record.lane,
                place=record.place,
                crossings=record.crossings,
            )
        )
    elif waiting.kind == "split":
        _publish_split(transition, waiting)
        return
    elif waiting.kind in (Flag.CROWDED, Flag.AMBIGUOUS):
        flags = tuple(map(str, record.flags))
        transition.publish(events.Correction(waiting.t_ns, waiting.kind, record.rep, flags, record))
        return
    elif waiting.kind == "dnf":
        transition.publish(events.Dnf(waiting.t_ns, record.rep, record.reason, record, record.lane, record.place))
    elif waiting.kind == "void":
        transition.publish(events.Void(waiting.t_ns, record.rep, record))
    elif waiting.kind == "given":
        transition.publish(events.Given(waiting.t_ns, record.rep, record))
    if calls.is_to_be_told(transition.state, waiting) and not waiting.aside:
        called = waiting.late or _is_next_called(transition.state, record)
        if transition.state.rolling and record.distance_m is not None:
            _say_rolling(transition, record)
            return
        _say_result(transition, waiting, with_rep=called)
        if waiting.kind == "finish":
            teams.tell_team(transition, record)
            targets.say_difference(transition, record)
            _say_splits(transition, record)
            _say_best_so_far(transition, record)
        if waiting.kind in ("finish", "dnf"):
            _say_average(transition, record)
            if not called:
                _say_rest(transition)


def _publish_split(transition: Transition, waiting: Pending) -> None:
    record = waiting.record
    # Of crossings of the same line the newest.
    split = [split for split in record.splits if split.line == waiting.line][-1]
    transition.publish(
        events.Split(
            waiting.t_ns,
            rep=record.rep,
            line=split.line,
            distance_m=split.distance_m,
            time_s=split.time_ns / 1e9,
            uncertainty_s=split.uncertainty_ns / 1e9,
        )
    )


def _say_splits(transition: Transition, record: RepRecord) -> None:
    """The times at the lines on the way, where the plan asks for them."""
    if not transition.state.plan.say_splits or record.crossings is not None:
        return
    for split in record.splits:
        values = {"distance": f"{split.distance_m:g}", "time": record.official_split(split)}
        transition.say("split", values, 30.0, about=[about_rep(record.rep)])


def _is_next_called(state: SessionState, record: RepRecord) -> bool:
    """Whether the turn after a rep has been called or run: a time by itself would be taken for that one's."""
    return state.called is not None or bool(state.decked) or state.reps > record.rep


def _say_result(transition: Transition, waiting: Pending, *, with_rep: bool) -> None:
    """What became of a rep."""
    record = waiting.record
    about = [about_rep(record.rep)]
    whose = {} if transition.state.solo else {"name": record.athlete}
    if record.status is RepStatus.DNF and waiting.together:
        # The group has left off together, and nobody in particular.
        return
    if record.status is RepStatus.DNF:
        transition.say("dnf", {"name": record.athlete, "rep": record.rep_no}, None, about=about)
    elif record.status is RepStatus.FINISHED and record.crossings is not None:
        counted = {"count": record.crossings, **whose}
        transition.say("crossings_of" if whose else "crossings", counted, None, about=about)
    elif record.status is RepStatus.FINISHED and record.method == "clock":
        transition.say("timed_over", about=about)
    elif record.status is RepStatus.FINISHED:
        which = {"rep": record.rep_no} if with_rep else {}
        key = ("result_rep" if with_rep else "result") + ("_of" if whose else "")
        transition.say(key, {"time": record.official(), **whose, **which}, None, about=about)


def _say_rolling(transition: Transition, record: RepRecord) -> None:
    """With several on the course there is time for a name and its result, or it stands in the status alone; of a wave
    each is said, before the next one is called."""
    about = [about_rep(record.rep)]
    within_s = None if transition.state.waves else _ROLLING_S
    if not record.athlete:
        _say_place(transition, record, within_s)
    elif record.status is RepStatus.DNF:
        transition.say("dnf", {"name": record.athlete, "rep": record.rep_no}, within_s, about=about)
    elif record.status is RepStatus.FINISHED:
        transition.say("result_of", {"time": record.official(), "name": record.athlete}, within_s, about=about)


def _say_place(transition: Transition, record: RepRecord, within_s: float | None) -> None:
    """What became of a place that nobody has claimed."""
    about = [about_rep(record.rep)]
    if record.status is RepStatus.DNF:
        transition.say("place_not_timed", {"place": record.place}, within_s, about=about)
    elif record.status is RepStatus.FINISHED:
        transition.say("place_result", {"place": record.place, "time": record.official()}, within_s, about=about)


def say_result_again(transition: Transition) -> bool:
    """What became of the newest rep that has been told of, with whose and which it is; False before the first."""
    state = transition.state
    untold = {(waiting.record.rep, waiting.record.revision) for waiting in state.pending}
    told = [
        record
        for record in state.results
        if record.status in (RepStatus.FINISHED, RepStatus.DNF) and (record.rep, record.revision) not in untold
    ]
    if not told:
        return False
    record = max(told, key=lambda record: record.rep)
    if not record.athlete:
        _say_place(transition, record, None)
        return True
    _say_result(transition, Pending(record, transition.now_ns, "given"), with_rep=True)
    targets.say_difference(transition, record)
    return True


def _say_best_so_far(transition: Transition, record: RepRecord) -> None:
    if transition.state.rules.detail is Detail.FULL and summary.is_best_so_far(transition.state, record):
        transition.say("best_so_far", within_s=30.0, about=[about_rep(record.rep)])


def _say_average(transition: Transition, record: RepRecord) -> None:
    if transition.state.rules.detail is Detail.BRIEF:
        return
    average = set_average(transition.state, record)
    if average is not None:
        of_set = [r.rep for r in transition.state.results if (r.athlete, r.set_no) == (record.athlete, record.set_no)]
        about = [about_rep(rep) for rep in of_set]
        transition.say("set_average", {"time": average, "set": record.set_no}, 30.0, about=about)


def _say_rest(transition: Transition) -> None:
    state = transition.state
    if state.phase not in RESTING:
        return
    left_s = (state.until_ns - transition.now_ns) / 1e9
    if left_s < (12.0 if state.solo else max(_NEXT_START_LEAST_S, _BEFORE_START_CALLS * state.call_s)):
        return
    about = [About.REST]
    if not state.solo:
        if state.rules.detail is Detail.BRIEF:
            return
        # Each athlete rests from their own finish: what is left here is the time until whoever is next goes.
        transition.say("next_start", {"seconds": 5 * round(left_s / 5.0)}, 8.0, about=about)
    elif state.phase is Phase.RECOVERY and left_s >= 90.0:
        transition.say("recovery", {"minutes": f"{left_s / 60.0:.0f}"}, about=about)
    else:
        transition.say("rest", {"seconds": 5 * round(left_s / 5.0)}, 8.0, about=about)


def set_average(state: SessionState, record: RepRecord) -> str | None:
    """The athlete's mean shown time in the set that this rep ended; None before its end, with under two times, and
    where they cannot be compared."""
    of_set = [r for r in state.results if r.athlete == record.athlete and r.set_no == record.set_no]
    reps = next((s.reps for s in state.steps if s.set_no == record.set_no), 0)
    if record.rep_no != reps:
        return None
    if not summary.comparable(of_set):
        return None
    times = [t for r in of_set if r.status is RepStatus.FINISHED and r.distance_m and (t := r.official_s()) is not None]
    return f"{sum(times) / len(times):.2f}" if len(times) >= 2 else None


def conclude(transition: Transition) -> None:
    """Tell the summary and close the session, once everything has been answered by the journal."""
    state = transition.state
    if state.pending or state.concluded:
        return
    transition.set(concluded=True)
    times = [r for r in state.results if r.status is RepStatus.FINISHED]
    transition.publish(events.Summary(transition.now_ns, state.reps, len(times), state.obstacles))
    summary.say_summary(transition)
    transition.close("done" if state.phase is Phase.DONE else "stopped")
