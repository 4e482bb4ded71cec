"""Which stretch of a break a torso made, and whether a torso can have made any of it at all.

A break is looked through before it is timed: phantoms are taken out, stretches of hits are told apart, and each must
pass every test of a body. What fails one is doubtful: an arm, a ball, phantoms that agree by chance.
"""

from __future__ import annotations

import math

import msgspec

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.gate.beam import THIN_DEG, is_dim, is_open
from retro_timer.detection.gate.body_light import AT_WALL, is_bodily
from retro_timer.detection.gate.occlusion import BodyRanges, body_ranges
from retro_timer.detection.gate.sifting import ENOUGH_HITS, sift
from retro_timer.detection.gate.vouching import AT_BODY_MM, beside, flanks, vouches
from retro_timer.detection.passages import BeamEntry, Break
from retro_timer.detection.people import FASTEST_MPS

TOO_BRIEF = "too brief for a torso"
_SURGE = 1.4
"""More than this times the mean speed nobody has at the line..."""
_GAIT_SURGE = 1.3
"""... unless the gait's own fast end, with this margin, is more."""
_BRIEF = 0.55
"""An arm covers the beam for a third to a half as long as its torso; more makes narrow people wait 0.6 s."""
_LIGHT_LONGER = 1.2
"""The light of a body at a cone's edge begins before its range is named, and ends after."""
_LANE_M = 0.6
"""Nearer than this nobody runs past a sensor."""
_SEEN_WIDER = 1.17
"""A body is seen for so many times the half-width of its cover at half height, to either side."""
_BLINK_NS = 80_000_000
"""Three periods at 41 Hz: between an arm that swings ahead and its torso lies more, a runner's tenth of a second."""
_HIDDEN = 0.7
"""Before a wall with less than this share of its light no arm stands: one hides a fifth of a cone at a metre, a trunk
half. More takes arms for trunks, less misses who hides the wall while a sensor still tells the wall's range."""
_OFF_MIDDLE = 0.25
"""Of the time that the wall is hidden, how far from its middle the readings of a range may be: more times a body by
what shows at one side of its shade, less loses who reaches out an arm."""


class Torso(msgspec.Struct, frozen=True):
    """One stretch of hits."""

    broken: Break
    """Its break, without phantoms."""
    first: int
    last: int
    """Indices into the entries, both included."""
    ranges: BodyRanges
    doubt: str = ""
    """Why this is nobody; empty when every test of a body was passed."""
    brief: bool = False
    """So brief, for the way's mean speed, that it may be an arm: a longer stretch close behind is rather the torso."""

    @property
    def hits(self) -> list[BeamEntry]:
        """Its hits."""
        return [e for e in self.broken.entries[self.first : self.last + 1] if e.hit]

    @property
    def least_kcps(self) -> float:
        """The least light of its hits; 0 where it is not recorded."""
        return min((e.signal_kcps or 0.0 for e in self.hits), default=0.0)


def fastest_mps(broken: Break) -> float:
    """Nobody is faster at the line: who dawdled may pass it at the gait's full speed."""
    return min(FASTEST_MPS, max(_SURGE * broken.mean_speed_mps, _GAIT_SURGE * broken.fastest_mps))


def find_torso(broken: Break, config: WatchConfig) -> Torso | None:
    """The first stretch that passes every test of a body, else the longest that is as good; None without a hit."""
    sifted = sift(broken, config)
    found = [_examine(sifted, first, last, config) for first, last in _spans(sifted)]
    whole = next((torso for torso in found if not torso.doubt and not torso.brief), None)
    return whole or max(found, key=lambda torso: (not torso.doubt, _length_ns(torso)), default=None)


def is_lit(torso: Torso) -> bool:
    """Whether the light of its readings is recorded: a range alone does not tell how much of the cone is looked at."""
    return all(e.signal_kcps is not None for e in torso.hits)


def duration_bounds_s(torso: Torso, *, thin: bool = False) -> tuple[float, float]:
    """Shortest and longest time that the beam can have been broken; `thin`: of a thin one, which is not free as long as
    any of a body's light comes back."""
    broken, least_kcps = torso.broken, torso.least_kcps
    entries, period_ns = broken.entries, round(broken.period_s * 1e9)

    def is_free(entry: BeamEntry) -> bool:
        return is_open(entry, broken.wall_mm) and not (thin and is_dim(entry, broken.wall_mm, least_kcps))

    first_ns, last_ns = entries[torso.first].t_ns, entries[torso.last].t_ns
    # Of a beam that nobody saw free again nobody knows how long it was broken.
    begins_ns, ends_ns = (entries[0].t_ns, entries[-1].t_ns) if thin else (first_ns, last_ns)
    before = next((e.t_ns for e in reversed(entries[: torso.first]) if is_free(e)), begins_ns - period_ns)
    after = next((e.t_ns for e in entries[torso.last + 1 :] if is_free(e)), ends_ns + period_ns)
    return (last_ns - first_ns) / 1e9, (after - before) / 1e9


def _length_ns(torso: Torso) -> int:
    entries = torso.broken.entries
    return entries[torso.last].t_ns - entries[torso.first].t_ns + 1_000_000 * (torso.last - torso.first + 1)


def _spans(broken: Break) -> list[tuple[int, int]]:
    """Stretches of hits; a doubtful reading between two hits does not split them, one of the free beam does."""
    spans: list[tuple[int, int]] = []
    first = last = -1
    for index, entry in enumerate(broken.entries):
        if entry.hit:
            if first < 0:
                first = index
            last = index
        elif first >= 0 and _is_free(entry, broken) and not _lost(broken, last):
            spans.append((first, last))
            first = -1
    if first >= 0:
        spans.append((first, last))
    return spans


def _is_free(entry: BeamEntry, broken: Break) -> bool:
    """Whether nobody stands in the beam: what is nearer than the wall, though beyond the lane, is a flank mixed with
    it, somebody else or a phantom, and hides whether the body went on; so does a wall that has lost its light."""
    wall_mm = broken.wall_mm
    if not is_open(entry, wall_mm):
        return False
    return wall_mm is None or (
        (entry.range_mm or 0) >= AT_WALL * wall_mm and not _is_hidden(entry, broken.open_signal_kcps)
    )


def _is_hidden(entry: BeamEntry, open_kcps: float) -> bool:
    """Whether a trunk stands before the wall that is read."""
    return entry.signal_kcps is not None and entry.signal_kcps < _HIDDEN * open_kcps


def _lost(broken: Break, last: int) -> bool:
    """Whether what follows a hit stands between two of one body, whatever it says itself: a sensor loses one reading
    now and then, and a phantom in its place may name a range that is nobody's. No body leaves and returns within one
    reading, nor as fast as a quick sensor takes two."""
    entries = broken.entries
    again = next((n for n in range(last + 1, len(entries)) if entries[n].hit), None)
    if again is None:
        return False
    before, after = entries[last], entries[again]
    if before.range_mm is None or after.range_mm is None:
        return False
    brief = again == last + 2 or after.t_ns - before.t_ns <= _BLINK_NS
    return brief and abs(before.range_mm - after.range_mm) <= AT_BODY_MM


def _examine(broken: Break, first: int, last: int, config: WatchConfig) -> Torso:
    body = [e for e in broken.entries[first : last + 1] if e.hit and e.range_mm is not None]
    if not body:
        return Torso(broken, first, last, BodyRanges(0.0, 0.0), "no range")
    torso = Torso(broken, first, last, body_ranges(body, broken, config))
    brief = _longest_s(torso, config) < _BRIEF * _seen_s(torso, config, broken.mean_speed_mps)
    return msgspec.structs.replace(torso, doubt=_doubt(torso, config), brief=brief)


def _doubt(torso: Torso, config: WatchConfig) -> str:
    broken, body_m = torso.broken, torso.ranges.body_mm / 1000.0
    if broken.wall_mm is not None and torso.ranges.read_mm >= broken.wall_mm:
        return "not before the wall"
    if torso.ranges.body_mm > config.lane_reach_mm:
        return "beyond the lane"
    half_cone_m, torso_m = config.cone_half_width_m(body_m), config.torso_mm / 1000.0
    narrowest_m = torso_m + half_cone_m if is_lit(torso) else torso_m
    if _longest_s(torso, config) < narrowest_m / fastest_mps(broken):
        return TOO_BRIEF
    if not _vouched(torso, config):
        return "too few readings with a body's light"
    return ""


def _longest_s(torso: Torso, config: WatchConfig) -> float:
    """The longest time that somebody can have been in the beam: also while what is read is the wall, yet dimmed."""
    thin, wall_mm, open_kcps = config.fov_deg <= THIN_DEG, torso.broken.wall_mm, torso.broken.open_signal_kcps
    longest_s = duration_bounds_s(torso, thin=thin)[1]
    if thin or wall_mm is None or not is_lit(torso):
        return longest_s

    def is_free(entry: BeamEntry) -> bool:
        return is_open(entry, wall_mm) and not _is_hidden(entry, open_kcps)

    entries = torso.broken.entries
    before_ns = next((e.t_ns for e in reversed(entries[: torso.first]) if is_free(e)), None)
    after_ns = next((e.t_ns for e in entries[torso.last + 1 :] if is_free(e)), None)
    if before_ns is None or after_ns is None:
        return longest_s
    # A body shows most of itself in the middle of its way, and a time by one side of it is none.
    off_ns = abs(entries[torso.first].t_ns + entries[torso.last].t_ns - before_ns - after_ns) / 2.0
    hidden_ns = after_ns - before_ns
    return max(longest_s, hidden_ns / 1e9) if off_ns <= _OFF_MIDDLE * hidden_ns else longest_s


def _vouched(torso: Torso, config: WatchConfig) -> bool:
    """Whether more than one reading, or two that agree by chance, makes this a body."""
    broken, hits = torso.broken, torso.hits
    if len(hits) >= ENOUGH_HITS:
        return True
    around = [*beside(broken.entries, torso.first, -1), *broken.entries[torso.first : torso.last + 1]]
    around += beside(broken.entries, torso.last, 1)
    if all(e.signal_kcps is None for e in hits):
        speed_mps = min(broken.mean_speed_mps, broken.fastest_mps)
        return len(hits) == 2 and _seen_s(torso, config, speed_mps) < (ENOUGH_HITS - 0.5) * broken.period_s
    sure = sum(is_bodily(e, broken.stands_out_kcps, config.least_body_kcps_m2) for e in hits)
    others = sum(
        vouches(e, torso.ranges.read_mm, broken.wall_mm, broken.open_signal_kcps, broken.stands_out_kcps, config)
        for e in around
    )
    sides = flanks(broken.entries, torso.first, torso.last, torso.ranges.read_mm, broken.wall_mm)
    return sure + min(1, others + sides) >= 2 or (len(hits) >= 2 and (others >= 1 or sides == 2))


def is_brief(torso: Torso, config: WatchConfig, light_s: float) -> bool:
    """Whether a torso's beam returned a body's light for so short a time that it may have been an arm's; who stood
    still on the way passes at any speed of the gait."""
    broken = torso.broken
    speed_mps = broken.fastest_mps if broken.dawdled else broken.mean_speed_mps
    return light_s < _BRIEF * _LIGHT_LONGER * _seen_s(torso, config, speed_mps)


def _seen_s(torso: Torso, config: WatchConfig, speed_mps: float) -> float:
    """How long a body is in the beam at this speed."""
    half_cone_m = config.cone_half_width_m(max(torso.ranges.body_mm / 1000.0, _LANE_M))
    half_cover_m = math.hypot(half_cone_m, config.torso_mm / 2000.0)
    return 2.0 * _SEEN_WIDER * half_cover_m / speed_mps
