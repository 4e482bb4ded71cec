"""Room on the disk: what can be spared goes first, results go never."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

TRACES = "traces"
"""Folder, in the state directory, of all that can be spared."""
FINISHES = "finishes"
"""Folder, in the state directory, of the readings around each finish: they can be spared as well, after the traces."""
SNAPSHOT = "snapshot/results.db"
"""File, in the state directory, with a copy of the results for readers: it is made again."""
LEAST_FREE_BYTES = 50_000_000
ENOUGH_FOR_RESULTS_BYTES = 5_000_000
"""The write-ahead log of the database grows to about 4 MB before it is used anew."""
MOST_TRACES = 40
MOST_FINISHES = 2000
"""About ten busy sessions; 20 MB at the most."""
_HALF = ".new"
"""What a power cut has left of a file that was being written."""


def make_room(folder: Path, *, least_free: int = LEAST_FREE_BYTES, most: int = MOST_TRACES) -> list[Path]:
    """Delete the oldest traces and support files in a folder until so much is free and no more than `most` are there.

    Returns what was deleted. Never touches anything else.
    """
    spare = sorted(_spare(folder, _HALF, ".csv", ".tar.gz"), key=lambda name: (folder / name).stat().st_mtime)
    return _delete_oldest(spare, folder, least_free, most)


def make_room_for_finish(folder: Path, *, least_free: int = LEAST_FREE_BYTES, most: int = MOST_FINISHES) -> list[Path]:
    """Delete the oldest finishes, by their numbers, until so much is free and there is a place for one more.

    Returns what was deleted.
    """
    return _delete_oldest(sorted(_spare(folder, _HALF, ".csv.gz")), folder, least_free, most - 1)


def _spare(folder: Path, *endings: str) -> list[str]:
    # Bare names: this is looked through for each finish, among thousands of them.
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries if entry.name.endswith(endings)]


def _delete_oldest(spare: Sequence[str], folder: Path, least_free: int, most: int) -> list[Path]:
    """Delete from the beginning of the folder's names until so much is free and no more than `most` are left; what was
    deleted."""
    gone: list[Path] = []
    for place, name in enumerate(spare):
        if len(spare) - place <= most and free_bytes(folder) >= least_free:
            break
        (folder / name).unlink(missing_ok=True)
        gone.append(folder / name)
    return gone


def make_room_for_results(state: Path) -> bool:
    """When the disk is as good as full, delete the oldest of what can be spared until results fit on it again.

    Whether anything was deleted, so that it is worth trying once more. Raises OSError.
    """
    traces, finishes = state / TRACES, state / FINISHES
    snapshot = [name for name in (SNAPSHOT,) if (state / name).exists()]
    gone = _delete_oldest(snapshot, state, ENOUGH_FOR_RESULTS_BYTES, most=1)
    if traces.is_dir():
        gone += make_room(traces, least_free=ENOUGH_FOR_RESULTS_BYTES)
    if finishes.is_dir():
        gone += make_room_for_finish(finishes, least_free=ENOUGH_FOR_RESULTS_BYTES)
    return bool(gone)


def free_bytes(folder: Path) -> int:
    """What an ordinary user may still write on the folder's disk."""
    stat = os.statvfs(folder)
    return stat.f_bavail * stat.f_frsize
