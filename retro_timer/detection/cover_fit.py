"""The middle and the speed of a passage, from how much of the beam was covered at each reading.

The cover of a cone by a passing body rises and falls like a bell (half-width at half height: half the cone and half
the torso, added as squares); its range before a wall dips a little wider; a sensor that only says whether something is
there sees a box. Every middle and width of such an outline is compared with the readings; the answer is the mean of
what fits, weighted by how well it fits, and its spread is the uncertainty. The flanks weigh most: inside the break arms
and posture change the cover by some 15 %, outside it there is nothing to disturb it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import msgspec

Source = Literal["signal", "mixture", "range", "presence"]

_LN2 = math.log(2.0)
_TABLE_STEP = 0.01
_TABLE_REACH = 3.0
_DEGREES_OF_FREEDOM = 4.0
_MOST_LOOKS = 28
_WINDOW = 3.0
"""Readings within so many half-widths of the middle are compared."""


class _Kind(msgspec.Struct, frozen=True):
    """How a source of cover behaves."""

    widening: float
    """Its half-width against that of the cover itself."""
    width_log_sd: float
    """How well that is known."""
    noise: float
    inside: float
    """Further noise as a share of the cover."""
    orders: tuple[float, ...]
    """Steepness of the flanks: 2.5 a bell, 8 nearly a box."""
    lopsided_m: float = 0.0
    """One standard deviation of the middle from flanks that differ, over the body's way."""


# Widths and steepness as the accuracy benchmark's physics gives them; a box stands for sensors that report the nearest
# thing whatever its share.
_KINDS: dict[Source, _Kind] = {
    "signal": _Kind(0.98, 0.08, 0.03, 0.18, (2.5, 5.0)),
    "mixture": _Kind(0.95, 0.09, 0.03, 0.15, (2.5, 5.0)),
    "range": _Kind(0.99, 0.14, 0.03, 0.18, (2.5, 8.0), 0.014),
    "presence": _Kind(1.17, 0.22, 0.20, 0.0, (10.0,), 0.022),
}


class Look(msgspec.Struct, frozen=True, gc=False):
    """One reading: share of full cover, 0 to about 1, at a time in seconds."""

    t_s: float
    cover: float


class Cover(msgspec.Struct, frozen=True):
    """All readings in and around a break."""

    source: Source
    looks: Sequence[Look]
    peak: float = 1.0
    """Share of the cone that the body fills at the most; 1 where it cannot be told."""


class Outline(msgspec.Struct, frozen=True):
    """What is known of the passage before its readings are looked at."""

    half_cover_m: float
    """Half-width of the cover at half its height, over the body's way."""
    speed_mps: float
    """Likely speed at the line."""
    speed_log_sd: float
    """One standard deviation of its logarithm."""
    period_s: float
    budget_s: float
    duration_s: float
    """Of the break, roughly."""
    torso_s: tuple[float, float]
    """First and last reading of the torso."""


class Fit(msgspec.Struct, frozen=True):
    """The middle of the passage and its speed, each with one standard deviation."""

    middle_s: float
    middle_sd_s: float
    speed_mps: float
    log_speed_sd: float


def _table(order: float) -> list[float]:
    count = round(_TABLE_REACH / _TABLE_STEP) + 2
    return [math.exp(-_LN2 * (index * _TABLE_STEP) ** order) for index in range(count)]


_TABLES = {order: _table(order) for kind in _KINDS.values() for order in kind.orders}


def fit_cover(cover: Cover, outline: Outline) -> Fit:
    """Compare the readings with every outline; the grid is laid twice, the second time where the first one fits."""
    kind = _KINDS[cover.source]
    half_m = outline.half_cover_m * kind.widening
    centre = _centre(cover.looks, outline)
    expected_s = half_m / outline.speed_mps
    width_sd = math.hypot(outline.speed_log_sd, kind.width_log_sd)
    looks = _near(cover.looks, centre, _WINDOW * max(expected_s, outline.duration_s / 2.5) + outline.period_s)
    reach = 0.7 * outline.period_s + 0.25 * min(expected_s, outline.duration_s)
    coarse_log = [width_sd * k * 0.5 for k in range(-5, 6)]
    points = _grid(looks, kind, outline, expected_s, width_sd, (centre, reach, 11), coarse_log)
    middle, middle_sd = _moments([(m, w) for m, _, w in points])
    log_width, log_sd = _moments([(k, w) for _, k, w in points])
    reach = max(2.8 * middle_sd, 0.12 * reach)
    fine_log = [log_width + max(log_sd, 0.03) * k * 0.6 for k in range(-4, 5)]
    points = _grid(looks, kind, outline, expected_s, width_sd, (middle, reach, 17), fine_log)
    middle, middle_sd = _moments([(m, w) for m, _, w in points])
    log_width, log_sd = _moments([(k, w) for _, k, w in points])
    speed, log_speed_sd = _speed(outline, log_width, log_sd, kind.width_log_sd)
    return Fit(middle, math.hypot(middle_sd, kind.lopsided_m / speed), speed, log_speed_sd)


def _centre(looks: Sequence[Look], outline: Outline) -> float:
    """Where the torso's cover has its weight. Phantoms and arms beside it do not count."""
    margin = 1.5 * outline.period_s
    first, last = outline.torso_s
    torso = [look for look in looks if first - margin <= look.t_s <= last + margin]
    weights = sum(max(0.0, look.cover) ** 2 for look in torso)
    if weights <= 0.0:
        return (first + last) / 2.0
    return sum(look.t_s * max(0.0, look.cover) ** 2 for look in torso) / weights


def _near(looks: Sequence[Look], centre: float, reach: float) -> list[Look]:
    """The readings around the break; neighbours are averaged where there are many."""
    near = [look for look in looks if abs(look.t_s - centre) <= reach]
    size = -(-len(near) // _MOST_LOOKS)
    if size <= 1:
        return near
    groups = [near[start : start + size] for start in range(0, len(near), size)]
    return [Look(sum(k.t_s for k in g) / len(g), sum(k.cover for k in g) / len(g)) for g in groups]


def _speed(outline: Outline, log_width: float, log_sd: float, width_log_sd: float) -> tuple[float, float]:
    """The speed from the logarithm of the width against the expected one, which both speed and outline explain."""
    prior_sd = outline.speed_log_sd
    total = math.hypot(prior_sd, width_log_sd)
    share = (prior_sd / total) ** 2
    left = prior_sd * width_log_sd / total
    return outline.speed_mps * math.exp(-log_width * share), math.hypot(left, log_sd * share)


def _grid(
    looks: Sequence[Look],
    kind: _Kind,
    outline: Outline,
    expected_s: float,
    width_sd: float,
    middles: tuple[float, float, int],
    log_widths: Sequence[float],
) -> list[tuple[float, float, float]]:
    """(middle_s, log of the width against the expected one, weight)."""
    centre, reach, count = middles
    # Averaging over the integration widens a bell by the window's own spread.
    blur = 1.386 / 12.0 * outline.budget_s**2
    scored = []
    for log_width in log_widths:
        prior = -0.5 * (log_width / width_sd) ** 2
        width = math.sqrt((expected_s * math.exp(log_width)) ** 2 + blur)
        for order in kind.orders:
            table = _TABLES[order]
            for index in range(count):
                middle = centre + reach * (2.0 * index / (count - 1) - 1.0)
                scored.append((middle, log_width, prior + _log_likelihood(looks, middle, width, table, kind)))
    best = max(score for _, _, score in scored)
    return [(m, k, math.exp(score - best)) for m, k, score in scored if score > best - 14.0]


def _log_likelihood(looks: Sequence[Look], middle: float, width: float, table: Sequence[float], kind: _Kind) -> float:
    """How well an outline fits, its height being whatever fits best."""
    scale = 1.0 / (width * _TABLE_STEP)
    last = len(table) - 1
    expected = []
    dot = squares = 0.0
    for look in looks:
        index = int(abs(look.t_s - middle) * scale)
        value = table[index] if index < last else 0.0
        expected.append(value)
        dot += value * look.cover
        squares += value * value
    height = min(1.4, max(0.7, dot / squares)) if squares > 0.0 else 1.0
    noise, inside = kind.noise, kind.inside
    total = 0.0
    for value, look in zip(expected, looks, strict=True):
        model = height * value
        sd = noise + inside * model
        z = (look.cover - model) / sd
        total += math.log(sd) + (_DEGREES_OF_FREEDOM + 1.0) / 2.0 * math.log1p(z * z / _DEGREES_OF_FREEDOM)
    return -total


def _moments(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    total = sum(w for _, w in points)
    mean = sum(x * w for x, w in points) / total
    return mean, math.sqrt(max(0.0, sum(w * (x - mean) ** 2 for x, w in points) / total))
