"""A bench for the sensor drivers: a lane that tests rearrange, a clock that only sleep moves, sensors on a twin bus.

The C driver's own pauses (1 ms in each of its polls) take real time; everything else happens in the bench's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from retro_timer.errors import SensorFaultError
from retro_timer.ports import RangeSample
from retro_timer.sensors.settings import SensorSettings
from retro_timer.sim.optics import Surface, View

pytest.importorskip("VL53L1X", reason="the driver under test is missing: pip install 'retro-timer[twin]'")

# Below the skip, and handed on from here, so that no test imports the driver where it cannot be imported.
from retro_firmware.backoff import Backoff
from retro_firmware.vl53l1x import frames, light, native
from retro_firmware.vl53l1x.bus import Vl53l1xBus, open_bus
from retro_firmware.vl53l1x.pace import Pace
from retro_firmware.vl53l1x.safe_bus import SafeBus
from retro_firmware.vl53l1x.sensor import Vl53l1xSensor
from retro_firmware.vl53l1x.twin import Fault, FaultKind, TwinBus, TwinChip

__all__ = [
    "MS",
    "Backoff",
    "Bench",
    "Fault",
    "FaultKind",
    "Lane",
    "Pace",
    "SafeBus",
    "StepClock",
    "TwinBus",
    "TwinChip",
    "faults",
    "frames",
    "light",
    "native",
    "open_bus",
    "readings",
]

MS = 1_000_000
FAST_I2C_HZ = 400_000


class StepClock:
    """Nanoseconds that move when somebody sleeps, and at no other time."""

    def __init__(self, now_ns: int = 1_000_000_000) -> None:
        self.now_ns = now_ns

    def __call__(self) -> int:
        return self.now_ns

    def sleep(self, seconds: float) -> None:
        self.now_ns += max(1, round(seconds * 1e9))


class Lane:
    """What the sensors look at: one surface that fills the cone, per sensor or for all."""

    def __init__(self, range_mm: float | None = 700.0, ambient_kcps: float = 1500.0) -> None:
        self.range_mm = range_mm
        self.ranges_mm: dict[str, float | None] = {}
        self.ambient_kcps = ambient_kcps
        self.looks: list[tuple[str, int]] = []
        self.moves: Callable[[int], float | None] | None = None

    def view(self, sensor: str, t_ns: int) -> View:
        self.looks.append((sensor, t_ns))
        range_mm = self.ranges_mm.get(sensor, self.range_mm)
        if self.moves is not None:
            range_mm = self.moves(t_ns)
        surfaces = () if range_mm is None else (Surface(range_mm, 1.0, 0.5),)
        return View(surfaces, self.ambient_kcps)


class Bench:
    """Sensors by their settings on a twin bus, in the bench's own time.

    `least_transfer_s` makes every transfer take that long: for tests in which the C driver polls in vain, since each
    of its polls takes a real millisecond while the bench's clock counts transfers only.
    """

    def __init__(self, settings: Sequence[SensorSettings] = (SensorSettings(),), *, interrupts: bool = False) -> None:
        self.clock = StepClock()
        self.lane = Lane()
        self.least_transfer_s = 0.0
        self.chips = {s.name: TwinChip(s.name, self.lane) for s in settings}
        self.wire = TwinBus(self.chips.values(), clock=self.clock, sleep=self._pass, bus_hz=FAST_I2C_HZ)
        self.settings = tuple(settings)
        self.interrupts = interrupts
        self.bus: Vl53l1xBus | None = None

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *_: object) -> None:
        if self.bus is not None:
            self.bus.close()

    def _pass(self, seconds: float) -> None:
        self.clock.sleep(max(seconds, self.least_transfer_s))

    def open(self, **changes: Any) -> Bench:
        """Make the driver; nothing is started yet."""
        by_xshut = {s.xshut_pin: s.name for s in self.settings}
        by_interrupt = {s.interrupt_pin: s.name for s in self.settings}

        def xshut(pin: int) -> Callable[[bool], None]:
            return lambda up: self.wire.set_xshut(by_xshut[pin], up)

        def interrupt(pin: int) -> Callable[[float], bool]:
            return lambda timeout_s: self.wire.wait_for_interrupt(by_interrupt[pin], timeout_s)

        options: dict[str, Any] = {
            "open_wire": lambda _number: self.wire,
            "xshut": xshut,
            "interrupt": interrupt if self.interrupts else None,
            "clock": self.clock,
            "sleep": self.clock.sleep,
        }
        self.bus = open_bus(self.settings, **(options | changes))
        return self

    def start(self) -> Bench:
        """Make the driver and start every sensor."""
        self.open()
        for sensor in self.sensors:
            sensor.start()
        return self

    @property
    def sensors(self) -> Sequence[Vl53l1xSensor]:
        assert self.bus is not None
        return self.bus.sensors

    @property
    def sensor(self) -> Vl53l1xSensor:
        return self.sensors[0]

    def read(self, count: int = 1) -> list[RangeSample]:
        """Readings of the first sensor."""
        found = [self.sensor.read() for _ in range(count)]
        return [sample for sample in found if sample is not None]

    def fail(self, kind: FaultKind, for_s: float | None = None, **details: Any) -> int:
        """Let a fault begin now; gives the moment."""
        until_ns = None if for_s is None else self.clock() + round(for_s * 1e9)
        self.wire.fail(Fault(kind, from_ns=self.clock(), until_ns=until_ns, **details))
        return self.clock()

    def read_for(self, seconds: float) -> list[tuple[int, RangeSample | SensorFaultError]]:
        """What the thread of a bus meets in that time: readings and faults, each with the moment it came."""
        end_ns = self.clock() + round(seconds * 1e9)
        found: list[tuple[int, RangeSample | SensorFaultError]] = []
        while self.clock() < end_ns:
            try:
                sample = self.sensor.read()
                assert sample is not None
                found.append((self.clock(), sample))
            except SensorFaultError as fault:
                found.append((self.clock(), fault))
        return found


def readings(found: Sequence[tuple[int, RangeSample | SensorFaultError]]) -> list[RangeSample]:
    """Only the readings."""
    return [what for _, what in found if isinstance(what, RangeSample)]


def faults(found: Sequence[tuple[int, RangeSample | SensorFaultError]]) -> list[tuple[int, SensorFaultError]]:
    """Only the faults, each with its moment."""
    return [(t_ns, what) for t_ns, what in found if isinstance(what, SensorFaultError)]
