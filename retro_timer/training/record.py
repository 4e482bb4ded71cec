"""The result of one rep, as it is kept and shown."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from retro_timer.training.gaits import Gait

NS_PER_S = 1_000_000_000
_CENTISECOND_NS = 10_000_000
_DECISECOND_NS = 100_000_000
HAND_UNCERTAINTY_NS = 300_000_000
"""Half-width of the 95 % interval of a time by hand, at the box or by somebody's watch: two reactions of a person."""


def shown_ns(time_ns: int, *, by_hand: bool) -> int:
    """A time as it is shown: rounded up to 0.01 s, by hand up to 0.1 s (World Athletics)."""
    unit_ns = _DECISECOND_NS if by_hand else _CENTISECOND_NS
    return -(-time_ns // unit_ns) * unit_ns


def spread_text(uncertainty_ns: int) -> str:
    """Half of a 95 % interval, rounded up."""
    return f"± {shown_ns(uncertainty_ns, by_hand=False) / NS_PER_S:.2f}"


class RepStatus(StrEnum):
    """How a rep stands."""

    OPEN = "open"
    """The go was given and nothing has ended it: only seen after a power cut."""
    FINISHED = "finished"
    DNF = "dnf"
    VOID = "void"


class Flag(StrEnum):
    """What is particular about a finish."""

    FAST = "fast"
    """Quicker than the gait's window, yet not quicker than any human."""
    LATE = "late"
    """After the rep had been given up."""
    BLIND = "blind"
    """The watch did not see what it should have watched."""
    CROWDED = "crowded"
    """Somebody else was at the line from 1 s before to 0.5 s after it."""
    SINGLE = "single"
    """Timed by one half of a dual gate, the other one being blind."""
    HIDDEN = "hidden"
    """Somebody in a nearer lane hid the moment itself: the interval covers how long."""
    AMBIGUOUS = "ambiguous"
    """Another athlete on the course could have been this finish."""
    MANUAL = "manual"
    """Stopped by hand."""


DOUBTFUL = frozenset((Flag.AMBIGUOUS, Flag.HIDDEN, Flag.FAST, Flag.LATE, Flag.BLIND, Flag.MANUAL))
"""With one of these a time may be another's, or was taken by no sensor that saw all of it: it is nobody's best. Who is
crowded, or timed by one half, has been seen."""
BY_HAND = "manual"
"""The method of a time that a person stopped."""


NOT_TIMED = "not timed"


class StartKind(StrEnum):
    """From what moment a rep's clock runs. Times of different kinds are never compared: only a go has a reaction."""

    GO = "go"
    """The go's edge."""
    RELEASE = "release"
    """The trunk left the beam in which the athlete stood."""
    FLYING = "flying"
    """The back crossed the line at the start."""
    RELAY = "relay"
    """A leg of a relay, out and back: the former one's back crossed the line, or the first one's go."""


class Split(msgspec.Struct, frozen=True):
    """When the back passed a line on the way."""

    line: str
    distance_m: float
    """From the start."""
    time_ns: int
    """From the start of the clock, raw as `RepRecord.time_ns`."""
    uncertainty_ns: int
    """Half-width of its 95 % interval."""


class Presence(msgspec.Struct, frozen=True):
    """Whether an athlete takes part in a session now."""

    name: str
    present: bool = True
    order: int = 0
    """Of those who have done as much the lowest goes first."""
    skipped: tuple[int, ...] = ()
    """Steps of the plan that were left out, or missed by who came late; the complement, ~step, of one that is to be
    made up once the plan is through."""


class RepRecord(msgspec.Struct, frozen=True, gc=False):
    """One rep. Times are whole nanoseconds; `go_ns` is on the monotonic clock of the run that timed it."""

    rep: int
    """Running number in the session, from 1."""
    set_no: int
    rep_no: int
    """Number within the set, from 1."""
    athlete: str
    distance_m: float | None
    duration_s: float | None
    gait: Gait
    status: RepStatus
    go_ns: int
    time_ns: int | None = None
    """From the start to the moment when the back reached the line, raw."""
    uncertainty_ns: int | None = None
    """Half-width of the 95 % interval of `time_ns`."""
    sound_delay_ns: int = 0
    """How long the go took to the runner's ear."""
    method: str = ""
    flags: tuple[Flag, ...] = ()
    obstacles: int = 0
    reason: str = ""
    """Why it is a DNF: timeout, trace-end, stopped or interrupted."""
    revision: int = 1
    """Grows with every change, so that the last word on a rep is known."""
    start: StartKind = StartKind.GO
    start_uncertainty_ns: int = 0
    """Half-width of the 95 % interval of `go_ns`; 0 for a go, whose edge is known. `uncertainty_ns` contains it."""
    splits: tuple[Split, ...] = ()
    """In order of their lines."""
    line: str = ""
    """The line at which it ended, where there are several."""
    lane: int | None = None
    part: str = ""
    """The part of the plan that it belongs to: warm-up, work or cool-down."""
    wave: int | None = None
    """Who started together have the same; counted from 1."""
    place: int | None = None
    """Place of arrival within the wave."""
    target_ns: int | None = None
    note: str = ""
    """What somebody wrote down of it."""

    @property
    def corrected_ns(self) -> int | None:
        """Time without the sound's way to the runner; it still includes the runner's reaction."""
        return None if self.time_ns is None else self.time_ns - self.sound_delay_ns

    def official_split(self, split: Split) -> str:
        """A split as it is shown: less the go's way to the ear, rounded up to 0.01 s."""
        return f"{shown_ns(split.time_ns - self.sound_delay_ns, by_hand=False) / NS_PER_S:.2f}"

    @property
    def crossings(self) -> int | None:
        """How often its athlete crossed the line, where that is what was counted; each is a split."""
        return len(self.splits) if self.distance_m is None and self.splits else None

    @property
    def official_splits(self) -> str:
        """Each line and its split, as text; of crossings how many over which length."""
        if self.crossings is not None:
            # The first one comes after half of the length.
            return f"{self.crossings} × {2.0 * self.splits[0].distance_m:g} m"
        return " ".join(f"{split.line} {self.official_split(split)}" for split in self.splits)

    @property
    def spread(self) -> str:
        """Half of the 95 % interval as text, rounded up: it is never shown narrower than it is; empty without one."""
        return "" if self.uncertainty_ns is None else spread_text(self.uncertainty_ns)

    @property
    def amount(self) -> str:
        """How far it went, or how long, as text with its unit."""
        return f"{self.distance_m:g} m" if self.distance_m is not None else f"{self.duration_s or 0:g} s"

    @property
    def who(self) -> str:
        """Its athlete; of a place in a wave that nobody has claimed its number, such as #2."""
        return self.athlete or ("" if self.place is None else f"#{self.place}")

    @property
    def why(self) -> str:
        """Why it has no time, as it is shown: of a wave before a single lane nobody knows who has not come in, or was
        hidden by somebody else."""
        return NOT_TIMED if self.place is not None and self.reason == "timeout" else self.reason

    @property
    def by_hand(self) -> bool:
        """Whether a person stopped it."""
        return Flag.MANUAL in self.flags

    @property
    def may_be_best(self) -> bool:
        """Whether it is a finish that the sensors leave no doubt about."""
        return self.status is RepStatus.FINISHED and self.method != BY_HAND and not DOUBTFUL.intersection(self.flags)

    def official_s(self, *, corrected: bool = True) -> float | None:
        """The time as `shown_ns` rounds it, in seconds; None without one."""
        time_ns = self.corrected_ns if corrected else self.time_ns
        return None if time_ns is None else shown_ns(time_ns, by_hand=self.by_hand) / NS_PER_S

    def official(self, *, corrected: bool = True) -> str:
        """`official_s` as text with one or two decimals, or a dash."""
        seconds = self.official_s(corrected=corrected)
        if seconds is None:
            return "–"
        return f"{seconds:.1f}" if self.by_hand else f"{seconds:.2f}"


def changed(record: RepRecord, **fields: object) -> RepRecord:
    """A newer word on a rep."""
    return msgspec.structs.replace(record, revision=record.revision + 1, **fields)


def voided(record: RepRecord) -> RepRecord:
    """A newer word on a rep: it does not count. Why it was a DNF is kept in one that did not count already."""
    if record.status is RepStatus.VOID:
        return changed(record)
    return changed(record, status=RepStatus.VOID, reason="void")
