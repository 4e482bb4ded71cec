"""Writes the sensors' readings as one trace while a session runs, from a thread of its own."""

from __future__ import annotations

import heapq
import queue
import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from retro_timer.beacon.events import BeaconEvent
from retro_timer.beacon.recording.goes import Goes
from retro_timer.detection.lane_map import LaneMap
from retro_timer.errors import BadInputError
from retro_timer.ports import RangeSample, SensorSpec
from retro_timer.store.traces import TraceWriter, describe

_IN_ORDER_NS = 2_000_000_000
"""Readings of several sensors come late by half their integration and what their driver needs: by 1.1 s at the most. So
long a row waits for an earlier one of another sensor."""


class Recorder:
    """`take` and `hear` return at once. The file is a valid trace at any time; the goes join its head at the end."""

    def __init__(self, path: Path, specs: Sequence[SensorSpec], lanes: LaneMap | None = None) -> None:
        """`lanes`: those that one of the sensors tells apart."""
        self._path = path
        self._several = len(specs) > 1
        self._goes = Goes()
        self._origin_ns: int | None = None
        self.trouble = ""
        """Why the recording is not whole, or an empty string."""
        self._rows: queue.SimpleQueue[tuple[str, RangeSample] | None] = queue.SimpleQueue()
        self._waiting: list[tuple[int, int, str, RangeSample]] = []
        """Rows of several sensors that an earlier one may still follow: a heap by time, then by coming."""
        self._taken = 0
        try:
            self._file = path.open("w", encoding="utf-8")
        except OSError as error:
            raise BadInputError(str(path), f"cannot be written ({error.strerror})", "a file for the trace") from None
        self._writer = TraceWriter(self._file, describe(specs, lanes), several=self._several)
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def take(self, sensor: str, sample: RangeSample) -> None:
        """A reading, from the sensor's thread."""
        self._rows.put((sensor, sample))

    def hear(self, event: BeaconEvent) -> None:
        """Keeps the goes for the head."""
        self._goes.hear(event)

    def _run(self) -> None:
        while (row := self._rows.get()) is not None:
            self._try(self._take_row, *row)
        self._try(self._write_waiting, None)

    def _try(self, do: Callable[..., None], *args: object) -> None:
        if self.trouble:
            return
        try:
            do(*args)
        except OSError as error:
            # The session matters more than its recording.
            self.trouble = f"{self._path}: recording stopped ({error.strerror})"

    def _take_row(self, sensor: str, sample: RangeSample) -> None:
        if not self._several:
            self._write(sensor, sample)
            return
        heapq.heappush(self._waiting, (sample.t_ns, self._taken, sensor, sample))
        self._taken += 1
        self._write_waiting(sample.t_ns - _IN_ORDER_NS)

    def _write_waiting(self, until_ns: int | None) -> None:
        """Write the rows that no earlier one can follow any more; None: all of them."""
        while self._waiting and (until_ns is None or self._waiting[0][0] <= until_ns):
            _, _, sensor, sample = heapq.heappop(self._waiting)
            self._write(sensor, sample)

    def _write(self, sensor: str, sample: RangeSample) -> None:
        if self._origin_ns is None:
            self._origin_ns = sample.t_ns
        self._writer.write(sample, self._origin_ns, sensor)
        if self._rows.empty():
            self._file.flush()

    def close(self) -> None:
        """Write what waits, then put the goes into the head. What failed is told in `trouble`."""
        self._rows.put(None)
        self._thread.join(timeout=30.0)
        try:
            self._file.close()
            if self._goes and self._path.is_file() and not self.trouble:
                self._put_goes_into_head(self._path.resolve())
        except OSError as error:
            self.trouble = self.trouble or f"{self._path}: the goes are not in it ({error.strerror})"

    def _put_goes_into_head(self, path: Path) -> None:
        origin = self._origin_ns or 0
        whole = path.with_name(path.name + ".new")
        try:
            with path.open(encoding="utf-8") as body, whole.open("w", encoding="utf-8") as file:
                file.writelines(self._goes.lines(origin, named=True))
                shutil.copyfileobj(body, file)
            whole.replace(path)
        finally:
            whole.unlink(missing_ok=True)
