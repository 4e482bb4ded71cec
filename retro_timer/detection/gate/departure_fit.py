"""The moment at which the trunk's trailing side passed a gate's axis, from how the beam became free.

A body that stood within a hand of the line speeds up out of the cone. The cover of the cone falls like the flank of a
bell over the body's way (see `occlusion_fit`), and the body's speed comes near the one it is going to have: a walker
has it before the cone is left. Neither the place nor that speed is known beforehand: every pair of them is compared
with the readings, and the answer is the mean of what fits, with its spread.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise, product
from statistics import median

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.gate.beam import THIN_DEG
from retro_timer.detection.gate.cover_kinds import KINDS, Source
from retro_timer.detection.gate.occlusion import body_ranges, cover_of
from retro_timer.detection.gate.occlusion_fit import TABLE_STEP, TABLES, Cover
from retro_timer.detection.gate.weighing import Look, averaged, moments
from retro_timer.detection.passages import Break
from retro_timer.detection.solution import NORMAL_95, Solution

_SURFACE_MM = 40.0
"""From the near shoulder to where most of the trunk's light comes from: the arm stands out by 2 cm, and the middle of
the trunk's near half is 2 cm behind its nearest. The cone is wider there; farther finds starts early, nearer late."""
_ROUND = 0.85
"""Of a trunk's depth where a thin beam sees it whole. The trunk is round: half of its light is gone at 0.7 of its half
depth, and at its edge where an arm hangs before it; more finds starts early, less finds them late."""
_PLACES = ((-1.0, 0.5), (0.0, 1.0), (1.0, 0.5))
"""Where the trunk's middle stands from the axis, in reaches, and how likely: more places cost time and tell no more, of
a cone that is wider than what lies between them."""
_REACH_M = 0.08
"""A hand, as the brief asks who stands there; more takes who steps up to the line for who leaves it."""
_REACHES_A_TRUNK = 3.0
"""So often in a slim trunk's depth at least: with two its trailing side would be past the axis before it starts, with
more it would leave out where people stand."""
_MOST_COVER = 2.0
"""Against the stand: what shines brighter is no body, and the light of all readings stays a number."""
_STARTING_S = 0.6
"""Time constant of a start, the middle of what people take (0.3 to 0.9 s, as in benchmarks/physics/departures.py): more
would take a runner as gone late, less a walker as gone early."""
_STARTING_LOG_SD = 0.3
"""One standard deviation of its logarithm: 0.3 to 0.9 s are two to either side."""
_SPEED_SDS = 4.0
"""From the slow end of a gait to its fast end, in standard deviations."""
_STEPS = (-1.8, -1.08, -0.36, 0.36, 1.08, 1.8)
"""Speeds that are compared, in standard deviations: 30 to 50 % apart, which the start makes a fifth of the moment; more
cost time in proportion."""
_WIDTHS = (-1.2, 0.0, 1.2)
"""Widths of the outline, likewise: three are the fewest that have a mean and a spread."""
_SHIFTS = tuple(k / 2.0 for k in range(-2, 3))
"""Beginnings around the one that the half of the fall tells, in periods and what a reading's own time is worth: that
half lies between two readings, so farther ones fit no better."""
_FALL_S = 0.7
"""A slow walker leaves a cone of 0.4 m within this."""
_MOST_LOOKS = 24
"""Readings of a fall after averaging: its time grows with them, and 0.7 s in 24 parts blur a start by 30 ms at most."""
_TRUNK_SD_M = 0.010
"""The trunk leans and sways by a centimetre as it starts. Less states intervals that miss starts, more wider ones than
is true."""
_TRUNK_SD_S = 0.008
"""The same of the moment itself, which a lean shifts at whatever speed: a third of a reading at 24 ms."""
_INSIDE = 0.12
"""Share of the cover by which it is off within the fall: arms hang at a start, and disturb it less than a runner's do
(`cover_kinds.KINDS`). Less believes single readings, more none."""
_LEAST_S = 0.03
"""One standard deviation less than this would claim to know how a body starts."""


def solve_departure(left: Break, config: WatchConfig) -> Solution:
    """The moment (`back_ns`) with its 95 % interval. Never raises; `refusal` where no body's range was seen."""
    hits = [i for i, e in enumerate(left.entries) if e.hit and e.range_mm is not None]
    if not hits:
        return Solution(refusal="no range")
    span = hits[0], hits[-1]
    ranges = body_ranges([left.entries[i] for i in hits], left, config)
    origin_ns = left.entries[span[1]].t_ns
    cover = _against_stand(cover_of(left, span, ranges, origin_ns))
    kind = KINDS[cover.source]
    half_cone_m = config.cone_half_width_m((ranges.body_mm + _SURFACE_MM) / 1000.0)
    torso_m = config.torso_mm / 1000.0
    half_trunk_m = torso_m / 2.0 * (_ROUND if config.fov_deg <= THIN_DEG else 1.0)
    half_m = math.hypot(half_cone_m, half_trunk_m) * kind.widening
    looks = _fall(cover.looks)
    half_s = _half_fall_s(looks)
    points = _compare(looks, cover.source, half_m, half_s, torso_m, left)
    mean_s, spread_s = moments([(at_s, weight) for at_s, _, weight in points])
    speed_mps, _ = moments([(speed, weight) for _, speed, weight in points])
    trunk_s = math.hypot(_TRUNK_SD_M, config.torso_sd_mm / 2000.0) / speed_mps
    sd_s = max(_LEAST_S, math.hypot(spread_s, trunk_s, _TRUNK_SD_S, left.period_s / math.sqrt(12.0)))
    return Solution(origin_ns + round(mean_s * 1e9), round(NORMAL_95 * sd_s * 1e9), speed_mps)


def _against_stand(cover: Cover) -> Cover:
    """The cover as a share of what the standing body covers."""
    stood = [look.cover for look in cover.looks if look.t_s < -_FALL_S and look.cover > 0.2]
    if not stood:
        return cover
    level = median(stood)
    return Cover(cover.source, [Look(look.t_s, look.cover / level) for look in cover.looks], cover.peak)


def _fall(looks: Sequence[Look]) -> list[Look]:
    """The readings of the fall, as they are compared."""
    near, _ = averaged([look for look in looks if look.t_s >= -_FALL_S], _MOST_LOOKS)
    return [Look(look.t_s, max(-_MOST_COVER, min(_MOST_COVER, look.cover))) for look in near]


def _half_fall_s(looks: Sequence[Look]) -> float:
    """When the cover last fell through half of the stand's; one reading between two others may be a phantom."""
    smooth = [
        Look(at.t_s, median((before.cover, at.cover, after.cover)))
        for before, at, after in zip(looks, looks[1:], looks[2:], strict=False)
    ]
    for before, after in reversed(list(pairwise(smooth))):
        if before.cover > 0.5 >= after.cover:
            part = (before.cover - 0.5) / (before.cover - after.cover)
            return before.t_s + part * (after.t_s - before.t_s)
    return 0.0


def _compare(
    looks: Sequence[Look],
    source: Source,
    half_m: float,
    half_s: float,
    torso_m: float,
    left: Break,
) -> list[tuple[float, float, float]]:
    """(moment, speed there, weight) of every way out of the beam."""
    kind = KINDS[source]
    inside = min(kind.inside, _INSIDE)
    reach_m = min(_REACH_M, torso_m / _REACHES_A_TRUNK)
    likely_mps = (left.slowest_mps + left.fastest_mps) / 2.0
    speed_log_sd = math.hypot(_STARTING_LOG_SD, math.log(left.fastest_mps / left.slowest_mps) / _SPEED_SDS)
    scored = []
    for (place, likely), step, wide, order in product(_PLACES, _STEPS, _WIDTHS, kind.orders):
        place_m = place * reach_m
        top_mps = likely_mps * math.exp(speed_log_sd * step)
        width_m = half_m * math.exp(kind.width_log_sd * wide)
        table = TABLES[order]
        scale, last = 1.0 / (width_m * TABLE_STEP), len(table) - 1
        stood = table[int(abs(place_m) * scale)]
        to_half_s = _time_s(_reach_of_half(stood, order) * width_m - place_m, top_mps)
        to_axis_s = _time_s(torso_m / 2.0 - place_m, top_mps)
        speed_mps = top_mps * (1.0 - math.exp(-to_axis_s / _STARTING_S))
        before = math.log(likely) - 0.5 * step * step - 0.5 * wide * wide
        for shift in _SHIFTS:
            begins_s = half_s - to_half_s + shift * (left.period_s + 0.03)
            misfit = 1.0
            for look in looks:
                index = int(abs(place_m + _way_m(look.t_s - begins_s, top_mps)) * scale)
                model = table[index] / stood if index < last else 0.0
                sd = kind.noise + inside * model
                z = (look.cover - model) / sd
                tail = 1.0 + 0.25 * z * z
                misfit *= sd * tail * tail * math.sqrt(tail)
            scored.append((before - math.log(misfit), begins_s + to_axis_s, speed_mps))
    best = max(score for score, _, _ in scored)
    return [(at_s, speed, math.exp(score - best)) for score, at_s, speed in scored if score > best - 14.0]


def _way_m(moving_s: float, top_mps: float) -> float:
    """How far somebody is who comes near a speed since they began to move."""
    if moving_s <= 0.0:
        return 0.0
    x = moving_s / _STARTING_S
    return top_mps * _STARTING_S * (x - 1.0 + math.exp(-x))


def _time_s(way_m: float, top_mps: float) -> float:
    """When they have gone a way, by Newton's rule from a little too soon; two steps are exact to a microsecond."""
    way = way_m / (top_mps * _STARTING_S)
    x = math.sqrt(2.0 * way) + way / 3.0
    for _ in range(2):
        left = math.exp(-x)
        x -= (x - 1.0 + left - way) / (1.0 - left)
    return x * _STARTING_S


def _reach_of_half(stood: float, order: float) -> float:
    """Where, in half-widths, the outline has fallen to half of what it is at the stand."""
    return math.pow(math.log(2.0 / stood) / math.log(2.0), 1.0 / order)
