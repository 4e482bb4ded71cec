"""Prints lines from a thread of its own: a terminal after Ctrl-S or a full pipe must not hold up the timer."""

from __future__ import annotations

import io
import queue
import sys
import threading
from typing import BinaryIO

_MOST_WAITING = 10_000
"""Lines, of some hours; what comes while so many wait is left out, and that is said."""
_LAST_LINES_S = 2.0


class LinePrinter:
    """Takes lines from any thread and returns at once; `close` waits a little for what has not been read yet."""

    def __init__(self) -> None:
        self._lines: queue.Queue[str | None] = queue.Queue(_MOST_WAITING)
        self._left_out = 0
        self._encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        self._out: BinaryIO = _unlocked_output()
        self._thread = threading.Thread(target=self._run, name="lines", daemon=True)
        self._thread.start()

    def print(self, line: str) -> None:
        """Print it in its turn."""
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self._left_out += 1

    def close(self) -> None:
        """End when all is printed, or when nobody reads."""
        try:
            self._lines.put_nowait(None)
        except queue.Full:
            return
        self._thread.join(_LAST_LINES_S)

    def _run(self) -> None:
        while (line := self._lines.get()) is not None:
            if self._left_out:
                line = f"{line}\n({self._left_out} lines left out: nobody read them)"
                self._left_out = 0
            try:
                _write_all(self._out, f"{line}\n".encode(self._encoding, errors="replace"))
            except OSError:
                # Nobody reads any more, or nothing more can be written: the timer goes on.
                return


def _unlocked_output() -> BinaryIO:
    """Standard output without Python's buffer, whose lock a stuck write would hold at the interpreter's end."""
    sys.stdout.flush()
    try:
        return io.FileIO(sys.stdout.fileno(), "w", closefd=False)
    except io.UnsupportedOperation:
        return sys.stdout.buffer


def _write_all(out: BinaryIO, data: bytes) -> None:
    while data:
        data = data[out.write(data) :]
    out.flush()
