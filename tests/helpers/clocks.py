"""A clock for parts of a box."""

from __future__ import annotations


class StepClock:
    """A clock that only tests move."""

    def __init__(self) -> None:
        self.now_ns = 1_000_000_000

    def monotonic_ns(self) -> int:
        return self.now_ns

    def wall_ns(self) -> int:
        return self.now_ns

    def since_boot_ns(self) -> int:
        return 0

    def set_by(self) -> None:
        return

    def advance(self, seconds: float) -> None:
        self.now_ns += round(seconds * 1e9)
