"""What the drivers cost: their share of one core, with the VL53L1X at 41 Hz and the TF-Luna at 250 Hz.

The whole real stacks run in real time: ST's C driver and its callbacks on an emulated bus, pyserial on a terminal of
the kernel's. CPU time is the process's own (`time.process_time`), the kernel's work for it included; waiting costs
nothing. What the VL53L1X's twin takes is measured around each of its transfers (`time.thread_time`) and taken off: on a
Pi the kernel's I2C driver stands in its place. The TF-Luna's twin is another process.

    python -m benchmarks.cost.drivers [SECONDS]
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from multiprocessing.connection import Connection
from typing import Any

import msgspec
from retro_firmware.tf_luna.ports import SerialPort
from retro_firmware.tf_luna.sensor import TfLunaSensor
from retro_firmware.tf_luna.twin import LunaTwin, PtyTwin
from retro_firmware.vl53l1x.bus import open_bus
from retro_firmware.vl53l1x.twin import TwinBus, TwinChip

from retro_timer.ports import RangeSensor
from retro_timer.sensors.settings import SensorSettings
from retro_timer.sim.optics import Surface, View

VL53L1X_TARGET_PERCENT = 3.0
LUNA_TARGET_PERCENT = 4.0
_LUNA_HZ = 250
_SETTLING_FRAMES = 100


class DriverCost(msgspec.Struct, frozen=True):
    """What one driver takes."""

    rate_hz: float
    driver_percent: float
    """Of one core."""
    twin_percent: float = 0.0
    """What the emulation in the same process takes beside it."""


class _Wall:
    """Something before the sensor."""

    def __init__(self, range_mm: float) -> None:
        self._view = View((Surface(range_mm, 1.0, 0.5),), 1500.0)

    def view(self, _sensor: str, _t_ns: int) -> View:
        return self._view


class _MeteredBus(TwinBus):
    """A twin that knows what it costs."""

    spent_s = 0.0

    def i2c_rdwr(self, *messages: Any) -> None:
        began_s = time.thread_time()
        super().i2c_rdwr(*messages)
        self.spent_s += time.thread_time() - began_s


def measure_vl53l1x(seconds: float) -> DriverCost:
    """Read frames in real time for so long."""
    wire = _MeteredBus([TwinChip("gate", _Wall(700.0))])
    bus = open_bus([SensorSettings()], open_wire=lambda _number: wire)
    _settle(bus.sensors[0])
    before_s = wire.spent_s
    found = _read(bus.sensors[0], seconds)
    twin_percent = 100.0 * (wire.spent_s - before_s) / seconds
    bus.close()
    return DriverCost(found.rate_hz, found.driver_percent - twin_percent, twin_percent)


def measure_luna(seconds: float) -> DriverCost:
    """Read frames in real time for so long."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    twin = context.Process(target=_serve, args=(theirs,), daemon=True)
    twin.start()
    path = ours.recv()
    settings = SensorSettings(model="tf-luna", rate_hz=_LUNA_HZ)
    sensor = TfLunaSensor(settings, open_port=lambda _port: SerialPort(path))
    _settle(sensor)
    found = _read(sensor, seconds)
    sensor.stop()
    ours.send(None)
    twin.join()
    return found


def _serve(ours: Connection) -> None:
    terminal = PtyTwin(LunaTwin("gate", _Wall(3000.0), time.monotonic_ns()))
    ours.send(terminal.path)
    ours.recv()
    terminal.close()


def _settle(sensor: RangeSensor) -> None:
    sensor.start()
    for _ in range(_SETTLING_FRAMES):
        sensor.read()


def _read(sensor: RangeSensor, seconds: float) -> DriverCost:
    frames, cpu_s, began_s = 0, time.process_time(), time.monotonic()
    while time.monotonic() - began_s < seconds:
        sensor.read()
        frames += 1
    elapsed_s, cpu_s = time.monotonic() - began_s, time.process_time() - cpu_s
    return DriverCost(frames / elapsed_s, 100.0 * cpu_s / elapsed_s)


if __name__ == "__main__":
    for name, measure in (("VL53L1X", measure_vl53l1x), ("TF-Luna", measure_luna)):
        found = measure(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0)
        print(f"{name} at {found.rate_hz:.0f} Hz: {found.driver_percent:.2f} % of one core")
