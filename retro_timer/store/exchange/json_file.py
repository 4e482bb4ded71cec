"""Everything that is kept of sessions and athletes as one JSON document, a session a line, and back.

What it looks like: `config/schemas/results.schema.json`, made of the structs in `items`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

import msgspec

from retro_timer import __version__
from retro_timer.store.exchange.selecting import REP_COLUMNS, Results, SessionHead
from retro_timer.store.results.athletes import AthleteRow
from retro_timer.store.results.merging.items import FORMAT, VERSION
from retro_timer.store.results.revisions import IMPORTED, RevisionRow, revisions

_encode = msgspec.json.encode


def write_json(file: BinaryIO, connection: sqlite3.Connection, results: Results, done: Callable[[float], None]) -> None:
    """Write all that is selected; `done` hears how many sessions are. Raises OSError."""
    head = {"format": FORMAT, "version": VERSION, "program": __version__}
    file.write(_encode(head)[:-1] + b',\n"athletes": ')
    _write_list(file, map(_athlete, results.athletes()))
    file.write(b',\n"sessions": ')
    _write_list(file, (_session(connection, results, *found) for found in results.sessions()), done)
    file.write(b"}\n")


def _write_list(
    file: BinaryIO, items: Iterable[dict[str, Any]], done: Callable[[float], None] = lambda _done: None
) -> None:
    before = b"[\n"
    for count, item in enumerate(items, start=1):
        file.write(before + _encode(item))
        before = b",\n"
        done(count)
    file.write(b"[]" if before == b"[\n" else b"\n]")


def _athlete(row: AthleteRow) -> dict[str, Any]:
    return {
        "id": row.uid,
        "number": row.number,
        "name": row.name,
        "say": row.say,
        "group": row.team,
        "born": row.born,
        "notes": row.notes,
        "forward": [{"distance_m": mm / 1000.0, "time_s": time_ns / 1e9} for mm, time_ns in row.forward],
        "merged_into": row.merged_into,
        "forgotten": row.removed,
        "revision": row.revision,
    }


def _session(
    connection: sqlite3.Connection, results: Results, head: SessionHead, found: list[list[Any]]
) -> dict[str, Any]:
    reps = [dict(zip(REP_COLUMNS, values, strict=True)) for values in found]
    wanted = {0, *(rep["rep"] for rep in reps)}
    return {
        "id": head.uid,
        "session": head.number,
        "title": head.title,
        "outcome": head.outcome,
        "board": head.board,
        "started_at": head.started_at,
        "ended_at": head.ended_at,
        "started_label_ns": head.started_ns,
        "ended_label_ns": head.ended_ns,
        "note": head.note,
        "plan": _plan(head.plan),
        "roster": [{"name": name, "athlete_id": uid} for name, uid in results.roster(head)],
        "presences": _presences(connection, results, head.number),
        "corrections": [
            _correction(results, row) for row in revisions(connection, session=head.number) if row.rep in wanted
        ],
        "reps": reps,
    }


def _plan(text: str) -> dict[str, Any]:
    """A session's plan; an empty one where its beginning is lost, or damaged."""
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError:
        return {}


def _presences(connection: sqlite3.Connection, results: Results, number: int) -> list[dict[str, Any]]:
    query = "SELECT name, athlete_id, revision, present, place, skipped FROM presence WHERE session = ? ORDER BY name"
    return [
        {
            "name": name,
            "athlete_id": uid,
            "revision": revision,
            "present": bool(present),
            "order": order,
            "skipped": msgspec.json.decode(skipped),
        }
        for name, uid, revision, present, order, skipped in connection.execute(query, (number,)).fetchall()
        if results.wants(uid)
    ]


def _correction(results: Results, row: RevisionRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "rep": row.rep,
        "kind": row.kind,
        "before": results.naming_nobody_else(row.before),
        "after": results.naming_nobody_else(row.after),
        "made_ns": row.wall_ns,
        "origin": row.origin.removeprefix(IMPORTED),
        "undoes": row.undoes,
    }
