"""Lines of the log, and the whole log, without those who are to be forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from retro_timer.settings.whole import keep_owner, writing_whole
from retro_timer.store.results.entries import (
    AnyEntry,
    AthleteKept,
    Begun,
    Change,
    PresenceKept,
    RepKept,
    Revised,
    Values,
    encode,
    id_number,
)
from retro_timer.store.results.log_lines import LineReader
from retro_timer.store.results.reps_log import NAME, RepsLog

Removed = Mapping[str, str]
"""What to call those who are forgotten, by their ids."""
_AS_WRITTEN_NOW = b'"v":4'


class Rewritten(msgspec.Struct, frozen=True):
    """A log that has been written anew."""

    length: int
    """Bytes."""
    last_start: int
    """Where its last line begins."""
    last_id: int
    changed: int
    """Lines that named somebody."""
    unread: int
    """Lines that no program can read, left out because nobody knows whom they name."""


def without_names(entry: AnyEntry, removed: Removed) -> AnyEntry:
    """An entry that names nobody of them. It keeps its id; an athlete's keeps its place, emptied, for the numbers."""
    match entry:
        case AthleteKept():
            if entry.athlete not in removed:
                return entry
            return AthleteKept(
                id=entry.id,
                athlete=entry.athlete,
                number=entry.number,
                revision=entry.revision,
                name=removed[entry.athlete],
                merged_into=entry.merged_into,
            )
        case Begun():
            ids = entry.athletes or ("",) * len(entry.roster)
            roster = tuple(removed.get(uid, name) for uid, name in zip(ids, entry.roster, strict=True))
            return msgspec.structs.replace(entry, roster=roster)
        case RepKept():
            return msgspec.structs.replace(entry, athlete=removed.get(entry.athlete_id, entry.athlete))
        case PresenceKept():
            return msgspec.structs.replace(entry, name=removed.get(entry.athlete_id, entry.name))
        case Revised():
            changes = tuple(
                Change(change.rep, _anonymised(change.before, removed), _anonymised(change.after, removed))
                for change in entry.changes
            )
            reps = tuple(
                msgspec.structs.replace(rep, athlete=removed.get(rep.athlete_id, rep.athlete)) for rep in entry.reps
            )
            return msgspec.structs.replace(entry, changes=changes, reps=reps)
    return entry


def _anonymised(values: Values, removed: Removed) -> Values:
    uid = values.get("athlete_id")
    return {**values, "athlete": removed[uid]} if isinstance(uid, str) and uid in removed else values


def names_in(entry: AnyEntry) -> list[tuple[str, str]]:
    """The ids of those whom an entry names, and their names."""
    match entry:
        case AthleteKept():
            return [(entry.athlete, entry.name)]
        case Begun():
            return list(zip(entry.athletes, entry.roster, strict=False))
        case RepKept():
            return [(entry.athlete_id, entry.athlete)]
        case PresenceKept():
            return [(entry.athlete_id, entry.name)]
        case Revised():
            told = [values for change in entry.changes for values in (change.before, change.after)]
            pairs = [(str(values.get("athlete_id", "")), str(values.get("athlete", ""))) for values in told]
            return [*pairs, *((rep.athlete_id, rep.athlete) for rep in entry.reps)]
    return []


def rewrite_log(directory: Path, removed: Removed) -> Rewritten:
    """Write the log anew without their names; the old one or the new one is there, whenever the plug is pulled.

    Raises OSError, or RetroTimerError for a newer program's log.
    """
    log, reader = RepsLog(directory), LineReader()
    length = last_start = last_id = changed = unread = 0
    try:
        with writing_whole(directory / NAME) as file:
            keep_owner(file.fileno(), directory / NAME)
            for _, line in log.lines():
                if not line.strip():
                    continue
                entry = reader.read(line)
                if entry is None:
                    unread += 1
                    continue
                bare = without_names(entry, removed)
                changed += bare != entry
                # Lines of older versions hang together by their sessions' numbers: all are written as they are now.
                data = line + b"\n" if bare == entry and _AS_WRITTEN_NOW in line else encode(bare)
                file.write(data)
                last_start, length, last_id = length, length + len(data), id_number(entry.id)
    finally:
        log.close()
    return Rewritten(length, last_start, last_id, changed, unread)
