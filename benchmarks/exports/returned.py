"""Reads files of results as other programs do, and holds them against what the database has, read by SQLite alone."""

from __future__ import annotations

import csv
import io
import itertools
import sqlite3
from collections.abc import Iterator
from typing import Any, NamedTuple

import fitdecode

from retro_timer.store.exchange.files import heat_bytes
from retro_timer.store.exchange.fit import activity as fit
from retro_timer.store.exchange.fit.encoding import fit_bytes
from retro_timer.store.exchange.lif import LeftOut, heats
from retro_timer.store.exchange.selecting import Results

_UNIT_NS = 10_000_000
"""Times are shown in steps of 0.01 s, rounded up."""
_FLOAT32 = 1e-6
"""How far a number of FIT's fields of our own is from what was written, of itself."""


class Ran(NamedTuple):
    """A rep as it was kept."""

    athlete: str
    finished: bool
    heat: int
    distance_m: float
    gait: str
    go_wall_ns: int
    time_ns: int
    spread_s: float
    shown_s: float


def _ran(connection: sqlite3.Connection, number: int) -> list[Ran]:
    query = (
        "SELECT athlete, status = 'finished', rep_no, distance_mm / 1e3, gait, go_wall_ns, coalesce(time_ns, 0),"
        " coalesce(uncertainty_ns, 0) / 1e9, sound_delay_ns FROM rep WHERE session = ? ORDER BY rep"
    )
    found = connection.execute(query, (number,)).fetchall()
    return [Ran._make([*kept, -((delay_ns - kept[6]) // _UNIT_NS) * _UNIT_NS / 1e9]) for *kept, delay_ns in found]


def fit_returns(connection: sqlite3.Connection, results: Results, number: int) -> bool:
    """Whether every lap, step and moment of a session's FIT files is what was run."""
    ran = [one for one in _ran(connection, number) if one.finished]
    made = list(fit.activities(connection, results, number, fit.LeftOut()))
    if {each.athlete for each in made} != {one.athlete for one in ran}:
        return False
    return all(_is_what_ran(fit_bytes(each), [one for one in ran if one.athlete == each.athlete]) for each in made)


def _is_what_ran(content: bytes, ran: list[Ran]) -> bool:
    found = dict[str, list[dict[str, Any]]]()
    with fitdecode.FitReader(io.BytesIO(content), error_handling=fitdecode.ErrorHandling.RAISE) as reader:
        for frame in reader:
            if isinstance(frame, fitdecode.FitDataMessage):
                found.setdefault(frame.name, []).append({field.name: field.value for field in frame.fields})
    laps, steps = found["lap"], found["workout_step"]
    active = [lap for lap in laps if lap["intensity"] == "active"]
    seconds = [record["timestamp"].timestamp() for record in found["record"]]
    return (
        len(active) == len(ran)
        and len(laps) == 2 * len(ran) - 1
        and all(_is_rep(lap, one, ran[0]) for lap, one in zip(active, ran, strict=True))
        and all(before["timestamp"] == after["start_time"] for before, after in itertools.pairwise(laps))
        and [step["intensity"] for step in steps] == [lap["intensity"] for lap in laps]
        and all(before < after for before, after in itertools.pairwise(seconds))
        and found["record"][-1]["distance"] == sum(one.distance_m for one in ran)
    )


def _is_rep(lap: dict[str, Any], one: Ran, first: Ran) -> bool:
    go_s = first.go_wall_ns // 10**9 + (one.go_wall_ns - first.go_wall_ns) // 10**9
    return bool(
        lap["start_time"].timestamp() == go_s
        and lap["total_elapsed_time"] == round(one.time_ns / 1e6) / 1e3
        and lap["total_distance"] == one.distance_m
        and lap["gait"] == one.gait
        and abs(lap["uncertainty"] - one.spread_s) <= _FLOAT32 * one.spread_s
        and abs(lap["shown_time"] - one.shown_s) <= _FLOAT32 * one.shown_s
    )


def lif_returns(connection: sqlite3.Connection, results: Results, number: int) -> bool:
    """Whether every heat, place and time of a session's LIF file is what was run."""
    found = b"".join(heat_bytes(heat) for heat in heats(connection, results, number, LeftOut()))
    return _read(found.decode()) == dict(_expected(number, _ran(connection, number)))


Heats = dict[tuple[str, ...], list[tuple[str, str, str, str]]]


def _read(text: str) -> Heats:
    """By event, round and heat: place, last and first name, and time of each line."""
    made = Heats()
    for row in csv.reader(io.StringIO(text)):
        if len(row) == 11:
            lines = made.setdefault(tuple(row[:3]), [])
        else:
            place, _number, _lane, last, first, _team, time = row[:7]
            lines.append((place, last, first, time))
    return made


def _expected(number: int, ran: list[Ran]) -> Iterator[tuple[tuple[str, ...], list[tuple[str, str, str, str]]]]:
    for heat in sorted({one.heat for one in ran}):
        inside = sorted((one for one in ran if one.heat == heat), key=lambda one: (not one.finished, one.shown_s))
        lines = []
        for one in inside:
            first, _, last = one.athlete.rpartition(" ")
            place = 1 + sum(other.finished and other.shown_s < one.shown_s for other in inside)
            lines.append((str(place), last, first, f"{one.shown_s:.2f}") if one.finished else ("DNF", last, first, ""))
        yield (str(number), "1", str(heat)), lines
