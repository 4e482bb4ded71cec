"""What a process uses, from /proc, again and again, and whether that stays flat."""

from __future__ import annotations

import os
from pathlib import Path
from statistics import linear_regression, median

import msgspec

_PAGE = os.sysconf("SC_PAGE_SIZE")


class Vital(msgspec.Struct, frozen=True):
    """One look at a process."""

    at_s: float
    memory_bytes: int
    files: int
    threads: int


class Vitals:
    """Looks at one process; `at_s` is whatever time the test counts in."""

    def __init__(self, pid: int) -> None:
        self._proc = Path(f"/proc/{pid}")
        self.looks: list[Vital] = []

    def look(self, at_s: float) -> None:
        """One more look. Raises OSError when the process has gone."""
        resident = int((self._proc / "statm").read_text().split()[1]) * _PAGE
        files = sum(1 for _ in (self._proc / "fd").iterdir())
        threads = sum(1 for _ in (self._proc / "task").iterdir())
        self.looks.append(Vital(at_s, resident, files, threads))

    def after(self, warm_up_s: float) -> list[Vital]:
        """The looks after the warm-up, in two halves of five at least."""
        later = [look for look in self.looks if look.at_s >= warm_up_s]
        assert len(later) >= 10, f"only {len(later)} looks after {warm_up_s} s"
        return later

    def memory_growth_bytes(self, warm_up_s: float) -> float:
        """By how much the memory grows from the warm-up to the last look, along a straight line through all looks."""
        later = self.after(warm_up_s)
        slope, _ = linear_regression([look.at_s for look in later], [look.memory_bytes for look in later])
        return slope * (later[-1].at_s - later[0].at_s)

    def assert_handles_flat(self, warm_up_s: float) -> None:
        """As many files and threads in the second half as in the first; one that comes and goes does not count."""
        later = self.after(warm_up_s)
        half = len(later) // 2
        for name in ("files", "threads"):
            before, after = ([getattr(look, name) for look in part] for part in (later[:half], later[half:]))
            assert median(after) <= median(before), f"{name} grow: {before} then {after}"
            assert max(after) <= max(before) + 1, f"{name} grow: {before} then {after}"
