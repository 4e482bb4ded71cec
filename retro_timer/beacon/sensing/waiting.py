"""How long this process's threads have waited for a processor, as the kernel counts it."""

from __future__ import annotations

import contextlib
from pathlib import Path

_TASKS = Path("/proc/self/task")


def waited_ns(tasks: Path = _TASKS) -> int:
    """Of all threads together, those that a quota holds back included; 0 where the kernel does not count.

    A thread that waits for the interpreter is not counted and its holder is, which comes to the same.
    """
    total = 0
    with contextlib.suppress(OSError, ValueError, IndexError):
        for task in tasks.iterdir():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                total += int((task / "schedstat").read_text().split()[1])
    return total
