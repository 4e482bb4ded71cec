"""A device of a few registers at 0x29, as little of a VL53L1X as ST's driver needs to open it and range; in the guest.

Only for the rig's own tests of its I2C bus: the project's twin of the sensor is under firmware/.
"""

import time
from collections.abc import Callable

ADDRESS = 0x29
PERIOD_S = 0.05
RANGE_MM = 500
RESULT = 0x0088


class ToySensor:
    """16-bit register addresses, each followed by data; a range of RANGE_MM every PERIOD_S, whatever the light."""

    def __init__(self) -> None:
        self._registers = bytearray(0x10000)
        self._pointer = 0
        self._due_s = float("inf")
        self._frame = 0
        for register, value in {
            0x0031: b"\1",  # not ready
            0x00DE: b"\1\0",  # oscillator
            0x00E5: b"\1",  # booted
            0x010F: b"\xea\xcc",  # model
        }.items():
            self._registers[register : register + len(value)] = value

    def transfer(self, address: int, write: bytes, read_len: int) -> bytes | None:
        """Answer one transfer on the bus."""
        if address != ADDRESS:
            return None
        if len(write) >= 2:
            self._pointer = int.from_bytes(write[:2], "big")
            self._store(self._pointer, write[2:])
        self._range_if_due()
        return bytes(self._registers[self._pointer : self._pointer + read_len])

    def _store(self, register: int, data: bytes) -> None:
        self._registers[register : register + len(data)] = data
        written = range(register, register + len(data))
        if 0x0086 in written and self._registers[0x0086] & 1:
            self._registers[0x0031] = 1
        if 0x0087 in written:
            self._due_s = time.monotonic() + PERIOD_S if self._registers[0x0087] & 0x40 else float("inf")

    def _range_if_due(self) -> None:
        now_s = time.monotonic()
        if now_s < self._due_s:
            return
        self._due_s = now_s + PERIOD_S
        self._frame = self._frame % 255 + 1
        raw = (RANGE_MM * 2048 + 1005) // 2011
        fields = {
            0x01: b"\x09",
            0x03: bytes([self._frame]),
            0x04: b"\x10\0",
            0x0E: raw.to_bytes(2, "big"),
            0x10: b"\x05\0",
        }
        for offset, value in fields.items():
            self._registers[RESULT + offset : RESULT + offset + len(value)] = value
        self._registers[0x0031] = 0  # ready: the driver sets the interrupt pin's polarity to active low


def make() -> Callable[[int, bytes, int], bytes | None]:
    """What i2c_bus.py serves."""
    return ToySensor().transfer
