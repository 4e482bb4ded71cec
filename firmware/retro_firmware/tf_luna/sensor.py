"""The TF-Luna as the program's RangeSensor: frames from a serial port, and back from any fault by opening it anew."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence

from retro_firmware.backoff import Backoff
from retro_firmware.calibrated import Calibrated
from retro_firmware.tf_luna.arrival import Arrival
from retro_firmware.tf_luna.commands import USUAL_HZ, Port, Setup, set_up
from retro_firmware.tf_luna.frames import SIZE, FrameParser, LunaFrame, judge
from retro_firmware.tf_luna.ports import BAUD, READ_MS, SerialPort, cannot_open, mend_of
from retro_firmware.wires import OwnBus, Wires
from retro_timer.errors import SensorFaultError
from retro_timer.ports import RangeBus, RangeSample, SensorSpec
from retro_timer.sensors.known import spec_of
from retro_timer.sensors.settings import SensorSettings

NOTICE_NS = 200_000_000
_WIRE_NS = round(SIZE * 10 / BAUD * 1e9)
_FARTHEST_MM = 8000
_BACKLOG_NS = 200_000_000
"""What waits for a late thread: a finish needs every reading of its break. Older ones say nothing about now."""
_DIPPED_READS = 3
"""After so long a silence, 60 ms, its supply may have dipped, and what it was told is forgotten then. No sensor starts
anew so quickly; a twin on a busy machine may be silent for less."""
_TORN_SHARE = 0.002
"""Torn frames up to this share cost no finish a reading that it needs; more have a cause that can be mended."""


def open_buses(sensors: Sequence[SensorSettings], wires: Wires) -> list[RangeBus]:
    """Entry point `tf-luna` of `retro_timer.sensor_drivers`."""
    return [OwnBus(_on_wires(sensor, wires)) for sensor in sensors]


def _on_wires(settings: SensorSettings, wires: Wires) -> TfLunaSensor:
    path = wires.ports.get(settings.name, settings.port)
    sensor = TfLunaSensor(
        settings,
        open_port=lambda _configured: SerialPort(path),
        offset_mm=wires.offsets_mm[settings.name],
        late_ns=wires.lates_ns[settings.name],
    )
    wires.opened.callback(sensor.stop)
    return sensor


class TfLunaSensor(Calibrated):
    """One sensor. Only its bus's thread calls it.

    `offset_mm` and `late_ns` are calibration's; `clock` gives nanoseconds.
    """

    def __init__(
        self,
        settings: SensorSettings,
        *,
        open_port: Callable[[str], Port] = SerialPort,
        offset_mm: int = 0,
        late_ns: int = 0,
        clock: Callable[[], int] = time.monotonic_ns,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(offset_mm, late_ns)
        self.settings = settings
        self.spec: SensorSpec = spec_of(settings)
        self._open_port = open_port
        self._clock = clock
        self._sleep = sleep
        self._port: Port | None = None
        self._setup = Setup()
        self._parser = FrameParser()
        self._arrival = Arrival(self.spec.period_ns)
        self._empty_reads = 0
        """In a row, each of 20 ms."""
        self._waiting: deque[RangeSample] = deque()
        self._backoff = Backoff()
        self._running = False

    @property
    def identity(self) -> str:
        """What answers; an empty string while nothing does. May be read from any thread."""
        if self._port is None or self._backoff.fault is not None:
            return ""
        setup, parser = self._setup, self._parser
        told = f"firmware {setup.firmware}" if setup.firmware else "takes no command"
        unit = "mm" if setup.unit_mm == 1 else "cm"
        frames = f"{parser.torn} torn frames of {parser.found}"
        if parser.torn > _TORN_SHARE * parser.found:
            frames += f"; {mend_of(self.settings.port)}"
        return f"TF-Luna on {self.settings.port}: {told}, {setup.rate_hz} Hz in {unit}, {frames}"

    # RangeSensor

    def start(self) -> None:
        """Open the port and wait for a first frame. Raises SensorFaultError with the likely cause and the command that
        mends it; `read` goes on trying then.
        """
        self._running = True
        try:
            self._open()
            self._wait()
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
                self._wait()
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
            raise cannot_open(path, error) from None
        self._waiting.clear()
        self._set_up(self._port)
        self._backoff.found()

    def _set_up(self, port: Port) -> None:
        """Tell it rate and format; what came before is not looked at."""
        before = self._setup
        try:
            self._setup = set_up(port, self.settings.rate_hz, self._clock)
        except OSError as error:
            raise SensorFaultError("no-answer", f"{self.settings.port} failed ({error})") from None
        if before.firmware and not self._setup.firmware:
            # It may still send in the unit that it was told, or not: a range could be ten times too long.
            self._setup = before
            raise SensorFaultError("no-answer", f"{self.settings.port}: it took commands and takes none any more")
        self._parser = FrameParser(self._setup.unit_mm)
        self._arrival.forget()
        self._empty_reads = 0
        if self._setup.rate_hz != self.settings.rate_hz:
            raise self._wrong_rate()

    def _wrong_rate(self) -> SensorFaultError:
        """It sends, and not as the settings say."""
        if self._setup.firmware:
            found = f"firmware {self._setup.firmware} sends at {self._setup.rate_hz} Hz, not {self.settings.rate_hz}"
        else:
            found = f"it answers no command, so that it sends at {USUAL_HZ} Hz and not {self.settings.rate_hz}"
        return SensorFaultError(
            "wrong-rate",
            f"{self.settings.port}: {found}; wire the box's TXD to its RXD (`retro-timer wiring`) or set rate_hz = 100",
        )

    def _close(self) -> None:
        if self._port is not None:
            self._port.close()
            self._port = None

    # Frames

    def _wait(self) -> None:
        """Until a frame has come; it and what came with it wait in `_waiting`."""
        port = self._port
        limit_ns = self._clock() + NOTICE_NS - 1_000_000 * READ_MS
        heard = 0
        while port is not None and self._clock() < limit_ns:
            parser = self._parser
            torn = parser.torn
            try:
                data = port.read()
            except OSError as error:
                raise SensorFaultError("no-answer", f"{self.settings.port} failed ({error})") from None
            heard += len(data)
            if not data:
                self._empty_reads += 1
            elif self._empty_reads >= _DIPPED_READS:
                self._set_up(port)
                limit_ns, heard = self._clock() + NOTICE_NS - 1_000_000 * READ_MS, 0
                continue
            else:
                self._empty_reads = 0
            frames = parser.feed(data)
            if parser.torn > torn:
                # How many frames are missing nobody knows, so the next one's time is when it came.
                self._arrival.forget()
            if frames:
                self._waiting.extend(self._samples(frames))
                return
        if heard:
            raise SensorFaultError("garbage", f"{heard} bytes came from {self.settings.port}, and no frame")
        raise SensorFaultError("no-answer", f"nothing comes from {self.settings.port}")

    def _samples(self, frames: list[LunaFrame]) -> list[RangeSample]:
        """Readings with their times: a frame takes 0.8 ms on the wire, after an integration of a whole period."""
        spec = self.spec
        newest_ns = self._arrival.newest(self._clock(), len(frames)) - _WIRE_NS - spec.budget_ns // 2 - self.late_ns
        samples = []
        kept = frames[-(_BACKLOG_NS // spec.period_ns) :]
        for age, frame in enumerate(reversed(kept)):
            status, range_mm = judge(frame, self._parser.unit_mm, spec.min_range_mm, _FARTHEST_MM)
            if range_mm is not None:
                range_mm = max(0, range_mm + self.offset_mm)
            samples.append(RangeSample(newest_ns - age * spec.period_ns, range_mm, status, float(frame.amplitude)))
        return samples[::-1]

    def _hint(self, fault: SensorFaultError) -> str:
        if fault.reason == "garbage" and self._parser.torn:
            return f"; {mend_of(self.settings.port)}"
        if fault.reason == "garbage":
            return "; is the console on it? run `sudo raspi-config nonint do_serial_cons 1`, then reboot"
        if fault.detail.startswith("nothing"):
            return "; check 5 V, GND and that the sensor's TX goes to RXD against `retro-timer wiring`"
        return ""
