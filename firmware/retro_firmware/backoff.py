"""When a lost sensor is tried again: soon at first, then ever more slowly; pure bookkeeping, shared by all drivers."""

from __future__ import annotations

from retro_timer.errors import SensorFaultError

FIRST_NS = 100_000_000
LONGEST_NS = 2_000_000_000


class Backoff:
    """Remembers the fault that a sensor is lost with and when the next attempt is due."""

    def __init__(self) -> None:
        self.fault: SensorFaultError | None = None
        """Why the sensor is lost; None while it works."""
        self.retry_at_ns = 0
        self._pause_ns = FIRST_NS
        self._well_since_ns: int | None = None

    def lost(self, fault: SensorFaultError, now_ns: int) -> None:
        """The sensor failed, or an attempt did. The pause doubles from 0.1 s to 2 s."""
        self.fault = fault
        self.retry_at_ns = now_ns + self._pause_ns
        self._pause_ns = min(LONGEST_NS, 2 * self._pause_ns)
        self._well_since_ns = None

    def found(self) -> None:
        """An attempt worked: the sensor may be read."""
        self.fault = None

    def well(self, now_ns: int) -> None:
        """A good reading. Only when they have come for 2 s is the next fault a new one with a short pause."""
        if self._well_since_ns is None:
            self._well_since_ns = now_ns
        elif now_ns - self._well_since_ns >= LONGEST_NS:
            self._pause_ns = FIRST_NS
