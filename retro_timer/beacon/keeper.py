"""Keeps the last ten minutes of raw readings as a trace, when a result is disputed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from retro_timer.beacon.core import Core
from retro_timer.errors import RetroTimerError
from retro_timer.ports import RangeSample, SensorSpec
from retro_timer.store.space import TRACES, make_room
from retro_timer.store.traces import HEADER, TraceRep, format_rep, format_row
from retro_timer.training.gaits import Gait

_ROWS_AT_ONCE = 200
_PAUSE_S = 0.005
"""Between portions, so that the sensor's thread never waits for this one."""


class Keeper:
    """Remembers the goes and writes traces, each in a thread of its own."""

    def __init__(self, core: Core, directory: Path, tell: Callable[[str], None]) -> None:
        self._core = core
        self._directory = directory / TRACES
        self._tell = tell
        self._goes: list[tuple[int, float, Gait]] = []
        core.hub.subscribe(self._hear)

    def _hear(self, event: dict[str, Any]) -> None:
        if event["event"] == "go" and event.get("distance_m"):
            self._goes.append((event["t_ns"], float(event["distance_m"]), Gait(event["gait"])))
            del self._goes[:-200]
        elif event["event"] == "correction" and event["kind"] == "voided":
            # Whoever voids a rep disputes it.
            self.keep({})

    def keep(self, _message: dict[str, Any]) -> dict[str, Any]:
        """Begin to write; returns the files that will be there. Raises RetroTimerError when there is nothing yet."""
        jobs = []
        for sensing in self._core.sensing.values():
            samples = tuple(sensing.ring.copy())
            if samples:
                jobs.append((self._path(sensing.spec, samples), sensing.spec, samples))
        if not jobs:
            raise RetroTimerError("no readings yet: nothing to keep")
        goes = tuple(self._goes)
        threading.Thread(target=self._write_all, args=(jobs, goes), name="keeper", daemon=True).start()
        return {"files": [str(path) for path, _, _ in jobs]}

    def _path(self, spec: SensorSpec, samples: tuple[RangeSample, ...]) -> Path:
        clock = self._core.clock
        taken_s = (clock.wall_ns() - (clock.monotonic_ns() - samples[-1].t_ns)) // 1_000_000_000
        return self._directory / f"{taken_s:011d}-{spec.name}.csv"

    def _write_all(
        self,
        jobs: list[tuple[Path, SensorSpec, tuple[RangeSample, ...]]],
        goes: tuple[tuple[int, float, Gait], ...],
    ) -> None:
        for path, spec, samples in jobs:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                make_room(path.parent)
                _write(path, spec, samples, goes)
            except OSError as error:
                self._tell(f"{path}: not kept ({error.strerror}): is the disk full?")


def _write(
    path: Path, spec: SensorSpec, samples: tuple[RangeSample, ...], goes: tuple[tuple[int, float, Gait], ...]
) -> None:
    origin = samples[0].t_ns
    fresh = path.with_suffix(".new")
    pause = threading.Event()
    with fresh.open("w", encoding="utf-8") as file:
        file.write(f"# sensor: {spec.model}\n# placement: {spec.placement}\n")
        file.write(f"# budget_ms: {spec.budget_ns / 1e6:g}\n# fov_deg: {spec.fov_deg:g}\n")
        for go_ns, distance_m, gait in goes:
            if go_ns >= origin:
                rep = TraceRep((go_ns - origin) / 1e9, distance_m, gait)
                file.write(f"# rep: {format_rep(rep.go_s, rep.distance_m, rep.gait)}\n")
        file.write(HEADER + "\n")
        for start in range(0, len(samples), _ROWS_AT_ONCE):
            file.writelines(format_row(sample, origin) for sample in samples[start : start + _ROWS_AT_ONCE])
            pause.wait(_PAUSE_S)
    fresh.replace(path)
