"""Room on the disk: what can be spared goes first, results go never."""

from __future__ import annotations

import os
from pathlib import Path

LEAST_FREE_BYTES = 50_000_000
MOST_TRACES = 40
_SPARE_PATTERNS = ("*.new", "*.csv", "*.tar.gz")


def make_room(folder: Path, *, least_free: int = LEAST_FREE_BYTES, most: int = MOST_TRACES) -> list[Path]:
    """Delete the oldest traces and support files in a folder until so much is free and no more than `most` are there.

    Returns what was deleted. Never touches anything else.
    """
    spare = sorted(
        (path for pattern in _SPARE_PATTERNS for path in folder.glob(pattern)), key=lambda path: path.stat().st_mtime
    )
    gone: list[Path] = []
    while spare and (len(spare) > most or free_bytes(folder) < least_free):
        oldest = spare.pop(0)
        oldest.unlink(missing_ok=True)
        gone.append(oldest)
    return gone


def free_bytes(folder: Path) -> int:
    """What an ordinary user may still write on the folder's disk."""
    stat = os.statvfs(folder)
    return stat.f_bavail * stat.f_frsize
