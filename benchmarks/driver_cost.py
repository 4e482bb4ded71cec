"""What the VL53L1X driver costs: its share of one core at 41 Hz, beside the emulated bus.

The whole real stack runs in this process and in real time: ST's C driver, the callbacks, the sensor's loop, on a twin.
CPU time is the process's own (`time.process_time`), so waiting costs nothing. What the twin itself takes is measured
around each of its transfers (`time.thread_time`) and taken off; on a Pi the kernel's I2C driver stands in its place.

    python -m benchmarks.driver_cost [SECONDS]
"""

from __future__ import annotations

import sys
import time
from typing import Any

import msgspec
from retro_firmware.twin import TwinBus, TwinChip
from retro_firmware.vl53l1x.bus import open_bus

from retro_timer.sensors.settings import SensorSettings
from retro_timer.sim.optics import Surface, View

TARGET_PERCENT = 3.0
SETTLING_FRAMES = 50


class DriverCost(msgspec.Struct, frozen=True):
    """Shares of one core in percent."""

    rate_hz: float
    transfers_a_frame: float
    total_percent: float
    twin_percent: float
    driver_percent: float
    driver_us: float
    """Of each frame."""


class MeteredBus(TwinBus):
    """A twin that knows what it costs."""

    spent_s = 0.0

    def i2c_rdwr(self, *messages: Any) -> None:
        began_s = time.thread_time()
        super().i2c_rdwr(*messages)
        self.spent_s += time.thread_time() - began_s


class Wall:
    """Something at 0.7 m."""

    def view(self, _sensor: str, _t_ns: int) -> View:
        return View((Surface(700.0, 1.0, 0.5),), 1500.0)


def measure_driver(seconds: float) -> DriverCost:
    """Read frames in real time for so long."""
    wire = MeteredBus([TwinChip("gate", Wall())])
    bus = open_bus([SensorSettings()], open_wire=lambda _number: wire)
    sensor = bus.sensors[0]
    sensor.start()
    for _ in range(SETTLING_FRAMES):
        sensor.read()
    frames, transfers = 0, wire.transfers
    twin_s, cpu_s, began_s = wire.spent_s, time.process_time(), time.monotonic()
    while time.monotonic() - began_s < seconds:
        sensor.read()
        frames += 1
    elapsed_s = time.monotonic() - began_s
    cpu_s, twin_s = time.process_time() - cpu_s, wire.spent_s - twin_s
    transfers = wire.transfers - transfers
    bus.close()
    return DriverCost(
        rate_hz=frames / elapsed_s,
        transfers_a_frame=transfers / frames,
        total_percent=100.0 * cpu_s / elapsed_s,
        twin_percent=100.0 * twin_s / elapsed_s,
        driver_percent=100.0 * (cpu_s - twin_s) / elapsed_s,
        driver_us=1e6 * (cpu_s - twin_s) / frames,
    )


def main(seconds: float) -> int:
    """Measure and print; 1 when the driver takes more than the target."""
    cost = measure_driver(seconds)
    met = cost.driver_percent <= TARGET_PERCENT
    print(f"rate    {cost.rate_hz:6.1f} Hz, {cost.transfers_a_frame:.1f} transfers a frame")
    print(f"total   {cost.total_percent:6.2f} % of one core")
    print(f"twin    {cost.twin_percent:6.2f} %")
    print(f"driver  {cost.driver_percent:6.2f} %, {cost.driver_us:.0f} µs a frame")
    print(f"target  {TARGET_PERCENT:6.2f} % {'met' if met else 'MISSED'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0))
