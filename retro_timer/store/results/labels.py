"""Labels follow the wall clock when it is set: a box without a clock battery learns the date late, or wrongly at first.

A label is the wall time of a moment, kept with the boot in which it was made and the time since that boot. Once it is
known what the wall clock should have shown, every label of this boot is that time and the clock's offset. Those of
earlier boots stay: nobody knows how long the box was off.

A label is a date if the clock had been set: by the network, by a clock with a battery, or by whoever dated the session.
A box without either begins each boot where the last one ended, which looks like a date and is none. The table `clock`
has the boots in which that was so, and what has set the clock in them since; of older programs' boots nothing is known.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from retro_timer.ports import ClockSource
from retro_timer.store.results.entries import ClockSet

FIRST_YEAR = 2025
"""The program is not older: a clock before it was never set."""
FIRST_WALL_NS = round(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000_000
TOLERANCE_NS = 1_000_000_000
"""A clock that is off by less is steered and not set, and no label shows it."""
_MOST_SESSIONS = 500
"""Only the newest are looked at: more are not made in one boot, and a large database must not be read for this."""
_LABELS = (
    ("session", "id", "started_wall_ns", "started_boot"),
    ("session", "id", "ended_wall_ns", "ended_boot"),
    ("rep", "session", "go_wall_ns", "go_boot"),
    ("revision", "session", "wall_ns", "boot"),
)
_WRONG = (
    "{number} > (SELECT coalesce(max(id), 0) - :most FROM session)"
    " AND {moment} = :boot AND abs({label} - {moment}_ns - :offset) > :tolerance"
)
# What a person has dated knows better than any clock; when it was corrected is not what they dated.
_NOT_DATED = " AND NOT EXISTS (SELECT 1 FROM session AS of WHERE of.id = {table}.{number} AND of.dated)"


def correct_labels(connection: sqlite3.Connection, boot: str, offset_ns: int) -> int:
    """Correct the labels of a boot in which wall time is time since boot and `offset_ns`; how many were wrong."""
    values = _values(boot, offset_ns)
    changed = 0
    for table, label, moment, wrong in _wrong_labels():
        update = f"UPDATE {table} SET {label} = {moment}_ns + :offset WHERE {wrong}"
        changed += connection.execute(update, values).rowcount
    return changed


def date_of(wall_ns: int) -> datetime | None:
    """A label by this machine's time zone; None for one from a clock that nobody had set, which is no date."""
    if wall_ns < FIRST_WALL_NS:
        return None
    return datetime.fromtimestamp(wall_ns / 1e9, UTC).astimezone()


_NOBODY_SET = f"SELECT boot FROM clock WHERE source = '{ClockSource.NOBODY}'"
NOT_SET = f"({_NOBODY_SET})"
"""Boots in which nobody has set the clock, for a condition."""


class Dates(NamedTuple):
    """Which labels are dates."""

    not_set: frozenset[str]
    """Boots in which nobody has set the clock."""
    dated: frozenset[int]
    """Sessions that a person has dated."""

    @classmethod
    def of(cls, connection: sqlite3.Connection) -> Dates:
        """As the database has it now."""
        boots = connection.execute(_NOBODY_SET).fetchall()
        dated = connection.execute("SELECT id FROM session WHERE dated").fetchall() if boots else []
        return cls(frozenset(boot for (boot,) in boots), frozenset(number for (number,) in dated))

    def has(self, session: int, boot: str) -> bool:
        """Whether a label of a session that was made in a boot is one."""
        return boot not in self.not_set or session in self.dated


def keep_source(connection: sqlite3.Connection, entry: ClockSet) -> None:
    """Keep what has set the clock in a boot: once anything has, it stays so."""
    connection.execute(
        "INSERT INTO clock VALUES (?, ?, ?) ON CONFLICT (boot) DO UPDATE SET source = excluded.source,"
        " offset_ns = excluded.offset_ns WHERE excluded.source != ?4 OR clock.source = ?4",
        (entry.boot, entry.source, entry.clock, ClockSource.NOBODY),
    )


def is_news(connection: sqlite3.Connection, boot: str, source: ClockSource | None) -> bool:
    """Whether it decides anew which labels are dates that `source` has set the clock in a boot."""
    row = connection.execute("SELECT source FROM clock WHERE boot = ?", (boot,)).fetchone()
    if source is ClockSource.NOBODY:
        return row is None
    return source is not None and row is not None and row[0] == ClockSource.NOBODY


def any_label_wrong(connection: sqlite3.Connection, boot: str, offset_ns: int) -> bool:
    """Whether `correct_labels` would change anything."""
    values = _values(boot, offset_ns)
    for table, _, _, wrong in _wrong_labels():
        if connection.execute(f"SELECT EXISTS (SELECT 1 FROM {table} WHERE {wrong})", values).fetchone()[0]:
            return True
    return False


def _wrong_labels() -> Iterator[tuple[str, str, str, str]]:
    """Each label's table, column and moment, with the condition that it is wrong."""
    for table, number, label, moment in _LABELS:
        condition = _WRONG if table == "revision" else _WRONG + _NOT_DATED
        yield table, label, moment, condition.format(table=table, number=number, label=label, moment=moment)


def _values(boot: str, offset_ns: int) -> dict[str, Any]:
    return {"boot": boot, "offset": offset_ns, "tolerance": TOLERANCE_NS, "most": _MOST_SESSIONS}
