"""One chip on the bus: reset, boot, identity, address, ranging; every step under a deadline, nothing retried here."""

from __future__ import annotations

import contextlib
import ctypes
import time
from collections.abc import Callable

import msgspec

from retro_firmware.vl53l1x import frames
from retro_firmware.vl53l1x.native import LIBRARY, MODES, NO_MULTIPLEXER, RangingData
from retro_firmware.vl53l1x.safe_bus import FIRMWARE_STATUS, RESULT, SafeBus, Wire
from retro_timer.errors import SensorFaultError
from retro_timer.sensors.vl53l1x import ADDRESS

_SOFT_RESET = 0x0000
_I2C_ADDRESS = 0x0001
_PERIOD = 0x006C
_MODEL_ID = 0x010F
_MODEL = b"\xea\xcc"
_BOOT_S = 0.002
"""ST's driver waits 1.2 ms."""
_RESET_S = 0.001
_BOOT_LIMIT_NS = 50_000_000
_STOP_NS = 50_000_000

Xshut = Callable[[bool], None]
"""Drives a chip's shutdown line: True lets it run, False switches it off."""


class Frame(msgspec.Struct, frozen=True, gc=False):
    """What the chip measured, in the program's units."""

    stream: int
    status: int
    range_mm: int
    signal_kcps: float
    ambient_kcps: float
    sigma_mm: float
    refused: str
    """Why it must not be used, as the reason of a fault, or an empty string."""


class Device:
    """A chip at its own address. Deadlines are instants on `clock`; each method but `close` raises SensorFaultError.

    `connect` gives the bus, opening it if need be. With `xshut` a reset takes the supply away; without, it is the
    chip's soft reset, which a chip that hangs may ignore.
    """

    def __init__(
        self,
        address: int,
        connect: Callable[[], SafeBus],
        xshut: Xshut | None,
        clock: Callable[[], int] = time.monotonic_ns,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.address = address
        self._connect = connect
        self._xshut = xshut
        self._clock = clock
        self._sleep = sleep
        self._handle: int | None = None
        self._bus: SafeBus | None = None
        self._orders = b""
        self._data = RangingData()
        self._flag = ctypes.c_ubyte()

    @property
    def bus(self) -> SafeBus:
        """The bus; opens it when it is not."""
        if self._bus is None:
            self._bus = self._connect()
        return self._bus

    @property
    def wire(self) -> Wire | None:
        """What the bus talks through; None when it did not open."""
        return None if self._bus is None else self._bus.wire

    @property
    def identity(self) -> str:
        """What was found, once it was, and how the bus has done since."""
        failed = 0 if self._bus is None else self._bus.errors
        return f"VL53L1X, id {_MODEL.hex()}, at 0x{self.address:02x}; failed transfers: {failed}"

    # From power-on to ranging

    def open(self, deadline_ns: int) -> None:
        """Reset the chip, find it, give it its address, and let the C driver initialise it."""
        bus = self.bus
        self.abandon()
        self._reset(deadline_ns)
        self._move(deadline_ns)
        while not bus.read(self.address, FIRMWARE_STATUS, 1, deadline_ns)[0] & 0x01:
            self._sleep(_RESET_S)
        # `initialise` reports no error of its own: a failed transfer is the only sign, and `call` raises it. The
        # handle is kept before that, for it has to be freed either way.
        bus.call(deadline_ns, self._initialise, twice=True)

    def _initialise(self) -> None:
        self._handle = LIBRARY.initialise(self.address, NO_MULTIPLEXER, 0, False)

    def _reset(self, deadline_ns: int) -> None:
        if self._xshut is not None:
            self._xshut(False)
            self._sleep(_RESET_S)
            self._xshut(True)
        else:
            address = self._find(deadline_ns)
            self.bus.write(address, _SOFT_RESET, b"\x00", deadline_ns)
            self._sleep(_RESET_S)
            self.bus.write(address, _SOFT_RESET, b"\x01", deadline_ns)
        self._sleep(_BOOT_S)

    def _find(self, deadline_ns: int) -> int:
        """The address at which the chip answers: its own, or the one it boots with."""
        limit_ns = self._clock() + _BOOT_LIMIT_NS
        while True:
            for address in dict.fromkeys((ADDRESS, self.address)):
                try:
                    model = self.bus.read(address, _MODEL_ID, 2, deadline_ns)
                except SensorFaultError as fault:
                    if fault.reason != "no-answer":
                        raise
                    missing = fault
                    continue
                if model != _MODEL:
                    raise SensorFaultError(
                        "wrong-chip", f"what answers at 0x{address:02x} is no VL53L1X (id {model.hex()}, not eacc)"
                    )
                return address
            if self._clock() >= limit_ns:
                raise missing
            self._sleep(_BOOT_S)

    def _move(self, deadline_ns: int) -> None:
        found = self._find(deadline_ns)
        if found != self.address:
            # Before the C driver reads the chip: it writes back the address that it read at its start.
            self.bus.write(found, _I2C_ADDRESS, bytes((self.address,)), deadline_ns)
            if self.bus.read(self.address, _MODEL_ID, 2, deadline_ns) != _MODEL:
                raise SensorFaultError("wrong-chip", f"no VL53L1X at 0x{self.address:02x} after it was moved there")

    def begin(self, mode: str, budget_us: int, period_ms: int, deadline_ns: int) -> None:
        """Range from now on. `mode` is short, medium or long; the period at least the budget and 4 ms."""
        handle, call = self._handle, self.bus.call
        steps = (
            (f"mode {mode}", LIBRARY.set_mode, (handle, MODES[mode])),
            (f"a budget of {budget_us} µs", LIBRARY.set_budget_us, (handle, budget_us)),
            (f"a period of {period_ms} ms", LIBRARY.set_period_ms, (handle, period_ms)),
            (f"to range with {budget_us} µs every {period_ms} ms", LIBRARY.start, (handle,)),
        )
        for what, function, arguments in steps:
            code = call(deadline_ns, function, *arguments)
            if code != 0:
                raise SensorFaultError("refused", f"the C driver refuses {what} (error {code})")
        self._orders = self.bus.read(self.address, _PERIOD, 4, deadline_ns)

    def end(self, deadline_ns: int) -> None:
        """Stop ranging."""
        if self._handle is not None:
            self.bus.call(deadline_ns, LIBRARY.stop, self._handle)

    def abandon(self) -> None:
        """Let go of a chip that has failed, without a word on the bus; where XSHUT is wired it is off then.

        So it cannot answer in place of another that is being started, nor keep the bus from it.
        """
        if self._xshut is not None:
            self._xshut(False)
        if self._handle is not None:
            LIBRARY.free(self._handle)
            self._handle = None

    def close(self) -> None:
        """Stop ranging if it still can, and let go; never fails."""
        try:
            # A chip that cannot be stopped is lost already, and will be reset before it is used again.
            with contextlib.suppress(SensorFaultError):
                self.end(self._clock() + _STOP_NS)
        finally:
            self.abandon()

    # Frames

    def ready(self, deadline_ns: int) -> bool:
        """Whether a frame waits."""
        code = self.bus.call(deadline_ns, LIBRARY.ready, self._handle, ctypes.byref(self._flag))
        return code == 0 and self._flag.value == 1

    def fetch(self, last_stream: int | None, deadline_ns: int) -> Frame:
        """The frame that waits, judged; it stays until `acknowledge`."""
        bus, data = self.bus, self._data
        code = bus.call(deadline_ns, LIBRARY.result, self._handle, ctypes.byref(data))
        head = bus.last_result[: frames.HEAD_SIZE]
        again = bus.read(self.address, RESULT, frames.HEAD_SIZE, deadline_ns)
        refused = "garbage" if code != 0 else frames.refusal(head, again, last_stream)
        return Frame(
            data.stream_count,
            data.status,
            data.range_mm,
            data.signal_mcps * 1000.0 / 65536.0,
            data.ambient_mcps * 1000.0 / 65536.0,
            data.sigma_mm / 65536.0,
            refused,
        )

    def acknowledge(self, deadline_ns: int) -> None:
        """Tell the chip that its frame was fetched, so that it shows the next one."""
        code = self.bus.call(deadline_ns, LIBRARY.acknowledge, self._handle)
        if code != 0:
            raise SensorFaultError("refused", f"the C driver refuses the handshake (error {code})")

    def ails(self, deadline_ns: int) -> str:
        """What a closer look at a silent chip finds, as the reason of a fault, or an empty string.

        reset: it is a fresh one, without its orders, as after a dip of its supply; garbage: it sends nonsense.
        """
        for address in dict.fromkeys((self.address, ADDRESS)):
            try:
                if self.bus.read(address, _MODEL_ID, 2, deadline_ns) != _MODEL:
                    return "garbage"
                fresh = self.bus.read(address, _PERIOD, 4, deadline_ns) != self._orders
            except SensorFaultError:
                continue
            return "reset" if fresh or address != self.address else ""
        return ""
