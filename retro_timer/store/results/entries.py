"""The lines of `reps.jsonl`: one durable change each, with the format's version and a random id of its own.

Lines of versions 1 and 2 have neither. They are read as if they had: a session's id is made of its number and its
beginning, any other line's of its text, so that every copy of a line gives the same.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Annotated, Any, Literal

import msgspec

from retro_timer.errors import RetroTimerError

VERSION: Literal[3] = 3
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

    v: Literal[3] = VERSION
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


class Deleted(OfSession, frozen=True, kw_only=True, tag="delete"):
    """A session is gone for good; its number is never used again. It names nobody."""


class ClockSet(Entry, frozen=True, kw_only=True, tag="clock"):
    """In this boot the wall clock shows time since boot and `clock` nanoseconds: labels are corrected."""

    clock: int
    boot: str


AnyEntry = Begun | Adopted | Ended | RepKept | Deleted | ClockSet
_DECODER: msgspec.json.Decoder[AnyEntry] = msgspec.json.Decoder(AnyEntry)
_UNREADABLE = (ValueError, RecursionError)


def encode(entry: Entry) -> bytes:
    """A line, with its end."""
    return msgspec.json.encode(entry) + b"\n"


class LineReader:
    """Reads lines in order. Those of old versions name a session by a number that the last beginning explains."""

    def __init__(self) -> None:
        self._sessions: dict[int, str] = {}

    def read(self, line: bytes) -> AnyEntry | None:
        """The entry of a line; None for one that cannot be read. Raises RetroTimerError for a newer program's."""
        try:
            return _DECODER.decode(line)
        except _UNREADABLE:
            # Not a line of this version: perhaps an older one, perhaps damaged.
            return self._read_other(line)

    def _read_other(self, line: bytes) -> AnyEntry | None:
        try:
            fields = json.loads(line)
        except _UNREADABLE:
            return None
        if not isinstance(fields, dict):
            return None
        version = fields.get("v", 2)
        if isinstance(version, int) and version > VERSION:
            raise RetroTimerError(
                f"reps.jsonl has lines of version {version}, this program knows up to {VERSION}:"
                " install the newer program again"
            )
        if "v" in fields:
            return None
        try:
            upgraded: AnyEntry = msgspec.convert(self._upgraded(fields, line), AnyEntry)
        except _UNREADABLE:
            return None
        return upgraded

    def _upgraded(self, fields: dict[str, Any], line: bytes) -> dict[str, Any]:
        """The fields of a line of version 1 or 2 as they are now."""
        session = fields.get("session")
        if "begin" in fields:
            began = (fields["begin"], fields.get("started_boot", ""), fields.get("started_boot_ns", 0))
            uid = old_session_id(session, *began)
            if isinstance(session, int):
                self._sessions[session] = uid
            return {**fields, "kind": "begin", "id": uid}
        kind = next((name for name in ("end", "clock") if name in fields), "rep")
        uid = self._sessions.get(session, "") if isinstance(session, int) else ""
        return {**fields, "kind": kind, "id": _hashed(line.strip()), "uid": uid}


def old_session_id(number: object, wall_ns: object, boot: object, boot_ns: object) -> str:
    """The id of a session that was begun without one.

    Its label by wall time may have been corrected since, but only where the boot is known.
    """
    return _hashed(f"{number}:{boot}:{boot_ns if boot else wall_ns}".encode())


def _hashed(text: bytes) -> str:
    return f"{int.from_bytes(hashlib.sha256(text).digest()[:8], 'big') >> 1:016x}"
