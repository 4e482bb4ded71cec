"""What the TF-Luna's driver costs at 250 Hz: its share of one core, its sensor's twin being another process.

The whole real stack runs here in real time: pyserial on a terminal of the kernel's, the parser, the times of the
frames. CPU time is the process's own (`time.process_time`), the kernel's work for it included; waiting costs nothing.

    python -m benchmarks.luna_cost [SECONDS]
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from multiprocessing.connection import Connection

import msgspec
from retro_firmware.tf_luna.ports import SerialPort
from retro_firmware.tf_luna.sensor import TfLunaSensor
from retro_firmware.tf_luna.twin import LunaTwin, PtyTwin

from retro_timer.sensors.settings import SensorSettings
from retro_timer.sim.optics import Surface, View

TARGET_PERCENT = 4.0
RATE_HZ = 250
_SETTLING_FRAMES = 100


class LunaCost(msgspec.Struct, frozen=True):
    """What was found."""

    rate_hz: float
    driver_percent: float
    """Of one core."""
    driver_us: float
    """Of each frame."""


class _Wall:
    """Something at 3 m."""

    def view(self, _sensor: str, _t_ns: int) -> View:
        return View((Surface(3000.0, 1.0, 0.5),), 1500.0)


def _serve(ours: Connection) -> None:
    terminal = PtyTwin(LunaTwin("gate", _Wall(), time.monotonic_ns()))
    ours.send(terminal.path)
    ours.recv()
    terminal.close()


def measure_luna(seconds: float) -> LunaCost:
    """Read frames in real time for so long."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    twin = context.Process(target=_serve, args=(theirs,), daemon=True)
    twin.start()
    path = ours.recv()
    sensor = TfLunaSensor(SensorSettings(model="tf-luna", rate_hz=RATE_HZ), open_port=lambda _port: SerialPort(path))
    sensor.start()
    for _ in range(_SETTLING_FRAMES):
        sensor.read()
    frames, cpu_s, began_s = 0, time.process_time(), time.monotonic()
    while time.monotonic() - began_s < seconds:
        sensor.read()
        frames += 1
    elapsed_s, cpu_s = time.monotonic() - began_s, time.process_time() - cpu_s
    sensor.stop()
    ours.send(None)
    twin.join()
    return LunaCost(frames / elapsed_s, 100.0 * cpu_s / elapsed_s, 1e6 * cpu_s / frames)


def main(seconds: float) -> int:
    """Measure and print; 1 when the driver takes more than the target."""
    cost = measure_luna(seconds)
    met = cost.driver_percent <= TARGET_PERCENT
    print(f"rate    {cost.rate_hz:6.1f} Hz")
    print(f"driver  {cost.driver_percent:6.2f} % of one core, {cost.driver_us:.0f} µs a frame")
    print(f"target  {TARGET_PERCENT:6.2f} % {'met' if met else 'MISSED'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0))
