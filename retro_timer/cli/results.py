"""`retro-timer results`: sessions and reps that are kept. Runs in a process of its own, never in the beacon's."""

from __future__ import annotations

import contextlib
import csv
import json
import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.settings import places
from retro_timer.store.database import NAME, open_for_reading
from retro_timer.store.repair import back_up
from retro_timer.store.results import (
    MOST_REPS,
    MOST_SESSIONS,
    SessionRow,
    rep_fields,
    reps,
    session,
    sessions,
)
from retro_timer.training.record import RepRecord, RepStatus

_FORMATS = (
    click.option("--json", "as_json", is_flag=True, help="One JSON document."),
    click.option("--csv", "as_csv", is_flag=True, help="Comma-separated values with a header."),
)


def _formats(command: Any) -> Any:
    for option in reversed(_FORMATS):
        command = option(command)
    return command


@click.group()
def results() -> None:
    """Sessions and reps that are kept."""


@results.command("list")
@click.option("--limit", type=click.IntRange(1, 100_000), default=MOST_SESSIONS, show_default=True)
@_formats
def list_(limit: int, as_json: bool, as_csv: bool) -> None:
    """The newest sessions, newest first."""
    _one_format(as_json, as_csv)
    with _opened() as connection:
        rows = [] if connection is None else sessions(connection, limit)
    fields = [_session_fields(row) for row in rows]
    if as_json:
        print(json.dumps(fields, indent=1))
    elif as_csv:
        _print_csv(fields, list(_session_fields(_NO_SESSION)))
    elif not rows:
        print("no sessions yet: `retro-timer simulate demo` makes one")
    else:
        _table(
            ("session", "started (UTC)", "plan", "athletes", "reps", "finished", "outcome", "board"),
            [
                (r.id, _stamp(r.started_wall_ns)[:16], r.title, len(r.roster), r.reps, r.finished, r.outcome, r.board)
                for r in rows
            ],
        )


@results.command()
@click.argument("number", type=click.IntRange(1), required=False, metavar="[SESSION]")
@_formats
def show(number: int | None, as_json: bool, as_csv: bool) -> None:
    """One session with its reps; the newest when left out."""
    _one_format(as_json, as_csv)
    with _opened() as connection:
        row = None if connection is None else session(connection, number)
        if connection is None or row is None:
            if number is None:
                raise RetroTimerError("no sessions yet: `retro-timer simulate demo` makes one")
            raise BadInputError(f"session {number}", "not found", "a number from `retro-timer results list`")
        found = reps(connection, session_id=row.id, limit=100_000)
    if as_json:
        print(json.dumps(_session_fields(row) | {"results": [rep_fields(*pair) for pair in found]}, indent=1))
    elif as_csv:
        _print_reps_csv(found)
    else:
        _show(row, found)


@results.command("reps")
@click.option("--session", "number", type=click.IntRange(1), help="Only this session's.")
@click.option("--athlete", help="Only this athlete's.")
@click.option("--limit", type=click.IntRange(1), default=MOST_REPS, show_default=True, help="The newest so many.")
@_formats
def reps_(number: int | None, athlete: str | None, limit: int, as_json: bool, as_csv: bool) -> None:
    """Reps in order, of all sessions unless one is named."""
    _one_format(as_json, as_csv)
    with _opened() as connection:
        found = [] if connection is None else reps(connection, session_id=number, athlete=athlete, limit=limit)
    if as_json:
        print(json.dumps([rep_fields(*pair) for pair in found], indent=1))
    elif as_csv:
        _print_reps_csv(found)
    else:
        _print_reps(found, with_session=number is None)


def _one_format(as_json: bool, as_csv: bool) -> None:
    if as_json and as_csv:
        raise BadInputError("results", "both --json and --csv given", "one of them")


@results.command()
def backup() -> None:
    """Copy the database beside itself, as the timer's hourly service does; the newest seven copies are kept."""
    try:
        path = back_up(places.state_dir(), time.time_ns())
    except (OSError, sqlite3.Error) as error:
        raise RetroTimerError(f"{places.state_dir()}: no copy made ({error})") from None
    print("no results yet: nothing to copy" if path is None else path)


@contextlib.contextmanager
def _opened() -> Iterator[sqlite3.Connection | None]:
    """The database for one command. Raises RetroTimerError for one that cannot be read to its end."""
    connection = open_for_reading(places.state_dir())
    try:
        yield connection
    except sqlite3.DatabaseError as error:
        raise RetroTimerError(
            f"{places.state_dir() / NAME}: damaged ({error}); the next start of the box rebuilds it"
        ) from None
    finally:
        if connection is not None:
            connection.close()


_NO_SESSION = SessionRow(0, 0, None, "", "", "", (), 0, 0)


def _session_fields(row: SessionRow) -> dict[str, Any]:
    return {
        "session": row.id,
        "started": _stamp(row.started_wall_ns),
        "ended": None if row.ended_wall_ns is None else _stamp(row.ended_wall_ns),
        "outcome": row.outcome,
        "board": row.board,
        "title": row.title,
        "athletes": list(row.roster),
        "reps": row.reps,
        "finished": row.finished,
    }


def _stamp(wall_ns: int) -> str:
    return datetime.fromtimestamp(wall_ns / 1e9, UTC).isoformat(timespec="seconds")


def _print_csv(rows: Iterable[dict[str, Any]], names: Sequence[str]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in names])


def _cell(value: Any) -> Any:
    return ";".join(str(part) for part in value) if isinstance(value, list) else value


def _print_reps_csv(found: Sequence[tuple[int, RepRecord]]) -> None:
    names = (
        "session", "rep", "set", "rep_in_set", "athlete", "distance_m", "duration_s", "gait", "status", "time_s",
        "uncertainty_s", "sound_delay_s", "shown_s", "method", "flags", "obstacles", "reason",
    )  # fmt: skip
    _print_csv((rep_fields(*pair) for pair in found), names)


def _show(row: SessionRow, found: Sequence[tuple[int, RepRecord]]) -> None:
    board = "" if row.board == "pi" else f", on the board '{row.board}'"
    print(f"session {row.id}: {row.title}, {row.outcome}, {_stamp(row.started_wall_ns)}{board}")
    _print_reps(found, with_session=False)


def _print_reps(found: Sequence[tuple[int, RepRecord]], *, with_session: bool) -> None:
    if not found:
        print("no reps")
        return
    head = ("session",) if with_session else ()
    rows = []
    for number, record in found:
        spread = "" if record.uncertainty_ns is None else f"± {record.uncertainty_ns / 1e9:.2f}"
        status = record.reason or str(record.status) if record.status is RepStatus.DNF else str(record.status)
        amount = f"{record.distance_m:g} m" if record.distance_m is not None else f"{record.duration_s or 0:g} s"
        cells = (record.rep, record.set_no, record.rep_no, record.athlete, f"{amount} {record.gait}")
        tail = (record.official(), spread, status, " ".join(record.flags), record.obstacles or "")
        rows.append((*((number,) if with_session else ()), *cells, *tail))
    _table((*head, "rep", "set", "no", "athlete", "what", "time", "", "status", "flags", "obstacles"), rows)
    print("times: rounded up, less the sound's way to the start; they include the runner's reaction")


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    texts = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[i]) for row in texts) for i in range(len(head))]
    for row in texts:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
