"""A break without its phantoms: hits whose light or range is no body's."""

from __future__ import annotations

import math
from statistics import median

import msgspec

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.gate.body_light import is_bodily
from retro_timer.detection.gate.vouching import AT_BODY_MM, AT_BODY_SHARE
from retro_timer.detection.passages import BeamEntry, Break

ENOUGH_HITS = 3
"""Readings that agree and yet have no body's light, or no recorded one: two phantoms do so by chance."""
_LEAST_LIGHT = 0.6
"""Of the light that a body returns at its fullest, for as much of it as the range shows."""
_FLANK = 0.2
"""Share of the way from wall to body where a flank's dim light is as good as the wall's."""
_NEARER = 0.85
"""Nothing of a body is nearer by more than an arm before it: 0.15 m at one metre."""
_FAR_NEARER = 0.7
"""Without light an arm held out counts too: 0.3 m at one metre."""
_ACROSS_MM = 400
"""From shoulder to shoulder, across the lane."""
_ODD = 2
"""Two phantoms agree by chance (43 to 46 % in sun, docs/sources.md); three hardly, and are left to other tests."""
_MIXED_LOW, _MIXED_HIGH = 0.15, 0.85
"""Half-way between wall and body, further from either than its noise."""


def sift(broken: Break, config: WatchConfig) -> Break:
    """Without the hits that have the empty beam's light while the body's own stands out of it; where neither has more
    light, or none is known, without those whose range no body has."""
    every = [e for e in broken.entries if e.hit and e.range_mm is not None]
    hits = [e for e in every if e.signal_kcps is not None]
    sure = [e for e in hits if is_bodily(e, broken.stands_out_kcps, config.least_body_kcps_m2)]
    if len(sure) < 2:
        return _sift_ranges(broken, every, sure) if len(every) >= ENOUGH_HITS else broken
    if len(sure) == len(hits):
        return broken
    brightest = sorted(sure, key=lambda e: -(e.signal_kcps or 0.0))[: max(2, len(sure) // 3)]
    body_mm = median(e.range_mm or 0 for e in brightest)
    body_kcps = min(e.signal_kcps or 0.0 for e in brightest)
    wall_mm = broken.wall_mm
    mixes = wall_mm is not None and any(
        _MIXED_LOW < (wall_mm - (e.range_mm or 0)) / max(1.0, wall_mm - body_mm) < _MIXED_HIGH for e in sure
    )
    certain = set(map(id, sure))

    def phantom(entry: BeamEntry) -> bool:
        if not entry.hit or entry.range_mm is None or entry.signal_kcps is None or id(entry) in certain:
            return False
        if wall_mm is None:
            return True
        at_body = abs(entry.range_mm - body_mm) <= max(AT_BODY_MM, AT_BODY_SHARE * body_mm)
        if not mixes:
            # A sensor that reports the nearest thing has nothing between body and wall.
            return not at_body
        dip = (wall_mm - entry.range_mm) / max(1.0, wall_mm - body_mm)
        if dip <= _FLANK or entry.range_mm < _NEARER * body_mm:
            return dip > _FLANK
        covered = 1.0 - (1.0 - dip) * entry.signal_kcps / max(1.0, broken.open_signal_kcps)
        return dip * entry.signal_kcps < _LEAST_LIGHT * covered * body_kcps

    kept = [e for e in broken.entries if not phantom(e)]
    return msgspec.structs.replace(broken, entries=kept)


def _sift_ranges(broken: Break, hits: list[BeamEntry], sure: list[BeamEntry]) -> Break:
    """Without one or two hits far nearer than all the others: no arm reaches so far from its body. `sure` ones stay.

    In the open field the same with far ones: nothing of a body is farther than its far shoulder. Before a wall they
    may be its flank.
    """
    nearest = sorted(e.range_mm or 0 for e in hits)
    # The nearer third shows most of a body, and of five hits two may be phantoms.
    body_mm = nearest[max(len(nearest) // 3, min(_ODD, (len(nearest) - 1) // 2))]
    farthest_mm = body_mm + _ACROSS_MM if broken.wall_mm is None else math.inf
    odd = [e for e in hits if e not in sure and not _FAR_NEARER * body_mm <= (e.range_mm or 0) <= farthest_mm]
    if not 0 < len(odd) <= _ODD or not _outvoted([e for e in hits if e not in odd]):
        return broken
    return msgspec.structs.replace(broken, entries=[e for e in broken.entries if e not in odd])


def _outvoted(others: list[BeamEntry]) -> bool:
    """Whether so many others tell enough of a body; two whose light is known, when they agree."""
    if len(others) != ENOUGH_HITS - 1:
        return len(others) >= ENOUGH_HITS
    near_mm, far_mm = sorted(e.range_mm or 0 for e in others)
    agree = far_mm - near_mm <= max(AT_BODY_MM, AT_BODY_SHARE * near_mm)
    return agree and all(e.signal_kcps is not None for e in others)
