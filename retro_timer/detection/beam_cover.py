"""How far from the sensor a body passed, and how much of the cone it covered at each reading."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from retro_timer.detection.beam import BeamEntry, Break, is_open
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.cover_fit import Cover, Look
from retro_timer.detection.readings import Kind

_NEAREST_SHARE = 0.25
_MIXED_LOW, _MIXED_HIGH = 0.12, 0.8
_MIXED_LEAST = 0.25
"""A break of which so many readings lie between wall and body comes from a sensor that mixes them."""
_ROUNDS = 12
_SHOULDER_M = 0.2
"""From the near shoulder to the torso's middle, across the lane."""
_ARMS = 1.25
"""Arms beside the torso cover so much more of the cone than the torso alone."""
_MOST_COVER = 0.97
_VALLEY, _CREST = 0.68, 0.7
"""Between two bodies the cover falls this low and rises this high again, against the highest."""
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
    nearest = sorted(body, key=lambda e: e.range_mm or 0)[: max(1, round(len(body) * _NEAREST_SHARE))]
    read_mm = sum(e.range_mm or 0 for e in nearest) / len(nearest)
    wall_mm = broken.wall_mm
    if wall_mm is None or not _mixes(body, wall_mm, read_mm):
        return BodyRanges(read_mm, read_mm)
    signals = [e.signal_kcps for e in nearest if e.signal_kcps is not None]
    signal = sum(signals) / len(signals) if len(signals) == len(nearest) and broken.open_signal_kcps > 0.0 else None
    body_mm = read_mm
    for _ in range(_ROUNDS):
        cover = expected_cover(body_mm / 1000.0, config)
        if signal is not None:
            behind = min(0.9 * signal, (1.0 - cover) * broken.open_signal_kcps)
            found = (read_mm * signal - behind * wall_mm) / (signal - behind)
        else:
            found = _by_brightness(read_mm, wall_mm, cover)
        body_mm = 0.5 * body_mm + 0.5 * min(read_mm, max(0.55 * read_mm, found))
    return BodyRanges(read_mm, body_mm)


def _mixes(body: Sequence[BeamEntry], wall_mm: float, read_mm: float) -> bool:
    """Whether ranges slide between wall and body, rather than jump."""
    depth = max(1.0, wall_mm - read_mm)
    dips = [(wall_mm - (e.range_mm or 0)) / depth for e in body]
    mixed = sum(_MIXED_LOW < dip < _MIXED_HIGH for dip in dips)
    return mixed >= _MIXED_LEAST * len(dips)


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


def cover_of(broken: Break, body: Sequence[BeamEntry], ranges: BodyRanges, origin_ns: int) -> Cover:
    """Cover of the cone by the body at each reading, its times in seconds from `origin_ns`.

    In the open field it is the signal, which is there whatever the status says. Before a wall the range slides from
    the wall to the body: with the signal that gives the cover itself, without it the slide is taken for it. A sensor
    that gives neither says nothing but whether there was a target.
    """
    if broken.wall_mm is not None:
        return _before_wall(broken, broken.wall_mm, ranges, origin_ns)
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
        Look((e.t_ns - origin_ns) / 1e9, 1.0 if e.hit else 0.0) for e in broken.entries if e.hit or is_open(e, None)
    ]
    return Cover("presence", hits)


def _before_wall(broken: Break, wall_mm: float, ranges: BodyRanges, origin_ns: int) -> Cover:
    seen = [(e, e.range_mm) for e in broken.entries if e.range_mm is not None and (e.hit or is_open(e, wall_mm))]
    mixes = ranges.body_mm < ranges.read_mm - 1.0
    if not (mixes and broken.open_signal_kcps > 0.0 and all(e.signal_kcps is not None for e, _ in seen)):
        depth = wall_mm - ranges.read_mm
        dips = [Look((e.t_ns - origin_ns) / 1e9, (wall_mm - range_mm) / depth) for e, range_mm in seen]
        return Cover("range", dips)
    # From read * S = body * (S - (1-c) S_wall) + wall * (1-c) S_wall, with S the whole signal and c the cover.
    scale = broken.open_signal_kcps * (wall_mm - ranges.body_mm)
    covers = [1.0 - (e.signal_kcps or 0.0) * (range_mm - ranges.body_mm) / scale for e, range_mm in seen]
    body = sum(e.hit for e, _ in seen)
    top = sorted(covers)[-max(1, body // 3) :]
    full = max(0.05, sum(top) / len(top))
    looks = [Look((e.t_ns - origin_ns) / 1e9, cover / full) for (e, _), cover in zip(seen, covers, strict=True)]
    return Cover("mixture", looks, full)


def first_body(cover: Cover) -> Cover:
    """Of two bodies that pass close behind each other, the first; an arm that comes before its body stays with it."""
    looks = cover.looks
    smooth = [
        sum(k.cover for k in looks[max(0, i - 1) : i + 2]) / len(looks[max(0, i - 1) : i + 2])
        for i in range(len(looks))
    ]
    top = max(smooth, default=0.0)
    begins = next((index for index, value in enumerate(smooth) if value > _CREST * top), len(smooth))
    crest, valley = 0.0, begins
    for index in range(begins, len(smooth)):
        value = smooth[index]
        if value < smooth[valley]:
            valley = index
        elif value > _CREST * top and smooth[valley] < _VALLEY * crest:
            return Cover(cover.source, looks[: valley + 1], cover.peak)
        if value > crest:
            crest, valley = value, index
    return cover
