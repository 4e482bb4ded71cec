"""Who may write: timers hold the lock together for as long as they have the journal, a command holds it alone."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from retro_timer.errors import RetroTimerError

NAME = "writer.lock"
_WAIT_S = 5.0
_TIMER_WAIT_S = 1.0
"""A command's edit takes less. Whoever waits for a rep's answer hears of the trouble after that; the next try comes."""
_LOOK_S = 0.05


class WriterLock:
    """A timer's share of the lock, from `take` to `leave`. A command's short work is waited for."""

    def __init__(
        self,
        directory: Path,
        now_s: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._directory = directory
        self._now_s, self._wait = now_s, wait
        self._fd: int | None = None

    def take(self) -> int:
        """Hold it, by this descriptor; again is no harm. Raises OSError, also where a command's work takes longer."""
        if self._fd is not None:
            return self._fd
        fd = _opened(self._directory)
        try:
            if not _locked_within(fd, fcntl.LOCK_SH, _TIMER_WAIT_S, self._now_s, self._wait):
                busy = "a command writes the results anew; what is timed waits until it is over"
                raise BlockingIOError(errno.EAGAIN, busy, str(self._directory))
        except BaseException:
            os.close(fd)
            raise
        self._fd = fd
        return fd

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold it as a command does, for a while. Raises RetroTimerError where another timer has its share."""
        fd = self.take()
        try:
            # To exchange a lock is to let it go first: another one's may come between, and then this one waits.
            if not _locked_within(fd, fcntl.LOCK_EX, 0.0, self._now_s, self._wait):
                raise RetroTimerError(f"{self._directory}: another timer writes there: stop it first")
            yield
        finally:
            fcntl.flock(fd, fcntl.LOCK_SH)

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
        if not _locked_within(fd, fcntl.LOCK_EX, _WAIT_S, now_s, wait):
            raise RetroTimerError(
                f"{directory}: another program writes there and answers no socket (a simulation?): "
                "try again when it is over"
            )
        yield
    finally:
        os.close(fd)


def _opened(directory: Path) -> int:
    directory.mkdir(parents=True, exist_ok=True)
    return os.open(directory / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)


def _locked_within(
    fd: int, kind: int, most_s: float, now_s: Callable[[], float], wait: Callable[[float], None]
) -> bool:
    until_s = now_s() + most_s
    while True:
        try:
            fcntl.flock(fd, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if now_s() >= until_s:
                return False
            wait(_LOOK_S)
        else:
            return True
