"""Corrections as rows: what each changed of which rep, and what taking one back leaves."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from retro_timer.errors import BadInputError
from retro_timer.store.results.entries import Change, Revised, Values
from retro_timer.store.results.labels import NOT_SET, date_of
from retro_timer.training.record import RepStatus

_COLUMNS = "id, session, rep, kind, before, after, wall_ns, boot, boot_ns, origin, undoes"
_TAKEN_BACK = (
    # The index has those that take one back alone: it is used where the condition says so.
    "EXISTS (SELECT 1 FROM revision AS other WHERE other.undoes = revision.id AND other.undoes != '')"
)
UNDO = "undo"
"""The kind of a correction that takes another one back."""
NOBODY = "nobody"
"""That of a crossing which was no finish."""
IMPORTED = "import "
"""Before the origin of a correction that came with a file."""


class RevisionRow(msgspec.Struct, frozen=True):
    """One correction of one rep, or of the session where `rep` is 0. One that concerns two reps is two rows."""

    id: str
    session: int
    rep: int
    kind: str
    before: Values
    after: Values
    wall_ns: int
    boot: str
    boot_ns: int
    origin: str
    undoes: str
    """The id of the correction that this one takes back."""
    undone: bool
    """Whether it has been taken back."""
    made_is_date: bool = True
    """Whether the box knew the date when it was made; see `labels.Dates`."""

    @property
    def made_at(self) -> datetime | None:
        """When it was made, by this machine's time zone; None where the box did not know the date."""
        return date_of(self.wall_ns) if self.made_is_date else None


def keep_revision(connection: sqlite3.Connection, session: int, entry: Revised) -> None:
    """Write a correction down; once, however often it comes."""
    connection.executemany(
        f"INSERT OR IGNORE INTO revision ({_COLUMNS}) VALUES ({', '.join('?' * 11)})",
        [
            (
                entry.id,
                session,
                change.rep,
                entry.correction,
                json.dumps(change.before),
                json.dumps(change.after),
                entry.wall_ns,
                entry.boot,
                entry.boot_ns,
                entry.origin,
                entry.undoes,
            )
            for change in entry.changes
        ],
    )


def revisions(
    connection: sqlite3.Connection, *, session: int | None = None, rep: int | None = None, revision: str | None = None
) -> list[RevisionRow]:
    """Corrections in the order in which they were made: of a session, of one of its reps, or the one of an id."""
    wanted = {"session": session, "rep": rep, "id": revision}
    given = {column: value for column, value in wanted.items() if value is not None}
    where = " AND ".join(f"{column} = :{column}" for column in given) or "TRUE"
    found = connection.execute(
        f"SELECT {_COLUMNS}, {_TAKEN_BACK}, boot NOT IN {NOT_SET} FROM revision WHERE {where} ORDER BY seq", given
    )
    return [_row(*row) for row in found.fetchall()]


def _row(*found: Any) -> RevisionRow:
    values = dict(zip((*_COLUMNS.split(", "), "undone", "made_is_date"), found, strict=True))
    values |= {name: json.loads(values[name]) for name in ("before", "after")}
    values |= {name: bool(values[name]) for name in ("undone", "made_is_date")}
    return RevisionRow(**values)


def newest_revision(connection: sqlite3.Connection, session: int | None = None) -> str | None:
    """The id of the last correction, of one session or all, that was made here and has not been taken back."""
    row = connection.execute(
        f"SELECT id FROM revision WHERE kind != ?1 AND origin NOT LIKE ?2 AND NOT {_TAKEN_BACK}"
        " AND (?3 IS NULL OR session = ?3) ORDER BY seq DESC LIMIT 1",
        (UNDO, f"{IMPORTED}%", session),
    ).fetchone()
    return None if row is None else str(row[0])


def without(row: RevisionRow, others: Sequence[RevisionRow]) -> Change:
    """What taking one correction of a rep back changes, whoever made others before or after it.

    `others`: all of the rep's corrections, oldest first. A value that a later one has changed stays as that one left
    it; when that is taken back too, the value from before both returns.
    """
    mine = next(index for index, other in enumerate(others) if other.id == row.id)
    before, after = Values(), Values()
    for column, value in row.after.items():
        if any(_counts(other) and column in other.after for other in others[mine + 1 :]):
            continue
        before[column], after[column] = value, _former(column, row.before[column], others[:mine])
    return Change(row.rep, before, after)


def _counts(row: RevisionRow) -> bool:
    return row.kind != UNDO and not row.undone


def _former(column: str, value: str | int | None, earlier: Sequence[RevisionRow]) -> str | int | None:
    """A value from before a correction, less what has been taken back since."""
    for other in reversed([other for other in earlier if other.kind != UNDO and column in other.after]):
        if not other.undone or other.after[column] != value:
            break
        value = other.before[column]
    return value


def ended_since(row: RevisionRow, now: Mapping[str, Any] | None, change: Change) -> Change:
    """What taking a correction back changes of a rep that was on the course again by it, as the rep is `now`.

    Raises BadInputError for one that is still there.
    """
    if row.kind == NOBODY and row.after.get("status") == RepStatus.VOID:
        # A relay's leg that had begun with that crossing: it has begun anew since, or not at all.
        return Change(row.rep, {}, {})
    if now is None or row.after.get("status") != RepStatus.OPEN:
        return change
    if now["status"] == RepStatus.OPEN:
        # How it ends would be kept over this.
        wanted = f"`retro-timer ctl undo {row.id}`, or this once it has ended"
        raise BadInputError(f"undo {row.id}", f"rep {row.rep} is under way again", wanted)
    if now["time_ns"] is not None:
        # Who has come since keeps that finish.
        return Change(row.rep, {}, {})
    if change.after.get("status") != RepStatus.FINISHED:
        return change
    after: Values = {**change.after, "reason": ""}
    return Change(row.rep, {column: now[column] for column in after}, after)


def leads_to(before: Values, after: Values) -> bool:
    """Whether a rep has become what it was before a correction; a reason for no finish may have come later."""
    return ({"reason": ""} | dict(before)).items() >= after.items()
