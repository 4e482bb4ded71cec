"""Hands a twin bus to the unmodified package `VL53L1X`, which opens its bus by a name of its own module."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator
from typing import Any

from retro_firmware.vl53l1x.twin.bus import TwinBus


@contextlib.contextmanager
def lent_to_package(bus: TwinBus) -> Iterator[Any]:
    """Within the block `VL53L1X.VL53L1X()` opens the twin, whatever bus number it is given; gives the module.

    The package makes its bus by calling `SMBus()`, a name that it imported, so that name is where the twin goes in.
    Raises ImportError when the package is not installed.
    """
    package: Any = importlib.import_module("VL53L1X")
    real = package.SMBus
    package.SMBus = lambda: bus
    try:
        yield package
    finally:
        package.SMBus = real
