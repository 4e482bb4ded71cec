"""Reads the lines of `reps.jsonl`, those of every older version as well.

Lines of versions 1 and 2 have no ids. They are read as if they had: a session's is made of its number and its
beginning, any other line's of its text, so that every copy of a line gives the same. Up to version 3 people are known
by their names alone, of which their ids are made.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

from retro_timer.errors import RetroTimerError
from retro_timer.store.results.entries import VERSION, AnyEntry, Begun, RepKept
from retro_timer.store.results.old_ids import hashed, old_athlete_id, old_session_id

_DECODER: msgspec.json.Decoder[AnyEntry] = msgspec.json.Decoder(AnyEntry)
_UNREADABLE = (ValueError, RecursionError)
_WITHOUT_PEOPLE = 3


class LineReader:
    """Reads lines in order. Those of old versions name a session by a number that the last beginning explains."""

    def __init__(self) -> None:
        self._sessions: dict[int, str] = {}

    def read(self, line: bytes) -> AnyEntry | None:
        """The entry of a line; None for one that cannot be read. Raises RetroTimerError for a newer program's."""
        try:
            return _with_people(_DECODER.decode(line))
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
        return _with_people(upgraded)

    def _upgraded(self, fields: dict[str, Any], line: bytes) -> dict[str, Any]:
        """The fields of a line of version 1 or 2 as they are now."""
        session = fields.get("session")
        if "begin" in fields:
            began = (fields["begin"], fields.get("started_boot", ""), fields.get("started_boot_ns", 0))
            uid = old_session_id(session, *began)
            if isinstance(session, int):
                self._sessions[session] = uid
            return {**fields, "kind": "begin", "v": _WITHOUT_PEOPLE, "id": uid}
        kind = next((name for name in ("end", "clock") if name in fields), "rep")
        uid = self._sessions.get(session, "") if isinstance(session, int) else ""
        return {**fields, "kind": kind, "v": _WITHOUT_PEOPLE, "id": hashed(line.strip()), "uid": uid}


def _with_people(entry: AnyEntry) -> AnyEntry:
    """A line of a version that knew people by their names alone, with their ids."""
    if entry.v == VERSION:
        return entry
    if isinstance(entry, RepKept):
        return msgspec.structs.replace(entry, v=VERSION, athlete_id=old_athlete_id(entry.athlete))
    if isinstance(entry, Begun):
        return msgspec.structs.replace(entry, v=VERSION, athletes=tuple(map(old_athlete_id, entry.roster)))
    return msgspec.structs.replace(entry, v=VERSION)
