"""When the back reached a gate's axis, from the whole break of the beam and not from its first reading.

A cone-shaped beam and a body of known depth make a break that is the same forward and backward in time around the
instant at which the middle of the torso stands on the axis; the back was there half a torso earlier. So the whole
break is compared with the break that a torso at a given moment and speed would make, and the answer is the mean of
what fits, weighted by how well it fits; its spread is the uncertainty.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.readings import Kind
from retro_timer.detection.solution import NORMAL_95, Solution

_FASTEST_MPS = 9.0
_SLOWEST_MPS = 0.15
_FINISH_SPEED_SHARE = 1.1
"""Speed at the line against the mean from the go: reaction and acceleration are behind the runner."""
_FINISH_SPEED_LOG_SD = 0.30
_SURGE = 1.6
"""More than this times the mean speed nobody has at the line..."""
_GAIT_SURGE = 1.3
"""... unless the gait's own fast end, with this margin, is more."""
_DEGREES_OF_FREEDOM = 4.0
_COVER_95 = 0.95


class BeamEntry(msgspec.Struct, frozen=True, gc=False):
    """One reading in or beside a break."""

    t_ns: int
    kind: Kind
    hit: bool
    """A believed target in front of the background."""
    range_mm: int | None
    signal_kcps: float | None


class Break(msgspec.Struct, frozen=True):
    """All that is known of one passage through the beam."""

    entries: Sequence[BeamEntry]
    wall_mm: float | None
    """Range of the background; None for an open field."""
    open_signal_kcps: float
    """What the background alone returns; 0 when unknown."""
    period_s: float
    budget_s: float
    mean_speed_mps: float
    """Distance over time since the go: what the runner did on the way to the line."""
    fastest_mps: float
    """Fast end of the runner's gait."""
    over: bool
    """False when somebody is still standing in the beam."""


class _Span(msgspec.Struct, frozen=True):
    """One stretch of hits: indices into the entries, both included."""

    first: int
    last: int


class _Shape(msgspec.Struct, frozen=True, gc=False):
    """A break as a trapezoid over the torso's way: half its foot, and the length of its flank, in metres."""

    half_foot_m: float
    flank_m: float
    weight: float


class _Look(msgspec.Struct, frozen=True, gc=False):
    """One reading as a share of full cover (0 to about 1) at a time in seconds from the break's first hit."""

    t_s: float
    cover: float


def solve(broken: Break, config: WatchConfig) -> Solution:
    """Find the back's moment in a break. Never raises; a break that no torso makes comes back as a refusal."""
    spans = _spans(broken)
    span = _torso(spans, broken.entries)
    entries = broken.entries
    origin_ns = entries[span.first].t_ns
    ranges = sorted(e.range_mm for e in entries[span.first : span.last + 1] if e.hit and e.range_mm is not None)
    if not ranges:
        return Solution(refusal="no range")
    near_m = ranges[(len(ranges) - 1) // 4] / 1000.0
    half_cone_m = config.cone_half_width_m(near_m)
    torso_m = config.torso_mm / 1000.0
    speed = min(_FASTEST_MPS * 0.9, max(0.25, _FINISH_SPEED_SHARE * broken.mean_speed_mps))

    shortest_s, longest_s = _duration_bounds(broken, span)
    usual_s = (torso_m + 1.7 * half_cone_m) / speed
    # Somebody who dawdled may still pass the line at the gait's full speed; nobody passes it much faster than both.
    fastest = min(_FASTEST_MPS, max(_SURGE * broken.mean_speed_mps, _GAIT_SURGE * broken.fastest_mps))
    if longest_s < (torso_m + half_cone_m) / fastest:
        return Solution(refusal="too brief for a torso")
    if not broken.over or shortest_s > 2.6 * usual_s + 2.0 * broken.period_s:
        return _leading_edge(broken, span, half_cone_m, speed)
    looks, by_signal = _looks(broken, span, near_m, origin_ns)
    shapes = _signal_shapes(torso_m, half_cone_m) if by_signal else _range_shapes(torso_m, half_cone_m)
    points = _posterior(looks, shapes, broken, speed, by_signal, (longest_s + shortest_s) / 2.0)
    return _summary(points, origin_ns, config)


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


def is_open(entry: BeamEntry, wall_mm: float | None) -> bool:
    """Whether the beam was seen to be free: its wall, or nothing where there is none.

    Nothing where a wall should be is no open beam: something hides the wall and returns too little.
    """
    if entry.hit:
        return False
    return entry.kind is Kind.TARGET or (entry.kind is Kind.NOTHING and wall_mm is None)


def _leading_edge(broken: Break, span: _Span, half_cone_m: float, speed: float) -> Solution:
    """Somebody stopped in the beam: only the edge at which they came in tells of the finish."""
    entries = broken.entries
    first_ns = entries[span.first].t_ns
    before = next((e.t_ns for e in reversed(entries[: span.first]) if is_open(e, broken.wall_mm)), None)
    gap_s = (first_ns - before) / 1e9 if before is not None else broken.period_s
    lead_s = 0.8 * half_cone_m / speed
    back_s = -gap_s / 2.0 + lead_s
    sd_s = math.hypot(gap_s / math.sqrt(12.0), 0.4 * lead_s)
    return Solution(first_ns + round(back_s * 1e9), round(NORMAL_95 * sd_s * 1e9), speed)


def _looks(broken: Break, span: _Span, near_m: float, origin_ns: int) -> tuple[list[_Look], bool]:
    """Cover of the cone by the body at each reading, by signal where it is recorded, else by range."""
    entries = broken.entries
    body = [e for e in entries[span.first : span.last + 1] if e.hit]
    signals = sorted(e.signal_kcps for e in body if e.signal_kcps is not None)
    floor = broken.open_signal_kcps
    full = sum(signals[-max(1, len(signals) // 3) :]) / max(1, len(signals) // 3) if signals else 0.0
    by_signal = len(signals) == len(body) and len(body) >= 3 and full > 1.5 * floor
    looks = []
    for entry in entries:
        t_s = (entry.t_ns - origin_ns) / 1e9
        if entry.hit:
            if by_signal:
                cover = ((entry.signal_kcps or 0.0) - floor) / (full - floor)
            elif broken.wall_mm is not None and entry.range_mm is not None:
                cover = (broken.wall_mm - entry.range_mm) / (broken.wall_mm - near_m * 1000.0)
            else:
                cover = 1.0
            looks.append(_Look(t_s, min(1.3, max(0.0, cover))))
        elif is_open(entry, broken.wall_mm):
            looks.append(_Look(t_s, 0.0))
    return looks, by_signal


def _signal_shapes(torso_m: float, half_cone_m: float) -> list[_Shape]:
    """Signal grows with the share of the cone that is covered."""
    shapes = []
    for share, weight in ((0.7, 0.5), (0.85, 1.0), (1.0, 1.0)):
        cone_m = 2.0 * half_cone_m * share
        shapes.append(_Shape((torso_m + cone_m) / 2.0, max(0.02, min(torso_m, cone_m)), weight))
    return shapes


def _range_shapes(torso_m: float, half_cone_m: float) -> list[_Shape]:
    """A range jumps as soon as enough of the cone is covered; how much is enough is not known."""
    return [
        _Shape((torso_m + 2.0 * half_cone_m * share + flank_m) / 2.0, flank_m, weight)
        for share, weight in ((0.3, 0.4), (0.6, 0.8), (0.8, 1.0), (0.95, 1.0))
        for flank_m in (0.03, 0.12)
    ]


def _posterior(
    looks: Sequence[_Look],
    shapes: Sequence[_Shape],
    broken: Break,
    speed: float,
    by_signal: bool,
    duration_s: float,
) -> list[tuple[float, float, float]]:
    """(middle_s, speed_mps, weight) over a grid that is narrowed once."""
    noise = 0.10 if by_signal else 0.16
    centre = sum(k.t_s * k.cover for k in looks) / max(1e-9, sum(k.cover for k in looks))
    reach = 0.8 * broken.period_s + 0.15 * duration_s + 0.05 / speed
    log_speeds = [k * _FINISH_SPEED_LOG_SD * 0.5 for k in range(-5, 6)]
    points = _grid(looks, shapes, broken, (centre, reach, 9), (speed, log_speeds), noise, by_signal)
    mean, sd = _moments([(m, w) for m, _, w in points])
    mean_log, sd_log = _moments([(math.log(v / speed), w) for _, v, w in points])
    step = reach / 4.0
    reach = max(3.0 * sd, 0.6 * step)
    sd_log = max(sd_log, 0.04)
    log_speeds = [mean_log + k * sd_log * 0.55 for k in range(-4, 5)]
    return _grid(looks, shapes, broken, (mean, reach, 17), (speed, log_speeds), noise, by_signal)


def _grid(
    looks: Sequence[_Look],
    shapes: Sequence[_Shape],
    broken: Break,
    middles: tuple[float, float, int],
    speeds: tuple[float, Sequence[float]],
    noise: float,
    by_signal: bool,
) -> list[tuple[float, float, float]]:
    centre, reach, count = middles
    scored = []
    for log_speed in speeds[1]:
        speed = speeds[0] * math.exp(log_speed)
        if not _SLOWEST_MPS <= speed <= _FASTEST_MPS * 1.2:
            continue
        prior = -0.5 * (log_speed / _FINISH_SPEED_LOG_SD) ** 2
        blur_m = speed * broken.budget_s
        for shape in shapes:
            flank = math.hypot(shape.flank_m, blur_m)
            half_foot = shape.half_foot_m + (flank - shape.flank_m) / 2.0
            base = prior + math.log(shape.weight)
            for index in range(count):
                middle = centre + reach * (2.0 * index / (count - 1) - 1.0)
                fit = _log_likelihood(looks, middle, speed, half_foot, flank, noise, by_signal)
                scored.append((middle, speed, base + fit))
    best = max(s for _, _, s in scored)
    return [(m, v, math.exp(s - best)) for m, v, s in scored if s > best - 14.0]


def _log_likelihood(
    looks: Sequence[_Look],
    middle: float,
    speed: float,
    half_foot: float,
    flank: float,
    noise: float,
    scale: bool,
) -> float:
    expected = []
    for look in looks:
        share = (half_foot - abs(look.t_s - middle) * speed) / flank
        expected.append(0.0 if share <= 0.0 else min(share, 1.0))
    height = 1.0
    if scale:
        squares = sum(e * e for e in expected)
        if squares > 0.0:
            height = sum(e * k.cover for e, k in zip(expected, looks, strict=True)) / squares
            height = min(1.5, max(0.7, height))
    total = 0.0
    for e, look in zip(expected, looks, strict=True):
        z = (look.cover - height * e) / noise
        total += math.log1p(z * z / _DEGREES_OF_FREEDOM)
    return -(_DEGREES_OF_FREEDOM + 1.0) / 2.0 * total


def _moments(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    total = sum(w for _, w in points)
    mean = sum(x * w for x, w in points) / total
    return mean, math.sqrt(max(0.0, sum(w * (x - mean) ** 2 for x, w in points) / total))


def _summary(points: Sequence[tuple[float, float, float]], origin_ns: int, config: WatchConfig) -> Solution:
    """Mean of the back's moment and the half-width that holds 95 % of the weight, the torso's own spread included."""
    half_torso_m = config.torso_mm / 2000.0
    backs = [(middle - half_torso_m / speed, w) for middle, speed, w in points]
    mean, sd = _moments(backs)
    speed, _ = _moments([(v, w) for _, v, w in points])
    total = sum(w for _, w in backs)
    held, half_width = 0.0, 0.0
    for error, weight in sorted((abs(b - mean), w) for b, w in backs):
        held += weight
        half_width = error
        if held >= _COVER_95 * total:
            break
    half_width = max(half_width, 1.2 * sd)
    torso_s = config.torso_sd_mm / 2000.0 / speed
    uncertainty = math.hypot(half_width, NORMAL_95 * torso_s)
    return Solution(origin_ns + round(mean * 1e9), round(uncertainty * 1e9), speed)
