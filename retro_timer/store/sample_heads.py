"""Takes names out of the heads of kept samples: of traces, and of the readings around finishes."""

from __future__ import annotations

import contextlib
import gzip
import os
import re
import zlib
from collections.abc import Callable, Collection
from pathlib import Path

import msgspec

from retro_timer.settings.whole import keep_owner, writing_whole
from retro_timer.store.space import FINISHES, TRACES
from retro_timer.training.names import folded

_NAMED = re.compile(r"^(?P<before># (?:rep:.*?\bathlete=|athlete:[ ]*))(?P<name>.*?)(?P<after>(?:\s+\w+=.*)?\s*)$")
"""A line of a head that names somebody, as the field of a rep or by a key of its own."""


class CleanedHeads(msgspec.Struct, frozen=True):
    """What became of the heads."""

    changed: int
    """Files that named one of them."""
    damaged: tuple[Path, ...]
    """Files that could not be unpacked, and are as they were."""


def clean_heads(state: Path, names: Collection[str], instead: str, *, recorded: bool = False) -> CleanedHeads:
    """Put `instead` in the place of these names, in any capitals. Raises OSError.

    Each file is written anew, whole or not at all, and keeps its age, by which the oldest have to go. `recorded`: a
    timer writes samples meanwhile, and may delete the oldest; else what was left half written is deleted.
    """
    meant = {folded(name) for name in names}
    halves = [] if recorded else [half for folder in (TRACES, FINISHES) for half in (state / folder).glob("*.new")]
    for half in halves:
        half.unlink()
    changed, damaged = 0, list[Path]()
    for path in sorted((state / TRACES).glob("*.csv")):
        # One that is gone was the oldest, and a timer has deleted it.
        with contextlib.suppress(FileNotFoundError):
            changed += _clean(path, lambda data: data, lambda data: data, meant, instead)
    for path in sorted((state / FINISHES).glob("*.csv.gz")):
        try:
            with contextlib.suppress(FileNotFoundError):
                changed += _clean(path, gzip.decompress, lambda data: gzip.compress(data, mtime=0), meant, instead)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            damaged.append(path)
    return CleanedHeads(changed, tuple(damaged))


def _clean(
    path: Path,
    unpack: Callable[[bytes], bytes],
    pack: Callable[[bytes], bytes],
    names: Collection[str],
    instead: str,
) -> bool:
    # Latin-1 gives any bytes back as they were; a name is compared as the UTF-8 that it is.
    lines = unpack(path.read_bytes()).decode("latin-1").split("\n")
    clean = [_line(line, names, instead) if line.startswith("#") else line for line in lines]
    if clean == lines:
        return False
    was = path.stat()
    with writing_whole(path) as file:
        file.write(pack("\n".join(clean).encode("latin-1")))
        file.flush()
        keep_owner(file.fileno(), path)
        os.utime(file.fileno(), ns=(was.st_atime_ns, was.st_mtime_ns))
    return True


def _line(line: str, names: Collection[str], instead: str) -> str:
    found = _NAMED.match(line)
    if found is None or folded(found["name"].encode("latin-1").decode(errors="replace")) not in names:
        return line
    return f"{found['before']}{instead}{found['after']}"
