"""The I2C callbacks of ST's C driver: they catch everything, count errors, and end whatever the C code waits for.

The C code polls a register up to 60,000 times and takes no notice of errors while it does, and an exception that leaves
a callback becomes a random result. So every call into it runs here, under a deadline: after the first error, or when
the deadline has passed, nothing more reaches the wire, every transfer fails at once, and a polled register is answered
with either level in turn, which ends any poll at its second look.
"""

from __future__ import annotations

import ctypes
import errno
import time
from collections.abc import Callable
from typing import Any, Protocol

from smbus2 import i2c_msg

from retro_timer.errors import SensorFaultError

SLOW_NS = 100_000_000
"""A transfer that takes longer cannot be waited for: at 400 kHz the longest takes 3.5 ms."""
INTERRUPT_LEVEL = 0x0031
FIRMWARE_STATUS = 0x00E5
RESULT = 0x0088
_POLLED = frozenset((INTERRUPT_LEVEL, FIRMWARE_STATUS))
_FAILED = -1
_STUCK = frozenset((errno.ETIMEDOUT, errno.EAGAIN))


class Wire(Protocol):
    """What is used of `smbus2.SMBus`, and what `retro_firmware.vl53l1x.twin.TwinBus` offers."""

    def i2c_rdwr(self, *messages: Any) -> None: ...

    def read_byte(self, address: int) -> int: ...

    def close(self) -> None: ...


class SafeBus:
    """One bus. Only its thread calls it. Times are nanoseconds on `clock`."""

    def __init__(self, wire: Wire, clock: Callable[[], int] = time.monotonic_ns) -> None:
        self.wire = wire
        self.errors = 0
        """Transfers that failed since the bus was opened."""
        self.last_result = b""
        """The result block as the C code read it last."""
        self._clock = clock
        self._deadline_ns = 0
        self._twice = False
        self._failure: SensorFaultError | None = None
        self._crash: BaseException | None = None
        self._level = 0

    def call(self, deadline_ns: int, function: Callable[..., Any], *arguments: Any, twice: bool = False) -> Any:
        """Call into the C code and give its result. Raises SensorFaultError when a transfer failed on the way.

        `twice` reads everything a second time and compares: I2C has no checksum, and a wrong byte of the chip's
        factory calibration would shift every range from then on.
        """
        self._begin(deadline_ns, twice)
        result = function(*arguments)
        if self._crash is not None:
            crash, self._crash = self._crash, None
            raise crash
        if self._failure is not None:
            raise self._failure
        return result

    def read(self, address: int, register: int, length: int, deadline_ns: int) -> bytes:
        """Bytes from a register on. Raises SensorFaultError."""
        self._begin(deadline_ns)
        return self._exchange(address, register, b"", length)

    def write(self, address: int, register: int, data: bytes, deadline_ns: int) -> None:
        """Bytes into a register and those that follow. Raises SensorFaultError."""
        self._begin(deadline_ns)
        self._exchange(address, register, data, 0)

    # What the C code calls

    def on_read(self, address: int, register: int, data: Any, length: int) -> int:
        """Callback: 0 and the bytes, or a negative number."""
        try:
            found = self._exchange(address, register, b"", length)
            if self._twice and register not in _POLLED and found != self._exchange(address, register, b"", length):
                raise self._fail("garbage", f"0x{address:02x} says something else each time")
            if register == RESULT:
                self.last_result = found
            ctypes.memmove(data, found, length)
        except SensorFaultError:
            return self._way_out(register, data)
        except BaseException as crash:  # noqa: BLE001 - nothing may leave a callback; `call` raises it
            self._crash = crash
            self._failure = SensorFaultError("driver-error", repr(crash))
            return self._way_out(register, data)
        return 0

    def on_write(self, address: int, register: int, data: Any, length: int) -> int:
        """Callback: 0, or a negative number."""
        try:
            self._exchange(address, register, ctypes.string_at(data, length), 0)
        except SensorFaultError:
            return _FAILED
        except BaseException as crash:  # noqa: BLE001 - as above
            self._crash = crash
            self._failure = SensorFaultError("driver-error", repr(crash))
            return _FAILED
        return 0

    def on_multiplexer(self, _address: int, _register: int) -> int:
        """Callback for a multiplexer, which this driver does not use."""
        return _FAILED

    # Inside

    def _begin(self, deadline_ns: int, twice: bool = False) -> None:
        self._deadline_ns = deadline_ns
        self._twice = twice
        self._failure = None
        self._crash = None

    def _way_out(self, register: int, data: Any) -> int:
        if register not in _POLLED:
            return _FAILED
        self._level ^= 1
        data[0] = self._level
        return 0

    def _exchange(self, address: int, register: int, data: bytes, length: int) -> bytes:
        if self._failure is not None:
            raise self._failure
        began_ns = self._clock()
        if began_ns >= self._deadline_ns:
            raise self._fail("stuck", f"no end at 0x{address:02x}, register 0x{register:04x}")
        messages = [i2c_msg.write(address, register.to_bytes(2, "big") + data)]
        if length:
            messages.append(i2c_msg.read(address, length))
        try:
            self.wire.i2c_rdwr(*messages)
        except OSError as error:
            self.errors += 1
            if self._clock() - began_ns > SLOW_NS:
                raise self._fail("slow-bus", f"a transfer to 0x{address:02x} hung and failed") from None
            reason, what = ("bus-stuck", "time-out") if error.errno in _STUCK else ("no-answer", "no answer")
            raise self._fail(
                reason, f"{what} at 0x{address:02x}, register 0x{register:04x} (error {error.errno})"
            ) from None
        took_ns = self._clock() - began_ns
        if took_ns > SLOW_NS:
            self.errors += 1
            raise self._fail("slow-bus", f"a transfer to 0x{address:02x} took {took_ns / 1e9:.1f} s")
        return bytes(messages[1]) if length else b""

    def _fail(self, reason: str, detail: str) -> SensorFaultError:
        self._failure = SensorFaultError(reason, detail)
        return self._failure
