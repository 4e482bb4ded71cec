"""The wires: offers what `smbus2.SMBus` offers to the package `VL53L1X`, in front of any number of twin chips."""

from __future__ import annotations

import ctypes
import errno
import os
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from retro_firmware.vl53l1x.twin.chip import HEALTHY, ChipFaults, TwinChip
from retro_firmware.vl53l1x.twin.faults import Fault, FaultKind, FaultList

_READ = 0x0001
"""I2C_M_RD of linux/i2c.h."""
_BITS_A_BYTE = 9


class TwinBus:
    """An I2C bus with chips on it.

    `clock` gives nanoseconds, `sleep` waits seconds; give both together to run the twin in a time of your own. With
    `bus_hz` each transfer takes the time that its bits take at that clock rate; without it none. Two chips that answer
    at one address both take a write, and what is read is the AND of the two, as on open-drain wires. Thread-safe.
    """

    def __init__(
        self,
        chips: Iterable[TwinChip] = (),
        *,
        clock: Callable[[], int] = time.monotonic_ns,
        sleep: Callable[[float], None] = time.sleep,
        bus_hz: int | None = None,
        seed: int = 1,
    ) -> None:
        self.chips: dict[str, TwinChip] = {chip.name: chip for chip in chips}
        self.transfers = 0
        """Transfers so far, failed ones included."""
        self._clock = clock
        self._sleep = sleep
        self._bus_hz = bus_hz
        self._rng = random.Random(seed)
        self._faults = FaultList()
        self._lock = threading.Lock()

    # What a test or a board does with it

    def fail(self, *faults: Fault) -> None:
        """Plan these faults in place of all others; none mends everything."""
        with self._lock:
            self._faults.set(faults)

    def set_xshut(self, chip: str, up: bool) -> None:
        """The shutdown line of a chip; all are up in the beginning."""
        with self._lock:
            self.chips[chip].set_xshut(up, self._clock())

    def interrupt(self, chip: str) -> bool:
        """Whether a chip's GPIO1 is active now."""
        with self._lock:
            return self._interrupt(self.chips[chip])

    def wait_for_interrupt(self, chip: str, timeout_s: float) -> bool:
        """Wait until a chip's GPIO1 is active; False when it is not by then."""
        limit_ns = self._clock() + round(timeout_s * 1e9)
        while not self.interrupt(chip):
            now_ns = self._clock()
            if now_ns >= limit_ns:
                return False
            due_ns = self.chips[chip].due_ns
            wake_ns = limit_ns if due_ns is None or due_ns <= now_ns else min(limit_ns, due_ns)
            self._sleep(max(1_000, wake_ns - now_ns) / 1e9)
        return True

    def transfer(self, address: int, write: bytes, read_len: int) -> bytes | None:
        """One transfer as a bus controller sees it: `write`, then `read_len` bytes; None when nobody acknowledges.

        Raises OSError (ETIMEDOUT) when the bus is stuck.
        """
        try:
            return self._transfer(address, write, read_len)
        except OSError as error:
            if error.errno != errno.EREMOTEIO:
                raise
            return None

    # What smbus2.SMBus offers to the package VL53L1X

    def open(self, bus: int | str) -> None:
        """Any bus number will do."""

    def close(self) -> None:
        """The chips stay as they are, as real ones do."""

    def read_byte(self, address: int) -> int:
        """A byte from wherever the chip's register pointer stands. Raises OSError."""
        return self._transfer(address, b"", 1)[0]

    def read_byte_data(self, address: int, register: int) -> int:
        """A byte of an 8-bit register, which this chip does not have: only whether it answers tells. Raises OSError."""
        return self._transfer(address, bytes((register,)), 1)[0]

    def write_byte(self, address: int, value: int) -> None:
        """For a multiplexer: there is none, so this fails unless a chip answers. Raises OSError."""
        self._transfer(address, bytes((value,)), 0)

    def i2c_rdwr(self, *messages: Any) -> None:
        """Messages of `smbus2.i2c_msg`; a write followed by a read is one transfer. Raises OSError as the kernel does.

        EREMOTEIO: nobody acknowledged; ETIMEDOUT: the bus is stuck.
        """
        for write, read in _paired(messages):
            address = (read if write is None else write).addr
            found = self._transfer(address, b"" if write is None else bytes(write), 0 if read is None else read.len)
            if read is not None:
                ctypes.memmove(read.buf, found, len(found))

    # Inside

    def _transfer(self, address: int, write: bytes, read_len: int) -> bytes:
        with self._lock:
            self.transfers += 1
            if self._bus_hz is not None:
                headers = bool(write) + bool(read_len)
                self._sleep((len(write) + read_len + headers) * _BITS_A_BYTE / self._bus_hz)
            if self._faults:
                self._let_fail(address)
            now_ns = self._clock()
            found: bytes | None = None
            for chip in self.chips.values():
                if chip.answers(address, now_ns):
                    mine = chip.exchange(write, read_len, now_ns, self._of(chip, now_ns))
                    found = mine if found is None else bytes(a & b for a, b in zip(found, mine, strict=True))
            if found is None:
                raise _os_error(errno.EREMOTEIO)
            return self._spoilt(found, now_ns) if self._faults else found

    def _let_fail(self, address: int) -> None:
        now_ns, transfer = self._clock(), self.transfers
        for chip in self.chips.values():
            if self._faults.strikes(FaultKind.BROWN_OUT, chip.name, now_ns, transfer):
                chip.reset(now_ns)
        if fault := self._faults.find(FaultKind.SLOW, None, now_ns, transfer):
            self._sleep(fault.hang_s)
        if fault := self._faults.find(FaultKind.DEAD_BUS, None, now_ns, transfer):
            self._sleep(fault.hang_s)
            raise _os_error(errno.ETIMEDOUT)
        names = [chip.name for chip in self.chips.values() if chip.address == address]
        if any(self._faults.find(FaultKind.NACK, name, now_ns, transfer) for name in names):
            raise _os_error(errno.EREMOTEIO)

    def _of(self, chip: TwinChip, now_ns: int) -> ChipFaults:
        if not self._faults:
            return HEALTHY

        def holds(kind: FaultKind) -> bool:
            return self._faults.find(kind, chip.name, now_ns, self.transfers) is not None

        return ChipFaults(holds(FaultKind.LOST_HANDSHAKE), holds(FaultKind.FROZEN), holds(FaultKind.NEVER_READY))

    def _spoilt(self, data: bytes, now_ns: int) -> bytes:
        if fault := self._faults.find(FaultKind.FLOATING, None, now_ns, self.transfers):
            return bytes((fault.fill,)) * len(data)
        if self._faults.find(FaultKind.GARBAGE, None, now_ns, self.transfers):
            return self._rng.randbytes(len(data))
        return data

    def _interrupt(self, chip: TwinChip) -> bool:
        now_ns = self._clock()
        if chip.answers(chip.address, now_ns):
            chip.advance(now_ns, self._of(chip, now_ns))
            return chip.interrupt
        return False


def _paired(messages: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Each write with the read that follows it at once."""
    write = None
    for message in messages:
        if message.flags & _READ:
            yield write, message
            write = None
        else:
            if write is not None:
                yield write, None
            write = message
    if write is not None:
        yield write, None


def _os_error(code: int) -> OSError:
    return OSError(code, os.strerror(code))
