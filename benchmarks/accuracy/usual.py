"""The usual ways to time a break: the first reading below a threshold, and gpiozero's median of nine."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from retro_timer.ports import RangeSample

_FAR_MM = 5000.0
_QUEUE = 9
"""Length of gpiozero.DistanceSensor's queue."""


def first_below(samples: Sequence[RangeSample], limit_mm: float, of: Callable[[deque[float]], float]) -> int | None:
    """When a range built of the last nine readings first lies below a limit; a reading without target counts as far."""
    last: deque[float] = deque([_FAR_MM] * _QUEUE, maxlen=_QUEUE)
    for sample in samples:
        valid = sample.range_mm is not None and sample.status in (None, 0)
        last.append(float(sample.range_mm or 0) if valid else _FAR_MM)
        if of(last) < limit_mm:
            return sample.t_ns
    return None
