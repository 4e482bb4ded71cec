"""Shares of a count with their 95 % binomial intervals (Wilson's score interval)."""

from __future__ import annotations

import math

import msgspec

_Z = 1.959964
"""95 % of a normal distribution are within so many standard deviations."""


class Share(msgspec.Struct, frozen=True):
    """So many of so many."""

    count: int
    of: int

    @property
    def value(self) -> float:
        """The share itself; NaN of nothing."""
        return self.count / self.of if self.of else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Between which shares the true one is, in 95 of 100 such counts."""
        if not self.of:
            return 0.0, 1.0
        n, p = self.of, self.value
        middle = (p + _Z * _Z / (2 * n)) / (1 + _Z * _Z / n)
        reach = _Z / (1 + _Z * _Z / n) * math.sqrt(p * (1 - p) / n + _Z * _Z / (4 * n * n))
        return max(middle - reach, 0.0), min(middle + reach, 1.0)

    def touches(self, low: float, high: float) -> bool:
        """Whether the true share may lie between two, both included."""
        least, most = self.interval
        return least <= high and most >= low

    def __add__(self, other: Share) -> Share:
        return Share(self.count + other.count, self.of + other.of)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:.1%} ({low:.1%}–{high:.1%})" if self.of else "–"


def one_in(share: Share) -> str:
    """A rare count, with the most that it may be in truth: 3 of 30,000 (at most 1 in 3,400)."""
    most = share.interval[1]
    return f"{share.count} of {share.of:,} (at most 1 in {1.0 / most:,.0f})" if share.of else "none"
