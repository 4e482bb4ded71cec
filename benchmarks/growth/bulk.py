"""Results of any size, database and log, with the program's own tables and lines, made the fast way."""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from retro_timer.settings.loading import load_plan
from retro_timer.store.results.athletes import ensure_athlete
from retro_timer.store.results.database import open_for_writing
from retro_timer.store.results.journal import Journal
from retro_timer.store.results.old_ids import old_athlete_id
from retro_timer.store.results.rows import COLUMNS, row_of
from retro_timer.training.gaits import Gait
from retro_timer.training.record import Flag, RepRecord, RepStatus

ATHLETES = tuple(f"Athlete {number:02d}" for number in range(1, 41))
BOARD = "pi"
_BEGIN_WALL_NS = 1_736_000_000_000_000_000
"""In January 2025: labels are dates from then on."""
_SESSION_NS = 90 * 60 * 1_000_000_000
_LASTS_NS = _SESSION_NS * 3 // 4
_START_NS = 40_000_000_000
"""Of the box, which is switched on for each session and learns the time from the network."""


class Shape(msgspec.Struct, frozen=True):
    """What sessions are like."""

    reps: int = 60
    athletes: int = 12


USUAL = Shape()


def fill(directory: Path, reps: int, seed: int = 1, shape: Shape = USUAL) -> int:
    """Make results with so many finished reps, or add them to those that are there; returns the newest session."""
    connection = open_for_writing(directory)
    try:
        # Only the making is hurried: the tables, indices and rows are those of the journal.
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        first = 1 + int(connection.execute("SELECT coalesce(max(id), 0) FROM session").fetchone()[0])
        for name in ATHLETES:
            ensure_athlete(connection, old_athlete_id(name), name)
        sessions = range(first, first + -(-reps // shape.reps))
        connection.executemany(
            "INSERT INTO session (id, started_wall_ns, ended_wall_ns, outcome, board, owner, title, plan, roster,"
            " athletes, uid, started_boot, started_boot_ns, ended_boot, ended_boot_ns)"
            " VALUES (?, ?, ?, 'done', ?, '', ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            _sessions(sessions, shape),
        )
        marks = ", ".join(f":{name}" for name in COLUMNS)
        connection.executemany(
            f"INSERT INTO rep ({', '.join(COLUMNS)}) VALUES ({marks})",
            _reps(sessions, reps, random.Random(seed), shape),
        )
        # What the log lacks is written into it when the journal is opened.
        connection.execute("DELETE FROM log_mark")
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA synchronous = FULL")
    finally:
        connection.close()
    Journal(directory).close()
    os.sync()
    return sessions[-1]


def _on_course(session: int, shape: Shape) -> tuple[str, ...]:
    return tuple(ATHLETES[(session * 7 + i) % len(ATHLETES)] for i in range(shape.athletes))


def _began_ns(session: int) -> int:
    return _BEGIN_WALL_NS + session * _SESSION_NS


def _boot(session: int) -> str:
    """As `/proc/sys/kernel/random/boot_id` has it: of the box's start for that session."""
    return str(uuid.UUID(int=session))


def _sessions(numbers: range, shape: Shape) -> Iterator[tuple[Any, ...]]:
    plan = load_plan("conditioning")
    text = msgspec.json.encode(plan).decode()
    for number in numbers:
        began_ns, boot = _began_ns(number), _boot(number)
        roster = _on_course(number, shape)
        lists = (msgspec.json.encode(names).decode() for names in (roster, tuple(map(old_athlete_id, roster))))
        labels = (boot, _START_NS, boot, _START_NS + _LASTS_NS)
        yield (number, began_ns, began_ns + _LASTS_NS, BOARD, plan.title, text, *lists, f"{number:016x}", *labels)


def _reps(sessions: range, count: int, rng: random.Random, shape: Shape) -> Iterator[dict[str, Any]]:
    for index in range(count):
        session = sessions[index // shape.reps]
        rep = index % shape.reps + 1
        finished = rng.random() < 0.95
        record = RepRecord(
            rep=rep,
            set_no=1,
            rep_no=1 + (rep - 1) // shape.athletes,
            athlete=_on_course(session, shape)[rep % shape.athletes],
            distance_m=50.0,
            duration_s=None,
            gait=Gait.JOG,
            status=RepStatus.FINISHED if finished else RepStatus.DNF,
            go_ns=rep * 60_000_000_000,
            time_ns=round(rng.uniform(16.0, 32.0) * 1e9) if finished else None,
            uncertainty_ns=12_000_000 if finished else None,
            sound_delay_ns=146_000_000,
            method="gate" if finished else "",
            flags=(Flag.FAST,) if rng.random() < 0.02 else (),
            reason="" if finished else "timeout",
        )
        go_wall_ns, go_boot_ns = _began_ns(session) + record.go_ns, _START_NS + record.go_ns
        yield row_of(session, record, go_wall_ns, _boot(session), go_boot_ns, athlete_id=old_athlete_id(record.athlete))
