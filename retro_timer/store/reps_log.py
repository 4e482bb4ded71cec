"""`reps.jsonl`: every durable change once more, appended and synced, to rebuild a damaged database from."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NAME = "reps.jsonl"


class RepsLog:
    """Appends lines that are on disk when `append` returns."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / NAME
        self._fd = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self._torn = False
        self._mend_torn_end()

    def _mend_torn_end(self) -> None:
        """A power cut may have left half a line: the next one begins on a line of its own."""
        with self._path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            if size:
                file.seek(size - 1)
                if file.read(1) != b"\n":
                    os.write(self._fd, b"\n")

    def append(self, entry: dict[str, Any]) -> None:
        """One line. Raises OSError when it cannot be put on disk."""
        if self._torn:
            os.write(self._fd, b"\n")
            self._torn = False
        line = json.dumps(entry, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
        if os.write(self._fd, line) != len(line):
            # Half a line is there: the next one begins on a line of its own.
            self._torn = True
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
        os.fsync(self._fd)

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)


def read_log(directory: Path) -> Iterator[dict[str, Any]]:
    """Every whole line of the log; torn ones are passed over."""
    path = directory / NAME
    if not path.is_file():
        return
    with path.open("rb") as file:
        for line in file:
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if isinstance(entry, dict):
                yield entry
