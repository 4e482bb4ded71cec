"""Keeps the last ten minutes of raw readings as a trace, when a result is disputed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from retro_timer.beacon.core import Core
from retro_timer.beacon.events import BeaconEvent
from retro_timer.errors import RetroTimerError
from retro_timer.ports import RangeSample, SensorSpec
from retro_timer.settings.whole import writing_whole
from retro_timer.store.space import TRACES, make_room
from retro_timer.store.traces import HEADER, format_rep, format_row
from retro_timer.training.gaits import Gait
from retro_timer.training.session.events import Correction, Go

_ROWS_AT_ONCE = 200
_PAUSE_S = 0.005
"""Between portions, so that the sensor's thread never waits for this one."""
_Job = tuple[Path, SensorSpec, tuple[RangeSample, ...]]
_Goes = tuple[tuple[int, float, Gait], ...]


class Kept(msgspec.Struct, frozen=True):
    """What came of keeping."""

    files: tuple[str, ...]
    trouble: str
    """Why not every file is whole and on the disk; empty when all are."""


class FlightRecorder:
    """Remembers the goes and writes traces, each time in a thread of its own, one after the other."""

    def __init__(self, core: Core, directory: Path, tell: Callable[[str], None]) -> None:
        self._core = core
        self._directory = directory / TRACES
        self._tell = tell
        self._writing = threading.Lock()
        """Two that are asked for within a second have the same names."""
        self._goes: list[tuple[int, float, Gait]] = []
        core.event_bus.subscribe(self._hear)

    def _hear(self, event: BeaconEvent) -> None:
        if isinstance(event, Go) and event.distance_m:
            self._goes.append((event.t_ns, event.distance_m, Gait(event.gait)))
            del self._goes[:-200]
        elif isinstance(event, Correction) and event.kind == "voided":
            # Whoever voids a rep disputes it. Nobody waits for an answer: what goes wrong is told.
            self.keep(lambda _kept: None)

    def keep(self, answer: Callable[[Kept], None]) -> None:
        """Returns at once; `answer` is called from another thread when every file is whole and on the disk, or could
        not be written.

        Raises RetroTimerError when there is nothing yet.
        """
        jobs = []
        for sensing in self._core.sensing.values():
            samples = tuple(sensing.ring.copy())
            if samples:
                jobs.append((self._path(sensing.spec, samples), sensing.spec, samples))
        if not jobs:
            raise RetroTimerError("no readings yet: nothing to keep")
        goes = tuple(self._goes)
        threading.Thread(target=self._write_all, args=(jobs, goes, answer), name="flight-recorder", daemon=True).start()

    def _path(self, spec: SensorSpec, samples: tuple[RangeSample, ...]) -> Path:
        clock = self._core.clock
        taken_s = (clock.wall_ns() - (clock.monotonic_ns() - samples[-1].t_ns)) // 1_000_000_000
        return self._directory / f"{taken_s:011d}-{spec.name}.csv"

    def _write_all(self, jobs: list[_Job], goes: _Goes, answer: Callable[[Kept], None]) -> None:
        kept, troubles = list[str](), list[str]()
        for path, spec, samples in jobs:
            try:
                with self._writing:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    make_room(path.parent)
                    _write(path, spec, samples, goes)
                kept.append(str(path))
            except OSError as error:
                trouble = f"{path}: not kept ({error.strerror}); is there room? df -h {self._directory.parent}"
                troubles.append(trouble)
                self._tell(trouble)
        also = [f"kept all the same: {', '.join(kept)}"] if troubles and kept else []
        answer(Kept(tuple(kept), "; ".join([*troubles, *also])))


def _write(path: Path, spec: SensorSpec, samples: tuple[RangeSample, ...], goes: _Goes) -> None:
    origin = samples[0].t_ns
    pause = threading.Event()
    with writing_whole(path) as file:
        lines = [f"# sensor: {spec.model}", f"# placement: {spec.placement}"]
        lines += [f"# budget_ms: {spec.budget_ns / 1e6:g}", f"# fov_deg: {spec.fov_deg:g}"]
        for go_ns, distance_m, gait in goes:
            if go_ns >= origin:
                lines.append(f"# rep: {format_rep((go_ns - origin) / 1e9, distance_m, gait)}")
        file.write("\n".join([*lines, HEADER, ""]).encode())
        for start in range(0, len(samples), _ROWS_AT_ONCE):
            rows = samples[start : start + _ROWS_AT_ONCE]
            file.write("".join(format_row(sample, origin) for sample in rows).encode())
            pause.wait(_PAUSE_S)
