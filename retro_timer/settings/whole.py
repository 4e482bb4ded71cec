"""Writes a file so that the old one or the new one is there, whenever the plug is pulled."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


def write_whole(path: Path, data: bytes) -> None:
    """Write a file in a folder that exists, and return once it is on the disk. Raises OSError; the old file stays."""
    with writing_whole(path) as file:
        file.write(data)


@contextlib.contextmanager
def writing_whole(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, bit by bit, which is in its place and on the disk when the block has ended.

    Raises OSError; then, as after any error in the block, the old file stays and nothing is left of the new one.
    """
    fresh = path.with_name(f"{path.name}.new")
    try:
        with fresh.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def keep_owner(fd: int, former: Path) -> None:
    """A new file is its former's owner's: whoever does this as root must not shut the timer out. Raises OSError."""
    was, now = former.stat(), os.fstat(fd)
    if (was.st_uid, was.st_gid) != (now.st_uid, now.st_gid):
        os.fchown(fd, was.st_uid, was.st_gid)
    os.fchmod(fd, was.st_mode & 0o777)
