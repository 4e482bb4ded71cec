"""Who may write: timers hold the lock together for as long as they have the journal, a command holds it alone."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from retro_timer.errors import RetroTimerError

NAME = "writer.lock"
_WAIT_S = 5.0
_LOOK_S = 0.05


class WriterLock:
    """A timer's share of the lock, from `take` to `leave`. A command's short work is waited for."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._fd: int | None = None

    def take(self) -> None:
        """Hold it; again is no harm. Raises OSError."""
        if self._fd is None:
            fd = _opened(self._directory)
            fcntl.flock(fd, fcntl.LOCK_SH)
            self._fd = fd

    def leave(self) -> None:
        """Let it go."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


@contextlib.contextmanager
def writing_alone(
    directory: Path, now_s: Callable[[], float] = time.monotonic, wait: Callable[[float], None] = time.sleep
) -> Iterator[None]:
    """Hold the lock alone, for a command. Raises RetroTimerError where a timer has it, OSError where none is made."""
    fd = _opened(directory)
    try:
        until_s = now_s() + _WAIT_S
        while not _locked(fd):
            if now_s() >= until_s:
                raise RetroTimerError(
                    f"{directory}: another program writes there and answers no socket (a simulation?): "
                    "try again when it is over"
                )
            wait(_LOOK_S)
        yield
    finally:
        os.close(fd)


def _opened(directory: Path) -> int:
    directory.mkdir(parents=True, exist_ok=True)
    return os.open(directory / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)


def _locked(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
