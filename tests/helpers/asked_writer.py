"""A journal's writer, and what it answers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from retro_timer.store.results.database import open_for_reading
from retro_timer.store.results.queries import reps
from retro_timer.store.results.writer import JournalWriter
from retro_timer.training.gaits import Gait
from retro_timer.training.record import RepRecord, RepStatus
from tests.helpers.plans_made import block, plan

PLAN = plan(block(reps=3))
TIMEOUT_S = 60.0


def rep(number: int, revision: int = 1) -> RepRecord:
    """Of somebody who runs alone."""
    return RepRecord(
        number, 1, number, "Runner", 20.0, None, Gait.JOG, RepStatus.FINISHED, number, 8_000_000_000, revision=revision
    )


class AskedWriter:
    """Keeps what the writer answers."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.writer = JournalWriter(directory, lambda: 1_700_000_000_000_000_000)
        self.answers: list[tuple[str, str]] = []
        self._came = threading.Condition()

    def _answer(self, name: str) -> Callable[[str], None]:
        def take(trouble: str) -> None:
            with self._came:
                self.answers.append((name, trouble))
                self._came.notify_all()

        return take

    def begin(self) -> None:
        """A session starts."""
        self.writer.begin(PLAN, ("Runner",), "sim", self._answer("begin"))

    def save(self, record: RepRecord) -> str:
        """Save and wait for the answer: an empty string, or the trouble."""
        came = threading.Event()
        troubles: list[str] = []

        def take(trouble: str) -> None:
            troubles.append(trouble)
            self._answer(f"rep {record.rep}")(trouble)
            came.set()

        self.writer.save(record, 1, take)
        assert came.wait(TIMEOUT_S), "the journal gives no answer"
        return troubles[0]

    def end(self) -> None:
        """The session ends."""
        self.writer.end("done", self._answer("end"))

    def wait(self, count: int) -> list[tuple[str, str]]:
        """What was answered to what, once there are so many answers."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.answers) >= count, TIMEOUT_S), self.answers
            return list(self.answers)

    def kept(self) -> list[int]:
        """The reps in the database."""
        reading = open_for_reading(self.directory)
        return [] if reading is None else [record.rep for _, record, *_ in reps(reading)]
