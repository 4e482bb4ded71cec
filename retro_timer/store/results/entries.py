"""The lines of `reps.jsonl`: one durable change each, with the format's version and a random id of its own.

How lines of older versions are read: `log_lines.py`.
"""

from __future__ import annotations

import secrets
from typing import Annotated, Literal

import msgspec

VERSION: Literal[4] = 4
_PATTERN = "^[0-7][0-9a-f]{15}$"

Id = Annotated[str, msgspec.Meta(pattern=_PATTERN)]
"""63 random bits as 16 hexadecimal digits, so that SQLite keeps them as a whole number."""


def new_id() -> str:
    """An id that nothing else has, on this box or another."""
    return f"{secrets.randbits(63):016x}"


def id_number(text: str) -> int:
    """An id as the database keeps it."""
    return int(text, 16)


class Entry(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """One change. `id` tells it from every other, so that nothing is done twice."""

    v: Literal[3, 4] = VERSION
    """Version 3 knows people by their names alone."""
    id: Id


class Begun(Entry, frozen=True, kw_only=True, tag="begin"):
    """A session begins. The id of this line is the session's from now on; `session` is its number for people."""

    session: int
    begin: int
    board: str
    title: str
    plan: str
    roster: tuple[str, ...]
    owner: str
    started_boot: str = ""
    started_boot_ns: int = 0
    athletes: tuple[str, ...] = ()
    """The ids of those on the roster, in its order; empty for who is nobody in particular."""


class OfSession(Entry, frozen=True, kw_only=True):
    """A change of one session: `uid` is the session's id; empty in a line that knows only its number."""

    uid: str
    session: int


class Adopted(OfSession, frozen=True, kw_only=True, tag="adopt"):
    """A session that was cut off is another process's now."""

    owner: str


class Ended(OfSession, frozen=True, kw_only=True, tag="end"):
    """A session ends."""

    end: int
    outcome: str
    ended_boot: str = ""
    ended_boot_ns: int = 0


class RepKept(OfSession, frozen=True, kw_only=True, tag="rep"):
    """The newest word on a rep: a row of the database."""

    rep: int
    revision: int
    set_no: int
    rep_no: int
    athlete: str
    distance_mm: int | None
    duration_ms: int | None
    gait: str
    status: str
    go_wall_ns: int
    go_ns: int
    time_ns: int | None
    uncertainty_ns: int | None
    sound_delay_ns: int
    method: str
    flags: str
    obstacles: int
    reason: str
    go_boot: str = ""
    go_boot_ns: int = 0
    start: str = "go"
    start_uncertainty_ns: int = 0
    splits: str = ""
    athlete_id: str = ""
    line: str = ""
    lane: int | None = None
    part: str = ""
    wave: int | None = None
    place: int | None = None
    target_ns: int | None = None
    note: str = ""


class Deleted(OfSession, frozen=True, kw_only=True, tag="delete"):
    """A session is gone for good; its number is never used again. It names nobody."""


class ClockSet(Entry, frozen=True, kw_only=True, tag="clock"):
    """In this boot the wall clock shows time since boot and `clock` nanoseconds: labels are corrected."""

    clock: int
    boot: str
    source: str = ""
    """What had set the clock: ntp, rtc, set (by a person) or nobody; empty where that is not known."""


class AthleteKept(Entry, frozen=True, kw_only=True, tag="athlete"):
    """The newest word on an athlete, whose id is `athlete`; see `athletes.AthleteRow`. A merge is one of them."""

    athlete: Id
    number: int
    revision: int
    name: str
    say: str = ""
    team: str = ""
    born: int | None = None
    notes: str = ""
    forward: tuple[tuple[int, int], ...] = ()
    merged_into: str = ""


class Forgotten(Entry, frozen=True, kw_only=True, tag="forget"):
    """An athlete is to be forgotten: from now on no line names them."""

    athlete: Id


Values = dict[str, str | int | None]
"""Columns of a row."""


class Change(msgspec.Struct, frozen=True):
    """What a correction changes of one rep; of the session itself where that is 0."""

    rep: int
    before: Values
    after: Values


class Revised(OfSession, frozen=True, kw_only=True, tag="revise"):
    """A correction: `id` is what it is undone by. Done as a whole, or not at all."""

    correction: str
    changes: tuple[Change, ...]
    reps: tuple[RepKept, ...] = ()
    """The newest word on each rep that it changes."""
    wall_ns: int
    boot: str = ""
    boot_ns: int = 0
    origin: str
    """Where it came from: button, ctl, edit, or page and its client."""
    undoes: str = ""
    """The id of the correction that this one takes back."""


class PresenceKept(OfSession, frozen=True, kw_only=True, tag="presence"):
    """Whether somebody is here, their place in the order of turns, and which steps they skipped."""

    name: str
    athlete_id: str = ""
    revision: int
    present: bool
    order: int
    skipped: tuple[int, ...] = ()


AnyEntry = Begun | Adopted | Ended | RepKept | Deleted | ClockSet | AthleteKept | Forgotten | Revised | PresenceKept


def encode(entry: Entry) -> bytes:
    """A line, with its end."""
    return msgspec.json.encode(entry) + b"\n"
