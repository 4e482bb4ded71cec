"""Tells that readings stand still: of one range for a while, with a slope near zero, and how they scatter about it."""

from __future__ import annotations

import math

import msgspec

_AGREES_MM = 60.0
"""Three times the sensor's error; wider takes a creeping body for one that stands, narrower never ends in noise."""
_AGREES_SHARE = 0.1
"""Readings of one thing lie this close to their mean: a far target's scatter more."""
_STRAY_SHARE = 0.25
"""Phantoms and passers-by among a thing's readings; with more of them nobody knows which of the two stands."""
_STILL_MMPS = 20.0
"""A sensor warming up drifts by less; the slowest walker is fifteen times as fast."""
_DOUBT = 2.0
"""Standard deviations of the slope that noise alone may make."""
_LEAST_READINGS = 5
"""Two more than a line needs, so that its noise is known; with a slow ultrasonic sensor half a second."""
_GONE_NS = 500_000_000
"""A wall that flickers is seen again sooner than this; what is not has gone."""


class Still(msgspec.Struct, frozen=True):
    """Something that stands."""

    range_mm: float | None
    """None: nothing at all is seen."""
    sigma_mm: float
    """One standard deviation of a reading about the line through them."""


class Standstill:
    """Feed readings of what may stand there: a range, or None for a reading that sees nothing."""

    def __init__(self, settle_ns: int) -> None:
        self._settle_ns = settle_ns
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self._since_ns = 0
        self._nothing = False
        self._count = 0
        self._blanks = 0
        self._blank_since_ns = 0
        self._strays = 0
        self._mean_mm = 0.0
        self._mean_s = 0.0
        self._square_mm = 0.0
        self._square_s = 0.0
        self._product = 0.0

    def feed(self, range_mm: float | None, t_ns: int) -> Still | None:
        """What has stood still since the last answer or beginning, once it has for as long as asked."""
        if self._count == 0:
            self._begin(range_mm, t_ns)
        elif range_mm is None and not self._nothing:
            # A far wall is missed now and then.
            self._blanks += 1
            self._blank_since_ns = t_ns if self._blanks == 1 else self._blank_since_ns
            if self._blanks >= _LEAST_READINGS and t_ns - self._blank_since_ns >= _GONE_NS:
                blanks, since_ns = self._blanks, self._blank_since_ns
                self._begin(None, since_ns)
                self._count = blanks
        elif not self._agrees(range_mm):
            self._strays += 1
            if self._strays > max(1.0, _STRAY_SHARE * self._count):
                self._begin(range_mm, t_ns)
        else:
            self._blanks = 0
            self._add(range_mm, t_ns)
            if t_ns - self._since_ns >= self._settle_ns and self._count >= _LEAST_READINGS:
                still = self._judge()
                self._begin(range_mm, t_ns)
                return still
        return None

    def agrees(self, range_mm: float) -> bool:
        """Whether this range is one of those fed so far."""
        return self._count > 0 and self._agrees(range_mm)

    def mean_of(self, range_mm: float) -> float | None:
        """The middle of the ranges fed so far, where this one is of them and they are enough to tell."""
        return self._mean_mm if self._count >= _LEAST_READINGS and self.agrees(range_mm) else None

    def see_other(self) -> None:
        """One reading showed something in front: where nothing at all was seen, that is no stretch of nothing."""
        if self._nothing and self._count:
            self._strays += 1
            if self._strays > max(1.0, _STRAY_SHARE * self._count):
                self.forget()

    def _begin(self, range_mm: float | None, t_ns: int) -> None:
        self.forget()
        self._since_ns = t_ns
        self._nothing = range_mm is None
        self._add(range_mm, t_ns)

    def _agrees(self, range_mm: float | None) -> bool:
        if range_mm is None or self._nothing:
            return range_mm is None and self._nothing
        return abs(range_mm - self._mean_mm) <= max(_AGREES_MM, _AGREES_SHARE * self._mean_mm)

    def _add(self, range_mm: float | None, t_ns: int) -> None:
        self._count += 1
        if range_mm is None:
            return
        # Running sums about the means (Welford), so that hours of standing lose no precision.
        t_s = (t_ns - self._since_ns) / 1e9
        from_mm, from_s = range_mm - self._mean_mm, t_s - self._mean_s
        self._mean_mm += from_mm / self._count
        self._mean_s += from_s / self._count
        self._square_mm += from_mm * (range_mm - self._mean_mm)
        self._square_s += from_s * (t_s - self._mean_s)
        self._product += from_s * (range_mm - self._mean_mm)

    def _judge(self) -> Still | None:
        if self._nothing:
            return Still(None, 0.0)
        if self._square_s <= 0.0:
            return None
        slope_mmps = self._product / self._square_s
        about_line = max(0.0, self._square_mm - slope_mmps * self._product)
        sigma_mm = math.sqrt(about_line / max(1, self._count - 2))
        doubt_mmps = _DOUBT * sigma_mm / math.sqrt(self._square_s)
        if abs(slope_mmps) > _STILL_MMPS + doubt_mmps:
            return None
        return Still(self._mean_mm, sigma_mm)
