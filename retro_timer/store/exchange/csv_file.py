"""Reps as comma-separated values: one a row, each with its session, for spreadsheets and statistics, and back.

A text that a spreadsheet would take for a formula stands behind an apostrophe; so does one that begins with an
apostrophe, so that reading takes just one away.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Sequence
from typing import Any, TextIO

from retro_timer.store.exchange.selecting import REP_COLUMNS, Results, SessionHead, split_values
from retro_timer.store.results.merging.items import VERSION
from retro_timer.training.plan import Course
from retro_timer.training.record import Flag, shown_ns

SESSION_COLUMNS = (
    "version", "session_id", "session", "session_started_at", "session_ended_at", "session_title", "session_outcome",
    "session_board", "session_started_label_ns", "session_ended_label_ns",
)  # fmt: skip
COLUMNS = (*SESSION_COLUMNS, *REP_COLUMNS, "course")
LATER = frozenset(("course",))
"""Columns that the first files of this version lack. A program of that time refuses a file with anything in them."""
TEXTS = frozenset(
    ("session_title", "session_outcome", "session_board", "athlete", "method", "reason", "line", "part", "note")
)
"""Columns of free text: anything may stand in them."""
_FORMULA = frozenset("=+-@\t\r\n'＝＋－＠")
"""What a text begins with that is taken for a formula by some spreadsheet (OWASP, "CSV injection"), and the mark."""
_SPECIAL = ',"\r\n'
_READ = (
    "rep, set_no, rep_no, athlete, athlete_id, distance_mm, duration_ms, gait, status, time_ns, uncertainty_ns,"
    " sound_delay_ns, method, start, start_uncertainty_ns, splits, flags, obstacles, reason, line, coalesce(lane, ''),"
    " part, coalesce(wave, ''), coalesce(place, ''), target_ns, note, revision, go_wall_ns, go_boot, go_ns"
)


def write_csv(file: TextIO, results: Results, done: Callable[[float], None]) -> int:
    """Write all that is selected; `done` hears how many sessions are. Returns how many of them have no rep.

    Raises OSError.
    """
    file.write(",".join(COLUMNS) + "\r\n")
    without = 0
    for count, (head, reps) in enumerate(results.rows(_READ), start=1):
        common = ",".join(_session_cells(head)) + ","
        end = f",{head.course if head.course is Course.OUT_AND_BACK else ''}\r\n"
        file.write("".join([common + _row(results, rep) + end for rep in reps]))
        without += not reps
        done(count)
    return without


def _session_cells(head: SessionHead) -> list[str]:
    cells = [
        VERSION, head.uid, head.number, head.started_at, head.ended_at, _text(head.title), _text(head.outcome),
        _text(head.board), head.started_ns, head.ended_ns,
    ]  # fmt: skip
    return ["" if cell is None else str(cell) for cell in cells]


def _row(results: Results, found: Sequence[Any]) -> str:
    """The cells of `REP_COLUMNS`, as `Results.sessions` has their values.

    Without `csv`, which looks at each sign of each number: whatever is no free text has none that needs quotes. What
    comes again and again is written once.
    """
    (
        rep, set_no, rep_no, athlete, uid, distance_mm, duration_ms, gait, status, time_ns, spread_ns, delay_ns,
        method, start, start_spread_ns, splits, flags, obstacles, reason, line, lane, part, wave, place, target_ns,
        note, revision, go_wall_ns, go_boot, go_ns, number,
    ) = found  # fmt: skip
    time_s = shown_s = on_the_way = ""
    if time_ns is not None:
        time_s = str(time_ns / 1e9)
        shown_s = _seconds(shown_ns(time_ns - delay_ns, by_hand=Flag.MANUAL in flags.split(",")))
    if splits:
        on_the_way = _quoted(json.dumps(split_values(splits)))
    date, time_of_day, go_at = results.face(number, go_wall_ns, go_boot)
    return (
        f"{rep},{set_no},{rep_no},{_text(results.called(uid, athlete))},{results.person_of(uid)},"
        f"{_thousandths(distance_mm)},{_thousandths(duration_ms)},{gait},{status},{time_s},{_seconds(spread_ns)},"
        f"{_seconds(delay_ns)},{shown_s},{_text(method)},{start},{_seconds(start_spread_ns)},{on_the_way},"
        f"{flags.replace(',', ';')},{obstacles},{_text(reason)},{date or ''},{time_of_day or ''},{go_at or ''},"
        f"{_text(line)},{lane},{_text(part)},{wave},{place},{_seconds(target_ns)},{_text(note)},{revision},"
        f"{go_wall_ns},{go_ns}"
    )


@functools.lru_cache(maxsize=4096)
def _seconds(ns: int | None) -> str:
    return "" if ns is None else str(ns / 1e9)


@functools.lru_cache(maxsize=4096)
def _thousandths(number: int | None) -> str:
    return "" if number is None else str(number / 1e3)


@functools.lru_cache(maxsize=4096)
def _text(text: str) -> str:
    return _quoted(harmless(text))


def _quoted(text: str) -> str:
    if any(sign in text for sign in _SPECIAL):
        return '"' + text.replace('"', '""') + '"'
    return text


def harmless(text: str) -> str:
    """A text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" ")[:1] in _FORMULA and text.strip(" ") else text


def as_written(cell: str) -> str:
    """The text of a cell again."""
    return cell[1:] if cell.startswith("'") else cell
