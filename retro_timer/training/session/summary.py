"""What is said at the end: how many finished, whose best it was, and in a group how each of them did."""

from __future__ import annotations

from collections.abc import Sequence

from retro_timer.training.detail import Detail
from retro_timer.training.names import folded
from retro_timer.training.plan import Part
from retro_timer.training.record import NS_PER_S, RepRecord, RepStatus
from retro_timer.training.remembered import Remembered
from retro_timer.training.session.state import SessionState
from retro_timer.training.session.transition import Transition

_WITHIN_S = 60.0
_ENDED = (RepStatus.FINISHED, RepStatus.DNF)


def say_summary(transition: Transition) -> None:
    """As long as the settings have it: brief counts, normal tells bests as well, full each one's reps and average."""
    state = transition.state
    times = [record for record in state.results if record.status is RepStatus.FINISHED]
    values = {"finished": len(times), "reps": state.reps}
    # A place that nobody has claimed is nobody's best.
    best = best_of([record for record in times if record.athlete])
    if best is None or state.rules.detail is Detail.BRIEF:
        transition.say("summary", values, _WITHIN_S)
    elif state.solo:
        transition.say("summary_best", {**values, "best": best.official()}, _WITHIN_S)
    else:
        transition.say("summary_best_of", {**values, "best": best.official(), "name": best.athlete}, _WITHIN_S)
    if state.unsaved:
        transition.say("summary_unsaved", {"count": state.unsaved_reps}, _WITHIN_S)
    if not state.solo and state.rules.detail is not Detail.BRIEF:
        for athlete in state.athletes:
            _say_of(transition, athlete.name)
    if state.rules.say_progress:
        for athlete in state.athletes:
            _say_progress(transition, athlete.name)


def _say_of(transition: Transition, name: str) -> None:
    """One athlete's part. Nobody waits for it, and nothing comes after it: however many there are, each is said."""
    state = transition.state
    reps = [record for record in state.results if record.athlete == name and record.status in _ENDED]
    finished = [record for record in reps if record.status is RepStatus.FINISHED]
    best, counts = best_of(finished), {"name": name, "finished": len(finished), "reps": len(reps)}
    if state.rules.detail is Detail.NORMAL:
        if best is not None:
            transition.say("summary_of", {"name": name, "best": best.official()}, None)
    elif best is not None:
        work = [time_s for _, time_s in _times(finished)]
        average = f"{sum(work) / len(work):.2f}"
        transition.say("summary_of_full", {**counts, "best": best.official(), "time": average}, None)
    elif reps:
        transition.say("summary_of_reps", counts, None)


def _say_progress(transition: Transition, name: str) -> None:
    """Whether it was better than all sessions before, and which of the week's by this plan; nothing of who ran none."""
    state = transition.state
    known = next((one for one in state.rules.remembered if folded(one.name) == folded(name)), None)
    finished = [record for record in state.results if record.athlete == name and record.status is RepStatus.FINISHED]
    if known is None or not finished:
        return
    best, who = best_of(finished), {} if state.solo else {"name": name}
    if best is not None and _beats(best, known):
        transition.say("your_best" if state.solo else "your_best_of", {**who, "best": best.official()}, None)
    if known.week is not None:
        count = {**who, "count": known.week.done + 1, "most": known.week.most}
        key = "week" if known.week.done < known.week.most else "week_more"
        transition.say(key if state.solo else f"{key}_of", count, None)


def _beats(record: RepRecord, known: Remembered) -> bool:
    """Whether a time is shorter than the best of former sessions; not where there is none to hold it against."""
    kind, time_s = (record.distance_m, record.gait, record.start), record.official_s()
    former = [best.time_ns for best in known.bests if (best.distance_m, best.gait, best.start) == kind]
    return bool(former) and time_s is not None and round(time_s * NS_PER_S) < min(former)


def is_best_so_far(state: SessionState, record: RepRecord) -> bool:
    """Whether a time is shorter than all others of its athlete in this session that it can be compared with, none of
    them doubtful.
    """
    time_s = record.official_s() if record.may_be_best else None
    kind = (record.distance_m, record.gait, record.start)
    others = [
        other_s
        for other in state.results
        if other.athlete == record.athlete
        and other.rep != record.rep
        and other.may_be_best
        and (other.distance_m, other.gait, other.start) == kind
        and (other_s := other.official_s()) is not None
    ]
    return time_s is not None and record.distance_m is not None and bool(others) and time_s < min(others)


def best_of(finished: Sequence[RepRecord]) -> RepRecord | None:
    """The shortest time of the work that nothing is in doubt about, where its times can be compared."""
    times = [(record, time_s) for record, time_s in _times(finished) if record.may_be_best]
    return min(times, key=lambda pair: pair[1])[0] if times else None


def comparable(records: Sequence[RepRecord]) -> bool:
    """Not where some were started otherwise than others, or went over another length or in another gait."""
    return len({(r.start, r.distance_m, r.gait) for r in records if r.distance_m is not None}) <= 1


def _times(finished: Sequence[RepRecord]) -> list[tuple[RepRecord, float]]:
    """Of the work, with the times as they are shown; none where they cannot be compared."""
    work = [r for r in finished if r.part in ("", Part.WORK)]
    if not comparable(work):
        return []
    return [(r, time_s) for r in work if r.distance_m is not None and (time_s := r.official_s()) is not None]
