"""Writes a sensor's readings as a trace while a session runs, from a thread of its own."""

from __future__ import annotations

import queue
import shutil
import threading
from pathlib import Path
from typing import Any

from retro_timer.errors import BadInputError
from retro_timer.ports import RangeSample, SensorSpec
from retro_timer.store.traces import TraceWriter, format_rep
from retro_timer.training.gaits import Gait


class Recorder:
    """`take` and `hear` return at once. The file is a valid trace at any time; the goes join its head at the end."""

    def __init__(self, path: Path, spec: SensorSpec) -> None:
        self._path = path
        self._metadata = {
            "sensor": spec.model,
            "placement": str(spec.placement),
            "budget_ms": f"{spec.budget_ns / 1e6:g}",
            "fov_deg": f"{spec.fov_deg:g}",
        }
        self._reps: list[tuple[int, float, Gait]] = []
        self._origin_ns: int | None = None
        self.trouble = ""
        """Why the recording is not whole, or an empty string."""
        self._samples: queue.SimpleQueue[RangeSample | None] = queue.SimpleQueue()
        try:
            self._file = path.open("w", encoding="utf-8")
        except OSError as error:
            raise BadInputError(str(path), f"cannot be written ({error.strerror})", "a file for the trace") from None
        self._writer = TraceWriter(self._file, self._metadata)
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def take(self, sample: RangeSample) -> None:
        """A reading, from the sensor's thread."""
        self._samples.put(sample)

    def hear(self, event: dict[str, Any]) -> None:
        """Keeps the goes for the head."""
        if event["event"] == "go" and event.get("distance_m"):
            self._reps.append((event["t_ns"], float(event["distance_m"]), Gait(event["gait"])))

    def _run(self) -> None:
        while (sample := self._samples.get()) is not None:
            if self.trouble:
                continue
            try:
                self._write(sample)
            except OSError as error:
                # The session matters more than its recording.
                self.trouble = f"{self._path}: recording stopped ({error.strerror})"

    def _write(self, sample: RangeSample) -> None:
        if self._origin_ns is None:
            self._origin_ns = sample.t_ns
        self._writer.write(sample, self._origin_ns)
        if self._samples.empty():
            self._file.flush()

    def close(self) -> None:
        """Write what waits, then put the goes into the head. What failed is told in `trouble`."""
        self._samples.put(None)
        self._thread.join(timeout=30.0)
        try:
            self._file.close()
            if self._reps and self._path.is_file() and not self.trouble:
                self._put_goes_into_head(self._path.resolve())
        except OSError as error:
            self.trouble = self.trouble or f"{self._path}: the goes are not in it ({error.strerror})"

    def _put_goes_into_head(self, path: Path) -> None:
        origin = self._origin_ns or 0
        whole = path.with_name(path.name + ".new")
        try:
            with path.open(encoding="utf-8") as body, whole.open("w", encoding="utf-8") as file:
                for t_ns, distance_m, gait in self._reps:
                    file.write(f"# rep: {format_rep((t_ns - origin) / 1e9, distance_m, gait)}\n")
                shutil.copyfileobj(body, file)
            whole.replace(path)
        finally:
            whole.unlink(missing_ok=True)
