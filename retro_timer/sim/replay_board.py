"""A board that plays a recorded trace in real time: what `run --board replay --trace FILE` stands on."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from retro_timer.beacon.boards import BoardRequest
from retro_timer.beacon.clock import RealClock
from retro_timer.errors import BadInputError
from retro_timer.ports import FINISH_LINE, Board, Button, Clock, LampState, Placement, RangeSample, Role, SensorSpec
from retro_timer.sensors.known import spec_of
from retro_timer.settings.model import Settings
from retro_timer.sim.board import QuietLamp, SilentSounder
from retro_timer.store.traces import TraceHead, TraceReader, TraceSensor

_FIRST_READING_NS = 100_000_000


class _Shift:
    """From the trace's time to the clock's, the same for all sensors: set by the first reading that is asked for."""

    def __init__(self) -> None:
        self._ns: int | None = None
        self._lock = threading.Lock()

    def ns(self, first_ns: int, now_ns: int) -> int:
        """What a reading's time is moved by; `first_ns`: the time of the first one."""
        with self._lock:
            if self._ns is None:
                self._ns = now_ns + _FIRST_READING_NS - first_ns
            return self._ns


class _TraceSensor:
    """Gives each recorded reading of one sensor when it is due, as if it were measured now."""

    def __init__(self, spec: SensorSpec, name: str, reader: TraceReader, clock: Clock, shift: _Shift) -> None:
        """`name`: the sensor's in the trace, if its rows name one."""
        self.spec = spec
        self._reader = reader
        self._samples = (sample for whose, sample in reader.rows_of_sensors() if whose == name or not reader.several)
        self._clock = clock
        self._shift = shift
        self._stopped = threading.Event()

    def start(self) -> None:
        """Nothing to switch on."""

    def read(self) -> RangeSample | None:
        """The next reading; None when the trace has ended."""
        sample = next(self._samples, None)
        if sample is None:
            return None
        now_ns = self._clock.monotonic_ns()
        due_ns = sample.t_ns + self._shift.ns(sample.t_ns, now_ns)
        self._stopped.wait(max(0.0, (due_ns - now_ns) / 1e9))
        return msgspec.structs.replace(sample, t_ns=due_ns)

    def stop(self) -> None:
        """Close the trace."""
        self._stopped.set()
        self._reader.close()


class _TraceBus:
    def __init__(self, sensor: _TraceSensor) -> None:
        self.name = f"trace-{sensor.spec.name}"
        self.sensors = (sensor,)


class ReplayBoard:
    """Sensors whose readings come from a file: the settings' timing sensor, or all that the file names; sound and light
    go nowhere.
    """

    name = "replay"

    def __init__(self, request: BoardRequest) -> None:
        if request.trace is None:
            raise BadInputError("board 'replay'", "no trace named", "run --board replay --trace FILE")
        if request.settings.timing is None:
            raise BadInputError("settings", "no sensor times", "one sensor with the role timing or both")
        self.clock: Clock = RealClock()
        shift = _Shift()
        sensors = []
        for name in _names(request.trace):
            # Each reads the file by itself: their threads ask at their own pace.
            reader = TraceReader(request.trace)
            sensors.append(_TraceSensor(_spec(request.settings, reader.head, name), name, reader, self.clock, shift))
        self.buses = tuple(_TraceBus(sensor) for sensor in sensors)
        self.sounder = SilentSounder(self.clock)
        self.lamp = QuietLamp()
        self.button: Button | None = None

    def notice(self, event: Mapping[str, Any]) -> None:
        """A recording hears nothing."""

    def close(self) -> None:
        """Close the trace."""
        for bus in self.buses:
            bus.sensors[0].stop()
        self.lamp.show(LampState.OFF)


def _names(trace: Path) -> list[str]:
    """The sensors that a trace describes, at the finish; one without a name where its rows name none."""
    reader = TraceReader(trace)
    reader.close()
    if not reader.several:
        return [""]
    if not reader.head.sensors:
        raise BadInputError(
            str(trace), "describes none of its sensors", "a line '# sensor NAME: placement=gate' for each"
        )
    return [name for name, sensor in reader.head.sensors.items() if sensor.line == FINISH_LINE]


def _spec(settings: Settings, head: TraceHead, name: str) -> SensorSpec:
    """A sensor as the settings have it, with what the trace knows better."""
    known = next((one for one in settings.sensors if one.name == name), settings.timing) or settings.sensors[0]
    told = head.sensors.get(name, TraceSensor())
    placement = told.placement or head.placement or (known.placement if known.name == name else Placement.GATE)
    gates = any((one.placement or head.placement or Placement.GATE) is Placement.GATE for one in head.sensors.values())
    watches = known.name != name and placement is not Placement.GATE and gates
    spec = spec_of(known)
    budget_ms = told.budget_ms or head.budget_ms
    return msgspec.structs.replace(
        spec,
        name=name or spec.name,
        model=f"{told.model or spec.model}, recorded",
        placement=placement if name else head.placement or spec.placement,
        role=Role.WATCH if watches else spec.role,
        fov_deg=told.fov_deg or head.fov_deg or spec.fov_deg,
        budget_ns=round(budget_ms * 1e6) if budget_ms else spec.budget_ns,
        line=told.line if name else spec.line,
        offset_mm=round(told.offset_mm) if name else spec.offset_mm,
    )


def open_board(request: BoardRequest) -> Board:
    """Entry point `replay`. Raises BadInputError without a trace that can be read."""
    return ReplayBoard(request)
