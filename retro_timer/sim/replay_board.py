"""A board that plays a recorded trace in real time: what `run --board replay --trace FILE` stands on."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from retro_timer.beacon.boards import BoardRequest
from retro_timer.beacon.clock import RealClock
from retro_timer.errors import BadInputError
from retro_timer.ports import Board, Button, Clock, LampState, RangeSample, SensorSpec
from retro_timer.sensors.known import spec_of
from retro_timer.sim.board import QuietLamp, SilentSounder
from retro_timer.store.traces import TraceReader

_FIRST_READING_NS = 100_000_000


class _TraceSensor:
    """Gives each recorded reading when it is due, as if it were measured now."""

    def __init__(self, spec: SensorSpec, reader: TraceReader, clock: Clock) -> None:
        self.spec = spec
        self._reader = reader
        self._samples: Iterator[RangeSample] = iter(reader)
        self._clock = clock
        self._shift_ns: int | None = None
        self._stopped = threading.Event()

    def start(self) -> None:
        """Nothing to switch on."""

    def read(self) -> RangeSample | None:
        """The next reading; None when the trace has ended."""
        sample = next(self._samples, None)
        if sample is None:
            return None
        now_ns = self._clock.monotonic_ns()
        if self._shift_ns is None:
            self._shift_ns = now_ns + _FIRST_READING_NS - sample.t_ns
        due_ns = sample.t_ns + self._shift_ns
        self._stopped.wait(max(0.0, (due_ns - now_ns) / 1e9))
        return msgspec.structs.replace(sample, t_ns=due_ns)

    def stop(self) -> None:
        """Close the trace."""
        self._stopped.set()
        self._reader.close()


class _TraceBus:
    def __init__(self, sensor: _TraceSensor) -> None:
        self.name = "trace"
        self.sensors = (sensor,)


class ReplayBoard:
    """One sensor, the settings' timing sensor, whose readings come from a file; sound and light go nowhere."""

    name = "replay"

    def __init__(self, request: BoardRequest) -> None:
        if request.trace is None:
            raise BadInputError("board 'replay'", "no trace named", "run --board replay --trace FILE")
        self.clock: Clock = RealClock()
        settings = request.settings.timing
        reader = TraceReader(request.trace)
        if settings is None:
            raise BadInputError("settings", "no sensor times", "one sensor with the role timing or both")
        spec = spec_of(settings)
        head = reader.head
        spec = msgspec.structs.replace(
            spec,
            model=f"{spec.model}, recorded",
            placement=head.placement or spec.placement,
            fov_deg=head.fov_deg or spec.fov_deg,
            budget_ns=round(head.budget_ms * 1e6) if head.budget_ms else spec.budget_ns,
        )
        self.buses = (_TraceBus(_TraceSensor(spec, reader, self.clock)),)
        self.sounder = SilentSounder(self.clock)
        self.lamp = QuietLamp()
        self.button: Button | None = None

    def notice(self, event: Mapping[str, Any]) -> None:
        """A recording hears nothing."""

    def close(self) -> None:
        """Close the trace."""
        self.buses[0].sensors[0].stop()
        self.lamp.show(LampState.OFF)


def open_board(request: BoardRequest) -> Board:
    """Entry point `replay`. Raises BadInputError without a trace that can be read."""
    return ReplayBoard(request)
