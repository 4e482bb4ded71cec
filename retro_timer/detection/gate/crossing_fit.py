"""When the back reached a gate's axis, from the whole break of the beam and not from its first reading.

A cone-shaped beam and a body of known depth make a break that is the same forward and backward in time around the
instant at which the middle of the torso stands on the axis; the back was there half a torso earlier. Here a break is
looked through: which stretch of it is the torso, whether a torso can have made it at all, and how much of the beam was
covered at each reading. `cover_fit` finds the middle of that.
"""

from __future__ import annotations

import itertools
import math

import msgspec

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.gate.beam import THIN_DEG, is_open
from retro_timer.detection.gate.cover_kinds import LIT
from retro_timer.detection.gate.occlusion import cover_of, expected_cover, first_body
from retro_timer.detection.gate.occlusion_fit import Cover, Fit, Outline, fit_cover
from retro_timer.detection.gate.phantom_pair import ragged, without_pair
from retro_timer.detection.gate.thin_beam import solve_thin
from retro_timer.detection.gate.torso import Torso, duration_bounds_s, fastest_mps, find_torso, is_lit
from retro_timer.detection.gate.unlit_fit import fit_unlit
from retro_timer.detection.passages import Break
from retro_timer.detection.people import FASTEST_MPS
from retro_timer.detection.solution import NORMAL_95, Solution

TOO_FAST = "too fast for a torso"
_SLOWEST_MPS = 0.25
"""Below the slowest walk (0.3 m/s, docs/sources.md): whoever is slower has stopped."""
_SPEED_LOG_SD = 0.25
"""Speed at the line against the mean speed on the way to it, of who slowed down or sped up: less trusts the way then,
more leaves the speed to the break's own length, which a deep chest lengthens as well. Most keep their pace
(`occlusion_fit`)."""
_WENT_ON = 1.5
"""So many times the slow end of a gait is the likely speed of who stood still and went on: less takes them for slower
than most, more for faster."""
_DAWDLER_LOG_SD = 0.6
"""So wide that the readings decide alone: within a factor of 1.8, from a walk to a jog."""
_CLEARLY = 1.1
"""The fit's own doubt of the speed is 14 %; less refuses bodies, more times arms."""
_HOLE_PERIODS = 1.6
"""Readings farther apart than this lack one between them: above one period with its jitter, below two."""
_LEAST_COVER = 0.5
"""A body that covers less than this share of what a torso covers is an arm: more refuses bodies at the beam's rim, less
times arms."""
_FOOT = 1.6
"""Half of a break against the half-width of the cover at half its height, where a tenth of the cover is seen."""
_STOPPED = 2.6
"""A break so many times the usual is somebody who stopped in the beam: more fits a passage to who stood, less times who
only slowed down by their edge alone."""
_WAY_IN_M = 0.25
"""An arm's reach before the back and half a trunk: more takes who stands for a long trunk, less tells an arm's edge
from a trunk's by too few readings."""
_BODY_SD_M = 0.010
"""What bodies do that a symmetric break cannot show: arms that swing to either side, sway, a turned trunk. One standard
deviation of the back's place, and below its growth with speed, as the accuracy benchmark's physics gives them."""
_BODY_SD_S = 0.0022
"""Less states intervals that miss runners, more states wider ones than is true."""
LIT_BODY_SD_M = 0.016
"""By light, which weighs the whole body, it grows no more from a fast jog on: arms are only so long. Simulated runners
at 100 readings a second showed 12 to 18 mm by one law of blending or the other; a range alone follows whichever arm is
nearest, and grows on. Less misses runners, more states wider intervals than is true."""


class Examined(msgspec.Struct, frozen=True):
    """What a break was found to be, before a moment is made of it."""

    refusal: str = ""
    """Why no torso makes it; empty for a body."""
    torso: Torso | None = None
    cover: Cover | None = None
    """How much of the beam was covered at each reading, in seconds from the torso's first hit."""
    alone: Cover | None = None
    """The same without whoever came close behind."""
    fit: Fit | None = None
    """The outline that fits; None for somebody who stopped in the beam, and for what was refused before."""
    speed_mps: float = 0.0
    """Likely speed at the line, before the break is looked at."""
    crowded: bool = False
    """Whether somebody came close behind."""
    thin: Solution | None = None
    """What a thin beam gives: it has no outline of a cover."""


def examine(broken: Break, config: WatchConfig) -> Examined:
    """Find the torso in a break and the outline that fits it. Never raises.

    Of several on the course nobody knows whose body it is: what is none at the likeliest pace, or another speed than
    that by far, may be one at another's.
    """
    likeliest = _examine_at_pace(broken, config)
    if _off_pace(likeliest) <= _SPEED_LOG_SD or (likeliest.fit is None and not likeliest.refusal):
        return likeliest
    others = [msgspec.structs.replace(broken, mean_speed_mps=speed_mps) for speed_mps in broken.other_speeds_mps]
    return min((likeliest, *(_examine_at_pace(other, config) for other in others)), key=_off_pace)


def _off_pace(seen: Examined) -> float:
    """How far the speed of a break is from the pace at which it was looked at, as a logarithm; of nobody, endless."""
    if seen.refusal:
        return math.inf
    if seen.fit is None:
        # Who came at a much slower pace than this seems to have stopped in the beam; a thin one has no outline.
        return math.log(_STOPPED)
    return abs(math.log(seen.fit.speed_mps / seen.speed_mps))


def _examine_at_pace(broken: Break, config: WatchConfig) -> Examined:
    torso = find_torso(broken, config)
    if torso is None or torso.doubt:
        return Examined("no range" if torso is None else torso.doubt)
    broken, ranges = torso.broken, torso.ranges
    half_cover_m = math.hypot(_half_cone_m(torso, config), config.torso_mm / 2000.0)
    speed, speed_log_sd = _likely_speed(broken)
    shortest_s, longest_s = duration_bounds_s(torso)
    cover = cover_of(broken, (torso.first, torso.last), ranges, broken.entries[torso.first].t_ns)
    usual_s = 2.0 * _FOOT * half_cover_m / speed
    stopped = not broken.over or shortest_s > _STOPPED * usual_s + 2.0 * broken.period_s
    if config.fov_deg <= THIN_DEG:
        seen = _way_in(torso, speed) if stopped else torso
        solved = solve_thin(seen, config, speed, speed_log_sd, stopped=stopped)
        return Examined(solved.refusal, torso, cover, speed_mps=speed, thin=solved)
    if stopped:
        return Examined("", torso, cover, speed_mps=speed)
    if cover.peak < _LEAST_COVER * expected_cover(ranges.body_mm / 1000.0, config):
        return Examined("too slender for a torso", torso, cover)
    duration_s, hits_s, half_torso_m = (shortest_s + longest_s) / 2.0, (0.0, shortest_s), config.torso_mm / 2000.0
    outline = Outline(
        half_cover_m,
        speed,
        speed_log_sd,
        broken.period_s,
        broken.budget_s,
        duration_s,
        hits_s,
        half_torso_m,
        way_known=broken.way_known and not broken.dawdled,
    )
    alone = first_body(cover)
    most_mps = _CLEARLY * fastest_mps(broken)
    found = fit_cover(alone, outline) if is_lit(torso) else fit_unlit(alone, outline, most_mps)
    crowded = len(alone.looks) < len(cover.looks)
    if is_lit(torso):
        alone, found = without_pair(alone, outline, found)
    refusal = TOO_FAST if found.speed_mps > most_mps else ""
    return Examined(refusal, torso, cover, alone, found, speed, crowded=crowded)


def solve(broken: Break, config: WatchConfig) -> Solution:
    """Find the back's moment in a break. Never raises; a break that no torso makes comes back as a refusal."""
    seen = examine(broken, config)
    if seen.refusal or seen.torso is None or seen.cover is None:
        return Solution(refusal=seen.refusal)
    if seen.thin is not None:
        return seen.thin
    if seen.fit is None or seen.alone is None:
        return _leading_edge(seen.torso, seen.cover, _half_cone_m(seen.torso, config), seen.speed_mps)
    found, broken = seen.fit, seen.torso.broken
    half_torso_m = config.torso_mm / 2000.0
    back_s = found.middle_s - half_torso_m / found.speed_mps
    lit = seen.cover.source in LIT
    shape_s = shape_sd_s(found.speed_mps, config, most_m=LIT_BODY_SD_M if lit else math.inf)
    # An error of the speed moves the half torso that is taken off; a deep chest looks like a slow one, which undoes
    # half of it.
    half_torso_s = 0.5 * half_torso_m / found.speed_mps * found.log_speed_sd
    # An edge that fell between readings may lie anywhere there, and the middle goes with it by half.
    holes_s = _holes_s(seen.torso) / 2.0 / math.sqrt(12.0)
    sd_s = math.hypot(found.middle_sd_s, shape_s, half_torso_s, holes_s)
    # Without the reading that moves it most the moment is another one, and that is no better known than this one.
    half_width_s = max(NORMAL_95 * sd_s, found.moved_s + sd_s)
    origin_ns = broken.entries[seen.torso.first].t_ns
    return Solution(
        origin_ns + round(back_s * 1e9),
        round(half_width_s * 1e9),
        found.speed_mps,
        middle_ns=origin_ns + round(found.middle_s * 1e9),
        middle_sd_s=math.hypot(found.middle_sd_s, holes_s),
        speed_log_sd=found.log_speed_sd,
        moved_s=found.moved_s,
        ragged=ragged(seen.alone, found) if lit else 0.0,
        crowded=broken.before_others or seen.crowded,
    )


def shape_sd_s(speed_mps: float, config: WatchConfig, most_m: float = math.inf) -> float:
    """One standard deviation of the back's moment, in seconds, by what no reading shows: how deep this chest is, and
    where arms and sway have the back while the middle passes, `most_m` at the most.
    """
    body_m = min(most_m, _BODY_SD_M + _BODY_SD_S * speed_mps)
    return math.hypot(body_m, config.torso_sd_mm / 2000.0) / speed_mps


def _half_cone_m(torso: Torso, config: WatchConfig) -> float:
    return config.cone_half_width_m(torso.ranges.body_mm / 1000.0)


def _likely_speed(broken: Break) -> tuple[float, float]:
    """Speed at the line and one standard deviation of its logarithm, before the break is looked at.

    The mean speed since the go tells it, except of somebody who stood still on the way.
    """
    if broken.dawdled:
        return max(_WENT_ON * broken.slowest_mps, _SLOWEST_MPS), _DAWDLER_LOG_SD
    return min(FASTEST_MPS * 0.9, max(_SLOWEST_MPS, broken.mean_speed_mps)), _SPEED_LOG_SD


def _holes_s(torso: Torso) -> float:
    """How long readings are missing in the break or beside it."""
    entries = torso.broken.entries[max(0, torso.first - 2) : torso.last + 3]
    gaps_s = [(b.t_ns - a.t_ns) / 1e9 for a, b in itertools.pairwise(entries)]
    return sum(gap_s - torso.broken.period_s for gap_s in gaps_s if gap_s > _HOLE_PERIODS * torso.broken.period_s)


def _way_in(torso: Torso, speed: float) -> Torso:
    """Who stopped in a thin beam, as far as their way in shows them: arms that lead and the near half of the trunk."""
    entries = torso.broken.entries
    until_ns = entries[torso.first].t_ns + round(_WAY_IN_M / speed * 1e9)
    last = max(i for i in range(torso.first, torso.last + 1) if entries[i].hit and entries[i].t_ns <= until_ns)
    broken = msgspec.structs.replace(torso.broken, entries=entries[: last + 1])
    return msgspec.structs.replace(torso, broken=broken, last=last)


def _leading_edge(torso: Torso, cover: Cover, half_cone_m: float, speed: float) -> Solution:
    """Somebody stopped in the beam: only the edge at which they came in tells of the finish.

    The back is on the axis when the cover has nearly reached what it stays at; without a measure of the cover, half a
    cone after the edge.
    """
    broken = torso.broken
    entries = broken.entries
    first_ns = entries[torso.first].t_ns
    risen = None if cover.source == "presence" else _rise_s(cover)
    if risen is not None:
        half_s, nearly_s, full_s = risen
        sd_s = math.hypot((full_s - half_s) / 2.0, broken.period_s / math.sqrt(12.0))
        return Solution(first_ns + round(nearly_s * 1e9), round(NORMAL_95 * sd_s * 1e9), speed)
    before = next((e.t_ns for e in reversed(entries[: torso.first]) if is_open(e, broken.wall_mm)), None)
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
