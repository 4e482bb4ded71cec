"""Writes a sensor's readings as a trace while a session runs, from a thread of its own."""

from __future__ import annotations

import queue
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
            if self._origin_ns is None:
                self._origin_ns = sample.t_ns
            self._writer.write(sample, self._origin_ns)
            if self._samples.empty():
                self._file.flush()

    def close(self) -> None:
        """Write what waits, then put the goes into the head."""
        self._samples.put(None)
        self._thread.join(timeout=30.0)
        self._file.close()
        if not self._reps:
            return
        origin = self._origin_ns or 0
        body = self._path.read_text(encoding="utf-8")
        goes = "".join(f"# rep: {format_rep((t - origin) / 1e9, d, gait)}\n" for t, d, gait in self._reps)
        whole = self._path.with_name(self._path.name + ".new")
        whole.write_text(goes + body, encoding="utf-8")
        whole.replace(self._path)
