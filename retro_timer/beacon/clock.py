"""The real clock, and the one that a simulation moves."""

from __future__ import annotations

import time

from retro_timer.hardware.clock_source import clock_source
from retro_timer.ports import ClockSource


class RealClock:
    """The machine's time."""

    def monotonic_ns(self) -> int:
        """For intervals."""
        return time.monotonic_ns()

    def wall_ns(self) -> int:
        """For labels only: it may be wrong at the field and may jump."""
        return time.time_ns()

    def since_boot_ns(self) -> int:
        """Unlike `monotonic_ns` it goes on while a laptop sleeps, as wall time does."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)

    def set_by(self) -> ClockSource:
        """By the traces that it leaves on this machine."""
        return clock_source()


class VirtualClock:
    """Moves only when told; wall time follows from where it began."""

    def __init__(self, start_ns: int = 0, wall_ns: int = 0) -> None:
        self._now_ns = start_ns
        self._offset_ns = wall_ns - start_ns

    def monotonic_ns(self) -> int:
        """The simulated instant."""
        return self._now_ns

    def wall_ns(self) -> int:
        """The simulated instant as wall time."""
        return self._now_ns + self._offset_ns

    def since_boot_ns(self) -> int:
        """Nothing is known of this machine's time."""
        return 0

    def set_by(self) -> ClockSource | None:
        """Nobody need set it."""
        return None

    def advance_to(self, t_ns: int) -> None:
        """Move on. Raises ValueError for a step back: time never runs backwards."""
        if t_ns < self._now_ns:
            raise ValueError(f"time cannot run back from {self._now_ns} to {t_ns}")
        self._now_ns = t_ns
