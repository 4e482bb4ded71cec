"""A TF-Luna in software: frames from a scene, commands answered, on a pseudo-terminal or straight into the driver."""

from __future__ import annotations

import contextlib
import os
import random
import threading
import time
import tty
from collections.abc import Callable
from enum import StrEnum

from retro_firmware.tf_luna.commands import (
    CENTIMETRES,
    FORMAT,
    HEAD,
    MILLIMETRES,
    RATE,
    SAVE,
    USUAL_HZ,
    VERSION,
    checksum,
    command,
)
from retro_firmware.tf_luna.frames import HEADER, SIZE
from retro_timer.sensors.tf_luna import FINE_OPTICS, OPTICS
from retro_timer.sim.optics import Scene, weigh_light

_INNER_HZ = 500
"""How often it measures; what it sends is the mean since the frame before (its manual, section 5.5)."""
_VERSION = bytes((1, 3, 3))
_TEMPERATURE_C = 38


class LunaFault(StrEnum):
    """How the line or the sensor fails."""

    SILENT = "silent"
    """No byte comes."""
    TORN = "torn"
    """Of each frame only a part comes."""
    CORRUPT = "corrupt"
    """In each frame one byte is wrong."""
    NOISE = "noise"
    """Bytes at random come between the frames."""
    BABBLE = "babble"
    """Bytes at random come in place of the frames."""
    UNPLUGGED = "unplugged"
    """The port itself fails, as a USB adapter that is pulled out."""


def encode(distance: int, amplitude: int, temperature_c: int = _TEMPERATURE_C) -> bytes:
    """A frame as the sensor sends it, the distance in the unit of its format."""
    words = (distance, amplitude, (temperature_c + 256) * 8)
    body = HEADER + b"".join(word.to_bytes(2, "little") for word in words)
    return body + bytes((checksum(body),))


class LunaTwin:
    """The sensor: gives the bytes that have left it by a moment. Times are nanoseconds.

    `deaf`: it answers no command, as with older firmware or without a wire to its RXD. `millimetres`: whether its
    firmware has that format.
    """

    def __init__(
        self, name: str, scene: Scene, now_ns: int, seed: int = 1, *, deaf: bool = False, millimetres: bool = True
    ) -> None:
        self.name = name
        self.deaf = deaf
        self.saved = 0
        """How often it was told to keep its settings in its flash."""
        self.period_ns = 1_000_000_000 // USUAL_HZ
        self.format = CENTIMETRES
        self._millimetres = millimetres
        self._heard = bytearray()
        self._answers = b""
        self._scene = scene
        self._rng = random.Random(f"{seed}:{name}")
        self._next_ns = now_ns + self.period_ns
        self._fault: LunaFault | None = None
        self._until_ns: int | None = None

    @property
    def due_ns(self) -> int:
        """When the next frame leaves."""
        return self._next_ns

    def fail(self, fault: LunaFault | None, until_ns: int | None = None) -> None:
        """Fail so from now on, until a moment or for ever; None mends it."""
        self._fault, self._until_ns = fault, until_ns

    def fault_at(self, t_ns: int) -> LunaFault | None:
        """What is wrong at a moment."""
        return self._fault if self._until_ns is None or t_ns < self._until_ns else None

    def bytes_until(self, now_ns: int) -> bytes:
        """Everything that was sent since the last call. A frame is measured over the period before it leaves."""
        sent, self._answers = self._answers, b""
        while self._next_ns <= now_ns:
            sent += self._frame(self._next_ns)
            self._next_ns += self.period_ns
        return sent

    def take(self, data: bytes) -> None:
        """Bytes that came in on its RXD."""
        self._heard += data
        while (start := self._heard.find(HEAD)) >= 0 and len(self._heard) >= start + 4:
            size = self._heard[start + 1]
            if len(self._heard) < start + size:
                return
            body, total = bytes(self._heard[start : start + size - 1]), self._heard[start + size - 1]
            del self._heard[: start + size]
            if not self.deaf and total == checksum(body):
                self._obey(body[2], body[3:])

    def power_cut(self) -> None:
        """Its supply dips: what was not saved is forgotten."""
        self.period_ns, self.format = 1_000_000_000 // USUAL_HZ, CENTIMETRES

    def _obey(self, identity: int, payload: bytes) -> None:
        if identity == VERSION:
            payload = _VERSION
        elif identity == RATE:
            steps = max(2, round(_INNER_HZ / max(1, int.from_bytes(payload, "little"))))
            self.period_ns = steps * 1_000_000_000 // _INNER_HZ
            payload = (_INNER_HZ // steps).to_bytes(2, "little")
        elif identity == FORMAT:
            if payload[0] == CENTIMETRES or self._millimetres:
                self.format = payload[0]
            payload = bytes((self.format,))
        elif identity == SAVE:
            self.saved += 1
            payload = b"\0"
        else:
            return
        self._answers += command(identity, payload)

    def _frame(self, t_ns: int) -> bytes:
        fine = self.format == MILLIMETRES
        optics = FINE_OPTICS if fine else OPTICS
        reading = weigh_light(self._scene.view(self.name, t_ns - self.period_ns // 2), optics, self._rng)
        distance = 0 if reading.range_mm is None else reading.range_mm // (1 if fine else 10)
        frame = encode(distance, min(0xFFFF, round(reading.signal_kcps)))
        rng, fault = self._rng, self.fault_at(t_ns)
        if fault in (LunaFault.SILENT, LunaFault.UNPLUGGED):
            return b""
        if fault is LunaFault.TORN:
            cut = rng.randrange(1, SIZE)
            return frame[:cut] if rng.random() < 0.5 else frame[cut:]
        if fault is LunaFault.CORRUPT:
            at = rng.randrange(SIZE)
            return frame[:at] + bytes((frame[at] ^ rng.randrange(1, 256),)) + frame[at + 1 :]
        if fault is LunaFault.NOISE:
            return rng.randbytes(rng.randrange(1, 12)) + frame
        if fault is LunaFault.BABBLE:
            return rng.randbytes(SIZE)
        return frame


class TwinPort:
    """The twin as a serial port, in a time of the caller's: give `clock` and `sleep` together."""

    def __init__(self, twin: LunaTwin, clock: Callable[[], int], sleep: Callable[[float], None]) -> None:
        self.closed = False
        self._twin = twin
        self._clock = clock
        self._sleep = sleep
        self._buffer = bytearray()

    def read(self) -> bytes:
        """What has come; nothing where within 20 ms nothing came. Raises OSError when unplugged."""
        limit_ns = self._clock() + 20_000_000
        self._fill()
        while not self._buffer and self._clock() < limit_ns:
            self._sleep((min(limit_ns, self._twin.due_ns) - self._clock()) / 1e9)
            self._fill()
        found = bytes(self._buffer)
        self._buffer.clear()
        return found

    def write(self, data: bytes) -> int:
        """Bytes for the sensor. Raises OSError when unplugged."""
        self._fill()
        self._twin.take(data)
        return len(data)

    def close(self) -> None:
        """Bytes that nobody reads are lost."""
        self.closed = True

    def _fill(self) -> None:
        now_ns = self._clock()
        self._buffer += self._twin.bytes_until(now_ns)
        if self._twin.fault_at(now_ns) is LunaFault.UNPLUGGED:
            raise OSError(5, "Input/output error")


class PtyTwin:
    """The twin on a pseudo-terminal, in real time: `path` is what a driver opens in place of /dev/serial0."""

    def __init__(self, twin: LunaTwin) -> None:
        self.twin = twin
        self._ours, self._theirs = os.openpty()
        tty.setraw(self._theirs)
        self.path = os.ttyname(self._theirs)
        os.set_blocking(self._ours, False)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._send, name=f"tf-luna-{twin.name}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop sending and take the terminal away; safe to call twice."""
        if not self._stop.is_set():
            self._stop.set()
            self._thread.join()
            os.close(self._ours)
            os.close(self._theirs)

    def _send(self) -> None:
        while not self._stop.wait(max(0, self.twin.due_ns - time.monotonic_ns()) / 1e9):
            with contextlib.suppress(BlockingIOError):
                self.twin.take(os.read(self._ours, 64))
            # A terminal that nobody reads fills up; a real UART drops bytes then, too.
            with contextlib.suppress(BlockingIOError):
                os.write(self._ours, self.twin.bytes_until(time.monotonic_ns()))
