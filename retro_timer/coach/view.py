"""What the live page shows of a status: plain values for the templates, with times on the box's clock."""

from __future__ import annotations

import msgspec

from retro_timer.beacon.control.protocol.answers import AthleteStatus, TimerStatus
from retro_timer.coach.commands import ALWAYS, AT_HAND, NO_SESSION, WITH_RUNNERS
from retro_timer.training.record import NS_PER_S, RepRecord, RepStatus
from retro_timer.training.roster import SOLO


class Clock(msgspec.Struct, frozen=True):
    """The large clock."""

    kind: str
    """since, until, or empty where nothing is timed."""
    at_ns: int = 0
    """By the box's clock, whole milliseconds: the same for every look at it."""

    def text(self, now_ns: int | None) -> str:
        """As it reads at an instant; nothing for a stream, where the page's script says it."""
        if now_ns is None or not self.kind:
            return ""
        if self.kind == "since":
            return f"{max(0, now_ns - self.at_ns) / NS_PER_S:.1f}"
        left_s = -(-max(0, self.at_ns - now_ns) // NS_PER_S)
        return f"{left_s // 60}:{left_s % 60:02}"


def _rounded(ns: float) -> int:
    return round(ns / 1e6) * 1_000_000


class Runner(msgspec.Struct, frozen=True):
    """One on the course."""

    name: str
    lane: int | None
    clock: Clock
    crossings: int | None = None


def on_course(status: TimerStatus) -> list[Runner]:
    """Who runs, in order of their go; a wave whose places are nobody's yet as a whole."""
    course = status.on_course or ()
    if course and course[0].place is not None and status.wave:
        since_ns = _rounded(status.now_ns - course[0].running_s * NS_PER_S)
        return [Runner(", ".join(status.wave), None, Clock("since", since_ns))]
    return [
        Runner(
            each.athlete,
            each.lane,
            Clock("since", _rounded(status.now_ns - each.running_s * NS_PER_S)),
            each.crossings,
        )
        for each in course
    ]


def countdown_of(status: TimerStatus) -> Clock:
    """What is left of the phase."""
    if status.left_s:
        return Clock("until", _rounded(status.now_ns + status.left_s * NS_PER_S))
    return Clock("")


class AthleteRow(msgspec.Struct, frozen=True):
    """One of the group."""

    name: str
    present: bool
    is_next: bool
    is_then: bool
    missed: int
    clock: Clock


def athletes_of(status: TimerStatus) -> list[AthleteRow]:
    """The group in its order; nobody where one runs alone without a name."""
    group = status.athletes or ()
    if tuple(athlete.name for athlete in group) == SOLO:
        return []
    return [
        AthleteRow(
            each.name,
            each.present,
            each.name in (status.wave or (status.athlete,)),
            each.name == status.then,
            each.missed,
            _own_clock(each, status.now_ns),
        )
        for each in group
    ]


def _own_clock(athlete: AthleteStatus, now_ns: int) -> Clock:
    if athlete.running_s is not None:
        return Clock("since", _rounded(now_ns - athlete.running_s * NS_PER_S))
    if athlete.rests_s is not None and athlete.present:
        return Clock("until", _rounded(now_ns + athlete.rests_s * NS_PER_S))
    return Clock("")


class ResultRow(msgspec.Struct, frozen=True):
    """A rep that has ended."""

    rep: int
    place: str
    """Set and rep in it."""
    athlete: str
    what: str
    gait: str
    time: str
    spread: str
    """Half of the 95 % interval, or nothing."""
    status: str
    reason: str
    flags: tuple[str, ...]
    obstacles: int
    splits: str
    note: str

    @property
    def counts(self) -> bool:
        """Whether it has a time that stands."""
        return self.status == RepStatus.FINISHED


def row_of(record: RepRecord) -> ResultRow:
    """A rep as a table shows it: the time as official ones are rounded, the interval rounded up."""
    return ResultRow(
        rep=record.rep,
        place=f"{record.set_no}.{record.rep_no}",
        athlete=record.who,
        what=record.amount,
        gait=str(record.gait),
        time=record.official() if record.time_ns is not None else "",
        spread=record.spread,
        status=str(record.status),
        reason=record.why.replace(" ", "-") if record.status is RepStatus.DNF else "",
        flags=tuple(str(flag) for flag in record.flags),
        obstacles=record.obstacles,
        splits=record.official_splits,
        note=record.note,
    )


def results_of(status: TimerStatus) -> list[ResultRow]:
    """The last ones, newest first."""
    return [row_of(record) for record in reversed(status.results)]


def at_hand(status: TimerStatus | None) -> list[str]:
    """The commands that are likely now, in the order of their table."""
    if status is None:
        return []
    phase = status.phase
    likely = {tag for tag, phases in AT_HAND.items() if phase in phases} | (WITH_RUNNERS if status.on_course else set())
    named = [tag for tag in AT_HAND if tag in likely]
    if "spotter" in named and status.watch.state != "lost":
        named.remove("spotter")
    return named if phase in NO_SESSION else [*ALWAYS, *named]
