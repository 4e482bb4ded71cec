"""TF-Luna's frames out of a stream of bytes: finds its place again after whatever was lost, torn or added."""

from __future__ import annotations

import msgspec

from retro_firmware.tf_luna.commands import checksum
from retro_timer.ports import RangeStatus

SIZE = 9
HEADER = b"\x59\x59"
WEAK, OVEREXPOSED = 100, 0xFFFF
"""Amplitudes: below the first, and at the second, the distance is unreliable (Benewake's manual)."""
_LONGEST_MM = 12_000
_SAID_WEAK, _SAID_OVEREXPOSED, _SAID_SUN = 0xFFFF, 0xFFFE, 0xFFFC
_SPECIAL = frozenset((_SAID_WEAK, _SAID_OVEREXPOSED, _SAID_SUN))
"""Distances by which firmware of the family says why there is none."""
_COLDEST, _HOTTEST = 8 * (256 - 40), 8 * (256 + 125)
"""Temperature of the chip, (°C + 256) · 8: a second check beside the one-byte sum."""


class LunaFrame(msgspec.Struct, frozen=True, gc=False):
    """One reading as the sensor sends it."""

    distance: int
    """In the unit of its format: centimetres or millimetres."""
    amplitude: int


def _decode(raw: bytearray, unit_mm: int) -> LunaFrame | None:
    """A frame, or None when these nine bytes are not one."""
    if raw[:2] != HEADER or checksum(raw[: SIZE - 1]) != raw[SIZE - 1]:
        return None
    distance = raw[2] | raw[3] << 8
    if distance * unit_mm > _LONGEST_MM and distance not in _SPECIAL:
        return None
    if not _COLDEST <= raw[6] | raw[7] << 8 <= _HOTTEST:
        return None
    return LunaFrame(distance, raw[4] | raw[5] << 8)


class FrameParser:
    """Feed bytes as they come. After anything that is no frame the next one only says where frames begin.

    A sum of one byte lets every 256th piece of nonsense pass; two frames that follow each other without a gap do not
    come about by chance. So the first frame of all is not given out either.
    """

    def __init__(self, unit_mm: int = 10) -> None:
        self.unit_mm = unit_mm
        self.found = 0
        """Frames that were whole."""
        self.discarded = 0
        """Bytes that belonged to no frame."""
        self.torn = 0
        """How often the place was lost."""
        self._pending = bytearray()
        self._aligned = False

    def feed(self, data: bytes) -> list[LunaFrame]:
        """The frames that these bytes complete, oldest first."""
        found = []
        pending = self._pending
        pending += data
        while len(pending) >= SIZE:
            frame = _decode(pending[:SIZE], self.unit_mm)
            if frame is not None:
                self.found += 1
                if self._aligned:
                    found.append(frame)
                self._aligned = True
                del pending[:SIZE]
                continue
            self.torn += self._aligned
            self._aligned = False
            self._skip()
        return found

    def _skip(self) -> None:
        """Drop bytes up to where the next frame may begin."""
        pending = self._pending
        start = pending.find(HEADER, 1)
        if start < 0:
            start = len(pending) - (pending[-1] == HEADER[0])
        self.discarded += start
        del pending[:start]


def judge(frame: LunaFrame, unit_mm: int, min_mm: int, max_mm: int) -> tuple[int, int | None]:
    """The status (as of RangeStatus) and range of a frame; what blinds the sensor is never told as 'no target'."""
    if frame.amplitude == OVEREXPOSED or frame.distance in (_SAID_OVEREXPOSED, _SAID_SUN):
        return RangeStatus.SIGMA_FAIL, None
    if frame.amplitude < WEAK or frame.distance == _SAID_WEAK:
        return RangeStatus.SIGNAL_FAIL, None
    range_mm = unit_mm * frame.distance
    if range_mm < min_mm:
        return RangeStatus.BELOW_MINIMUM, range_mm or None
    if range_mm > max_mm:
        return RangeStatus.OUT_OF_BOUNDS, None
    return RangeStatus.VALID, range_mm
