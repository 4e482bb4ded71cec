"""What the box tells a TF-Luna at each start, over its own TXD: rate and format, never saved to the sensor's flash.

Frames `5A length id payload sum` as in Benewake's manual (SJ-PM-TF-Luna A05, appendix II) and in the drivers of others;
firmware up to 0.0.5 answers none of them. What is not saved (`0x11`, which is never sent) is gone with the power, so
that a sensor behaves alike in every box.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec

HEAD = 0x5A
VERSION, RATE, FORMAT, SAVE = 0x01, 0x03, 0x05, 0x11
CENTIMETRES, MILLIMETRES = 0x01, 0x06
"""Formats of nine bytes; the unit of the distance is all that they differ in."""
USUAL_HZ = 100
"""What a sensor sends at that was told nothing."""
_OVERHEAD = 4
_ANSWER_NS = 100_000_000
"""Longest wait for an answer: it stands between two frames, so a few milliseconds would do at 100 Hz."""
_TRIES = 3


class Port(Protocol):
    """What is used of a serial port."""

    def read(self) -> bytes:
        """What has come; nothing where within 20 ms nothing came. Raises OSError."""

    def write(self, data: bytes) -> int:
        """How many bytes were taken. Raises OSError."""

    def close(self) -> None:
        """What nobody has read is lost."""


class Setup(msgspec.Struct, frozen=True):
    """How a sensor sends from now on."""

    firmware: str = ""
    """Its version; empty where it answers nothing: older firmware, or no wire from the box's TXD."""
    unit_mm: int = 10
    """Unit of its distances: 1 where the firmware has that format."""
    rate_hz: int = USUAL_HZ


def checksum(body: bytes | bytearray) -> int:
    """The low byte of the sum of all bytes before it."""
    return sum(body) & 0xFF


def command(identity: int, payload: bytes = b"") -> bytes:
    """A frame as the sensor takes and answers it."""
    body = bytes((HEAD, _OVERHEAD + len(payload), identity)) + payload
    return body + bytes((checksum(body),))


def find_answer(heard: bytes | bytearray, identity: int, asked: bytes) -> bytes | None:
    """The payload that answers a command, out of bytes with data frames around it; None while there is none.

    A sensor whose sums are switched off may put anything in their place: then only an exact echo counts.
    """
    start = heard.find(HEAD)
    while 0 <= start < len(heard) - 2:
        size = heard[start + 1]
        frame = bytes(heard[start : start + size])
        if _OVERHEAD <= size == len(frame) and frame[2] == identity:
            payload = frame[3:-1]
            if frame[-1] == checksum(frame[:-1]) or (asked and payload == asked):
                return payload
        start = heard.find(HEAD, start + 1)
    return None


def set_up(port: Port, rate_hz: int, clock: Callable[[], int]) -> Setup:
    """Tell the sensor format and rate, and how it answers. Takes 0.3 s where nothing answers. Raises OSError."""
    version = _ask(port, VERSION, b"", clock)
    if version is None or len(version) < 3:
        return Setup()
    unit = _ask(port, FORMAT, bytes((MILLIMETRES,)), clock)
    rate = _ask(port, RATE, rate_hz.to_bytes(2, "little"), clock)
    return Setup(
        firmware=".".join(str(number) for number in reversed(version[:3])),
        unit_mm=1 if unit == bytes((MILLIMETRES,)) else 10,
        rate_hz=USUAL_HZ if rate is None else int.from_bytes(rate[:2], "little"),
    )


def _ask(port: Port, identity: int, payload: bytes, clock: Callable[[], int]) -> bytes | None:
    for _ in range(_TRIES):
        port.write(command(identity, payload))
        heard = bytearray()
        limit_ns = clock() + _ANSWER_NS
        while clock() < limit_ns:
            heard += port.read()
            answer = find_answer(heard, identity, payload)
            if answer is not None:
                return answer
    return None
