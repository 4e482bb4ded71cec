"""When the back reached a gate's axis, from the whole break of the beam and not from its first reading.

A cone-shaped beam and a body of known depth make a break that is the same forward and backward in time around the
instant at which the middle of the torso stands on the axis; the back was there half a torso earlier. Here a break is
looked through: which stretch of it is the torso, whether a torso can have made it at all, and how much of the beam was
covered at each reading. `cover_fit` finds the middle of that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from retro_timer.detection.beam import BeamEntry, Break, is_open
from retro_timer.detection.beam_cover import body_ranges, cover_of, expected_cover, first_body
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.cover_fit import Cover, Outline, fit_cover
from retro_timer.detection.solution import NORMAL_95, Solution

_FASTEST_MPS = 9.0
_SLOWEST_MPS = 0.25
_FINISH_SPEED_SHARE = 1.1
"""Speed at the line against the mean from the go: reaction and acceleration are behind the runner."""
_SPEED_LOG_SD = 0.30
_DAWDLER_LOG_SD = 0.6
_SURGE = 1.4
"""More than this times the mean speed nobody has at the line..."""
_GAIT_SURGE = 1.3
"""... unless the gait's own fast end, with this margin, is more."""
_CLEARLY = 1.1
_LEAST_COVER = 0.5
"""A body that covers less than this share of what a torso covers is an arm."""
_FOOT = 1.6
"""Half of a break against the half-width of the cover at half its height, where a tenth of the cover is seen."""
_STOPPED = 2.6
"""A break so many times the usual is somebody who stopped in the beam."""
# What bodies do that a symmetric break cannot show: arms that swing to either side, sway, a turned trunk. One standard
# deviation of the back's place in metres, and its growth with speed, found with the accuracy benchmark's physics.
_BODY_SD_M = 0.010
_BODY_SD_S = 0.0022


class _Span(msgspec.Struct, frozen=True):
    """One stretch of hits: indices into the entries, both included."""

    first: int
    last: int


def solve(broken: Break, config: WatchConfig) -> Solution:
    """Find the back's moment in a break. Never raises; a break that no torso makes comes back as a refusal."""
    span = _torso(_spans(broken), broken.entries)
    entries = broken.entries
    origin_ns = entries[span.first].t_ns
    body = [e for e in entries[span.first : span.last + 1] if e.hit and e.range_mm is not None]
    if not body:
        return Solution(refusal="no range")
    torso_m = config.torso_mm / 1000.0
    ranges = body_ranges(body, broken, config)
    if ranges.body_mm > config.lane_reach_mm:
        return Solution(refusal="beyond the lane")
    half_cone_m = config.cone_half_width_m(ranges.body_mm / 1000.0)
    half_cover_m = math.hypot(half_cone_m, torso_m / 2.0)
    speed, speed_log_sd = _likely_speed(broken)

    shortest_s, longest_s = _duration_bounds(broken, span)
    # Somebody who dawdled may still pass the line at the gait's full speed; nobody passes it much faster than both.
    fastest = min(_FASTEST_MPS, max(_SURGE * broken.mean_speed_mps, _GAIT_SURGE * broken.fastest_mps))
    if longest_s < (torso_m + half_cone_m) / fastest:
        return Solution(refusal="too brief for a torso")
    cover = cover_of(broken, body, ranges, origin_ns)
    usual_s = 2.0 * _FOOT * half_cover_m / speed
    if not broken.over or shortest_s > _STOPPED * usual_s + 2.0 * broken.period_s:
        return _leading_edge(broken, span, cover, half_cone_m, speed)
    if cover.peak < _LEAST_COVER * expected_cover(ranges.body_mm / 1000.0, config):
        return Solution(refusal="too slender for a torso")
    duration_s, hits_s = (shortest_s + longest_s) / 2.0, (0.0, shortest_s)
    outline = Outline(half_cover_m, speed, speed_log_sd, broken.period_s, broken.budget_s, duration_s, hits_s)
    found = fit_cover(first_body(cover), outline)
    if found.speed_mps > _CLEARLY * fastest:
        return Solution(refusal="too fast for a torso")
    back_s = found.middle_s - torso_m / 2.0 / found.speed_mps
    body_s = (_BODY_SD_M + _BODY_SD_S * found.speed_mps) / found.speed_mps
    torso_s = config.torso_sd_mm / 2000.0 / found.speed_mps
    # An error of the speed moves the half torso that is taken off; a deep chest looks like a slow one, which undoes
    # half of it.
    half_torso_s = 0.5 * torso_m / 2.0 / found.speed_mps * found.log_speed_sd
    sd_s = math.hypot(found.middle_sd_s, body_s, torso_s, half_torso_s)
    return Solution(origin_ns + round(back_s * 1e9), round(NORMAL_95 * sd_s * 1e9), found.speed_mps)


def _likely_speed(broken: Break) -> tuple[float, float]:
    """Speed at the line and one standard deviation of its logarithm, before the break is looked at.

    The mean speed since the go tells it, except of somebody so late that they must have stood still on the way.
    """
    likely = _FINISH_SPEED_SHARE * broken.mean_speed_mps
    dawdling = 1.5 * broken.slowest_mps
    if likely < dawdling:
        return max(dawdling, _SLOWEST_MPS), _DAWDLER_LOG_SD
    return min(_FASTEST_MPS * 0.9, max(_SLOWEST_MPS, likely)), _SPEED_LOG_SD


def _spans(broken: Break) -> list[_Span]:
    """Stretches of hits; a doubtful reading between two hits does not split them, an open one does."""
    spans: list[_Span] = []
    first = last = -1
    for index, entry in enumerate(broken.entries):
        if entry.hit:
            if first < 0:
                first = index
            last = index
        elif first >= 0 and is_open(entry, broken.wall_mm):
            spans.append(_Span(first, last))
            first = -1
    if first >= 0:
        spans.append(_Span(first, last))
    return spans


def _torso(spans: Sequence[_Span], entries: Sequence[BeamEntry]) -> _Span:
    """The longest stretch is the torso, elbows and heels are shorter; of two bodies the first one is the runner."""

    def length(span: _Span) -> float:
        return entries[span.last].t_ns - entries[span.first].t_ns + 1e6 * (span.last - span.first + 1)

    longest = max(length(span) for span in spans)
    return next(span for span in spans if length(span) >= 0.75 * longest)


def _duration_bounds(broken: Break, span: _Span) -> tuple[float, float]:
    """Shortest and longest time the beam can have been broken, in seconds."""
    entries, period_s = broken.entries, broken.period_s
    first_ns, last_ns = entries[span.first].t_ns, entries[span.last].t_ns
    before = next((e.t_ns for e in reversed(entries[: span.first]) if is_open(e, broken.wall_mm)), None)
    after = next((e.t_ns for e in entries[span.last + 1 :] if is_open(e, broken.wall_mm)), None)
    start = before if before is not None else first_ns - round(period_s * 1e9)
    end = after if after is not None else last_ns + round(period_s * 1e9)
    return (last_ns - first_ns) / 1e9, (end - start) / 1e9


def _leading_edge(broken: Break, span: _Span, cover: Cover, half_cone_m: float, speed: float) -> Solution:
    """Somebody stopped in the beam: only the edge at which they came in tells of the finish.

    The back is on the axis when the cover has nearly reached what it stays at; without a measure of the cover, half a
    cone after the edge.
    """
    entries = broken.entries
    first_ns = entries[span.first].t_ns
    risen = None if cover.source == "presence" else _rise_s(cover)
    if risen is not None:
        half_s, nearly_s, full_s = risen
        sd_s = math.hypot((full_s - half_s) / 2.0, broken.period_s / math.sqrt(12.0))
        return Solution(first_ns + round(nearly_s * 1e9), round(NORMAL_95 * sd_s * 1e9), speed)
    before = next((e.t_ns for e in reversed(entries[: span.first]) if is_open(e, broken.wall_mm)), None)
    gap_s = (first_ns - before) / 1e9 if before is not None else broken.period_s
    lead_s = 0.8 * half_cone_m / speed
    back_s = -gap_s / 2.0 + lead_s
    sd_s = math.hypot(gap_s / math.sqrt(12.0), 0.4 * lead_s)
    return Solution(first_ns + round(back_s * 1e9), round(NORMAL_95 * sd_s * 1e9), speed)


def _rise_s(cover: Cover) -> tuple[float, float, float] | None:
    """When the cover rose to half, four fifths and nearly all of what it stays at, from the break's first hit."""
    looks = cover.looks
    stays = sorted(look.cover for look in looks if look.cover > 0.3)
    if len(stays) < 4:
        return None
    level = stays[len(stays) // 2]
    times = []
    for share in (0.5, 0.8, 0.95):
        reached = next((i for i, look in enumerate(looks) if look.cover >= share * level), None)
        if reached is None:
            return None
        at, upper = looks[reached], looks[reached].cover
        if reached == 0 or upper <= looks[reached - 1].cover:
            times.append(at.t_s)
            continue
        lower = looks[reached - 1]
        part = (share * level - lower.cover) / (upper - lower.cover)
        times.append(lower.t_s + part * (at.t_s - lower.t_s))
    return times[0], times[1], times[2]
