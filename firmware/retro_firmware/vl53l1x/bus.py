"""The bus of VL53L1X sensors as the program's RangeBus, and `open_bus`, with which a board begins."""

from __future__ import annotations

import contextlib
import fcntl
import time
from collections.abc import Callable, Mapping, Sequence

import smbus2

from retro_firmware.vl53l1x.device import Device, Xshut
from retro_firmware.vl53l1x.diagnosis import cannot_open
from retro_firmware.vl53l1x.native import LIBRARY
from retro_firmware.vl53l1x.safe_bus import SafeBus, Wire
from retro_firmware.vl53l1x.sensor import Vl53l1xSensor
from retro_firmware.wires import Wires
from retro_timer.errors import RetroTimerError
from retro_timer.hardware.i2c_clock import i2c_clock_hz, i2c_clock_line
from retro_timer.ports import RangeBus
from retro_timer.sensors.kind import I2c
from retro_timer.sensors.settings import SensorSettings
from retro_timer.sensors.vl53l1x import MOST_OF_BUS, VL53L1X, bus_share

_I2C_TIMEOUT = 0x0702
_TIMEOUT_TENS_OF_MS = 5
"""The kernel gives a stuck transfer up after 50 ms, not after its usual second."""


def open_wire(bus_number: int) -> Wire:
    """/dev/i2c-N with a short time-out. Raises OSError."""
    wire = smbus2.SMBus(bus_number)
    if wire.fd is not None:
        # An adapter that knows no time-out keeps its own; the driver's deadlines hold all the same.
        with contextlib.suppress(OSError):
            fcntl.ioctl(wire.fd, _I2C_TIMEOUT, _TIMEOUT_TENS_OF_MS)
    return wire


class Vl53l1xBus:
    """Sensors on one I2C bus, read in turn by one thread. `start` each sensor in the order given, then read.

    The process can hold one such bus at a time; `close` gives the place back.
    """

    def __init__(
        self,
        number: int,
        open_wire: Callable[[int], Wire] = open_wire,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.number = number
        self._sensors: list[Vl53l1xSensor] = []
        self._open_wire = open_wire
        self._clock = clock
        self._safe: SafeBus | None = None
        LIBRARY.claim(self)

    @property
    def name(self) -> str:
        """For threads and messages: i2c-1."""
        return f"i2c-{self.number}"

    @property
    def sensors(self) -> Sequence[Vl53l1xSensor]:
        """In the order in which they are started and read."""
        return self._sensors

    def join(self, sensor: Vl53l1xSensor) -> None:
        """One more sensor is on the bus; its device gets its wire by `connect`."""
        self._sensors.append(sensor)

    @property
    def errors(self) -> int:
        """I2C transfers that failed since the bus was opened."""
        return 0 if self._safe is None else self._safe.errors

    def connect(self) -> SafeBus:
        """The open bus; opens it when it is not. Raises SensorFaultError with the cause."""
        if self._safe is None:
            try:
                wire = self._open_wire(self.number)
            except OSError as error:
                raise cannot_open(self.number, error) from None
            self._safe = SafeBus(wire, self._clock)
            LIBRARY.connect(self._safe)
        return self._safe

    def close(self) -> None:
        """Stop every sensor and give the bus back; safe to call twice."""
        for sensor in self.sensors:
            sensor.stop()
        LIBRARY.release(self)
        if self._safe is not None:
            self._safe.wire.close()
            self._safe = None


def open_buses(sensors: Sequence[SensorSettings], wires: Wires) -> list[RangeBus]:
    """Entry point `vl53l1x` of `retro_timer.sensor_drivers`: one bus for all."""
    bus = open_bus(
        sensors,
        open_wire=wires.open_i2c or open_wire,
        clock_hz=i2c_clock_hz if wires.open_i2c is None else _no_clock,
        xshut=lambda pin: wires.output("XSHUT", pin),
        interrupt=lambda pin: wires.input("a sensor's GPIO1", pin),
        offsets_mm=wires.offsets_mm,
        lates_ns=wires.lates_ns,
    )
    wires.opened.callback(bus.close)
    return [bus]


def open_bus(
    settings: Sequence[SensorSettings],
    *,
    open_wire: Callable[[int], Wire] = open_wire,
    xshut: Callable[[int], Xshut] | None = None,
    interrupt: Callable[[int], Callable[[float], bool]] | None = None,
    offsets_mm: Mapping[str, int] | None = None,
    lates_ns: Mapping[str, int] | None = None,
    clock_hz: Callable[[int], int | None] = i2c_clock_hz,
    clock: Callable[[], int] = time.monotonic_ns,
    sleep: Callable[[float], None] = time.sleep,
) -> Vl53l1xBus:
    """The bus for the VL53L1X of the settings; nothing is on it yet when this returns, and all XSHUT lines are low.

    `open_wire(bus number)` gives the bus. `xshut(pin)` gives what drives a shutdown line, called for each sensor that
    has an `xshut_pin`; `interrupt(pin)` gives what waits for a line that a GPIO1 is wired to. `offsets_mm` and
    `lates_ns` by name are calibration's. `clock_hz(bus number)` is the bus's clock, None where nobody knows it.

    Raises BadInputError for settings that cannot work together, RetroTimerError for a second bus or one that is too
    slow.
    """
    VL53L1X.check_together({f"sensors '{one.name}'": one for one in settings})
    _check_clock(settings, clock_hz(settings[0].bus))
    bus = Vl53l1xBus(settings[0].bus, open_wire, clock)
    for one in settings:
        line = None if one.xshut_pin is None or xshut is None else xshut(one.xshut_pin)
        if line is not None:
            # Only the sensor that is being started may answer at 0x29.
            line(False)
        device = Device(one.address, bus.connect, line, clock, sleep)
        wait = None if one.interrupt_pin is None or interrupt is None else interrupt(one.interrupt_pin)
        offset_mm, late_ns = (offsets_mm or {}).get(one.name, 0), (lates_ns or {}).get(one.name, 0)
        bus.join(
            Vl53l1xSensor(
                one, device, wait_for_interrupt=wait, offset_mm=offset_mm, late_ns=late_ns, clock=clock, sleep=sleep
            )
        )
    return bus


def _no_clock(_number: int) -> None:
    """A bus of a twin has no clock."""


def _check_clock(settings: Sequence[SensorSettings], hz: int | None) -> None:
    """Refuse a bus that is too slow for all of its sensors. Raises RetroTimerError with the boot line that mends it."""
    if hz is None or bus_share(settings, hz) <= MOST_OF_BUS:
        return
    number, names = settings[0].bus, " and ".join(f"'{one.name}'" for one in settings)
    fast = VL53L1X.connection.hz if isinstance(VL53L1X.connection, I2c) else hz
    raise RetroTimerError(
        f"/dev/i2c-{number}: at {hz // 1000} kHz {names} need {bus_share(settings, hz):.0%} of its time; "
        f"{i2c_clock_line(number, fast)} in /boot/firmware/config.txt (retro-timer wiring --boot), then reboot"
    )
