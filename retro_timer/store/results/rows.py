"""A rep as a row of the database, there and back."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from retro_timer.training.gaits import Gait
from retro_timer.training.record import Flag, RepRecord, RepStatus, Split, StartKind

COLUMNS = (
    "session", "rep", "revision", "set_no", "rep_no", "athlete", "distance_mm", "duration_ms", "gait", "status",
    "go_wall_ns", "go_ns", "time_ns", "uncertainty_ns", "sound_delay_ns", "method", "flags", "obstacles", "reason",
    "go_boot", "go_boot_ns", "start", "start_uncertainty_ns", "splits", "athlete_id", "line", "lane", "part", "wave",
    "place", "target_ns", "note",
)  # fmt: skip
_LABEL = ("go_wall_ns", "go_boot", "go_boot_ns")
_FIXED = ("session", "rep", *_LABEL)


_MARKS = ", ".join(f":{name}" for name in COLUMNS)
_UPDATES = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name not in _FIXED)
_SAVE = (
    f"INSERT INTO rep ({', '.join(COLUMNS)}) VALUES ({_MARKS}) ON CONFLICT (session, rep) DO UPDATE SET {_UPDATES}"
    " WHERE excluded.revision > rep.revision"
)


def save_row(connection: sqlite3.Connection, row: dict[str, Any]) -> bool:
    """Insert a rep, or replace an older revision of it; whether anything changed. What else `row` holds is ignored."""
    return connection.execute(_SAVE, row).rowcount > 0


def row_of(
    session: int,
    record: RepRecord,
    go_wall_ns: int,
    go_boot: str = "",
    go_boot_ns: int = 0,
    *,
    athlete_id: str = "",
) -> dict[str, Any]:
    """A rep as a row: whole numbers and texts. Its go is labelled by wall time, boot, and time since that boot."""
    label = {"go_wall_ns": go_wall_ns, "go_boot": go_boot, "go_boot_ns": go_boot_ns}
    return {"session": session, "athlete_id": athlete_id, **label, **values_of(record)}


def values_of(record: RepRecord) -> dict[str, Any]:
    """What a rep's record says, by columns."""
    return {
        "rep": record.rep,
        "revision": record.revision,
        "set_no": record.set_no,
        "rep_no": record.rep_no,
        "athlete": record.athlete,
        "distance_mm": None if record.distance_m is None else round(record.distance_m * 1000),
        "duration_ms": None if record.duration_s is None else round(record.duration_s * 1000),
        "gait": str(record.gait),
        "status": str(record.status),
        "go_ns": record.go_ns,
        "time_ns": record.time_ns,
        "uncertainty_ns": record.uncertainty_ns,
        "sound_delay_ns": record.sound_delay_ns,
        "method": record.method,
        "flags": ",".join(record.flags),
        "obstacles": record.obstacles,
        "reason": record.reason,
        "start": str(record.start),
        "start_uncertainty_ns": record.start_uncertainty_ns,
        "splits": _splits_text(record.splits),
        "line": record.line,
        "lane": record.lane,
        "part": record.part,
        "wave": record.wave,
        "place": record.place,
        "target_ns": record.target_ns,
        "note": record.note,
    }


def record_of(row: dict[str, Any] | sqlite3.Row, athlete: str | None = None) -> RepRecord:
    """A rep from its row; with the name that its athlete has now, if that is given."""
    distance_mm, duration_ms = row["distance_mm"], row["duration_ms"]
    return RepRecord(
        rep=row["rep"],
        set_no=row["set_no"],
        rep_no=row["rep_no"],
        athlete=row["athlete"] if athlete is None else athlete,
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
        start=StartKind(row["start"]),
        start_uncertainty_ns=row["start_uncertainty_ns"],
        splits=_splits_of(row["splits"]),
        line=row["line"],
        lane=row["lane"],
        part=row["part"],
        wave=row["wave"],
        place=row["place"],
        target_ns=row["target_ns"],
        note=row["note"],
    )


def _splits_text(splits: tuple[Split, ...]) -> str:
    """A JSON list for each split: line, distance in mm, time and uncertainty in ns; empty without any."""
    kept = [(split.line, round(split.distance_m * 1000), split.time_ns, split.uncertainty_ns) for split in splits]
    return msgspec.json.encode(kept).decode() if kept else ""


def _splits_of(text: str) -> tuple[Split, ...]:
    kept = msgspec.json.decode(text, type=list[tuple[str, int, int, int]]) if text else []
    return tuple(Split(line, mm / 1000.0, time_ns, spread_ns) for line, mm, time_ns, spread_ns in kept)
