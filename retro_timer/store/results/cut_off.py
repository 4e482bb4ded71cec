"""Sessions that nobody ended, because the power or the process went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from retro_timer.store.results.apply import OPEN
from retro_timer.store.results.journal import Journal
from retro_timer.store.results.owners import owner_lives
from retro_timer.store.results.presences import presences
from retro_timer.store.results.revisions import newest_revision
from retro_timer.training.plan import Plan
from retro_timer.training.record import Presence


class SessionEntry(msgspec.Struct, frozen=True):
    """A session as the journal knows it."""

    id: int
    started_wall_ns: int
    outcome: str
    board: str
    owner: str
    title: str
    plan: Plan
    roster: tuple[str, ...]
    uid: str = ""
    """The session's random id."""
    presences: tuple[Presence, ...] = ()
    """Of those of whom more is known than that they are on the roster."""
    corrected: str = ""
    """The id of its last correction that has not been taken back."""


def cut_off(journal: Journal, board: str) -> list[SessionEntry]:
    """Those on this board whose process is gone, newest first. Raises OSError or sqlite3.Error."""
    rows = journal.database.execute(
        "SELECT id, started_wall_ns, outcome, board, owner, title, plan, roster, uid FROM session"
        " WHERE outcome = ? AND board = ? ORDER BY id DESC",
        (OPEN, board),
    ).fetchall()
    return [entry for row in rows if not owner_lives(row[4]) and (entry := _entry(journal, row)) is not None]


def _entry(journal: Journal, row: Sequence[Any]) -> SessionEntry | None:
    """A session from its row; None, and closed as interrupted, if this program no longer reads its plan."""
    number, started_wall_ns, outcome, board, owner, title, plan, roster, uid = row
    try:
        read, names = msgspec.json.decode(plan, type=Plan), msgspec.json.decode(roster, type=tuple[str, ...])
    except msgspec.MsgspecError:
        journal.end(number, "interrupted", started_wall_ns)
        return None
    found = presences(journal.database, number)
    corrected = newest_revision(journal.database, number) or ""
    return SessionEntry(number, started_wall_ns, outcome, board, owner, title, read, names, uid, found, corrected)
