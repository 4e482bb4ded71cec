"""What the sensors' events are to the lines: two gates of one line are one, everybody else speaks for themselves."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import DetectionEvent, LeftBeam, PassageOver, SensorState
from retro_timer.detection.gate.dual import DualGate
from retro_timer.detection.timing import decide, decide_start
from retro_timer.ports import FINISH_LINE, HALVES

Told = tuple[DetectionEvent, WatchConfig]
"""An event, and how the sensor is judged whose it is."""


class Lines:
    """Stands between the sensors' judges and whoever times their passages; one thread calls it."""

    def __init__(self, configs: Iterable[WatchConfig], *, homeward: bool = False) -> None:
        """Each sensor's, in the order of their naming; at most two gates that time a line. `homeward`: who has gone out
        comes back to the finish, against the direction of travel."""
        self._homeward = homeward
        by_line: dict[str, list[WatchConfig]] = {}
        for config in configs:
            if config.times_as_gate:
                by_line.setdefault(config.line, []).append(self._as_crossed(config))
        self._gates = [DualGate(*halves) for halves in by_line.values() if len(halves) == HALVES]
        self._gate_of = {name: gate for gate in self._gates for name in gate.names}

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The names of the halves of each dual gate: upper and lower, or near and far."""
        return tuple(gate.names for gate in self._gates)

    @property
    def deadline_ns(self) -> int | None:
        """When `tick` must be called next."""
        deadlines = [gate.deadline_ns for gate in self._gates]
        return min((ns for ns in deadlines if ns is not None), default=None)

    def state(self, sensor: str, state: SensorState, reason: str) -> None:
        """How well a sensor sees from now on, and why not better."""
        if sensor in self._gate_of:
            self._gate_of[sensor].state(sensor, state, reason)

    def take(self, event: DetectionEvent, config: WatchConfig) -> list[Told]:
        """A sensor's event; what it is to its line, oldest first. A passage is timed here: milliseconds."""
        gate = self._gate_of.get(config.name)
        return [
            (self._timed(told, config), config) for told in ([event] if gate is None else gate.take(config.name, event))
        ]

    def tick(self, now_ns: int) -> list[Told]:
        """Time has passed."""
        return [(event, gate.config) for gate in self._gates for event in gate.tick(now_ns)]

    def flush(self, now_ns: int) -> list[Told]:
        """Nothing more comes of the reps that are open."""
        return [(event, gate.config) for gate in self._gates for event in gate.flush(now_ns)]

    def _timed(self, event: DetectionEvent, config: WatchConfig) -> DetectionEvent:
        if isinstance(event, PassageOver):
            return decide(event, self._as_crossed(config))
        return decide_start(event, config) if isinstance(event, LeftBeam) else event

    def _as_crossed(self, config: WatchConfig) -> WatchConfig:
        """A gate as who finishes meets it: on the way home what stands beyond the line comes first."""
        if not self._homeward or config.line != FINISH_LINE:
            return config
        return msgspec.structs.replace(config, offset_mm=-config.offset_mm)
