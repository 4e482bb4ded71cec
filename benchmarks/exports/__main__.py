"""Exports at size: rows a second, a long FIT file, and FIT and LIF files read back.

python -m benchmarks.exports [--rows 100000] [--sessions 10000]
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import click
from rich.progress import track

from benchmarks.exports.returned import fit_returns, lif_returns
from benchmarks.growth.bulk import Shape, fill
from benchmarks.report import Target, print_part, wide_console
from retro_timer.errors import RetroTimerError
from retro_timer.store.exchange.files import write_one_file, write_reps
from retro_timer.store.exchange.selecting import Results, Selection
from retro_timer.store.results.database import open_for_reading

ROWS_A_SECOND = 50_000
FIT_S = 2.0
_REPEATS = 5
LONG, SHORT, ALONE, PAIR = (Shape(reps, athletes) for reps, athletes in ((60, 12), (10, 5), (60, 1), (4, 2)))


@click.command()
@click.option("--rows", type=click.IntRange(1), default=100_000, help="Of each rate.")
@click.option("--sessions", type=click.IntRange(1), default=10_000, help="That are read back.")
def measure(rows: int, sessions: int) -> None:
    """Write made-up results in every format; what is found stands beside what is asked."""
    with tempfile.TemporaryDirectory(prefix="retro-timer-exports-") as folder:
        found = [*_rates(Path(folder), rows), _long_fit(Path(folder)), *_returned(Path(folder), sessions)]
    print_part("Exports", (), found, wide_console())


def made(folder: Path, reps: int, shape: Shape) -> sqlite3.Connection:
    """The database of a new state directory with so many reps."""
    state = folder / f"{shape.reps}-{shape.athletes}"
    state.mkdir()
    fill(state, reps, shape=shape)
    connection = open_for_reading(state)
    if connection is None:
        raise RetroTimerError(f"{state}: no database to measure")
    return connection


def _rates(folder: Path, rows: int) -> Iterator[Target]:
    """The best of some runs: others were held up by whatever else the machine did."""
    for shape in (LONG, SHORT):
        connection = made(folder, rows, shape)
        for kind in ("csv", "json"):
            best = rows / min(_took_s(kind, folder / "out", connection) for _ in range(_REPEATS))
            what = f"{kind}, sessions of {shape.reps} reps"
            yield Target(what, f"{ROWS_A_SECOND:,} rows/s", f"{best:,.0f} rows/s", best >= ROWS_A_SECOND)


def _took_s(kind: str, path: Path, connection: sqlite3.Connection) -> float:
    began = time.process_time()
    with path.open("wb") as file:
        write_reps(kind, file, connection, Results(connection, Selection()), lambda _: None)
    return time.process_time() - began


def _long_fit(folder: Path) -> Target:
    connection = made(folder, ALONE.reps, ALONE)
    began = time.process_time()
    with (folder / "out").open("wb") as file:
        write_one_file("fit", file, connection, Results(connection, Selection()))
    took_s = time.process_time() - began
    return Target(f"FIT of {ALONE.reps} reps, a record a second", f"{FIT_S:g} s", f"{took_s:.2f} s", took_s <= FIT_S)


def _returned(folder: Path, sessions: int) -> Iterator[Target]:
    connection = made(folder, sessions * PAIR.reps, PAIR)
    results = Results(connection, Selection())
    for name, returns in (("FIT", fit_returns), ("LIF", lif_returns)):
        whole = sum(returns(connection, results, number) for number in track(results.numbers, name))
        what = f"{name}: sessions of which every rep is read back"
        yield Target(what, f"all {sessions:,}", f"{whole:,}", whole == sessions)


if __name__ == "__main__":
    measure()
