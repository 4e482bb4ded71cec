"""`reps.jsonl`: every durable change, appended and synced before the database has it. It tells what happened."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from retro_timer.store.results.entries import AnyEntry
from retro_timer.store.results.log_lines import LineReader

NAME = "reps.jsonl"
_CHUNK = 1 << 20


class RepsLog:
    """Appends lines that are on disk when `append` returns. Raises OSError when it cannot be opened or read."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / NAME
        is_new = not self.path.exists()
        self._fd = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        if is_new:
            sync_directory(directory)

    @property
    def size(self) -> int:
        """Bytes in it."""
        return os.fstat(self._fd).st_size

    @property
    def in_place(self) -> bool:
        """Whether the file at the log's path is still this one."""
        return same_file(self.path, os.fstat(self._fd))

    def append(self, lines: Iterable[bytes]) -> int:
        """Whole lines, each with its end, and where the last of them begins. Raises OSError when they do not fit."""
        start = size = before = self.size
        # A power cut or a full disk may have left half a line: the next one begins on a line of its own.
        torn = size > 0 and os.pread(self._fd, 1, size - 1) != b"\n"
        waiting, size = ([b"\n"], size + 1) if torn else (list[bytes](), size)
        held = 0
        for line in lines:
            waiting.append(line)
            start, size, held = size, size + len(line), held + len(line)
            if held >= _CHUNK:
                self._write(b"".join(waiting))
                waiting, held = [], 0
        if held:
            self._write(b"".join(waiting))
        if size > before:
            os.fsync(self._fd)
        return start

    def _write(self, data: bytes) -> None:
        if os.write(self._fd, data) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))

    def sync(self) -> None:
        """Put on disk what is still on the way there, also of another process."""
        if self.size:
            os.fsync(self._fd)

    def lines(self, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """Where each line begins, and its text; the last one may be half a line."""
        rest, begins, place, end = b"", start, start, self.size
        while place < end:
            chunk = os.pread(self._fd, min(_CHUNK, end - place), place)
            if not chunk:
                break
            place += len(chunk)
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                yield begins, line
                begins += len(line) + 1
        if rest:
            yield begins, rest

    def find(self, entry_id: str) -> AnyEntry | None:
        """The line of this program's that has an id; None where there is none."""
        wanted, reader = entry_id.encode(), LineReader()
        read = (reader.read(line) for _, line in self.lines() if wanted in line)
        return next((entry for entry in read if entry is not None and entry.id == entry_id), None)

    def close(self) -> None:
        """Close the file; again is no harm."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def rescue(self) -> None:
        """Put what this open file holds into the file at its path, from which it was taken away.

        If that is an older copy, only what it lacks. Without this a log that is deleted while the timer runs is lost.
        """
        if self.in_place or not stat.S_ISREG(os.fstat(self._fd).st_mode):
            return
        new = RepsLog(self.path.parent)
        try:
            start = new.size if self._begins_as(new) else 0
            new.append(line + b"\n" for _, line in self.lines(start))
        finally:
            new.close()

    def _begins_as(self, other: RepsLog) -> bool:
        place, end = 0, other.size
        if end > self.size:
            return False
        while place < end:
            length = min(_CHUNK, end - place)
            if os.pread(self._fd, length, place) != os.pread(other._fd, length, place):
                return False
            place += length
        return True


def read_log(directory: Path) -> Iterator[AnyEntry]:
    """Every line that can be read; torn and damaged ones are passed over. Raises RetroTimerError for a newer log."""
    if not (directory / NAME).is_file():
        return
    log, reader = RepsLog(directory), LineReader()
    try:
        for _, line in log.lines():
            entry = reader.read(line)
            if entry is not None:
                yield entry
    finally:
        log.close()


def same_file(path: Path, opened: os.stat_result) -> bool:
    """Whether a path still leads to the file that was opened there."""
    try:
        found = path.stat()
    except OSError:
        return False
    return (found.st_dev, found.st_ino) == (opened.st_dev, opened.st_ino)


def sync_directory(directory: Path) -> None:
    """Put names on disk: of files made, renamed or deleted."""
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
