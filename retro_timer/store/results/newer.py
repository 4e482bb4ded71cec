"""What the log has beyond what somebody has read: for whoever sees of the results a snapshot alone."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import msgspec

from retro_timer.store.results.apply import Mark
from retro_timer.store.results.entries import id_number
from retro_timer.store.results.log_lines import LineReader

_PORTION_BYTES = 98_304
"""A client of the socket may have 256 KB waiting; as base64 it grows by a third."""


class Newer(msgspec.Struct, frozen=True):
    """A portion of the log."""

    lines: bytes
    """Whole ones, with their ends."""
    more: bool
    """Whether there is more beyond them."""


def newer_than(log: Path, mark: Mark, end: int) -> Newer | None:
    """What follows a mark, up to a length that is durable; None where the log is not the one that was read.

    Raises OSError.
    """
    if end == mark.length == 0:
        # The first line makes the file.
        return Newer(b"", False)
    with log.open("rb") as file:
        if not mark.last_start <= mark.length <= end or not begins_with(file, mark):
            return None
        file.seek(mark.length)
        lines = file.read(min(_PORTION_BYTES, end - mark.length))
        if len(lines) == _PORTION_BYTES:
            lines += file.readline(end - mark.length - len(lines))
    return Newer(lines, mark.length + len(lines) < end)


def begins_with(file: BinaryIO, mark: Mark) -> bool:
    """Whether a log has, where the mark says so, the last line that was read."""
    if mark.length == 0:
        return True
    file.seek(mark.last_start)
    entry = LineReader().read(file.readline().rstrip(b"\n"))
    return entry is None if mark.entries == 0 else entry is not None and id_number(entry.id) == mark.last_id
