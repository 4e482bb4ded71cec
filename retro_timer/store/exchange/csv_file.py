"""Reps as comma-separated values: one a row, each with its session, for spreadsheets and statistics, and back.

A text that a spreadsheet would take for a formula stands behind an apostrophe; so does one that begins with an
apostrophe, so that reading takes just one away.
"""

from __future__ import annotations

import csv
import functools
import io
import json
from collections.abc import Callable
from typing import Any, TextIO

from retro_timer.store.exchange.items import VERSION
from retro_timer.store.exchange.selecting import REP_COLUMNS, Results, SessionHead

SESSION_COLUMNS = (
    "version", "session_id", "session", "session_started_at", "session_ended_at", "session_title", "session_outcome",
    "session_board", "session_started_label_ns", "session_ended_label_ns",
)  # fmt: skip
COLUMNS = (*SESSION_COLUMNS, *REP_COLUMNS)
TEXTS = frozenset(
    ("session_title", "session_outcome", "session_board", "athlete", "method", "reason", "line", "part", "note")
)
"""Columns of free text: anything may stand in them."""
_FORMULA = frozenset("=+-@\t\r\n'＝＋－＠")
"""What a text begins with that is taken for a formula by some spreadsheet (OWASP, "CSV injection"), and the mark."""
_TEXT_PLACES = [place for place, name in enumerate(REP_COLUMNS) if name in TEXTS]
_SPLITS, _FLAGS = REP_COLUMNS.index("splits"), REP_COLUMNS.index("flags")


class _Rows:
    """Takes a session's rows, each behind what all of them have in common."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.common = ""

    def write(self, row: str) -> int:
        return self._file.write(self.common + row)


def write_csv(file: TextIO, results: Results, done: Callable[[float], None]) -> int:
    """Write all that is selected; `done` hears how many sessions are. Returns how many of them have no rep.

    Raises OSError.
    """
    csv.writer(file).writerow(COLUMNS)
    rows = _Rows(file)
    writer = csv.writer(rows)
    without = 0
    for count, number in enumerate(results.numbers, start=1):
        common = io.StringIO()
        # What ends a line is put between quotes by its ending alone (Python 3.11).
        csv.writer(common).writerow(_session_cells(results.head(number)))
        rows.common = common.getvalue().removesuffix("\r\n") + ","
        reps = results.reps(number)
        writer.writerows(map(_cells, reps))
        without += not reps
        done(count)
    return without


def _session_cells(head: SessionHead) -> list[Any]:
    return [
        VERSION, head.uid, head.number, head.started_at, head.ended_at, harmless(head.title), harmless(head.outcome),
        harmless(head.board), head.started_ns, head.ended_ns,
    ]  # fmt: skip


def _cells(values: list[Any]) -> list[Any]:
    for place in _TEXT_PLACES:
        if values[place]:
            values[place] = harmless(values[place])
    values[_FLAGS] = ";".join(values[_FLAGS])
    values[_SPLITS] = json.dumps(values[_SPLITS]) if values[_SPLITS] else ""
    return values


@functools.lru_cache(maxsize=4096)
def harmless(text: str) -> str:
    """A text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" ")[:1] in _FORMULA and text.strip(" ") else text


def as_written(cell: str) -> str:
    """The text of a cell again."""
    return cell[1:] if cell.startswith("'") else cell
