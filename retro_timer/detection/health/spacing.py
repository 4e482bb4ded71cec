"""The usual time between readings, and when one is missing."""

from __future__ import annotations

from collections import deque
from statistics import median

_LEAST_GAP_NS = 200_000_000
"""A busy Pi's thread wakes late by tens of milliseconds; a body covers 0.6 m at a jog in this time, no more."""
_SAMPLES = 31
"""Odd, for a median; a third of a second at 100 Hz, three seconds at 10 Hz, and fifteen late ones do not move it."""
_SLOWER = 1.5
"""Longer than jitter makes several spacings in a row, and short of the two periods that a lost reading makes."""
_SLOWED_READINGS = 4
"""In a row: a sensor that gives fewer readings from now on, and not one that lost some."""
_FIRST_GUESS_NS = 100_000_000
"""The slowest sensor that is timed with: until the second reading a faster one is judged as mildly."""


def patience_ns(period_ns: int) -> int:
    """How long after a reading, in nanoseconds, a sensor with this time between readings is silent: a gap is over,
    and the reading that would have ended it has not come either.
    """
    return max(_LEAST_GAP_NS, 3 * period_ns) + period_ns


class Spacing:
    """Learns the period as the median of the last 31 spacings unless the sensor tells it.

    A sensor that has become slower (a busy computer, a bus that others share) is known for one after a few readings: a
    body's readings must not look too far apart to be one body's until the median notices.
    """

    def __init__(self, known_ns: int | None) -> None:
        self.period_ns = known_ns or _FIRST_GUESS_NS
        self._known = known_ns is not None
        self._spacings: deque[int] = deque(maxlen=_SAMPLES)
        self._last_ns: int | None = None
        self._count = 0
        self._slowed = 0
        """Spacings in a row that are longer than the period allows for."""

    def feed(self, t_ns: int) -> bool:
        """Take a reading's time; True when more than three periods and 200 ms passed without one."""
        last, self._last_ns = self._last_ns, t_ns
        if last is None:
            return False
        spacing = t_ns - last
        if not self._known:
            self._spacings.append(spacing)
            self._count += 1
            # The period is learnt fast and then looked at again only now and then.
            self._slowed = self._slowed + 1 if spacing > _SLOWER * self.period_ns else 0
            if self._slowed >= _SLOWED_READINGS:
                self._spacings = deque(list(self._spacings)[-_SLOWED_READINGS:], maxlen=_SAMPLES)
                self._count = self._slowed = 0
            if self._count <= _SAMPLES or self._count % _SAMPLES == 0:
                self.period_ns = max(1_000_000, round(median(self._spacings)))
        return spacing > max(_LEAST_GAP_NS, 3 * self.period_ns)
