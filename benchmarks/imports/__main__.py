"""How long the journal's writer takes to answer with an import running, as a multiple of what it takes without.

python -m benchmarks.imports

Each is asked with and without in turn, so that whatever else the machine does holds up both.
"""

from __future__ import annotations

import itertools
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import click

from benchmarks.exports.__main__ import LONG, made
from benchmarks.report import Target, print_part, wide_console
from retro_timer.settings.loading import load_plan
from retro_timer.store.exchange.files import write_reps
from retro_timer.store.exchange.portions import portions
from retro_timer.store.exchange.selecting import Results, Selection
from retro_timer.store.results.edits import NoteSession
from retro_timer.store.results.merging.portion import ImportPortion
from retro_timer.store.results.writer import Edited, JournalWriter
from retro_timer.training.gaits import Gait
from retro_timer.training.record import RepRecord, RepStatus

_REPS = 60_000
_ROUNDS, _CHANGES = 6, 40
_PAUSES_S, _LOOK_S = (0.01, 0.06), 1.0
"""Between two changes: of any length, so that they come at any moment of a portion."""
_MOST_TIMES = 1.25
"""What the halves of a run without any import may differ by."""
_ANSWER_S = 60.0


class _Box:
    """A timer's writer, each call answered before it returns."""

    def __init__(self, directory: Path) -> None:
        self.writer = JournalWriter(directory, time.time_ns)
        self._numbers = itertools.count(1)

    def begin(self) -> None:
        _answered(lambda answer: self.writer.begin(load_plan("conditioning"), ("Ann",), "pi", answer))

    def end(self) -> None:
        _answered(lambda answer: self.writer.end("done", answer))

    def save(self) -> None:
        number = next(self._numbers)
        record = RepRecord(number, 1, number, "Ann", 20.0, None, Gait.JOG, RepStatus.FINISHED, number, 8_000_000_000)
        _answered(lambda answer: self.writer.save(record, time.time_ns(), answer))

    def note(self) -> None:
        self.edit(NoteSession(1, f"note {next(self._numbers)}"))

    def edit(self, edit: NoteSession | ImportPortion) -> Edited:
        """What became of it."""
        told = list[Edited]()

        def ask(answer: Callable[[str], None]) -> None:
            def take(edited: Edited) -> None:
                told.append(edited)
                answer(edited.trouble)

            self.writer.edit(edit, "edit", take)

        _answered(ask)
        return told[0]


def _answered(ask: Callable[[Callable[[str], None]], None]) -> None:
    came = threading.Event()
    ask(lambda _trouble: came.set())
    if not came.wait(_ANSWER_S):
        raise TimeoutError("the journal gives no answer")


class _Importer:
    """Asks for one portion after the other, as `results import` does, while it may."""

    def __init__(self, box: _Box, parts: Iterator[ImportPortion]) -> None:
        self._box = box
        self._parts = parts
        self._runs = threading.Event()
        self.taken_s = list[float]()
        threading.Thread(target=self._work, daemon=True).start()

    def run(self, runs: bool) -> None:
        """Whether it goes on."""
        if runs:
            self._runs.set()
        else:
            self._runs.clear()

    def _work(self) -> None:
        for part in self._parts:
            self._runs.wait()
            began_s = time.perf_counter()
            while self._box.edit(part).is_later:
                time.sleep(_LOOK_S)
                began_s = time.perf_counter()
            self.taken_s.append(time.perf_counter() - began_s)


def _compared(importer: _Importer, change: Callable[[], None]) -> tuple[list[float], list[float]]:
    """Milliseconds of a change alone, and with the import."""
    alone, beside, pauses = list[float](), list[float](), random.Random(1)
    for index in range(2 * _ROUNDS):
        importer.run(bool(index % 2))
        for _ in range(_CHANGES):
            time.sleep(pauses.uniform(*_PAUSES_S))
            began_s = time.perf_counter()
            change()
            (beside if index % 2 else alone).append(1000.0 * (time.perf_counter() - began_s))
    importer.run(False)
    return alone, beside


def _told(what: str, found: tuple[list[float], list[float]], most_times: float) -> Target:
    middle, late = ([statistics.quantiles(each, n=100)[at] for each in found] for at in (49, 98))
    times = middle[1] / middle[0]
    words = f"{times:.2f} times: {middle[1]:.1f} ms to {middle[0]:.1f} ms; 99 %: {late[1]:.1f} ms to {late[0]:.1f} ms"
    return Target(what, f"at most {most_times:g} times", words, times <= most_times)


@click.command()
def measure() -> None:
    """Save reps and correct results with and without an import beside them."""
    with tempfile.TemporaryDirectory(prefix="retro-timer-imports-") as name:
        folder = Path(name)
        connection = made(folder, _REPS, LONG)
        file = folder / "results.json"
        with file.open("wb") as out:
            write_reps("json", out, connection, Results(connection, Selection()), lambda _done: None)
        box = _Box(folder / "here")
        with closing(box.writer):
            box.begin()
            importer = _Importer(box, (part.portion for part in portions(file, match_names=False)))
            found = [_told("a rep saved, half of them", _compared(importer, box.save), _MOST_TIMES)]
            taken = len(importer.taken_s)
            found.append(Target("portions taken while a session is open", "0", str(taken), taken == 0))
            box.end()
            found.append(_told("between sessions: a note, half of them", _compared(importer, box.note), _MOST_TIMES))
            portion_ms = 1000.0 * statistics.median(importer.taken_s)
            told = f"{portion_ms:.1f} ms, with what it waits for; {len(importer.taken_s)} were taken"
            found.append(Target("a portion, half of them", "", told, len(importer.taken_s) > 0))
    print_part("Imports", (), found, wide_console())


if __name__ == "__main__":
    measure()
