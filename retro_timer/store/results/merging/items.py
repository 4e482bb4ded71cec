"""What an exported file has of a rep, a session and an athlete: the structs that write it, read it and describe it.

Times are seconds and lengths metres, exact to the nanosecond and the millimetre that are kept; `_ns` are whole
nanoseconds. A label is what the clock showed, right or wrong: it is a date where `go_at` or `started_at` is there.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from retro_timer.store.results.entries import Id, Values
from retro_timer.training.corrections import MOST_NUMBER
from retro_timer.training.gaits import Gait
from retro_timer.training.record import Flag, StartKind

VERSION = 1
"""Of the files. A new column, key or meaning counts it up; a file of a later one is refused."""
FORMAT: Literal["retro-timer results"] = "retro-timer results"

_MOST_S = 4_000_000.0
"""46 days, so that seconds as binary fractions still name every nanosecond."""
Number = Annotated[int, Meta(ge=1, le=MOST_NUMBER)]
Count = Annotated[int, Meta(ge=0, le=MOST_NUMBER)]
_AnyNs = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Seconds = Annotated[float, Meta(ge=-_MOST_S, le=_MOST_S)]
Metres = Annotated[float, Meta(ge=0, le=_MOST_S)]
Name = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=2000)]
IdOrNone = Annotated[str, Meta(pattern="^([0-7][0-9a-f]{15})?$")]
"""Empty for nobody in particular."""


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of them all: what is not known is refused, so that nothing is lost unheard."""


class SplitItem(Item, frozen=True, kw_only=True):
    """When the back passed a line on the way."""

    line: Name
    distance_m: Metres
    time_s: Seconds
    uncertainty_s: Seconds


class RepItem(Item, frozen=True, kw_only=True):
    """A rep that has ended. `time_s` is raw, from the start of the clock; `shown_s` is as the program shows it: without
    the sound's way to the start, and rounded up.
    """

    rep: Number
    """Running number in the session."""
    set: Count
    rep_in_set: Count
    athlete: Name
    """What they are called now."""
    athlete_id: IdOrNone
    distance_m: Metres | None
    duration_s: Seconds | None
    """Of a timed step."""
    gait: Gait
    status: Literal["finished", "dnf", "void"]
    time_s: Seconds | None
    uncertainty_s: Seconds | None
    """Half-width of the 95 % interval of `time_s`."""
    sound_delay_s: Seconds
    """How long the go took to the runner's ear."""
    shown_s: float | None
    method: Name
    start: StartKind
    start_uncertainty_s: Seconds
    splits: tuple[SplitItem, ...]
    flags: tuple[Flag, ...]
    obstacles: Count
    reason: Name
    """Why it is no finish."""
    date: str | None
    """Of the go, by the exporting machine's time zone, as `time_of_day` is; none where the box did not know it."""
    time_of_day: str | None
    go_at: str | None
    line: Name
    lane: Count | None
    part: Name
    wave: Count | None
    place: Count | None
    target_s: Seconds | None
    note: Text
    revision: Number
    """Grows with each correction."""
    go_label_ns: _AnyNs
    """What the clock showed at the go, since 1970."""
    go_monotonic_ns: _AnyNs
    """The go on the clock of the run that timed it."""


class OnRoster(Item, frozen=True, kw_only=True):
    """One of a session's athletes, in the order of turns."""

    name: Name
    athlete_id: IdOrNone


class PresenceItem(Item, frozen=True, kw_only=True):
    """Whether somebody took part, and what they missed."""

    name: Name
    athlete_id: IdOrNone
    revision: Number
    present: bool
    order: _AnyNs
    skipped: tuple[_AnyNs, ...]


class CorrectionItem(Item, frozen=True, kw_only=True):
    """A correction, as the program keeps it: of which rep (0: the session itself), from what, to what."""

    id: Id
    rep: Count
    kind: Name
    before: Values
    after: Values
    made_ns: _AnyNs
    """What the clock showed."""
    origin: Name
    undoes: IdOrNone


class SessionItem(Item, frozen=True, kw_only=True):
    """A session and its reps."""

    id: Id
    """Random; `session` is its number for people, on the box that wrote the file."""
    session: Number
    title: Text
    outcome: Name
    """done, stopped, interrupted, or open where it was not over"""
    board: Name
    started_at: str | None
    ended_at: str | None
    started_label_ns: _AnyNs
    ended_label_ns: _AnyNs | None
    note: Text | None
    """null where a file does not tell"""
    plan: dict[str, Any]
    roster: tuple[OnRoster, ...]
    presences: tuple[PresenceItem, ...]
    corrections: tuple[CorrectionItem, ...]
    reps: tuple[RepItem, ...]


class ForwardItem(Item, frozen=True, kw_only=True):
    """A time running forward, to compare with."""

    distance_m: Metres
    time_s: Seconds


class AthleteItem(Item, frozen=True, kw_only=True):
    """An athlete."""

    id: Id
    number: Number
    """For people, on the box that wrote the file."""
    name: Name
    say: Name
    group: Name
    born: int | None
    notes: Text
    forward: tuple[ForwardItem, ...]
    merged_into: IdOrNone
    """The id of whom these two are one person with."""
    forgotten: bool
    revision: Count


class ResultsFile(Item, frozen=True, kw_only=True):
    """The file."""

    format: Literal["retro-timer results"]
    version: Literal[1]
    program: str
    """Version of the program that wrote it."""
    athletes: tuple[AthleteItem, ...]
    sessions: tuple[SessionItem, ...]
