"""Targets that stand alone: nothing before or after them agrees. Many of them are phantoms, not bodies."""

from __future__ import annotations

from collections import deque

from retro_timer.detection.people import FASTEST_MPS

_MEMORY_S = 0.4
"""A flickering body is seen again sooner. Longer excuses phantoms, which then agree with each other by chance."""
_SLACK_M = 0.25
"""Far, faint readings of one body scatter by so much: three standard deviations of 80 mm, status 1's limit."""


class Outliers:
    """Feed every believable reading in order. A far, faint body flickers, so agreement may leave some out."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, float]] = deque(maxlen=8)
        self._pending: tuple[float, float] | None = None

    def feed(self, t_s: float, range_m: float | None) -> bool:
        """Whether a target before this reading turns out to have stood alone."""
        lone = False
        if range_m is not None:
            if self._pending is not None:
                lone = not _agree(self._pending, (t_s, range_m))
                self._pending = None
            if not any(_agree(other, (t_s, range_m)) for other in self._recent):
                self._pending = (t_s, range_m)
            self._recent.append((t_s, range_m))
        elif self._pending is not None and t_s - self._pending[0] > _MEMORY_S:
            lone, self._pending = True, None
        return lone

    def forget_run(self) -> None:
        """What was seen of late is the background's."""
        self._pending = None
        self._recent.clear()


def _agree(one: tuple[float, float], other: tuple[float, float]) -> bool:
    dt = other[0] - one[0]
    return dt <= _MEMORY_S and abs(other[1] - one[1]) <= _SLACK_M + FASTEST_MPS * dt
