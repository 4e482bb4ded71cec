"""A sensor's first readings: until they come evenly it is starting, and not lost for what the start itself causes."""

from __future__ import annotations

from collections.abc import Callable

_LEAST_READINGS = 12
_LEAST_NS = 300_000_000
_LEAST_ON_A_BUSY_MACHINE_NS = 1_500_000_000
"""Where the processor is wanting, a third of a second without a loss says little of the next one."""
LONGEST_NS = 5_000_000_000
"""A sensor that has not settled by then is told as what it is."""
_OF_THE_HOST = frozenset(("gap", "stuck", "slow-bus", "silent"))
"""What a processor that is busy with its own start looks like from here: late readings, late transfers."""
_WAITED_NS = 50_000_000
"""So long must threads of this process have waited for a processor since the last reading, for a loss to be the host's,
and a reading that came all the same is no even one: a quarter of the 200 ms after which a reading is missed. An idle
machine lets them wait for a few milliseconds. Since the start began, it makes the machine a busy one."""


class Settling:
    """One sensor's start. Times are monotonic nanoseconds; `waited_ns` gives how long this process's threads have
    waited for a processor so far, and 0 where nobody counts.

    Meanwhile its watch counts as lost, "starting", which no start of a rep and no "Ready" passes over: nothing is taken
    for safe, only the word for it is kept back. A loss that the host does not explain, by its reason and by the waiting
    that was measured, is told at once: a sensor that is dead at power-on is not hidden.
    """

    def __init__(self, now_ns: int, waited_ns: Callable[[], int]) -> None:
        self._began_ns = now_ns
        self._waited_ns = waited_ns
        self._waited_at_first_ns = self._waited_at_last_ns = waited_ns()
        self._even_since_ns: int | None = None
        self._readings = 0
        self.over = False
        """Whether the sensor has settled, or been given up."""
        self.held_up = False
        """Whether the processor has been wanting meanwhile."""

    def reading(self, now_ns: int) -> bool:
        """A reading came; whether the sensor has settled with this one."""
        if self.over:
            return False
        waited_ns = self._waited_ns()
        if waited_ns - self._waited_at_last_ns >= _WAITED_NS:
            self._even_since_ns = None
        if self._even_since_ns is None:
            self._even_since_ns, self._readings = now_ns, 0
        self._readings += 1
        self._waited_at_last_ns = waited_ns
        self.held_up |= waited_ns - self._waited_at_first_ns >= _WAITED_NS
        least_ns = _LEAST_ON_A_BUSY_MACHINE_NS if self.held_up else _LEAST_NS
        even = self._readings >= _LEAST_READINGS and now_ns - self._even_since_ns >= least_ns
        self.over = even or self._late(now_ns)
        return self.over

    def excuses(self, reason: str, now_ns: int) -> bool:
        """Whether a loss for this reason is part of the start; the next reading begins the count anew. The first loss
        that is none ends the start.
        """
        of_the_host = reason in _OF_THE_HOST and self._waited_ns() - self._waited_at_last_ns >= _WAITED_NS
        if self.over or self._late(now_ns) or not of_the_host:
            self.over = True
            return False
        self._even_since_ns = None
        self.held_up = True
        return True

    def _late(self, now_ns: int) -> bool:
        return now_ns - self._began_ns >= LONGEST_NS
