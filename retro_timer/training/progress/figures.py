"""Averages, drop-offs and trends with 95 % intervals, and whether a change is more than the noise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum

import msgspec

_NORMAL = 1.96
_STUDENT = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
    2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
"""Student's t for 95 %, by degrees of freedom from 1."""
_FEWEST = 3
"""Points from which a line can be told from its noise at all."""
_WORTHWHILE = ((10.0, 0.016), (20.0, 0.025))
"""Metres and seconds: the smallest worthwhile change of sprint times (Cronin & Templeton 2008; Earp & Newton 2012)."""


def student(freedom: int) -> float:
    """How many standard errors half of a 95 % interval has."""
    return _STUDENT[freedom - 1] if freedom <= len(_STUDENT) else _NORMAL + 2.4 / freedom


class Estimate(msgspec.Struct, frozen=True):
    """A figure in seconds, and half of its 95 % interval."""

    value_s: float
    half_s: float

    @property
    def low_s(self) -> float:
        """Where the interval begins."""
        return self.value_s - self.half_s

    @property
    def high_s(self) -> float:
        """Where it ends."""
        return self.value_s + self.half_s


class Verdict(StrEnum):
    """What an interval of a change says, held against the smallest worthwhile one."""

    FASTER = "faster"
    SLOWER = "slower"
    SAME = "same"
    """The whole interval is smaller than any change that is worthwhile."""
    UNCLEAR = "unclear"
    """The noise is larger than what it would have to show."""


def worthwhile_s(distance_m: float) -> float:
    """The smallest worthwhile change over a length, in seconds: on the line through the two published figures.

    They are of sprints over 10 and 20 m. Beyond these lengths and for slower gaits nobody has published one: the same
    line is taken, which calls no change worthwhile that is less.
    """
    (near_m, near_s), (far_m, far_s) = _WORTHWHILE
    if distance_m <= near_m:
        return near_s
    return near_s + (far_s - near_s) * (distance_m - near_m) / (far_m - near_m)


def verdict(change: Estimate, least_s: float) -> Verdict:
    """`least_s`: the smallest worthwhile change. It is one only where the whole interval lies beyond that."""
    if change.high_s < -least_s:
        return Verdict.FASTER
    if change.low_s > least_s:
        return Verdict.SLOWER
    if change.low_s > -least_s and change.high_s < least_s:
        return Verdict.SAME
    return Verdict.UNCLEAR


class TimeSums(msgspec.Struct, frozen=True):
    """Sums over times in the order in which they were run: all that averages and drop-offs need."""

    count: int = 0
    sum_s: float = 0.0
    squares_s2: float = 0.0
    ranked_s: float = 0.0
    """Each time its place, from 0."""
    spreads_s2: float = 0.0
    """The squares of the halves of their own 95 % intervals."""

    @classmethod
    def of(cls, times_s: Sequence[float], halves_s: Sequence[float]) -> TimeSums:
        """Of times one by one, with the halves of their 95 % intervals."""
        return cls(
            len(times_s),
            sum(times_s),
            sum(time_s * time_s for time_s in times_s),
            sum(place * time_s for place, time_s in enumerate(times_s)),
            sum(half_s * half_s for half_s in halves_s),
        )

    @property
    def mean_s(self) -> float:
        """Of at least one."""
        return self.sum_s / self.count

    def _scatter_s2(self, explained_s2: float, freedom: int) -> float:
        """The variance of one time, at least that of its measurement."""
        left_s2 = self.squares_s2 - self.sum_s * self.mean_s - explained_s2
        return max(left_s2 / freedom, self.spreads_s2 / self.count / _NORMAL**2)

    def average(self) -> Estimate | None:
        """Their mean; None without any. Of one alone its measurement is all that is known."""
        if self.count == 0:
            return None
        if self.count == 1:
            return Estimate(self.mean_s, math.sqrt(self.spreads_s2))
        error_s = math.sqrt(self._scatter_s2(0.0, self.count - 1) / self.count)
        return Estimate(self.mean_s, student(self.count - 1) * error_s)

    def drop_off(self) -> Estimate | None:
        """By how much the last was slower than the first, on the straight line through all; None for fewer than 3."""
        if self.count < _FEWEST:
            return None
        last = self.count - 1
        width = self.count * (self.count**2 - 1) / 12.0
        covered_s = self.ranked_s - last / 2.0 * self.sum_s
        slope_s = covered_s / width
        scatter_s2 = self._scatter_s2(slope_s * covered_s, self.count - 2)
        return Estimate(last * slope_s, last * student(self.count - 2) * math.sqrt(scatter_s2 / width))

    def change_from(self, former: TimeSums) -> Estimate | None:
        """By how much the average has changed since another session; None where one has fewer than 2 times."""
        if min(self.count, former.count) < 2:
            return None
        mine, theirs = (one._scatter_s2(0.0, one.count - 1) / one.count for one in (self, former))
        total = mine + theirs
        if total == 0.0:
            return Estimate(self.mean_s - former.mean_s, 0.0)
        # Welch: of two scatters that need not be alike.
        freedom = total**2 / (mine**2 / (self.count - 1) + theirs**2 / (former.count - 1))
        return Estimate(self.mean_s - former.mean_s, student(int(freedom)) * math.sqrt(total))


def pooled(several: Sequence[TimeSums]) -> float | None:
    """Half of the 95 % interval of one time, in seconds, by the scatter within each; None where none has two times."""
    freedom = sum(sums.count - 1 for sums in several if sums.count)
    if freedom == 0:
        return None
    left_s2 = sum(sums.squares_s2 - sums.sum_s * sums.mean_s for sums in several if sums.count)
    measured_s2 = sum(sums.spreads_s2 for sums in several) / sum(sums.count for sums in several) / _NORMAL**2
    return student(freedom) * math.sqrt(max(left_s2 / freedom, measured_s2))


def trend(points: Sequence[tuple[float, float]]) -> Estimate | None:
    """By how much a figure has changed from the first moment to the last, on the straight line through all.

    `points`: moment and figure in seconds. None for fewer than 3, or all at one moment.
    """
    if len(points) < _FEWEST:
        return None
    middle, mean = (sum(values) / len(points) for values in zip(*points, strict=True))
    width = sum((moment - middle) ** 2 for moment, _ in points)
    if width == 0.0:
        return None
    slope = sum((moment - middle) * (value - mean) for moment, value in points) / width
    left = sum((value - mean - slope * (moment - middle)) ** 2 for moment, value in points)
    span = max(moment for moment, _ in points) - min(moment for moment, _ in points)
    error = math.sqrt(left / (len(points) - 2) / width)
    return Estimate(span * slope, span * student(len(points) - 2) * error)
