"""Which of the machine's GPIO chips is the header's: found by its label, for the kernel numbers chips as it likes."""

from __future__ import annotations

import fcntl
import os
import re
import struct
from collections.abc import Callable
from pathlib import Path

import msgspec

HEADER_LABELS = ("pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835")
"""What the kernel calls the chip of the 40-pin header: on a Pi 5; a Pi 4 or 400; every other one. A Pi 5's is number 0
or 4 under older kernels and 11 to 15 under newer ones (6.12.96, 6.18), beside chips that drive its fan or its LEDs."""

_CHIP_INFO = struct.Struct("32s32sI")
"""struct gpiochip_info of linux/gpio.h: name, label, lines."""
_GET_CHIP_INFO = 0x8044B401
"""GPIO_GET_CHIPINFO_IOCTL: _IOR(0xB4, 0x01, struct gpiochip_info)."""


class GpioChip(msgspec.Struct, frozen=True):
    """A GPIO chip of the machine."""

    path: Path
    number: int
    """N of /dev/gpiochipN."""
    label: str | None
    """None for a chip that may not be opened."""

    @property
    def of_header(self) -> bool:
        """Whether the header's pins are its lines."""
        return self.label in HEADER_LABELS


def read_label(path: Path) -> str | None:
    """The label that the kernel gives a chip; None where it may not be opened or is no chip."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        _, label, _ = _CHIP_INFO.unpack(fcntl.ioctl(fd, _GET_CHIP_INFO, bytes(_CHIP_INFO.size)))
    except OSError:
        return None
    finally:
        os.close(fd)
    return str(label.rstrip(b"\0").decode(errors="replace"))


def gpio_chips(dev: Path = Path("/dev"), label_of: Callable[[Path], str | None] = read_label) -> tuple[GpioChip, ...]:
    """Every chip in a directory of devices, by number; links that stand for an old number are none of their own."""
    found = []
    for path in dev.glob("gpiochip*"):
        number = re.fullmatch(r"gpiochip(\d+)", path.name)
        if number and not path.is_symlink():
            found.append(GpioChip(path, int(number[1]), label_of(path)))
    return tuple(sorted(found, key=lambda chip: chip.number))


def header_chip(chips: tuple[GpioChip, ...]) -> GpioChip | None:
    """The chip of the header; None where none of them is it, or none that may be opened."""
    return next((chip for chip in chips if chip.of_header), None)


def told(chips: tuple[GpioChip, ...]) -> str:
    """What there is, for people: `gpiochip0 (gpio-brcmstb), gpiochip11 (may not be opened)`."""
    if not chips:
        return "this machine has no GPIO chip at all"
    return "there are " + ", ".join(f"{chip.path.name} ({chip.label or 'may not be opened'})" for chip in chips)
