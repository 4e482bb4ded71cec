"""The TF-Luna as the program's RangeSensor: frames from a serial port, and back from any fault by opening it anew."""

from __future__ import annotations

import errno
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

import serial  # type: ignore[import-untyped]

from retro_firmware.backoff import Backoff
from retro_firmware.tf_luna.arrival import Arrival
from retro_firmware.tf_luna.frames import SIZE, FrameParser, LunaFrame, judge
from retro_firmware.wires import OwnBus, Wires
from retro_timer.errors import SensorFaultError
from retro_timer.ports import RangeBus, RangeSample, SensorSpec
from retro_timer.sensors.known import spec_of
from retro_timer.sensors.settings import SensorSettings

BAUD = 115_200
NOTICE_NS = 200_000_000
_READ_S = 0.02
"""Longest wait of one read of the port; the deadline is looked at in between."""
_WIRE_NS = round(SIZE * 10 / BAUD * 1e9)
_FARTHEST_MM = 8000
_BACKLOG = 5
"""Frames that wait for a late thread; older ones say nothing about now."""


class Port(Protocol):
    """What is used of `serial.Serial`; `read` gives fewer bytes than asked when its time-out passes."""

    @property
    def in_waiting(self) -> int: ...

    def read(self, size: int) -> bytes: ...

    def close(self) -> None: ...


def open_port(path: str) -> Port:
    """The serial port, held by this process alone. Raises OSError."""
    port: Port = serial.Serial(path, BAUD, timeout=_READ_S, exclusive=True)
    return port


def open_buses(sensors: Sequence[SensorSettings], wires: Wires) -> list[RangeBus]:
    """Entry point `tf-luna` of `retro_timer.sensor_drivers`."""
    return [OwnBus(_on_wires(sensor, wires)) for sensor in sensors]


def _on_wires(settings: SensorSettings, wires: Wires) -> TfLunaSensor:
    path = wires.ports.get(settings.name, settings.port)
    sensor = TfLunaSensor(
        settings, open_port=lambda _configured: open_port(path), offset_mm=wires.offsets_mm[settings.name]
    )
    wires.opened.callback(sensor.stop)
    return sensor


class TfLunaSensor:
    """One sensor. Only its bus's thread calls it. `offset_mm` is calibration's; `clock` gives nanoseconds."""

    def __init__(
        self,
        settings: SensorSettings,
        *,
        open_port: Callable[[str], Port] = open_port,
        offset_mm: int = 0,
        clock: Callable[[], int] = time.monotonic_ns,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings
        self.spec: SensorSpec = spec_of(settings)
        self._open_port = open_port
        self.offset_mm = offset_mm
        """Added to every range; may be changed while the sensor ranges."""
        self._clock = clock
        self._sleep = sleep
        self._port: Port | None = None
        self._parser = FrameParser()
        self._arrival = Arrival(self.spec.period_ns)
        self._waiting: deque[RangeSample] = deque()
        self._backoff = Backoff()
        self._running = False

    @property
    def identity(self) -> str:
        """What answers; an empty string while nothing does. May be read from any thread."""
        if self._port is None or self._backoff.fault is not None:
            return ""
        return f"TF-Luna's frames on {self.settings.port}; bytes that belonged to none: {self._parser.discarded}"

    # RangeSensor

    def start(self) -> None:
        """Open the port and wait for a first frame. Raises SensorFaultError with the likely cause and the command that
        mends it; `read` goes on trying then.
        """
        self._running = True
        try:
            self._open()
            self._waiting.append(self._next())
        except SensorFaultError as fault:
            self._lose(fault)
            raise SensorFaultError(fault.reason, f"{self.settings.name}: {fault.detail}{self._hint(fault)}") from None

    def read(self) -> RangeSample | None:
        """The next reading; `t_ns` is the middle of its integration. None after `stop`.

        Raises SensorFaultError when for 200 ms nothing came, or nothing that is a frame. The next calls raise it anew,
        a period apart, until opening the port again is due (after 0.1 s, then twice as long up to 2 s).
        """
        if not self._running:
            return None
        self._rest()
        try:
            if self._backoff.fault is not None:
                self._open()
            if not self._waiting:
                self._waiting.append(self._next())
        except SensorFaultError as fault:
            self._lose(fault)
            raise
        sample = self._waiting.popleft()
        self._backoff.well(sample.t_ns)
        return sample

    def stop(self) -> None:
        """Close the port; safe to call twice."""
        self._running = False
        self._close()

    # Losing and finding it

    def _lose(self, fault: SensorFaultError) -> None:
        self._backoff.lost(fault, self._clock())
        self._close()

    def _rest(self) -> None:
        """While it is lost and no attempt is due: wait a period and say so again."""
        left_ns = self._backoff.retry_at_ns - self._clock()
        fault = self._backoff.fault
        if fault is not None and left_ns > 0:
            self._sleep(min(self.spec.period_ns, left_ns) / 1e9)
            raise SensorFaultError(fault.reason, fault.detail)

    def _open(self) -> None:
        path = self.settings.port
        try:
            self._port = self._open_port(path)
        except OSError as error:
            raise _cannot_open(path, error) from None
        self._parser = FrameParser()
        self._arrival.forget()
        self._waiting.clear()
        self._backoff.found()

    def _close(self) -> None:
        if self._port is not None:
            self._port.close()
            self._port = None

    # Frames

    def _next(self) -> RangeSample:
        """Wait for a frame; what came with it waits in `_waiting`."""
        port, parser = self._port, self._parser
        limit_ns = self._clock() + NOTICE_NS - round(_READ_S * 1e9)
        heard = 0
        while port is not None and self._clock() < limit_ns:
            try:
                data = port.read(max(parser.missing, port.in_waiting))
            except OSError as error:
                raise SensorFaultError("no-answer", f"{self.settings.port} failed ({error})") from None
            heard += len(data)
            if frames := parser.feed(data):
                self._waiting.extend(self._samples(frames))
                return self._waiting.popleft()
        if heard:
            raise SensorFaultError("garbage", f"{heard} bytes came from {self.settings.port}, and no frame")
        raise SensorFaultError("no-answer", f"nothing comes from {self.settings.port}")

    def _samples(self, frames: list[LunaFrame]) -> list[RangeSample]:
        """Readings with their times: a frame takes 0.8 ms on the wire, after an integration of a whole period."""
        spec = self.spec
        newest_ns = self._arrival.newest(self._clock(), len(frames)) - _WIRE_NS - spec.budget_ns // 2
        samples = []
        for age, frame in enumerate(reversed(frames[-_BACKLOG:])):
            status, range_mm = judge(frame, spec.min_range_mm, _FARTHEST_MM)
            if range_mm is not None:
                range_mm = max(0, range_mm + self.offset_mm)
            samples.append(RangeSample(newest_ns - age * spec.period_ns, range_mm, status, float(frame.amplitude)))
        return samples[::-1]

    def _hint(self, fault: SensorFaultError) -> str:
        if fault.reason == "garbage":
            return "; is the console on it? run `sudo raspi-config nonint do_serial_cons 1`, then reboot"
        if fault.detail.startswith("nothing"):
            return "; check 5 V, GND and that the sensor's TX goes to RXD against `retro-timer wiring`"
        return ""


def _cannot_open(path: str, error: OSError) -> SensorFaultError:
    """Why the serial port does not open."""
    if error.errno == errno.ENOENT:
        return SensorFaultError(
            "no-port", f"{path} does not exist; run `sudo raspi-config nonint do_serial_hw 0`, then reboot"
        )
    if error.errno == errno.EACCES:
        return SensorFaultError(
            "no-permission", f"{path} may not be opened; run `sudo usermod -aG dialout $USER`, then log in again"
        )
    if error.errno in (errno.EBUSY, errno.EAGAIN):
        return SensorFaultError("busy", f"{path} is held by another process; run `sudo fuser {path}` to see which")
    return SensorFaultError("no-answer", f"{path} does not open ({error})")
