"""How queries, the start and the saving of a rep take to a thousand, and to a million, stored reps."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import msgspec

from benchmarks.growth.bulk import ATHLETES, BOARD, fill
from benchmarks.processes import PROGRAM, notified, running, wait_until_ready
from retro_timer.errors import RetroTimerError
from retro_timer.store.results import queries as results
from retro_timer.store.results.cut_off import cut_off
from retro_timer.store.results.database import open_for_reading
from retro_timer.store.results.history import history_of
from retro_timer.store.results.journal import Journal, open_journal
from retro_timer.store.results.old_ids import old_athlete_id
from retro_timer.training.progress.progress import progress_of

SIZES = (1_000, 10_000, 100_000, 1_000_000)
TARGET_MS = 50.0
READY = "start to ready"
_REPEATS = 15
COMMANDS = ("list", "show", "reps")


class Query(msgspec.Struct, frozen=True):
    """One query on a database of one size, in milliseconds."""

    name: str
    reps: int
    median_ms: float
    worst_ms: float
    """Of fifteen; the first of them opens the database anew and so reads the file."""


class Growth(msgspec.Struct, frozen=True):
    """Everything measured."""

    queries: list[Query]
    commands: list[Query]
    """Whole commands, from the shell and back: mostly Python's start."""
    file_mb: dict[int, float]


def measure_growth(
    directory: Path,
    sizes: tuple[int, ...] = SIZES,
    step: Callable[[], None] = lambda: None,
    commands: tuple[str, ...] = COMMANDS,
) -> Growth:
    """Fill a database to one size after the other and time every query, and every command of `results`, at each."""
    queries, whole, file_mb = list[Query](), list[Query](), dict[int, float]()
    there = 0
    for size in sizes:
        newest = fill(directory, size - there)
        there = size
        queries += _time_queries(directory, size, newest)
        whole += _time_commands(directory, size, commands)
        if commands:
            whole.append(_timed(READY, size, lambda: _start_until_ready(directory), repeats=5))
        file_mb[size] = (directory / "results.db").stat().st_size / 1e6
        step()
    return Growth(queries, whole, file_mb)


def _time_queries(directory: Path, size: int, newest: int) -> list[Query]:
    """What `results list`, `show` and `reps` ask with their defaults, and what the box asks when it starts.

    `status` is answered from memory by the beacon and asks the database nothing.
    """
    middle = newest // 2 + 1

    def read(query: Callable[..., object], *args: object, **kwargs: object) -> Callable[[], None]:
        def once() -> None:
            connection = open_for_reading(directory)
            if connection is None:
                raise RetroTimerError(f"{directory}: no database to measure")
            try:
                query(connection, *args, **kwargs)
            finally:
                connection.close()

        return once

    def kept(wanted: results.Wanted = results.EVERYTHING, newest: int | None = 1000) -> Callable[[], None]:
        return read(lambda connection: deque(results.reps(connection, wanted, newest), maxlen=0))

    one = (ATHLETES[3],)
    ids = (old_athlete_id(ATHLETES[3]),)
    asked = {
        "list: newest 50 sessions": read(lambda connection: list(results.sessions(connection, 50))),
        "show: newest session": read(results.session, None),
        "show: a session in the middle": read(results.session, middle),
        "show: its reps": kept(results.Wanted(middle), None),
        "reps: newest 1,000": kept(),
        "reps: one athlete, newest 1,000": kept(results.Wanted(athletes=one)),
        "reps: one session": kept(results.Wanted(middle)),
        "reps: one athlete in one session": kept(results.Wanted(middle, one)),
    }
    asked["progress: one athlete"] = read(lambda connection: progress_of(history_of(connection, ids), (), 0))
    found = [_timed(name, size, once) for name, once in asked.items()]
    found.append(_timed("start: database and log opened", size, lambda: open_journal(directory, 0)[0].close()))
    journal = Journal(directory)
    try:
        found.append(_timed("start: sessions cut off", size, lambda: cut_off(journal, BOARD)))
        record = journal.reps(newest)[-1]
        found.append(_timed("durable: a rep saved", size, lambda: journal.save(newest, record, 0)))
    finally:
        journal.close()
    return found


def _start_until_ready(directory: Path) -> None:
    """From the shell until the timer tells systemd that it is ready; ended by kill -9, so that no end is timed."""
    with tempfile.TemporaryDirectory(prefix="rt") as folder, notified(Path(folder)) as notify:
        places = {"RETRO_TIMER_STATE": str(directory), "NOTIFY_SOCKET": notify.getsockname()}
        command = [PROGRAM, "run", "--board", "sim", "--voice", "text"]
        with running(command, os.environ | places, Path(folder, "output.txt"), subprocess.Popen.kill):
            wait_until_ready(notify)


def _time_commands(directory: Path, size: int, names: tuple[str, ...]) -> list[Query]:
    environment = os.environ | {"RETRO_TIMER_STATE": str(directory)}

    def run(name: str) -> Callable[[], object]:
        command = [PROGRAM, "results", name]
        return lambda: subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)

    return [_timed(f"results {name}", size, run(name), repeats=5) for name in names]


def _timed(name: str, size: int, once: Callable[[], object], repeats: int = _REPEATS) -> Query:
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        once()
        taken.append(1000.0 * (time.perf_counter() - began))
    return Query(name, size, statistics.median(taken), max(taken))
