"""How long the bursts of phantoms last that were seen of late: what one has done, the next may do."""

from __future__ import annotations

import math
from collections import deque

BRIEFEST_NS = 150_000_000
"""A torso of 0.24 m that crosses a thin beam at 1.6 m/s is seen for so long; in a cone, and along the lane, longer."""
_ALONE_S = 0.5
"""A body in pieces shows the next of them within this time, whatever it hides behind."""
_ROUGH_M = 0.06
"""Further off a line than three standard deviations of a body's noise."""
_MEMORY_S = 120.0
"""What makes phantoms, sun on a shiny thing, moves on in minutes; longer asks more of bodies than is due."""
_LEAST = 2
"""A burst that came once may have been somebody."""


class Bursts:
    """Feed every believable reading in order."""

    def __init__(self) -> None:
        self.longest = 0
        """Readings that two bursts at least had of late; 0 when there were none."""
        self._run: list[tuple[float, float]] = []
        """Seconds and metres of the targets in the present row, or the last one."""
        self._ended = True
        self._alone = True
        self._seen: deque[tuple[float, int]] = deque(maxlen=64)
        """When each burst began, and how many readings it had."""

    def feed(self, t_s: float, range_m: float | None) -> None:
        """One reading: the range of a target in the lane, None where there is none."""
        if range_m is None:
            self._ended = True
            if self._run and t_s - self._run[-1][0] > _ALONE_S:
                self._judge()
        else:
            self._add(t_s, range_m)
        if self._seen and t_s - self._seen[0][0] > _MEMORY_S:
            self._seen.popleft()
            self._count()

    def forget_run(self) -> None:
        """What was seen of late is the background's."""
        self._run.clear()
        self._ended = True

    def _add(self, t_s: float, range_m: float) -> None:
        if self._ended:
            self._alone = not self._run or t_s - self._run[-1][0] > _ALONE_S
            self._run.clear()
        elif t_s - self._run[0][0] > _ALONE_S:
            # Whatever lasts so long is somebody, or the next of his pieces.
            self._alone = False
            self._run.clear()
        self._ended = False
        self._run.append((t_s, range_m))

    def _judge(self) -> None:
        run, self._run = self._run, []
        brief = run[-1][0] - run[0][0] < BRIEFEST_NS / 1e9
        if self._alone and len(run) > 1 and (brief or _roughness_m(run) > _ROUGH_M):
            self._seen.append((run[0][0], len(run)))
            self._count()

    def _count(self) -> None:
        lengths = sorted((length for _, length in self._seen), reverse=True)
        self.longest = lengths[_LEAST - 1] if len(lengths) >= _LEAST else 0


def _roughness_m(run: list[tuple[float, float]]) -> float:
    """How far the ranges lie off the straight line through them; 0 for fewer than three."""
    n = len(run)
    if n < 3:
        return 0.0
    mean_t, mean_r = sum(t for t, _ in run) / n, sum(r for _, r in run) / n
    spread = sum((t - mean_t) ** 2 for t, _ in run)
    slope = sum((t - mean_t) * (r - mean_r) for t, r in run) / spread if spread else 0.0
    return math.sqrt(sum((r - mean_r - slope * (t - mean_t)) ** 2 for t, r in run) / (n - 2))
