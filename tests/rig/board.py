"""What a test does to the virtual machine's board: press, read pins, answer on the bus, fill the card."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.rig.machine import Machine, MachineError

HEADER = "/sys/devices/platform/gpio-sim.1"
"""The header's chip; gpio-sim.0 has the eleven that come before it (guest/init)."""
HEADER_CHIP = 11
LINE = HEADER + "/gpiochip*/sim_gpio{line}"
TRACE = "/sys/kernel/tracing/trace"
EDGE = re.compile(r" (\d+\.\d+): gpio_value: (\d+) set ([01])$", re.MULTILINE)
I2C_UNIT = "rig-i2c.service"
RECORD_UNIT = "rig-record.service"
RECORDING = "/run/rig-recording.wav"
FILLER = "/var/rig-filler"
SITE = "/opt/rig/site"
"""Where gpiozero, smbus2 and VL53L1X are for tests that do not install the program: put it into PYTHONPATH."""
ON_HEADER = f"""
import gpiozero
from gpiozero.pins.lgpio import LGPIOFactory
gpiozero.Device.pin_factory = LGPIOFactory(chip={HEADER_CHIP})
"""
"""Begins a program of the guest whose gpiozero is to have the header's pins."""


class Edge(NamedTuple):
    """A level written to an output line, at the guest's CLOCK_MONOTONIC."""

    time_s: float
    value: int


class Board(Machine):
    """The simulated pins, bus and card of a machine."""

    def press_button(self, line: int, hold_s: float = 0.2) -> None:
        """Press a button that joins the line to ground, hold it, let go."""
        pull = f"$(echo {LINE.format(line=line)}/pull)"
        self.check(f"echo pull-down >{pull}; sleep {hold_s:g}; echo pull-up >{pull}", timeout_s=hold_s + 60)

    def clear_gpio_edges(self) -> None:
        """Forget the edges so far."""
        self.check(f"echo >{TRACE}")

    def gpio_edges(self, line: int) -> list[Edge]:
        """Every change of an output line, in order, recorded by the kernel itself: none is missed.

        The first is the level at which a program claimed the line. The record holds some 100,000 edges of all lines.
        """
        base = int(self.check(f"cat {HEADER}/gpio/gpiochip*/base"))
        edges: list[Edge] = []
        for time_s, number, value in EDGE.findall(self.read(TRACE)):
            if int(number) == base + line and (not edges or edges[-1].value != int(value)):
                edges.append(Edge(float(time_s), int(value)))
        return edges

    def connect_i2c(self, factory: str, *paths: str) -> None:
        """Let `package.module:factory` answer on /dev/i2c-1 (see i2c_bus.py); `paths` are put before PYTHONPATH."""
        python_path = ":".join([*paths, SITE])
        command = ["env", f"PYTHONPATH={python_path}", "python3", "-u", "/usr/lib/rig/i2c_bus.py", factory]
        try:
            # A chip keeps no bus waiting: nothing of the guest may come before what answers for it.
            now = {"CPUSchedulingPolicy": "fifo", "CPUSchedulingPriority": "50"}
            self.start(I2C_UNIT, command, timeout_s=120, Type="notify", **now)
        except MachineError as error:
            raise MachineError("\n".join([str(error), *self.messages(I2C_UNIT)])) from error

    def disconnect_i2c(self) -> None:
        """Unplug everything from the bus: from now on nothing acknowledges."""
        self.check(["systemctl", "kill", "--signal=KILL", I2C_UNIT])
        self.run(["systemctl", "stop", I2C_UNIT])

    def start_recording(self) -> None:
        """Record whatever is played on the sound card from now on."""
        self.start(RECORD_UNIT, f"exec arecord -q -D plughw:0,1,0 -f S16_LE -r 48000 -c 2 {RECORDING}")

    def stop_recording(self, local: Path) -> Path:
        """End the recording and fetch it as a WAV file: 48 kHz, 16 bit, two channels."""
        self.check(["systemctl", "stop", RECORD_UNIT])
        return self.get(RECORDING, local)

    def fill_disk(self, leave_bytes: int = 0) -> None:
        """Fill the disk: to the last block, those kept for root too, or leave some bytes to ordinary users."""
        if leave_bytes:
            self.check(f"fallocate -l $(( $(stat -f -c '%a * %S' /) - {leave_bytes} )) {FILLER}", timeout_s=120)
            return
        bulk = f"fallocate -l $(( $(stat -f -c '(%a - 1) * %S' /) )) {FILLER}"
        self.check(f"{bulk}; dd if=/dev/zero of={FILLER}-rest bs=64k 2>/dev/null; sync", timeout_s=300)

    def free_disk(self) -> None:
        """Give back what `fill_disk` took."""
        self.check(["rm", "-f", FILLER, f"{FILLER}-rest"])

    def python(self, code: str, *arguments: str, paths: Sequence[str] = (), timeout_s: float = 120) -> str:
        """Run Python text in the guest, with smbus2, VL53L1X and gpiozero (see ON_HEADER); return what it wrote."""
        environment = [f"PYTHONPATH={':'.join([*paths, SITE])}", "LG_WD=/run"]
        return self.check(["env", *environment, "python3", "-c", code, *arguments], timeout_s)
