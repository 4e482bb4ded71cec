"""When the back reached the axis of a thin beam, from the trunk's length and its depth profile.

Each place and speed of the back says where on the body every reading fell; `thin_profile` says how likely that reading
is there. The answer is the mean over all of them, weighted by how likely they are, and its spread is the uncertainty.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import add, sub
from statistics import median

import msgspec

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.gate.beam import is_dim, is_open
from retro_timer.detection.gate.thin_profile import (
    ARM_PRIORS,
    DIM,
    FIRST_M,
    OPEN,
    STEP_M,
    Table,
    class_of,
    class_of_free,
    table,
)
from retro_timer.detection.gate.torso import Torso
from retro_timer.detection.gate.weighing import log_of_all, moments
from retro_timer.detection.lane_map import near_shoulder_mm
from retro_timer.detection.passages import BeamEntry
from retro_timer.detection.solution import NORMAL_95, Solution

_BRIGHT_SHARE = 0.8
"""A trunk's full light: so many of the body's readings are dimmer. More would be a lone phantom's, less a flank's."""
_BESIDE_M = 0.2
"""So far beside the break an arm may still be missed."""
_SPACING_M = 0.015
"""Readings closer together than this on the body show the same piece of it: they are averaged."""
_MOST_LOOKS = 32
"""Readings of a break after averaging: more cost time in proportion and show no finer piece of a trunk."""
_ALIKE_M = 0.03
"""Readings closer together than this on the body see the same fold of cloth or the same arm, and count as one."""
_BEFORE_WALL = 0.6
"""... and before a wall for less: by which law a sensor blends it with a body's edge nobody knows beforehand, and two
laws make the same edge up to twice as wide (docs/sources.md)."""
_SPEEDS_SD = 2.1
"""Speeds to so many standard deviations of what is known: one runner in 28 is outside and is drawn in by no more than
what lies beyond; more costs time in proportion."""
_COARSE_LOG = 0.19
"""They are 19 % apart at first: a trunk's length changes by less than its beam is wide."""
_COARSE_M = 0.025
"""Places of the back a tenth of a trunk apart at first..."""
_FINE_M = 0.008
"""... then below what a break tells: finer costs time and tells no more."""
_MOST_PLACES = 30
"""No more of them, for who may be anywhere in a long break: time grows with them."""
_NEGLIGIBLE = 12.0
"""Logarithm of how much less likely than the best is left out: six in a million, which no mean shows."""
_MOST_LEFT = 12
"""Of the likeliest places and speeds so many tell what a single reading moves."""
_WALL_MM, _WALL_SHARE = 80.0, 0.04
"""What is so much nearer than the wall is no noise of it: four standard deviations of a TF-Luna."""
EDGE_SD_M = 0.006
"""A trunk's edge against the ellipse: cloth, breathing, a turned trunk. Less would promise what no body keeps."""
_FLAT_M = 0.05
"""A quarter of a trunk's depth lies farther than this behind its face; a TF-Luna's noise reaches 6 cm at times only."""
_FLAT_SHARE = 0.1
"""Flat is what shows a flank in fewer of its readings: arms that hide one of both leave an eighth of them."""
_ENOUGH_HITS = 8
"""Of fewer readings of a trunk none may have met its flanks, which are a quarter of it."""
_LONG = 3.0
"""What is flat is no torso when it was held in the beam for so many times as long as a trunk is at the runner's speed:
trunk and elbows to either side make 2.3, at a speed that is off by a quarter."""


class _Look(msgspec.Struct, frozen=True, gc=False):
    t_s: float
    kind: int


_Read = tuple[float, tuple[tuple[float, ...], ...]]
"""A reading's time and its class's row."""
_Sums = tuple[float, list[float], list[float]]
_NONE = (0.0,) * len(ARM_PRIORS)


class _Prior(msgspec.Struct, frozen=True):
    """What is known before the readings are looked at."""

    speed_mps: float
    log_sd: float
    believed: float
    """By how much of a reading each counts."""


class _Point(msgspec.Struct, frozen=True, gc=False):
    """One place and speed, and how likely all readings are there."""

    back_s: float
    speed_mps: float
    weight: float


def solve_thin(
    torso: Torso, config: WatchConfig, speed_mps: float, speed_log_sd: float, *, stopped: bool = False
) -> Solution:
    """The back's moment; a refusal where the break is too flat for a trunk, which the way in of who has `stopped` in
    the beam need not show. Takes some milliseconds."""
    broken = torso.broken
    hits = [e for e in torso.hits if e.range_mm is not None]
    near_mm = near_shoulder_mm(sorted(e.range_mm or 0 for e in hits))
    if not stopped and _is_flat(hits, near_mm, config) and _held(hits, config, speed_mps):
        return Solution(refusal="too flat for a torso")
    origin_ns = broken.entries[torso.first].t_ns
    half_beam_m = config.cone_half_width_m(near_mm / 1000.0) + speed_mps * broken.budget_s / 2.0
    bright = _bright_kcps(torso)
    rangeless = _rangeless(torso, bright, speed_mps)
    rows = table(round(config.torso_mm), 5 * max(1, round(200.0 * half_beam_m)), broken.wall_mm is not None, rangeless)
    looks = [(look.t_s, rows.row(look.kind)) for look in _looks(torso, near_mm, speed_mps, origin_ns, rangeless)]
    sd = math.hypot(speed_log_sd, config.torso_sd_mm / config.torso_mm)
    steps = math.ceil(_SPEEDS_SD * sd / _COARSE_LOG)
    logs = [_SPEEDS_SD * sd * k / steps for k in range(-steps, steps + 1)]
    last_s = (hits[-1].t_ns - origin_ns) / 1e9
    reach_m = 0.6 * config.torso_mm / 1000.0
    begin_s, end_s = -reach_m / speed_mps, max(0.0, last_s - 0.3 * reach_m / speed_mps)
    apart_m = speed_mps * (looks[-1][0] - looks[0][0]) / max(1, len(looks) - 1)
    blends = broken.wall_mm is not None or broken.before_others_at_edges
    believed = min(1.0, apart_m / _ALIKE_M) * (_BEFORE_WALL if blends else 1.0)
    prior = _Prior(speed_mps, sd, believed)
    points = _grid(looks, rows, prior, logs, _places(begin_s, end_s, _COARSE_M / speed_mps))
    middle_s, sd_s = moments([(p.back_s, p.weight) for p in points])
    log, log_sd = moments([(math.log(p.speed_mps / speed_mps), p.weight) for p in points])
    reach_s = 2.5 * sd_s + _COARSE_M / speed_mps
    logs = [log + max(log_sd, _COARSE_LOG / 2.0) * k * 0.7 for k in range(-3, 4)]
    fine_s = _FINE_M / (speed_mps * math.exp(log))
    points = _grid(looks, rows, prior, logs, _places(middle_s - reach_s, middle_s + reach_s, fine_s))
    middle_s, sd_s = moments([(p.back_s, p.weight) for p in points])
    found_mps = sum(p.speed_mps * p.weight for p in points) / sum(p.weight for p in points)
    edge_sd_s = math.hypot(sd_s, broken.period_s / math.sqrt(12.0))
    sd_s = math.hypot(edge_sd_s, EDGE_SD_M / found_mps)
    moved_s = _moved_s(points, looks, rows, middle_s)
    half_m = config.torso_mm / 2000.0
    trunk_s, trunk_sd_s = moments([(p.back_s + half_m / p.speed_mps, p.weight) for p in points])
    return Solution(
        origin_ns + round(middle_s * 1e9),
        round(max(NORMAL_95 * sd_s, moved_s + sd_s) * 1e9),
        found_mps,
        middle_ns=origin_ns + round(trunk_s * 1e9),
        middle_sd_s=math.hypot(trunk_sd_s, broken.period_s / math.sqrt(12.0)),
        edge_sd_s=edge_sd_s,
        speed_log_sd=moments([(math.log(p.speed_mps), p.weight) for p in points])[1],
        moved_s=moved_s,
        crowded=broken.before_others,
    )


def _is_flat(hits: Sequence[BeamEntry], near_mm: float, config: WatchConfig) -> bool:
    if len(hits) < _ENOUGH_HITS or config.cone_half_width_m(near_mm / 1000.0) > config.torso_mm / 4000.0:
        return False
    flank = sum((e.range_mm or 0) > near_mm + 1000.0 * _FLAT_M for e in hits)
    return flank < _FLAT_SHARE * len(hits)


def _held(hits: Sequence[BeamEntry], config: WatchConfig, speed_mps: float) -> bool:
    """Whether the break is longer than a trunk with its arms can be at this speed."""
    return 1000.0 * speed_mps * (hits[-1].t_ns - hits[0].t_ns) / 1e9 > _LONG * config.torso_mm


def _looks(torso: Torso, near_mm: float, speed_mps: float, origin_ns: int, rangeless: float) -> list[_Look]:
    """The readings of the break and beside it, each with its class; neighbours on the body averaged."""
    broken, bright = torso.broken, _bright_kcps(torso)
    # Where next to no light is without a range it is of no flank.
    least_kcps = torso.least_kcps if rangeless else math.inf
    reach_ns = round(_BESIDE_M / speed_mps * 1e9)
    first_ns, last_ns = origin_ns - reach_ns, broken.entries[torso.last].t_ns + reach_ns
    told = [e for e in broken.entries if first_ns <= e.t_ns <= last_ns and (e.hit or is_open(e, broken.wall_mm))]
    dim = [is_dim(e, broken.wall_mm, least_kcps) for e in told]
    free = [not e.hit and not _mixed(e, broken.wall_mm) for e in told]
    alike = list(zip(dim, free, strict=True))
    step_m = speed_mps * broken.period_s
    size = max(1, int(_SPACING_M / step_m), -(-len(told) // _MOST_LOOKS))
    looks = []
    start = 0
    while start < len(told):
        group = [told[start]]
        while len(group) < size and alike[start : start + len(group) + 1] == [alike[start]] * (len(group) + 1):
            group.append(told[start + len(group)])
        t_s = (sum(e.t_ns for e in group) / len(group) - origin_ns) / 1e9
        kind = _free_kind(group, torso) if free[start] else _kind(group, near_mm, bright)
        looks.append(_Look(t_s, DIM if dim[start] else kind))
        start += len(group)
    return looks


def _bright_kcps(torso: Torso) -> float | None:
    lit = [e.signal_kcps for e in torso.hits if e.signal_kcps is not None]
    return sorted(lit)[int(_BRIGHT_SHARE * len(lit))] if len(lit) == len(torso.hits) else None


def _rangeless(torso: Torso, bright: float | None, speed_mps: float) -> float:
    """Up to which share of the body's light the sensor told no range, in tenths."""
    if not bright:
        return 0.0
    reach_ns = round(_BESIDE_M / speed_mps * 1e9)
    broken, least_kcps = torso.broken, torso.least_kcps
    first_ns, last_ns = broken.entries[torso.first].t_ns - reach_ns, broken.entries[torso.last].t_ns + reach_ns
    dims = [
        e.signal_kcps or 0.0
        for e in broken.entries
        if first_ns <= e.t_ns <= last_ns and is_dim(e, broken.wall_mm, least_kcps)
    ]
    return min(0.8, round(10.0 * max(dims, default=0.0) / bright) / 10.0)


def _free_kind(group: Sequence[BeamEntry], torso: Torso) -> int:
    open_kcps = torso.broken.open_signal_kcps
    if torso.broken.wall_mm is None or open_kcps <= 0.0 or any(e.signal_kcps is None for e in group):
        return OPEN
    return class_of_free(sum(e.signal_kcps or 0.0 for e in group) / len(group) / open_kcps)


def _mixed(entry: BeamEntry, wall_mm: float | None) -> bool:
    """Whether a reading that is no hit shows wall and body together: an edge stands in the beam."""
    if wall_mm is None or entry.range_mm is None:
        return False
    return entry.range_mm < wall_mm - max(_WALL_MM, _WALL_SHARE * wall_mm)


def _kind(group: Sequence[BeamEntry], near_mm: float, bright: float | None) -> int:
    range_mm = median(e.range_mm or 0 for e in group)
    light = None if not bright else sum(e.signal_kcps or 0.0 for e in group) / len(group) / bright
    return class_of((range_mm - near_mm) / 1000.0, light)


def _places(begin_s: float, end_s: float, step_s: float) -> list[float]:
    count = min(_MOST_PLACES, max(2, math.ceil((end_s - begin_s) / step_s) + 1))
    return [begin_s + (end_s - begin_s) * index / (count - 1) for index in range(count)]


def _grid(
    looks: Sequence[_Read], rows: Table, prior: _Prior, logs: Sequence[float], places: Sequence[float]
) -> list[_Point]:
    """Every place and speed that is likely at all; the speeds as logarithms against the likely one."""
    scored = []
    for log in logs:
        speed_mps = prior.speed_mps * math.exp(log)
        before_it = -0.5 * (log / prior.log_sd) ** 2
        for back_s in places:
            trunk, before, behind = _sums(looks, rows, back_s, speed_mps)
            seen = trunk + log_of_all(before, ARM_PRIORS) + log_of_all(behind, ARM_PRIORS)
            scored.append((before_it + prior.believed * seen, back_s, speed_mps))
    best = max(score for score, *_ in scored)
    return [_Point(t, v, math.exp(score - best)) for score, t, v in scored if score > best - _NEGLIGIBLE]


def _sums(looks: Sequence[_Read], rows: Table, back_s: float, speed_mps: float) -> _Sums:
    """Logarithms of the chance of all readings: on the trunk, and before and behind it for each reach of an arm."""
    scale = speed_mps / STEP_M
    shift = 0.5 - FIRST_M / STEP_M - back_s * scale
    trunk, inside, outside = 0.0, rows.inside, rows.outside
    before, behind = list(_NONE), list(_NONE)
    last = len(looks[0][1]) - 1
    for t_s, row in looks:
        index = int(t_s * scale + shift)
        if index < 0 or index > last:
            index = 0 if index < 0 else last
        if index <= inside:
            before = list(map(add, before, row[index]))
        elif index >= outside:
            behind = list(map(add, behind, row[index]))
        else:
            trunk += row[index][0]
    return trunk, before, behind


def _moved_s(points: Sequence[_Point], looks: Sequence[_Read], rows: Table, middle_s: float) -> float:
    """How far the answer moves at most when any one reading is left out."""
    last = len(looks[0][1]) - 1
    likely = sorted(points, key=lambda point: -point.weight)[:_MOST_LEFT]
    known = []
    for point in likely:
        _, before, behind = _sums(looks, rows, point.back_s, point.speed_mps)
        known.append((before, log_of_all(before, ARM_PRIORS), behind, log_of_all(behind, ARM_PRIORS)))
    most = 0.0
    for t_s, row in looks:
        total = moment = 0.0
        for point, (before, all_before, behind, all_behind) in zip(likely, known, strict=True):
            index = int((t_s - point.back_s) * point.speed_mps / STEP_M + 0.5 - FIRST_M / STEP_M)
            index = max(0, min(last, index))
            if index <= rows.inside:
                gone = all_before - log_of_all(list(map(sub, before, row[index])), ARM_PRIORS)
            elif index >= rows.outside:
                gone = all_behind - log_of_all(list(map(sub, behind, row[index])), ARM_PRIORS)
            else:
                gone = row[index][0]
            weight = point.weight * math.exp(-gone)
            total += weight
            moment += weight * point.back_s
        most = max(most, abs(moment / total - middle_s))
    return most
