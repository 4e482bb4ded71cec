"""All of an athlete's progress: bests, weeks against the plans, averages, drop-offs and trends, and what comes next.

It counts and compares times. It says nothing of anybody's health.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Course
from retro_timer.training.progress.attended import Attended, Effort, History, Kind, PersonalBest, Timing, week_of
from retro_timer.training.progress.figures import Estimate, Verdict, trend, verdict, worthwhile_s
from retro_timer.training.progress.ladder import NextStep, next_step

USUAL_RATIO = 0.7
"""Backward to forward speed: record runners have 0.685 and 0.73."""
_RECENT_WEEKS = 4
"""A plan that nobody has trained by for so long is not counted in this week either."""


class Week(msgspec.Struct, frozen=True):
    """Sessions by one plan in this week."""

    title: str
    done: int
    fewest: int
    most: int

    def __str__(self) -> str:
        wanted = f"{self.most}" if self.fewest == self.most else f"{self.fewest} to {self.most}"
        if self.done > self.most:
            return f"{self.title}: {self.done} this week, planned: {wanted}"
        return f"{self.title}: {self.done} of {wanted} this week"


class Form(msgspec.Struct, frozen=True):
    """One kind of the work, as it was in its newest session and has become since earlier ones."""

    kind: Kind
    session: int
    sessions: int
    """How many of the newest are of this kind."""
    worthwhile_s: float
    """The smallest change that is worthwhile."""
    average: Estimate
    drop_off: Estimate | None
    drop_off_verdict: Verdict | None
    """`slower`: the last reps were slower than the first, beyond the noise."""
    change: Estimate | None
    """Of the average since the session before: of these two days, not of what is lasting."""
    change_verdict: Verdict | None
    trend: Estimate | None
    """Of the averages from the first session with a date to the last."""
    trend_verdict: Verdict | None
    trend_days: int | None


class Ratio(msgspec.Struct, frozen=True):
    """Speed backward by speed forward over one length."""

    distance_m: float
    forward_ns: int
    backward: PersonalBest
    ratio: float


class Progress(msgspec.Struct, frozen=True):
    """How one athlete gets on."""

    sessions: int
    undated: int
    """Of the newest, sessions whose date the box did not know: they are in no week and in no trend."""
    bests: tuple[PersonalBest, ...]
    weeks: tuple[Week, ...]
    forms: tuple[Form, ...]
    ratios: tuple[Ratio, ...]
    next: NextStep


def progress_of(history: History, forward: Sequence[tuple[int, int]], today: int) -> Progress:
    """`forward`: lengths in mm and times in ns, running forward. `today`: the day, as `Attended.day` counts."""
    return Progress(
        sessions=history.sessions,
        undated=sum(attended.day is None for attended in history.newest),
        bests=history.bests,
        weeks=_weeks(history.newest, week_of(today)),
        forms=tuple(_forms(history.newest)),
        ratios=tuple(_ratios(history.bests, forward)),
        next=next_step(history.newest),
    )


def season_of(history: History, first: int) -> History:
    """What was done on a day or later, of the newest sessions, with the bests of that time alone."""
    within = tuple(one for one in history.newest if one.day is not None and one.day >= first)
    bests = dict[Kind, PersonalBest]()
    for attended in within:
        for effort in attended.efforts:
            best = bests.get(effort.kind)
            if effort.best_ns is not None and (best is None or effort.best_ns < best.time_ns):
                bests[effort.kind] = PersonalBest(effort.kind, effort.best_ns, attended.session, attended.day)
    return History(len(within), tuple(bests[kind] for kind in sorted(bests)), within)


def _weeks(history: Sequence[Attended], this: int) -> tuple[Week, ...]:
    """Of the plans of the last weeks, as their newest session has them."""
    wanted, done = dict[str, tuple[int, int]](), dict[str, int]()
    for attended in history:
        week = attended.week
        if attended.per_week is None or week is None or not this - _RECENT_WEEKS < week <= this:
            continue
        wanted[attended.title] = attended.per_week
        done[attended.title] = done.get(attended.title, 0) + (week == this)
    return tuple(Week(title, done[title], *wanted[title]) for title in sorted(wanted))


def by_kind(history: Sequence[Attended]) -> dict[Kind, list[tuple[Attended, Effort]]]:
    """The work's times that nothing is in doubt about, by what can be compared, from the oldest to the newest."""
    found = dict[Kind, list[tuple[Attended, Effort]]]()
    for attended in history:
        for effort in attended.efforts:
            if effort.work and effort.times.count:
                found.setdefault(effort.kind, []).append((attended, effort))
    return {kind: found[kind] for kind in sorted(found)}


def _forms(history: Sequence[Attended]) -> list[Form]:
    return [_form(kind, efforts) for kind, efforts in by_kind(history).items()]


def _form(kind: Kind, efforts: Sequence[tuple[Attended, Effort]]) -> Form:
    newest, now = efforts[-1]
    least_s = worthwhile_s(kind.distance_m)
    average = now.times.average()
    assert average is not None
    drop_off = now.times.drop_off()
    change = now.times.change_from(efforts[-2][1].times) if len(efforts) > 1 else None
    days = [(attended.day, effort.times.mean_s) for attended, effort in efforts if attended.day is not None]
    lasting = trend([(float(day), mean_s) for day, mean_s in days])
    return Form(
        kind=kind,
        session=newest.session,
        sessions=len(efforts),
        worthwhile_s=least_s,
        average=average,
        drop_off=drop_off,
        drop_off_verdict=None if drop_off is None else verdict(drop_off, least_s),
        change=change,
        change_verdict=None if change is None else verdict(change, least_s),
        trend=lasting,
        trend_verdict=None if lasting is None else verdict(lasting, least_s),
        trend_days=None if lasting is None else max(day for day, _ in days) - min(day for day, _ in days),
    )


def _ratios(bests: Sequence[PersonalBest], forward: Sequence[tuple[int, int]]) -> list[Ratio]:
    """Against the best over the same length, straight on, that no hand has stopped."""
    straight = [b for b in bests if b.kind.course is Course.STRAIGHT and b.kind.timing is not Timing.HAND]
    found = list[Ratio]()
    for length_mm, time_ns in sorted(forward):
        over = [b for b in straight if round(b.kind.distance_m * 1000) == length_mm]
        moving = [best for best in over if best.kind.gait is not Gait.WALK]
        if moving and time_ns > 0:
            best = min(moving, key=lambda one: one.time_ns)
            found.append(Ratio(length_mm / 1000.0, time_ns, best, time_ns / best.time_ns))
    return found
