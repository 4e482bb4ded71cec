"""The clock of an I2C bus: what it is now, and the boot line that sets it."""

from __future__ import annotations

from pathlib import Path


def i2c_clock_hz(number: int, root: Path = Path("/")) -> int | None:
    """The clock of /dev/i2c-N in hertz; None where the kernel does not tell."""
    try:
        # A cell of the device tree: 32 bits, the highest first.
        cell = (root / f"sys/bus/i2c/devices/i2c-{number}/of_node/clock-frequency").read_bytes()[:4]
    except OSError:
        return None
    return int.from_bytes(cell, "big") or None


def i2c_clock_line(number: int, hz: int) -> str:
    """The line of config.txt that gives a bus its clock."""
    if number > 1:
        return f"dtoverlay=i2c{number},baudrate={hz}"
    return f"dtparam={i2c_name(number)}_baudrate={hz}"


def i2c_name(number: int) -> str:
    """What config.txt calls one of the two buses that need no overlay."""
    return "i2c_arm" if number == 1 else "i2c_vc"
