"""The HC-SR04 as the program's RangeSensor: one ping a reading, so that no value outlives its echo."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import gpiozero

from retro_firmware.backoff import Backoff
from retro_firmware.calibrated import Calibrated
from retro_firmware.wires import OwnBus, Wires
from retro_timer.errors import BadInputError, SensorFaultError
from retro_timer.ports import RangeBus, RangeSample, RangeStatus, SensorSpec
from retro_timer.sensors.known import spec_of
from retro_timer.sensors.settings import SensorSettings

SOUND_MPS = 343.0
"""In air of 20 °C; 0.18 % more a degree, so a cold morning reads 4 % far."""
_PING_S = 10e-6
SHOT_S = 0.06
"""From ping to ping: the echoes of the one before must have died (data sheet)."""
_STRIKES = 3
"""Pings without a proper echo until the sensor is lost: 180 ms."""


def open_buses(sensors: Sequence[SensorSettings], wires: Wires) -> list[RangeBus]:
    """Entry point `hc-sr04` of `retro_timer.sensor_drivers`."""
    return [OwnBus(_on_wires(sensor, wires)) for sensor in sensors]


def _on_wires(settings: SensorSettings, wires: Wires) -> HcSr04Sensor:
    name = settings.name
    sensor = HcSr04Sensor(
        settings, pin_factory=wires.factory, offset_mm=wires.offsets_mm[name], late_ns=wires.lates_ns[name]
    )
    wires.opened.callback(sensor.stop)
    return sensor


class HcSr04Sensor(Calibrated):
    """One sensor. Only its bus's thread calls `start`, `read` and `stop`; gpiozero's thread reports the echo's edges.

    `pin_factory` is gpiozero's, None for its own choice; `offset_mm` and `late_ns` are calibration's; `clock` gives
    nanoseconds of the monotonic clock that the pin factory's ticks count, too.
    """

    def __init__(
        self,
        settings: SensorSettings,
        *,
        pin_factory: Any = None,
        offset_mm: int = 0,
        late_ns: int = 0,
        clock: Callable[[], int] = time.monotonic_ns,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if settings.trigger_pin is None or settings.echo_pin is None:
            raise BadInputError(f"sensors '{settings.name}'", "an hc-sr04 without its pins", "trigger_pin and echo_pin")
        super().__init__(offset_mm, late_ns)
        self.settings = settings
        self.spec: SensorSpec = spec_of(settings)
        self._pin_factory = pin_factory
        self._clock = clock
        self._sleep = sleep
        self._trigger: Any = None
        self._echo: Any = None
        self._heard = threading.Event()
        self._rise: float | None = None
        self._fall: float | None = None
        self._pinged_at = 0.0
        self._ticks_diff: Callable[[float, float], float] = float.__sub__
        self._next_ping_ns = 0
        self._backoff = Backoff()
        self._running = False

    @property
    def identity(self) -> str:
        """What answers; an empty string while nothing does. May be read from any thread."""
        if self._echo is None or self._backoff.fault is not None:
            return ""
        return f"an echo on GPIO{self.settings.echo_pin}"

    # RangeSensor

    def start(self) -> None:
        """Take the pins and ping once. Raises SensorFaultError with the likely cause; `read` goes on trying then."""
        self._running = True
        try:
            self._take_pins()
            self._next()
            self._backoff.found()
        except SensorFaultError as fault:
            self._backoff.lost(fault, self._clock())
            raise SensorFaultError(fault.reason, f"{self.settings.name}: {fault.detail}") from None

    def read(self) -> RangeSample | None:
        """Ping and give the reading; `t_ns` is when the sound met the target. None after `stop`.

        Raises SensorFaultError after three pings (180 ms) without a proper echo. The next calls raise it anew, a
        period apart, until the next attempt is due (after 0.1 s, then twice as long up to 2 s).
        """
        if not self._running:
            return None
        left_ns = self._backoff.retry_at_ns - self._clock()
        lost = self._backoff.fault
        if lost is not None and left_ns > 0:
            self._sleep(min(self.spec.period_ns, left_ns) / 1e9)
            raise SensorFaultError(lost.reason, lost.detail)
        try:
            self._take_pins()
            sample = self._next()
        except SensorFaultError as fault:
            self._backoff.lost(fault, self._clock())
            raise
        self._backoff.found()
        self._backoff.well(sample.t_ns)
        return sample

    def stop(self) -> None:
        """Give the pins back; safe to call twice."""
        self._running = False
        for device in (self._trigger, self._echo):
            if device is not None:
                device.close()
        self._trigger = self._echo = None

    # Pins

    def _take_pins(self) -> None:
        if self._echo is not None:
            return
        try:
            self._trigger = gpiozero.DigitalOutputDevice(self.settings.trigger_pin, pin_factory=self._pin_factory)
            self._echo = gpiozero.InputDevice(self.settings.echo_pin, pull_up=False, pin_factory=self._pin_factory)
        except Exception as error:  # noqa: BLE001 - each pin library has errors of its own, with no common ancestor
            if self._trigger is not None:
                self._trigger.close()
                self._trigger = None
            where = f"GPIO{self.settings.trigger_pin} and GPIO{self.settings.echo_pin}"
            raise SensorFaultError(
                "no-pins", f"{where} cannot be had ({error}); run `gpioinfo` to see who holds them"
            ) from None
        self._ticks_diff = self._echo.pin_factory.ticks_diff
        pin = self._echo.pin
        pin.edges = "both"
        pin.bounce = None
        pin.when_changed = self._on_edge

    def _on_edge(self, ticks: float, level: int) -> None:
        """On gpiozero's thread, with the kernel's time of the edge in seconds."""
        if self._ticks_diff(ticks, self._pinged_at) < 0.0:
            # The echo of an earlier ping, told late by a thread that was kept from running.
            return
        if level:
            self._rise = ticks
        elif self._rise is not None:
            self._fall = ticks
            self._heard.set()

    # Readings

    def _next(self) -> RangeSample:
        strikes = 0
        while True:
            try:
                return self._ping()
            except SensorFaultError:
                strikes += 1
                if strikes >= _STRIKES:
                    raise

    def _ping(self) -> RangeSample:
        """One shot, which takes its whole period whatever comes of it."""
        wait_ns = self._next_ping_ns - self._clock()
        if wait_ns > 0:
            self._sleep(wait_ns / 1e9)
        pinged_ns = self._clock()
        self._next_ping_ns = pinged_ns + round(SHOT_S * 1e9)
        if self._echo.pin.state:
            raise SensorFaultError("stuck", f"the echo line, GPIO{self.settings.echo_pin}, is high before the ping")
        self._pinged_at = self._echo.pin_factory.ticks()
        self._heard.clear()
        self._rise = self._fall = None
        self._trigger.on()
        self._sleep(_PING_S)
        self._trigger.off()
        self._heard.wait(SHOT_S)
        rise, fall = self._rise, self._fall
        if rise is None:
            raise SensorFaultError(
                "no-answer", f"no echo line moves on GPIO{self.settings.echo_pin}; check 5 V, trigger and level shifter"
            )
        if fall is None:
            raise SensorFaultError("stuck", f"the echo line, GPIO{self.settings.echo_pin}, stays high after the ping")
        return self._sample(rise, fall)

    def _sample(self, rise: float, fall: float) -> RangeSample:
        flight_s = self._ticks_diff(fall, rise)
        range_mm = round(flight_s * SOUND_MPS * 1000.0 / 2.0)
        far = range_mm > self.spec.max_range_mm
        # Without an echo the line falls after 38 ms; that time says nothing of a target.
        met_s = 0.0 if far else flight_s / 2.0
        age_s = self._ticks_diff(self._echo.pin_factory.ticks(), rise) - met_s
        t_ns = self._clock() - round(age_s * 1e9) - self.late_ns
        if far:
            return RangeSample(t_ns, None, RangeStatus.SIGNAL_FAIL)
        status = RangeStatus.BELOW_MINIMUM if range_mm < self.spec.min_range_mm else RangeStatus.VALID
        return RangeSample(t_ns, max(0, range_mm + self.offset_mm), status)
