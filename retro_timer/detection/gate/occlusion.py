"""How far from the sensor a body passed, and how much of the cone it covered at each reading."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.gate.beam import is_open
from retro_timer.detection.gate.body_light import dims_wall, is_bodily
from retro_timer.detection.gate.occlusion_fit import Cover
from retro_timer.detection.gate.weighing import Look
from retro_timer.detection.passages import BeamEntry, Break
from retro_timer.detection.readings import Kind

_FULLEST_SHARE = 0.25
"""The quarter that shows most of a body: fewer hang on single readings, more take its flanks in."""
_MIXED_LOW, _MIXED_HIGH = 0.12, 0.8
"""Shares of the way from wall to body that neither the wall's noise nor an arm before the body explains."""
_MIXED_LEAST = 0.25
"""A break of which so many readings lie between wall and body comes from a sensor that mixes them."""
_AT_BODY, _PART_LIT = 0.9, 0.65
"""The body's own range with so little of its light: a jumping sensor at a flank. A mixing one reads half-way then."""
_BESIDE = 3
"""Readings to either side of a break in which its flanks are looked for."""
NEAREST_SHARE = 0.55
"""However little of a cone a body fills, it is not nearer than this share of what is read of it and the wall."""
_ROUNDS = 12
"""Each halves what is left: to a thousandth of the range after ten."""
_SHOULDER_M = 0.2
"""From the near shoulder to the torso's middle, across the lane."""
_ARMS = 1.25
"""Arms beside the torso cover so much more of the cone than the torso alone."""
_MOST_COVER = 0.97
"""Some of a cone always passes a body by, and what is taken off for the wall stays above zero."""
_HIDES = 0.7
"""Share of the wall's light that a torso hides at its fullest, at the ranges of a lane."""
_VALLEY, _CREST = 0.68, 0.7
"""Between two bodies the cover falls this low and rises this high again, against the highest."""
_BODY_LOOKS = 3
"""Fewer readings than this before the valley may be phantoms..."""
_BETWEEN_LOOKS = 3
"""... and fewer than this in it, in a body's midst, as well."""
_ENOUGH_SIGNAL = 1.5
"""A body's signal is told from the background's when it is this many times as strong."""


class BodyRanges(msgspec.Struct, frozen=True):
    """How far away a body was, in millimetres."""

    read_mm: float
    """Least range as it was read."""
    body_mm: float
    """Range of the body itself."""


def body_ranges(body: Sequence[BeamEntry], broken: Break, config: WatchConfig) -> BodyRanges:
    """From the hits of a break, each with a range.

    In the open field both ranges are the same. Before a wall a cone that the body does not fill reads somewhere between
    the two, weighted by what each returns: that is taken apart with the signals where they are known, else as if wall
    and clothing were equally bright.
    """
    fullest = _fullest(body, broken, config)
    read_mm = sum(e.range_mm or 0 for e in fullest) / len(fullest)
    wall_mm = broken.wall_mm
    if wall_mm is None or not _mixes(body, broken, wall_mm, read_mm):
        return BodyRanges(read_mm, read_mm)
    signals = [e.signal_kcps for e in fullest if e.signal_kcps is not None]
    signal = sum(signals) / len(signals) if len(signals) == len(fullest) and broken.open_signal_kcps > 0.0 else None
    body_mm = read_mm
    for _ in range(_ROUNDS):
        cover = expected_cover(body_mm / 1000.0, config)
        if signal:
            behind = min(0.9 * signal, (1.0 - cover) * broken.open_signal_kcps)
            found = (read_mm * signal - behind * wall_mm) / (signal - behind)
        else:
            found = _by_brightness(read_mm, wall_mm, cover)
        body_mm = 0.5 * body_mm + 0.5 * min(read_mm, max(NEAREST_SHARE * read_mm, found))
    return BodyRanges(read_mm, body_mm)


def _fullest(body: Sequence[BeamEntry], broken: Break, config: WatchConfig) -> Sequence[BeamEntry]:
    """The hits that show most of the body: the brightest of those with a body's light; else, since a phantom may name
    any range, the one that a quarter of the others are nearer than."""
    lit = [e for e in body if e.signal_kcps is not None]
    sure = [e for e in lit if is_bodily(e, broken.stands_out_kcps, config.least_body_kcps_m2)]
    if len(sure) >= 2:
        return sorted(sure, key=lambda e: -(e.signal_kcps or 0.0))[: max(1, round(len(sure) * _FULLEST_SHARE))]
    if len(sure) == 1 and len(lit) == len(body) == 2:
        # Of two the other may be the body's flank, or a phantom; never this one.
        return sure
    nearest = sorted(body, key=lambda e: e.range_mm or 0)
    return [nearest[min(len(nearest) - 1, max(1, round(len(nearest) * _FULLEST_SHARE)))]]


def _mixes(body: Sequence[BeamEntry], broken: Break, wall_mm: float, read_mm: float) -> bool:
    """Whether ranges slide between wall and body (a sensor that averages over all light), rather than jump.

    A range half-way with more light than the wall's tells the one. A wall that loses light while it is still what is
    read tells the other, and so does the body's own range with little light. Where none of them was seen the break
    was too brief to catch a sensor half-way.
    """
    depth = max(1.0, wall_mm - read_mm)

    def halfway(entry: BeamEntry) -> bool:
        return entry.range_mm is not None and _MIXED_LOW < (wall_mm - entry.range_mm) / depth < _MIXED_HIGH

    if sum(map(halfway, body)) >= _MIXED_LEAST * len(body):
        return True
    if broken.open_signal_kcps <= 0.0 or any(e.signal_kcps is None for e in body):
        return False
    around = broken.around(body[0].t_ns, body[-1].t_ns, _BESIDE)
    if any(
        halfway(e) and (e.signal_kcps or 0.0) > broken.stands_out_kcps for e in around if e.kind is not Kind.NOTHING
    ):
        return True
    brightest = max(e.signal_kcps or 0.0 for e in body)
    alone = any(
        wall_mm - (e.range_mm or 0) > _AT_BODY * depth and (e.signal_kcps or 0.0) < _PART_LIT * brightest for e in body
    )
    return not alone and not any(dims_wall(e, wall_mm, broken.open_signal_kcps) for e in around)


def expected_cover(range_m: float, config: WatchConfig) -> float:
    """Share of the cone that a torso in the middle of it fills."""
    half_angle = math.tan(math.radians(config.fov_deg) / 2.0)
    if half_angle <= 0.0:
        return _MOST_COVER
    return min(_MOST_COVER, _ARMS * config.torso_mm / 2000.0 / (range_m + _SHOULDER_M) / half_angle)


def _by_brightness(read_mm: float, wall_mm: float, cover: float) -> float:
    """The body's range R with read = (c/R² R + (1-c)/W² W) / (c/R² + (1-c)/W²), by halving."""
    low, high = 0.3 * read_mm, read_mm
    for _ in range(30):
        middle = (low + high) / 2.0
        near, far = cover / middle**2, (1.0 - cover) / wall_mm**2
        if (near * middle + far * wall_mm) / (near + far) < read_mm:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def cover_of(broken: Break, span: tuple[int, int], ranges: BodyRanges, origin_ns: int) -> Cover:
    """Cover of the cone by the body at each reading, its times in seconds from `origin_ns`.

    `span` is the first and the last of the body's hits. In the open field the cover is the signal, which is there
    whatever the status says. Before a wall the range slides from the wall to the body, or jumps: with the signal that
    gives the cover itself, without it the range is taken for it. A sensor that gives neither says nothing but whether
    there was a target.
    """
    if broken.wall_mm is not None:
        return _before_wall(broken, broken.wall_mm, ranges, span, origin_ns)
    body = [e for e in broken.entries[span[0] : span[1] + 1] if e.hit]
    signals = [e.signal_kcps for e in body if e.signal_kcps is not None]
    floor = broken.open_signal_kcps
    if len(signals) == len(body) and max(signals) > _ENOUGH_SIGNAL * floor:
        full = max(signals) - floor
        looks = [
            Look((e.t_ns - origin_ns) / 1e9, (e.signal_kcps - floor) / full)
            for e in broken.entries
            if e.signal_kcps is not None and e.kind is not Kind.ABSURD
        ]
        return Cover("signal", looks)
    hits = [
        Look((e.t_ns - origin_ns) / 1e9, 1.0 if e.hit else 0.0)
        for index, e in enumerate(broken.entries)
        if (e.hit if span[0] <= index <= span[1] else is_open(e, None))
    ]
    return Cover("presence", hits)


def _before_wall(broken: Break, wall_mm: float, ranges: BodyRanges, span: tuple[int, int], origin_ns: int) -> Cover:
    entries = broken.entries
    hits = [e for e in entries[span[0] : span[1] + 1] if e.hit]
    lit = broken.open_signal_kcps > 0.0 and all(e.signal_kcps is not None for e in hits)
    lit = lit and any(e.signal_kcps for e in hits)
    if lit and ranges.body_mm < ranges.read_mm - 1.0:
        return _mixture(broken, wall_mm, ranges, origin_ns)
    if lit:
        return _pulses(broken, wall_mm, ranges, hits, origin_ns)
    depth = wall_mm - ranges.read_mm
    looks = []
    for index, entry in enumerate(entries):
        inside = span[0] <= index <= span[1]
        if entry.range_mm is not None and (entry.hit if inside else is_open(entry, wall_mm)):
            looks.append(Look((entry.t_ns - origin_ns) / 1e9, (wall_mm - entry.range_mm) / depth))
    return Cover("range", looks)


def _mixture(broken: Break, wall_mm: float, ranges: BodyRanges, origin_ns: int) -> Cover:
    """A sensor that averages over all light.

    From read * S = body * (S - (1-c) S_wall) + wall * (1-c) S_wall, with S the whole signal and c the cover.
    """
    scale = broken.open_signal_kcps * (wall_mm - ranges.body_mm)
    seen = [
        (e, 1.0 - e.signal_kcps * (e.range_mm - ranges.body_mm) / scale)
        for e in broken.entries
        if e.range_mm is not None and e.signal_kcps is not None and (e.hit or is_open(e, wall_mm))
    ]
    covers = sorted(cover for _, cover in seen)
    body = sum(e.hit for e, _ in seen)
    top = covers[-max(1, body // 3) :]
    full = max(0.05, sum(top) / len(top))
    brightest = max(e.signal_kcps or 0.0 for e, _ in seen if e.hit)
    looks = {e.t_ns: cover / full for e, cover in seen}
    if brightest > _ENOUGH_SIGNAL * broken.open_signal_kcps:
        # Motion spoils the status and often the range, never the light.
        contrast = brightest - broken.open_signal_kcps
        for e in broken.entries:
            if e.kind is Kind.REJECTED and e.signal_kcps is not None:
                looks[e.t_ns] = min(1.1, (e.signal_kcps - broken.open_signal_kcps) / contrast)
    return Cover("mixture", [Look((t_ns - origin_ns) / 1e9, looks[t_ns]) for t_ns in sorted(looks)], full)


def _pulses(broken: Break, wall_mm: float, ranges: BodyRanges, hits: Sequence[BeamEntry], origin_ns: int) -> Cover:
    """A sensor that reports one thing alone: the wall's light is what the body has not hidden yet, the body's light
    how much of it is there."""
    signals = sorted((e.signal_kcps or 0.0 for e in hits), reverse=True)
    top = signals[: max(1, len(signals) // 3)]
    full_kcps = sum(top) / len(top)
    depth = wall_mm - ranges.read_mm
    looks = []
    for entry in broken.entries:
        if entry.range_mm is None or entry.signal_kcps is None:
            continue
        if entry.hit:
            cover = min(1.1, entry.signal_kcps / full_kcps)
        elif is_open(entry, wall_mm):
            hidden = (1.0 - entry.signal_kcps / broken.open_signal_kcps) / _HIDES
            cover = max(-0.1, hidden, (wall_mm - entry.range_mm) / depth)
        else:
            continue
        looks.append(Look((entry.t_ns - origin_ns) / 1e9, cover))
    return Cover("pulse", looks)


def first_body(cover: Cover) -> Cover:
    """Of two bodies that pass close behind each other, the first; an arm that comes before its body stays with it."""
    looks = cover.looks
    smooth = [
        sum(k.cover for k in looks[max(0, i - 1) : i + 2]) / len(looks[max(0, i - 1) : i + 2])
        for i in range(len(looks))
    ]
    top = max(smooth, default=0.0)
    begins = next((index for index, value in enumerate(smooth) if value > _CREST * top), len(smooth))
    crest, valley, peak = 0.0, begins, begins
    for index in range(begins, len(smooth)):
        value = smooth[index]
        if value < smooth[valley]:
            valley = index
        elif value > _CREST * top and smooth[valley] < _VALLEY * crest:
            body = sum(k.cover > _CREST * top for k in looks[: valley + 1])
            between = sum(k.cover < _VALLEY * crest for k in looks[peak : index + 1])
            if body >= _BODY_LOOKS and between >= _BETWEEN_LOOKS:
                return Cover(cover.source, looks[: valley + 1], cover.peak)
            crest, valley, peak = value, index, index
        if value > crest:
            crest, valley, peak = value, index, index
    return cover
