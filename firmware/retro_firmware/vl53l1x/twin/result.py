"""Writes a measurement of the simulator into the chip's result block, in the chip's own units."""

from __future__ import annotations

import struct

from retro_firmware.vl53l1x.twin.registers import RESULT_SIZE
from retro_timer.ports import RangeStatus
from retro_timer.sim.optics import Reading

_DEVICE_STATUS = {
    RangeStatus.VALID: 9,
    RangeStatus.SIGMA_FAIL: 6,
    RangeStatus.SIGNAL_FAIL: 4,
    RangeStatus.BELOW_MINIMUM: 8,
    RangeStatus.OUT_OF_BOUNDS: 5,
    RangeStatus.HARDWARE_FAIL: 3,
    RangeStatus.NO_WRAP_CHECK: 19,
    RangeStatus.WRAP_AROUND: 7,
}
"""What the chip says, by what ST's driver makes of it."""
_NO_UPDATE = 0
# interrupt status, range status, report status, stream count; then words: SPADs 8.8, signal 9.7, ambient 9.7,
# sigma 14.2, phase, range, signal 9.7 without crosstalk.
_HEAD = struct.Struct(">4B7H")
_NEW_FRAME = 0x03


def encode_result(reading: Reading, stream_count: int, spads: float) -> bytes:
    """The block of 134 bytes from 0x0088 on. `spads`: how many of the 256 are switched on."""
    signal = _word(reading.signal_kcps / 1000.0 * 128.0)
    head = _HEAD.pack(
        _NEW_FRAME,
        _DEVICE_STATUS.get(reading.status, _NO_UPDATE),
        0,
        stream_count,
        _word(spads * 256.0),
        signal,
        _word(reading.ambient_kcps / 1000.0 * 128.0),
        _word(reading.sigma_mm * 4.0),
        0,
        _raw_range(reading.range_mm),
        signal,
    )
    return head.ljust(RESULT_SIZE, b"\0")


def _raw_range(range_mm: int | None) -> int:
    """ST's driver multiplies by 2011 / 2048; without a target the register holds nothing of use."""
    if range_mm is None:
        return 0
    raw = round(range_mm * 2048 / 2011)
    return max(-32768, min(32767, raw)) & 0xFFFF


def _word(value: float) -> int:
    return max(0, min(0xFFFF, round(value)))
