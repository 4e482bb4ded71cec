"""Keeps the last ten minutes of raw readings of all sensors as a trace, when a result is disputed."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from retro_timer.beacon.core import Core
from retro_timer.beacon.events import BeaconEvent
from retro_timer.beacon.recording.goes import Goes
from retro_timer.detection.lane_map import LaneMap
from retro_timer.errors import RetroTimerError
from retro_timer.ports import RangeSample, SensorSpec
from retro_timer.settings.whole import writing_whole
from retro_timer.store.space import TRACES, make_room
from retro_timer.store.traces import HEADER, SENSOR_COLUMN, describe, format_row
from retro_timer.training.session.events import Correction

_ROWS_AT_ONCE = 200
_PAUSE_S = 0.005
"""Between portions, so that the sensor's thread never waits for this one."""
_Rings = list[tuple[SensorSpec, tuple[RangeSample, ...]]]
"""Sensors with their readings, oldest first."""
_MOST_GOES = 200


class Kept(msgspec.Struct, frozen=True):
    """What came of keeping."""

    files: tuple[str, ...]
    trouble: str
    """Why it is not whole and on the disk; empty when it is."""


class FlightRecorder:
    """Remembers the goes and writes traces, each time in a thread of its own, one after the other."""

    def __init__(self, core: Core, directory: Path, tell: Callable[[str], None]) -> None:
        self._core = core
        self._directory = directory / TRACES
        self._tell = tell
        self._writing = threading.Lock()
        """Two that are asked for within a second have the same names."""
        self._goes = Goes()
        core.event_bus.subscribe(self._hear)

    def _hear(self, event: BeaconEvent) -> None:
        self._goes.hear(event, _MOST_GOES)
        if isinstance(event, Correction) and event.kind == "voided":
            # Whoever voids a rep disputes it. Nobody waits for an answer: what goes wrong is told.
            self.keep(lambda _kept: None)

    def keep(self, answer: Callable[[Kept], None]) -> None:
        """Returns at once; `answer` is called from another thread when the file is whole and on the disk, or could
        not be written.

        Raises RetroTimerError when there is nothing yet.
        """
        rings = [(sensing.spec, tuple(sensing.ring.copy())) for sensing in self._core.sensing.values()]
        rings = [(spec, samples) for spec, samples in rings if samples]
        if not rings:
            raise RetroTimerError("no readings yet: nothing to keep")
        job = (self._path(rings), rings, self._goes.copy(), answer)
        threading.Thread(target=self._write, args=job, name="flight-recorder", daemon=True).start()

    def _path(self, rings: _Rings) -> Path:
        clock = self._core.clock
        newest_ns = max(samples[-1].t_ns for _, samples in rings)
        taken_s = (clock.wall_ns() - (clock.monotonic_ns() - newest_ns)) // 1_000_000_000
        return self._directory / f"{taken_s:011d}-{'-'.join(spec.name for spec, _ in rings)}.csv"

    def _lanes(self) -> LaneMap | None:
        """The lanes that one of the sensors tells apart."""
        found = (sensing.config.lanes for sensing in self._core.sensing.values())
        return next((lanes for lanes in found if lanes is not None), None)

    def _write(self, path: Path, rings: _Rings, goes: Goes, answer: Callable[[Kept], None]) -> None:
        try:
            with self._writing:
                path.parent.mkdir(parents=True, exist_ok=True)
                make_room(path.parent)
                _write_trace(path, rings, goes, self._lanes())
        except OSError as error:
            trouble = f"{path}: not kept ({error.strerror}); is there room? df -h {self._directory.parent}"
            self._tell(trouble)
            answer(Kept((), trouble))
        else:
            answer(Kept((str(path),), ""))


def _write_trace(path: Path, rings: _Rings, goes: Goes, lanes: LaneMap | None) -> None:
    """One trace of all sensors, in portions."""
    several = len(rings) > 1
    rows = heapq.merge(*([(s.t_ns, spec.name, s) for s in samples] for spec, samples in rings), key=lambda row: row[0])
    origin_ns = min(samples[0].t_ns for _, samples in rings)
    pause = threading.Event()
    with writing_whole(path) as file:
        lines = [f"# {key}: {value}" for key, value in describe([spec for spec, _ in rings], lanes).items()]
        # A kept trace may be passed on: it has no names.
        lines.extend(line.rstrip() for line in goes.lines(origin_ns, named=False))
        file.write("\n".join([*lines, HEADER + (SENSOR_COLUMN if several else ""), ""]).encode())
        while portion := tuple(itertools.islice(rows, _ROWS_AT_ONCE)):
            texts = [format_row(sample, origin_ns, name if several else "") for _, name, sample in portion]
            file.write("".join(texts).encode())
            pause.wait(_PAUSE_S)
