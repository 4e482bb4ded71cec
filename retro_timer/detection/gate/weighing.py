"""What the fits of a break share: the mean of whatever fits, weighted by how well, and fewer readings to compare."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec


class Look(msgspec.Struct, frozen=True, gc=False):
    """One reading: share of full cover, 0 to about 1, at a time in seconds."""

    t_s: float
    cover: float


def moments(weighted: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Mean and standard deviation of values, each with its weight; at least one weight is above zero."""
    total = sum(weight for _, weight in weighted)
    mean = sum(value * weight for value, weight in weighted) / total
    return mean, math.sqrt(max(0.0, sum(weight * (value - mean) ** 2 for value, weight in weighted) / total))


def log_of_all(logs: Sequence[float], priors: Sequence[float]) -> float:
    """Logarithm of the chance over all of some cases: each has its own, as a logarithm, and a prior."""
    most = max(logs)
    return most + math.log(sum(prior * math.exp(one - most) for prior, one in zip(priors, logs, strict=True)))


def averaged(looks: Sequence[Look], most: int) -> tuple[list[Look], int]:
    """No more than `most` readings: of so many neighbours each, which comes second, their mean."""
    size = -(-len(looks) // most)
    if size <= 1:
        return list(looks), 1
    groups = [looks[start : start + size] for start in range(0, len(looks), size)]
    return [Look(sum(k.t_s for k in g) / len(g), sum(k.cover for k in g) / len(g)) for g in groups], size
