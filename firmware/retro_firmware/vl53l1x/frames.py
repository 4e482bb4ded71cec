"""Whether a frame may be believed to be a frame: whole, new, and something that the chip can have meant."""

from __future__ import annotations

from retro_timer.ports import RangeStatus

HEAD_SIZE = 18
"""From the result block's beginning to the last byte that is used: status, count, rates, sigma, range."""
_STATUS_MASK = 0x1F
_KNOWN_STATUS = frozenset((1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 17, 19))
"""What a chip that ranges can report. ST's driver makes 'none' of any other, which would read as 'no target'."""
_VALID = 9
_LONGEST_MM = 5000
"""Long mode ends at 3.6 m and its phase wraps below 5 m: farther is not a measurement."""
_WRAP = 0x80


def refusal(head: bytes, again: bytes, last_stream: int | None) -> str:
    """Why a frame must not be used, as the reason of a fault, or an empty string.

    `head` and `again` are the block's first 18 bytes, read twice: I2C has no checksum, and two readings that agree are
    the only sign that both came through. `last_stream` is the stream count of the frame before, None after a start.
    """
    if head != again or len(head) < HEAD_SIZE:
        return "garbage"
    status, stream = head[1] & _STATUS_MASK, head[3]
    if status not in _KNOWN_STATUS:
        return "garbage"
    if status == _VALID and int.from_bytes(head[14:16], "big", signed=True) > _LONGEST_MM:
        return "garbage"
    if last_stream is None:
        return ""
    if stream == last_stream:
        return "frozen"
    # After 255 the count goes on with 128; a smaller one means that the chip has started again by itself.
    if stream < last_stream and stream < _WRAP:
        return "reset"
    return ""


_WITHOUT_RANGE = frozenset((RangeStatus.SIGNAL_FAIL, RangeStatus.HARDWARE_FAIL, RangeStatus.NEGATIVE, RangeStatus.NONE))


def range_of(status: int, range_mm: int, offset_mm: int) -> int | None:
    """The range to report with a status; None where the register holds what an earlier or failed attempt left there.

    `offset_mm` is calibration's, added to every range. A negative range is no distance, whatever its status.
    """
    if status in _WITHOUT_RANGE or range_mm < 0:
        return None
    return max(0, range_mm + offset_mm)
