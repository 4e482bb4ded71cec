"""The table of a session's reps, as the live view shows it and as a session on the terminal ends."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from retro_timer.beacon.core import Core
from retro_timer.training.record import RepRecord
from retro_timer.training.session.state import SessionState

_MOST_ROWS = 12


def print_reps(core: Core | None) -> None:
    """The last reps of the session that ran, if one did."""
    state = core.session.state if core is not None else None
    if state is not None and state.results:
        Console().print(reps_table(state))


def reps_table(state: SessionState) -> Table:
    """Its newest reps, oldest first; a part of them says so."""
    table = Table(box=None, padding=(0, 2), header_style="dim", caption_justify="left")
    if (there := len(state.results)) > _MOST_ROWS:
        table.caption = f"the newest {_MOST_ROWS} of {there} reps; all of them: retro-timer results show"
    for name in ("rep", "set", "athlete", "time", "", "status", "flags", "obstacles", "splits"):
        table.add_column(name)
    shown = state.results[-_MOST_ROWS:]
    laned = any(record.lane is not None for record in shown)
    if laned:
        table.add_column("lane")
    for record in shown:
        table.add_row(*_cells(record), *([str(record.lane or "")] if laned else []))
    return table


def _cells(record: RepRecord) -> tuple[str, ...]:
    spread = f"{record.spread} s" if record.spread else ""
    time = f"{record.official()} s" if record.time_ns is not None else "–"
    return (
        str(record.rep),
        f"{record.set_no}.{record.rep_no}",
        record.who,
        time,
        spread,
        str(record.status),
        " ".join(record.flags),
        str(record.obstacles or ""),
        record.official_splits,
    )
