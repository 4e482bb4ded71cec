"""Which process a session belongs to, so that a later one can tell whether it was cut off."""

from __future__ import annotations

import os
from pathlib import Path


def owner_mark() -> str:
    """Names this process so that a later one can tell whether it still lives: boot, process id, its start time."""
    return f"{boot_mark()}:{os.getpid()}:{_started(os.getpid())}"


def owner_lives(mark: str) -> bool:
    """Whether the process that an owner mark names is still there."""
    boot, pid, started = [*mark.split(":"), "", "", ""][:3]
    if boot != boot_mark() or not pid.isdigit():
        return False
    return _started(int(pid)) == started != ""


def boot_mark() -> str:
    """Names the machine's present boot."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return "unknown"


def _started(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]
