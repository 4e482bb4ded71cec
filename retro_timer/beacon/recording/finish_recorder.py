"""Keeps the three seconds of readings around each finish, for whoever disputes it later."""

from __future__ import annotations

import logging
import queue
import threading
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from retro_timer.beacon.events import BeaconEvent
from retro_timer.beacon.sensing.sensing import Sensing
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import Body, DetectionEvent, PassageOver
from retro_timer.detection.passages import Break
from retro_timer.ports import RangeSample
from retro_timer.store.finishes import KeptFinish, KeptPassage, KeptSensor, keep_finish
from retro_timer.training.record import RepRecord
from retro_timer.training.session.events import Finish

log = logging.getLogger("retro_timer")

_BESIDE_NS = 1_500_000_000
"""What is kept before a finish, and after it."""
_PATIENCE_NS = 20_000_000_000
"""A journal that answers nothing for so long has no disk, and is not made later by anything."""
_MOST_PASSAGES = 12
_LAST_WRITE_S = 5.0


class _Due(msgspec.Struct, frozen=True):
    """A finish whose readings are not all there yet."""

    record: RepRecord
    session_id: str
    back_ns: int


class FinishRecorder:
    """`note`, `hear` and `tick` are the session's loop's, and return at once; files are written by a thread of its own,
    which begins only when the journal has nothing left to write: what is durable is never late by it.
    """

    def __init__(self, directory: Path, sensing: Mapping[str, Sensing], session_id: Callable[[], str]) -> None:
        """`session_id` names the session that is being written, or is empty."""
        self._directory = directory
        self._sensing = sensing
        self._session_id = session_id
        self._passages: deque[tuple[str, PassageOver, Break]] = deque(maxlen=_MOST_PASSAGES)
        self._bodies: deque[Body] = deque(maxlen=_MOST_PASSAGES)
        self._due: deque[_Due] = deque()
        self._jobs: queue.SimpleQueue[KeptFinish | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def note(self, event: DetectionEvent, config: WatchConfig) -> None:
        """What a sensor's judge has found."""
        if isinstance(event, PassageOver) and isinstance(event.passage, Break):
            self._passages.append((config.name, event, event.passage))
        elif isinstance(event, Body):
            self._bodies.append(event)

    def hear(self, event: BeaconEvent) -> None:
        """A listener of the event bus: a finish is on disk and has been told."""
        if not isinstance(event, Finish):
            return
        record = event.record
        session_id = self._session_id()
        if session_id and record.time_ns is not None and record.method != "clock":
            self._due.append(_Due(record, session_id, record.go_ns + record.time_ns))

    def tick(self, now_ns: int, journal_busy: bool) -> None:
        """Hand over what is due."""
        while self._due:
            late_ns = now_ns - self._due[0].back_ns - _BESIDE_NS
            if late_ns < 0 or (journal_busy and late_ns < _PATIENCE_NS):
                return
            self._hand_over(self._due.popleft())

    def close(self) -> None:
        """Hand over what waits, with the readings that there are, and write it."""
        while self._due:
            self._hand_over(self._due.popleft())
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join(timeout=_LAST_WRITE_S)

    def _hand_over(self, due: _Due) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="finish-recorder", daemon=True)
            self._thread.start()
        self._jobs.put(self._gather(due))

    def _gather(self, due: _Due) -> KeptFinish:
        """All that was read and found around a finish."""
        first_ns, last_ns = due.back_ns - _BESIDE_NS, due.back_ns + _BESIDE_NS
        sensors = [
            KeptSensor(name, sensing.spec.model, sensing.config, _between(sensing.ring, first_ns, last_ns))
            for name, sensing in self._sensing.items()
            if sensing.config.times_as_gate
        ]
        passages = [
            # A sensor that stands alone has no name for its judge.
            KeptPassage(name or sensors[0].name, over.rep, broken)
            for name, over, broken in self._passages
            if sensors and any(entry.hit and first_ns <= entry.t_ns <= last_ns for entry in broken.entries)
        ]
        bodies = [(b.first_ns, b.last_ns) for b in self._bodies if b.last_ns >= first_ns and b.first_ns <= last_ns]
        record = due.record
        return KeptFinish(
            due.session_id,
            record.rep,
            record.go_ns,
            due.back_ns,
            record.distance_m,
            record.gait,
            sensors,
            passages,
            bodies,
        )

    def _run(self) -> None:
        while (kept := self._jobs.get()) is not None:
            try:
                keep_finish(self._directory, kept)
            except OSError as error:
                log.warning("rep %d: its readings are not kept (%s)", kept.rep, error)


def _between(ring: deque[RangeSample], first_ns: int, last_ns: int) -> list[RangeSample]:
    """The readings of a span, oldest first. The sensor's thread may go on writing: one that is met twice is skipped."""
    found: list[RangeSample] = []
    for back in range(1, len(ring) + 1):
        sample = ring[-back]
        if sample.t_ns < first_ns:
            break
        if sample.t_ns <= last_ns and (not found or sample.t_ns < found[-1].t_ns):
            found.append(sample)
    return found[::-1]
