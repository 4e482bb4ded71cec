"""ST's C driver as the package `VL53L1X` ships it, with the entry points and error codes that its Python part hides.

Its callbacks are one per process, so one bus at a time may own it. `LIBRARY` is loaded on import; ImportError when the
package is missing or was built for another machine.
"""

from __future__ import annotations

import ctypes
from typing import Any

try:
    import VL53L1X as package  # noqa: N811
except OSError as error:
    # The package loads its shared library on import and raises OSError when it finds none.
    raise ImportError(str(error), name="VL53L1X") from None

from retro_firmware.vl53l1x.safe_bus import SafeBus
from retro_timer.errors import RetroTimerError

NO_MULTIPLEXER = 255
MODES = {"short": 1, "medium": 2, "long": 3}
_UNCHANGED_MODE = 0
_UNSIGNED_P = ctypes.POINTER(ctypes.c_ubyte)
_TRANSFER = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_ubyte, ctypes.c_uint16, _UNSIGNED_P, ctypes.c_ubyte)
_MULTIPLEXER = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_ubyte, ctypes.c_uint16)


class RangingData(ctypes.Structure):
    """VL53L1_RangingMeasurementData_t: 28 bytes. Rates are Mcps and sigma millimetres in 16.16 fixed point."""

    _fields_ = (
        ("time_stamp", ctypes.c_uint32),
        ("stream_count", ctypes.c_uint8),
        ("quality", ctypes.c_uint8),
        ("signal_mcps", ctypes.c_uint32),
        ("ambient_mcps", ctypes.c_uint32),
        ("spads", ctypes.c_uint16),
        ("sigma_mm", ctypes.c_uint32),
        ("range_mm", ctypes.c_int16),
        ("fraction", ctypes.c_uint8),
        ("status", ctypes.c_uint8),
    )


class _Library:
    """The functions used, typed. Each but `initialise` and `free` gives ST's error code, 0 for success."""

    def __init__(self, library: Any) -> None:
        self._library = library
        self._kept: tuple[Any, ...] = ()
        self._owner: object | None = None
        handle, integer = ctypes.c_void_p, ctypes.c_int
        self.initialise = _typed(library.initialise, handle, *[ctypes.c_ubyte] * 4)
        self.set_mode = _typed(library.setDistanceMode, integer, handle, integer)
        self.set_budget_us = _typed(library.setMeasurementTimingBudgetMicroSeconds, integer, handle, integer)
        self.set_period_ms = _typed(library.setInterMeasurementPeriodMilliSeconds, integer, handle, integer)
        self.start = _typed(library.VL53L1_StartMeasurement, integer, handle)
        self.stop = _typed(library.VL53L1_StopMeasurement, integer, handle)
        self.ready = _typed(library.VL53L1_GetMeasurementDataReady, integer, handle, _UNSIGNED_P)
        self.result = _typed(library.VL53L1_GetRangingMeasurementData, integer, handle, ctypes.POINTER(RangingData))
        self.acknowledge = _typed(library.VL53L1_ClearInterruptAndStartMeasurement, integer, handle)
        # The handle comes from malloc and nothing in the package frees it: a driver that recovers for hours must.
        self.free = _typed(ctypes.CDLL(None).free, None, handle)

    def claim(self, owner: object) -> None:
        """Take the process's one place for a VL53L1X bus. Raises RetroTimerError while another bus holds it."""
        if self._owner is not None and self._owner is not owner:
            raise RetroTimerError(
                "a second bus of VL53L1X in one process: the C driver keeps its callbacks and last measurement once; "
                "put all of them on one bus (`bus` in [[sensors]]) and give each its xshut_pin"
            )
        self._owner = owner

    def release(self, owner: object) -> None:
        """Give the place back and take the callbacks out of the C code; nothing when `owner` does not hold it."""
        if self._owner is owner:
            self._owner = None
            self._library.VL53L1_set_i2c(None, None, None)
            self._kept = ()

    def connect(self, bus: SafeBus) -> None:
        """Let the C code talk through this bus."""
        self._kept = (_MULTIPLEXER(bus.on_multiplexer), _TRANSFER(bus.on_read), _TRANSFER(bus.on_write))
        self._library.VL53L1_set_i2c(*self._kept)


def _typed(function: Any, result: Any, *arguments: Any) -> Any:
    function.restype = result
    function.argtypes = list(arguments)
    return function


LIBRARY = _Library(package._TOF_LIBRARY)
