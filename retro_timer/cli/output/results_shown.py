"""How `results` shows what it found: as a table for people, as JSON and as CSV, each written while it is read."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from retro_timer.store.results.queries import KeptRep, SessionRow
from retro_timer.training.record import RepStatus, StartKind, spread_text
from retro_timer.training.relay import team_times

SESSION_FIELDS = ("session", "started", "ended", "outcome", "board", "title", "athletes", "reps", "finished")


_STARTS = {StartKind.RELEASE: "by release", StartKind.FLYING: "flying", StartKind.RELAY: "in a relay"}


def session_fields(row: SessionRow) -> dict[str, Any]:
    """A session as other programs read it; None for a label that is no date."""
    return {
        "session": row.id,
        "started": _stamp(row.started_at),
        "ended": _stamp(row.ended_at),
        "outcome": row.outcome,
        "board": row.board,
        "title": row.title,
        "athletes": list(row.roster),
        "reps": row.reps,
        "finished": row.finished,
    }


def _stamp(date: datetime | None) -> str | None:
    return None if date is None else date.isoformat(timespec="seconds")


def print_json(items: Iterable[dict[str, Any]], end: str = "\n") -> None:
    """One JSON array, an object a line."""
    before = "[\n"
    for item in items:
        sys.stdout.write(f"{before}{json.dumps(item)}")
        before = ",\n"
    sys.stdout.write(f"[]{end}" if before == "[\n" else f"\n]{end}")


def print_session_json(row: SessionRow, items: Iterable[dict[str, Any]]) -> None:
    """One JSON object: the session, and its reps as `results`."""
    sys.stdout.write(f'{json.dumps(session_fields(row))[:-1]}, "results": ')
    print_json(items, end="}\n")


def print_csv(rows: Iterable[dict[str, Any]], names: Sequence[str]) -> None:
    """A line of names, then a line for each row; a list is parted by semicolons."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in names])


def _cell(value: Any) -> Any:
    return ";".join(_part(part) for part in value) if isinstance(value, list) else value


def _part(part: Any) -> str:
    """A split is its line and its raw time, `ten=4.013`; everything else is itself."""
    return f"{part['line']}={part['time_s']}" if isinstance(part, dict) else str(part)


def print_sessions(rows: Callable[[], Iterable[SessionRow]]) -> int:
    """The table of sessions. Returns how many it shows."""
    head = ("session", "started", "plan", "athletes", "reps", "finished", "outcome", "board")
    return print_table(head, lambda: map(_session_cells, rows()))


def _session_cells(row: SessionRow) -> tuple[Any, ...]:
    athletes = len(row.roster)
    return (row.id, when(row.started_at), row.title, athletes, row.reps, row.finished, row.outcome, row.board)


def when(date: datetime | None) -> str:
    """A moment for people; None where the box did not know the date."""
    return "date unknown" if date is None else f"{date:%Y-%m-%d %H:%M}"


def print_reps(found: Callable[[], Iterable[KeptRep]], *, with_session: bool) -> int:
    """The table of reps; returns how many it shows. `found` is asked twice, so that a long one need not be held."""
    head = ("session",) if with_session else ()
    columns = (*head, "rep", "set", "no", "athlete", "what", "time", "", "status", "flags", "obstacles", "splits")
    shown = print_table(columns, lambda: (_rep_cells(kept, with_session=with_session) for kept in found()))
    told = (
        "times: rounded up; from a go less the sound's way to the start, with the runner's reaction; by release and "
        "flying without"
    )
    print(told if shown else "no reps")
    return shown


def print_teams(reps: Iterable[KeptRep]) -> None:
    """A line for each relay of a session."""
    for team in team_times(kept.record for kept in reps):
        spread = spread_text(team.uncertainty_ns)
        print(f"relay, set {team.set_no}, no {team.rep_no}: {team.legs} legs in {team.official} s {spread}")


def _rep_cells(kept: KeptRep, *, with_session: bool) -> tuple[Any, ...]:
    record = kept.record
    status = record.why or str(record.status) if record.status is RepStatus.DNF else str(record.status)
    how = "" if record.start is StartKind.GO else f", {_STARTS[record.start]}"
    cells = (record.rep, record.set_no, record.rep_no, record.who, f"{record.amount} {record.gait}{how}")
    flags = " ".join(record.flags)
    tail = (record.official(), record.spread, status, flags, record.obstacles or "", record.official_splits)
    return (*((kept.session,) if with_session else ()), *cells, *tail)


def print_table(head: Sequence[str], rows: Callable[[], Iterable[Sequence[Any]]]) -> int:
    """Returns how many rows there were; with none nothing is printed."""

    def texts() -> Iterator[list[str]]:
        return ([str(cell) for cell in row] for row in rows())

    widths, count = [len(name) for name in head], 0
    for row in texts():
        widths = [max(pair) for pair in zip(widths, map(len, row), strict=True)]
        count += 1
    if count:
        _print_row(head, widths)
        for row in texts():
            _print_row(row, widths)
    return count


def _print_row(cells: Sequence[str], widths: Sequence[int]) -> None:
    print("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip())
