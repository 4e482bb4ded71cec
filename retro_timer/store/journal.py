"""What a session leaves on disk: one writer, each change durable before anything is announced of it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from retro_timer.store.database import open_for_writing
from retro_timer.store.reps_log import RepsLog
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Plan
from retro_timer.training.record import Flag, RepRecord, RepStatus

OPEN = "open"


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


def owner_mark() -> str:
    """Names this process so that a later one can tell whether it still lives: boot, process id, its start time."""
    return f"{_boot()}:{os.getpid()}:{_started(os.getpid())}"


def owner_lives(mark: str) -> bool:
    """Whether the process that an owner mark names is still there."""
    boot, pid, started = [*mark.split(":"), "", "", ""][:3]
    if boot != _boot() or not pid.isdigit():
        return False
    return _started(int(pid)) == started != ""


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return "unknown"


def _started(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


class Journal:
    """The one writer. Every method returns when its change is on disk, or raises OSError or sqlite3.Error."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._db = open_for_writing(directory)
        self._log = RepsLog(directory)

    def close(self) -> None:
        """Close database and log."""
        self._db.close()
        self._log.close()

    def begin(self, plan: Plan, roster: Sequence[str], board: str, wall_ns: int) -> int:
        """A session starts; returns its id."""
        plan_json = msgspec.json.encode(plan).decode()
        roster_json = msgspec.json.encode(list(roster)).decode()
        row = (wall_ns, OPEN, board, owner_mark(), plan.title, plan_json, roster_json, "{}")
        cursor = self._db.execute(
            "INSERT INTO session (started_wall_ns, outcome, board, owner, title, plan, roster, rules)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )
        session = int(cursor.lastrowid or 0)
        self._log.append(
            {"session": session, "begin": wall_ns, "board": board, "title": plan.title, "plan": plan_json}
            | {"roster": list(roster), "owner": row[3]}
        )
        return session

    def adopt(self, session: int) -> None:
        """A recovered session is this process's now."""
        self._db.execute("UPDATE session SET owner = ? WHERE id = ?", (owner_mark(), session))

    def save(self, session: int, record: RepRecord, go_wall_ns: int) -> None:
        """The newest word on a rep; an older revision never replaces a newer one."""
        row = _row(session, record, go_wall_ns)
        columns = ", ".join(row)
        marks = ", ".join(f":{name}" for name in row)
        updates = ", ".join(f"{name} = excluded.{name}" for name in row if name not in ("session", "rep", "go_wall_ns"))
        self._db.execute(
            f"INSERT INTO rep ({columns}) VALUES ({marks}) ON CONFLICT (session, rep) DO UPDATE SET {updates}"
            " WHERE excluded.revision > rep.revision",
            row,
        )
        self._log.append(row)

    def end(self, session: int, outcome: str, wall_ns: int) -> None:
        """A session ends: done, stopped or interrupted."""
        self._db.execute("UPDATE session SET outcome = ?, ended_wall_ns = ? WHERE id = ?", (outcome, wall_ns, session))
        self._log.append({"session": session, "end": wall_ns, "outcome": outcome})

    def cut_off(self, board: str) -> list[SessionEntry]:
        """Sessions on this board that nobody ended and whose process is gone, newest first."""
        rows = self._db.execute(
            "SELECT id, started_wall_ns, outcome, board, owner, title, plan, roster FROM session"
            " WHERE outcome = ? AND board = ? ORDER BY id DESC",
            (OPEN, board),
        ).fetchall()
        entries = [
            SessionEntry(
                id=row[0],
                started_wall_ns=row[1],
                outcome=row[2],
                board=row[3],
                owner=row[4],
                title=row[5],
                plan=msgspec.json.decode(row[6], type=Plan),
                roster=tuple(msgspec.json.decode(row[7])),
            )
            for row in rows
        ]
        return [entry for entry in entries if not owner_lives(entry.owner)]

    def reps(self, session: int) -> list[RepRecord]:
        """The reps of a session, in order."""
        cursor = self._db.execute("SELECT * FROM rep WHERE session = ? ORDER BY rep", (session,))
        names = [column[0] for column in cursor.description]
        return [record_of(dict(zip(names, row, strict=True))) for row in cursor]


def _row(session: int, record: RepRecord, go_wall_ns: int) -> dict[str, Any]:
    return {
        "session": session,
        "rep": record.rep,
        "revision": record.revision,
        "set_no": record.set_no,
        "rep_no": record.rep_no,
        "athlete": record.athlete,
        "distance_mm": None if record.distance_m is None else round(record.distance_m * 1000),
        "duration_ms": None if record.duration_s is None else round(record.duration_s * 1000),
        "gait": str(record.gait),
        "status": str(record.status),
        "go_wall_ns": go_wall_ns,
        "go_ns": record.go_ns,
        "time_ns": record.time_ns,
        "uncertainty_ns": record.uncertainty_ns,
        "sound_delay_ns": record.sound_delay_ns,
        "method": record.method,
        "flags": ",".join(record.flags),
        "obstacles": record.obstacles,
        "reason": record.reason,
    }


def record_of(row: dict[str, Any] | sqlite3.Row) -> RepRecord:
    """A rep from its row."""
    distance_mm, duration_ms = row["distance_mm"], row["duration_ms"]
    return RepRecord(
        rep=row["rep"],
        set_no=row["set_no"],
        rep_no=row["rep_no"],
        athlete=row["athlete"],
        distance_m=None if distance_mm is None else distance_mm / 1000.0,
        duration_s=None if duration_ms is None else duration_ms / 1000.0,
        gait=Gait(row["gait"]),
        status=RepStatus(row["status"]),
        go_ns=row["go_ns"],
        time_ns=row["time_ns"],
        uncertainty_ns=row["uncertainty_ns"],
        sound_delay_ns=row["sound_delay_ns"],
        method=row["method"],
        flags=tuple(Flag(flag) for flag in row["flags"].split(",") if flag),
        obstacles=row["obstacles"],
        reason=row["reason"],
        revision=row["revision"],
    )
