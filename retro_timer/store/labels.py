"""Labels follow the wall clock when it is set: a box without a clock battery learns the date late, or wrongly at first.

A label is the wall time of a moment, kept with the boot in which it was made and the time since that boot. Once it is
known what the wall clock should have shown, every label of this boot is that time and the clock's offset. Those of
earlier boots stay: nobody knows how long the box was off.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

FIRST_YEAR = 2025
"""The program is not older: a clock before it was never set."""
_FIRST_WALL_NS = round(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000_000
TOLERANCE_NS = 1_000_000_000
"""A clock that is off by less is steered and not set, and no label shows it."""
_MOST_SESSIONS = 500
"""Only the newest are looked at: more are not made in one boot, and a large database must not be read for this."""


def correct_labels(connection: sqlite3.Connection, boot: str, offset_ns: int) -> int:
    """Correct the labels of a boot in which wall time is time since boot and `offset_ns`; how many were wrong."""
    values = {"boot": boot, "offset": offset_ns, "tolerance": TOLERANCE_NS, "most": _MOST_SESSIONS}
    changed = 0
    for table, number, label, moment in (
        ("session", "id", "started_wall_ns", "started_boot"),
        ("session", "id", "ended_wall_ns", "ended_boot"),
        ("rep", "session", "go_wall_ns", "go_boot"),
    ):
        changed += connection.execute(
            f"UPDATE {table} SET {label} = {moment}_ns + :offset"
            f" WHERE {number} > (SELECT coalesce(max(id), 0) - :most FROM session)"
            f" AND {moment} = :boot AND abs({label} - {moment}_ns - :offset) > :tolerance",
            values,
        ).rowcount
    return changed


def date_of(wall_ns: int) -> datetime | None:
    """A label by this machine's time zone; None for one from a clock that nobody had set, which is no date."""
    if wall_ns < _FIRST_WALL_NS:
        return None
    return datetime.fromtimestamp(wall_ns / 1e9, UTC).astimezone()
