"""What an athlete did in each session, by kinds of reps: what progress is told from."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import msgspec

from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Course, Part
from retro_timer.training.progress.figures import TimeSums
from retro_timer.training.record import BY_HAND, DOUBTFUL, Flag, RepRecord, RepStatus


class Timing(StrEnum):
    """From what moment the clock ran and who stopped it. Times of different kinds are never compared."""

    GO = "go"
    RELEASE = "release"
    FLYING = "flying"
    RELAY = "relay"
    HAND = "hand"


_HOW = {
    Timing.RELEASE: ", by release",
    Timing.FLYING: ", flying",
    Timing.RELAY: ", in a relay",
    Timing.HAND: ", by hand",
}


class Kind(msgspec.Struct, frozen=True, order=True):
    """What must be the same for two times to be compared."""

    gait: Gait
    distance_m: float
    timing: Timing
    course: Course = Course.STRAIGHT
    """There and back there is a turn in the time."""

    def __str__(self) -> str:
        back = ", out and back" if self.course is Course.OUT_AND_BACK else ""
        return f"{self.distance_m:g} m {self.gait}{_HOW.get(self.timing, '')}{back}"


class Ran(NamedTuple):
    """A rep, and where it went: only its session's plan knows that."""

    record: RepRecord
    course: Course = Course.STRAIGHT

    @property
    def kind(self) -> Kind | None:
        """What it can be compared with; None for a timed step."""
        record = self.record
        if record.distance_m is None:
            return None
        by_hand = record.by_hand or record.method == BY_HAND
        return Kind(record.gait, record.distance_m, Timing.HAND if by_hand else Timing(record.start), self.course)


def is_sure(record: RepRecord) -> bool:
    """Whether its time is one that nothing is in doubt about, but who stopped it."""
    in_doubt = (DOUBTFUL - {Flag.MANUAL}).intersection(record.flags)
    return record.status is RepStatus.FINISHED and record.time_ns is not None and not in_doubt


class Effort(msgspec.Struct, frozen=True):
    """All reps of one kind in one session."""

    kind: Kind
    part: str
    reps: int
    """Those that ended: finished, or given up."""
    finished: int
    best_ns: int | None
    """The shortest that nothing is in doubt about, less the go's way to the ear."""
    times: TimeSums

    @property
    def work(self) -> bool:
        """Whether it is neither warm-up nor cool-down."""
        return self.part in ("", Part.WORK)


class Attended(msgspec.Struct, frozen=True):
    """One session, as far as one athlete is concerned."""

    session: int
    day: int | None
    """Days from the beginning of year 1, the first of which was a Monday; None where the box did not know the date."""
    title: str
    per_week: tuple[int, int] | None
    """Fewest and most sessions a week, by its plan."""
    efforts: tuple[Effort, ...]
    """Without any where all was timed by the clock."""

    @property
    def week(self) -> int | None:
        """Its week, from Monday to Sunday."""
        return None if self.day is None else week_of(self.day)


def week_of(day: int) -> int:
    """The week of a day, counted from year 1."""
    return (day - 1) // 7


class PersonalBest(msgspec.Struct, frozen=True):
    """The shortest time of a kind that nothing is in doubt about."""

    kind: Kind
    time_ns: int
    """Less the go's way to the ear; not rounded."""
    session: int
    day: int | None


class History(msgspec.Struct, frozen=True):
    """All that one athlete did."""

    sessions: int
    """How many there are."""
    bests: tuple[PersonalBest, ...]
    """Of all of them, in the order of their kinds."""
    newest: tuple[Attended, ...]
    """From the oldest of them to the newest."""
