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

import msgspec

from retro_timer.detection.gate.cover_kinds import KINDS, THIN_KINDS, CoverKind, Source
from retro_timer.detection.gate.weighing import Look, averaged, moments

_LN2 = math.log(2.0)
TABLE_STEP = 0.01
"""Of a half-width: a flank's value is off by 1 to 3 %, no more than the noise."""
_TABLE_REACH = 3.0
"""Half-widths beyond which no outline is left: a bell has fallen to a fifty-thousandth."""
_BLUR = 1.386 / 12.0
"""2 ln 2 times the variance of a box of one: what an integration adds to a bell's squared half-width."""
_NEGLIGIBLE = 14.0
"""Logarithm of a millionth: an outline so unlikely moves no mean, and costs time."""
_SLIGHT = 1e-4
"""Of the best outline's weight: what is left out moves a time by less than a thousandth of its spread."""
_MOST_LOOKS = 36
"""A fit's time grows with them; a passage at 100 Hz has as many, and means of more blur by under 10 ms."""
_WINDOW = 2.4
"""Readings within so many half-widths of the middle are compared."""
_PACE_LOG_SD = 0.08
"""Speed at the line against the mean of the way, of who keeps their pace: less than from walk to walk (a tenth). Less
overrules what the break tells, more leaves the half chest that is taken off to arms that make a break longer."""
_UNEVEN = 0.2
"""Share of those who do not: their break is so much longer or shorter that it decides. More gives the way's speed away,
less holds who slowed down for long to a pace that they had left."""


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
    """One standard deviation of its logarithm for who did not keep their pace."""
    period_s: float
    budget_s: float
    duration_s: float
    """Of the break, roughly."""
    torso_s: tuple[float, float]
    """First and last reading of the torso."""
    half_torso_m: float
    """From the middle of the torso to its back."""
    thin: bool = False
    """Whether the beam is taken for a line; only where no light is recorded."""
    way_known: bool = False
    """Whether the likely speed is that of the runner's own way, which most people keep up to the line."""


class Fit(msgspec.Struct, frozen=True):
    """The middle of the passage and its speed, each with one standard deviation."""

    middle_s: float
    middle_sd_s: float
    speed_mps: float
    log_speed_sd: float
    moved_s: float
    """How far the back's moment, middle and speed together, moves at most when any one reading is left out."""
    log_evidence: float
    """Logarithm of how well the readings agree with an outline of this size, all middles and speeds together."""
    half_width_s: float
    """Half-width of the outline at half its height."""
    order: float
    """Steepness of its flanks: 2.5 a bell, 10 nearly a box."""

    def cover_at(self, t_s: float) -> float:
        """The outline at a time, 1 at its middle."""
        return math.exp(-_LN2 * (abs(t_s - self.middle_s) / self.half_width_s) ** self.order)


def _table(order: float) -> list[float]:
    count = round(_TABLE_REACH / TABLE_STEP) + 2
    return [math.exp(-_LN2 * (index * TABLE_STEP) ** order) for index in range(count)]


TABLES = {order: _table(order) for kind in (*KINDS.values(), *THIN_KINDS.values()) for order in kind.orders}


class _Prior(msgspec.Struct, frozen=True):
    """What is known of an outline's width beforehand."""

    half_width_s: float
    width_sd: float
    """One standard deviation of its logarithm."""
    blur_s2: float
    """Averaging over the integration widens a bell by the window's own spread."""

    def width_s(self, log_width: float, widened: float) -> float:
        """The half-width that is seen, where it is so much wider than expected."""
        return math.sqrt((self.half_width_s * widened * math.exp(log_width)) ** 2 + self.blur_s2)


class _Point(msgspec.Struct, frozen=True, gc=False):
    """One outline and how well it fits."""

    middle_s: float
    log_width: float
    order: float
    weight: float
    misfits: list[float]


def fit_cover(cover: Cover, outline: Outline) -> Fit:
    """Compare the readings with every outline; the grid is laid twice, the second time where the first one fits."""
    kind = (THIN_KINDS if outline.thin else KINDS)[cover.source]
    half_m = outline.half_cover_m * kind.widening
    centre = _centre(cover.looks, outline)
    expected_s = half_m / outline.speed_mps
    width_sd = math.hypot(outline.speed_log_sd, kind.width_log_sd)
    reach = _WINDOW * max(expected_s, outline.duration_s / 2.5) + outline.period_s
    looks, size = averaged([look for look in cover.looks if abs(look.t_s - centre) <= reach], _MOST_LOOKS)
    prior = _Prior(expected_s, width_sd, _BLUR * outline.budget_s**2)
    reach = 0.7 * outline.period_s + 0.25 * min(expected_s, outline.duration_s)
    coarse_log = [width_sd * k * 0.7 for k in range(-3, 4)]
    points, best = _grid(looks, kind, prior, (centre, reach, 9), coarse_log)
    # Readings of an empty beam speak for no outline, however many of them an outline's reach takes in.
    log_evidence = size * (best + len(looks) * math.log(kind.noise))
    log_evidence += math.log(reach * sum(p.weight for p in points))
    middle, middle_sd = moments([(p.middle_s, p.weight) for p in points])
    log_width, log_sd = moments([(p.log_width, p.weight) for p in points])
    # Without the reading that pulls hardest the middle may lie where the second grid no longer reaches.
    moved = _moved(points, outline, kind, len(looks))
    reach = max(2.8 * middle_sd, 0.12 * reach)
    fine_log = [log_width + max(log_sd, 0.03) * k * 0.8 for k in range(-3, 4)]
    points, _ = _grid(looks, kind, prior, (middle, reach, 13), fine_log)
    middle, middle_sd = moments([(p.middle_s, p.weight) for p in points])
    log_width, log_sd = moments([(p.log_width, p.weight) for p in points])
    speed, log_speed_sd = _speed(outline, log_width, log_sd, kind.width_log_sd)
    spread = math.hypot(middle_sd, kind.lopsided_m / speed)
    moved = max(moved, _moved(points, outline, kind, len(looks))) / size
    order = max(kind.orders, key=lambda order: sum(p.weight for p in points if p.order == order))
    half_width_s = prior.width_s(log_width, kind.widened(order))
    return Fit(middle, spread, speed, log_speed_sd, moved, log_evidence, half_width_s, order)


def _centre(looks: Sequence[Look], outline: Outline) -> float:
    """Where the torso's cover has its weight. Phantoms and arms beside it do not count."""
    margin = 1.5 * outline.period_s
    first, last = outline.torso_s
    torso = [look for look in looks if first - margin <= look.t_s <= last + margin]
    weights = sum(max(0.0, look.cover) ** 2 for look in torso)
    if weights <= 0.0:
        return (first + last) / 2.0
    return sum(look.t_s * max(0.0, look.cover) ** 2 for look in torso) / weights


def _speed(outline: Outline, log_width: float, log_sd: float, width_log_sd: float) -> tuple[float, float]:
    """The speed from the logarithm of the width against the expected one, which both speed and outline explain.

    Who kept their pace is as fast as on the way, and a width that differs a little is rather the outline's: arms, the
    chest, the cone's rim. One that differs by much is of who did not.
    """
    paces = [(1.0 - _UNEVEN, _PACE_LOG_SD), (_UNEVEN, outline.speed_log_sd)] if outline.way_known else []
    weighed = []
    for chance, pace_log_sd in paces or [(1.0, outline.speed_log_sd)]:
        total = math.hypot(pace_log_sd, width_log_sd)
        weight = chance / total * math.exp(-0.5 * (log_width / total) ** 2)
        weighed.append((weight, (pace_log_sd / total) ** 2, pace_log_sd * width_log_sd / total))
    weights = sum(weight for weight, _, _ in weighed)
    share = sum(weight * share for weight, share, _ in weighed) / weights
    left2 = sum(weight * (left**2 + (log_width * (one - share)) ** 2) for weight, one, left in weighed) / weights
    return outline.speed_mps * math.exp(-log_width * share), math.sqrt(left2 + (log_sd * share) ** 2)


def _grid(
    looks: Sequence[Look],
    kind: CoverKind,
    prior: _Prior,
    middles: tuple[float, float, int],
    log_widths: Sequence[float],
) -> tuple[list[_Point], float]:
    """Every outline of a grid that fits at all, weighted against the best one, and that one's logarithm."""
    centre, reach, count = middles
    scored = []
    for log_width in log_widths:
        before = -0.5 * (log_width / prior.width_sd) ** 2
        for order in kind.orders:
            table, width = TABLES[order], prior.width_s(log_width, kind.widened(order))
            for index in range(count):
                middle = centre + reach * (2.0 * index / (count - 1) - 1.0)
                misfits = _misfits(looks, middle, width, table, kind)
                scored.append((before - sum(map(math.log, misfits)), middle, log_width, order, misfits))
    best = max(score for score, *_ in scored)
    points = [
        _Point(middle, log_width, order, math.exp(score - best), misfits)
        for score, middle, log_width, order, misfits in scored
        if score > best - _NEGLIGIBLE
    ]
    return points, best


def _misfits(
    looks: Sequence[Look], middle: float, width: float, table: Sequence[float], kind: CoverKind
) -> list[float]:
    """How badly an outline fits each reading (one over its likelihood), its height being whatever fits best."""
    scale = 1.0 / (width * TABLE_STEP)
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
    misfits = []
    for value, look in zip(expected, looks, strict=True):
        model = height * value
        sd = noise + inside * model
        z = (look.cover - model) / sd
        # Student's distribution with four degrees of freedom, so that a phantom pulls little.
        tail = 1.0 + 0.25 * z * z
        misfits.append(sd * tail * tail * math.sqrt(tail))
    return misfits


def _moved(points: Sequence[_Point], outline: Outline, kind: CoverKind, count: int) -> float:
    """Leave each reading out in turn: dividing an outline's weight by that reading's likelihood does it."""
    most = 0.0
    points = [point for point in points if point.weight > _SLIGHT]
    backs = []
    for point in points:
        speed, _ = _speed(outline, point.log_width, 0.0, kind.width_log_sd)
        backs.append(point.middle_s - outline.half_torso_m / speed)
    back, _ = moments([(back, point.weight) for back, point in zip(backs, points, strict=True)])
    for index in range(count):
        total = moment = 0.0
        for back_s, point in zip(backs, points, strict=True):
            weight = point.weight * point.misfits[index]
            total += weight
            moment += weight * back_s
        most = max(most, abs(moment / total - back))
    return most
