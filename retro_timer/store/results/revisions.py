"""Corrections as rows: what each changed of which rep, and what taking one back leaves."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec

from retro_timer.store.results.entries import Change, Revised, Values

_COLUMNS = "id, session, rep, kind, before, after, wall_ns, boot, boot_ns, origin, undoes"
UNDO = "undo"
"""The kind of a correction that takes another one back."""


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
    found = connection.execute(
        f"SELECT {_COLUMNS}, EXISTS (SELECT 1 FROM revision AS other WHERE other.undoes = revision.id) FROM revision"
        " WHERE (?1 IS NULL OR session = ?1) AND (?2 IS NULL OR rep = ?2) AND (?3 IS NULL OR id = ?3) ORDER BY seq",
        (session, rep, revision),
    )
    return [_row(*row) for row in found.fetchall()]


def _row(*found: Any) -> RevisionRow:
    values = dict(zip((*_COLUMNS.split(", "), "undone"), found, strict=True))
    values |= {"before": json.loads(values["before"]), "after": json.loads(values["after"])}
    return RevisionRow(**{**values, "undone": bool(values["undone"])})


def newest_revision(connection: sqlite3.Connection, session: int | None = None) -> str | None:
    """The id of the last correction that has not been taken back, of a session or of all."""
    row = connection.execute(
        "SELECT id FROM revision WHERE kind != ? AND (?2 IS NULL OR session = ?2)"
        " AND NOT EXISTS (SELECT 1 FROM revision AS other WHERE other.undoes = revision.id) ORDER BY seq DESC LIMIT 1",
        (UNDO, session),
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
