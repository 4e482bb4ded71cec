"""When the back reached a line that two beams watch, one behind the other along the lane.

Each beam gives the moment at which the middle of the torso was on its axis; the way between them over the time between
them is the speed. Both moments and what each break's length says of the speed are joined by least squares, in slowness
(seconds a metre), where all of it is linear.

The back is on the line while the middle is half a torso before it. Between two beams that is read off, and a speed
that is off moves it by little: with the first 200 or 300 mm before the line and the second on it, the error is 0.8 to
0.9 of one beam's root mean square (600 simulated passages). With the first on the line and the second beyond it, both
moments are past that place and their errors grow on the way back to it: that comes to 0.95 to 1.06, and to no less with
300 to 600 mm between them. What both have in common, how deep this chest is and the swing of its arms, stays.
"""

from __future__ import annotations

import math

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.gate.crossing_fit import shape_sd_s
from retro_timer.detection.gate.line_offset import UNKNOWN_LOG_SD
from retro_timer.detection.gate.thin_beam import EDGE_SD_M
from retro_timer.detection.solution import NORMAL_95, Solution

Pair = tuple[float, float]
WRONG_WAY = "the wrong way"
NOT_ONE = "not one body's way"
SURELY_SDS = (-5.0, 5.0)
"""Of what lies between two moments against what the speed by the breaks' length lets expect, sooner and later: phantoms
are anywhere. For what is too bright for an arm: less loses runners."""
MAYBE_SDS = (-3.5, 2.5)
"""Where nothing tells an arm's light from a trunk's, before a wall. An arm is thinner than a trunk, so that it is
slower on the way between the beams than its breaks' length says: of 80 arms that were swept through both 60 came later
than this, of 1,100 passages before a wall that averages none. Wider times arms, narrower loses runners."""
DIM_SDS = (-3.5, 1.5)
"""For what is as dim as an arm in the open field: of dark cloth one passage in 50 is later, of arms nine of ten."""
_SPAN_SD_S = 0.02
"""One standard deviation between the middles of two stretches of readings: each begins and ends between two of them, at
the 24 ms of a VL53L1X."""

_USUAL_SDS = 1.5
"""Times what both breaks state of the speed: they err alike, by one chest and one pair of arms, and were off by 0.15 to
0.17 in 1,600 simulated breaks that stated 0.10 to 0.13. Less trusts the chest more than the way between the beams."""
_MIDDLE_SD_M = 0.015
"""No break tells the middle better, whatever its readings state: arms swing to either side, and a trunk sways by 5 to
15 mm. Less lets one half overrule the other."""
_LEAST_LOG_SD = 0.01
"""No break tells the speed better than to a hundredth: less would overrule the way between the beams."""
_LEAST_SLOWNESS = 0.05
"""Seconds a metre, of 20 m/s: whoever seems faster is not slower for it."""
_LEAST_SD_S = 0.001
"""No reading tells a moment better: half its own error of a clock and of the integration's middle."""


def join(
    near: Solution, far: Solution, near_config: WatchConfig, far_config: WatchConfig, sds: Pair = SURELY_SDS
) -> Solution | None:
    """The back's moment at the line, from two halves that both saw a torso's middle; None where one of them did not.

    `near` is the half that is reached first in the direction of travel; `sds` bounds how much sooner and later the
    other one may be than the speed lets expect. Who walks the other way is a refusal.
    """
    if near.middle_ns is None or far.middle_ns is None:
        return None
    if far.middle_ns <= near.middle_ns:
        return Solution(refusal=WRONG_WAY)
    way_m = (far_config.offset_mm - near_config.offset_mm) / 1000.0
    log_sd = max(_LEAST_LOG_SD, math.sqrt((near.speed_log_sd**2 + far.speed_log_sd**2) / 2.0))
    usual = 1.0 / math.sqrt(near.speed_mps * far.speed_mps)
    least_s = _MIDDLE_SD_M * usual
    lag_s = (far.middle_ns - near.middle_ns) / 1e9
    lag_sd_s = math.hypot(max(least_s, near.middle_sd_s), max(least_s, far.middle_sd_s))
    if not _is_one_body(lag_s, lag_sd_s, way_m, 1.0 / usual, log_sd, sds):
        return Solution(refusal=NOT_ONE)
    # Both halves judge the length of a break by the same chest and the same way to the line: two say no more than one.
    times_ns, sds_s, half_m = _timed(near, far, (near.middle_ns, far.middle_ns), near_config, least_s)
    usual_sd = _USUAL_SDS * usual * log_sd
    fit = _Fit((near_config.offset_mm / 1000.0, far_config.offset_mm / 1000.0), sds_s, usual_sd)
    timed_s, slowness = fit.solve((0.0, (times_ns[1] - times_ns[0]) / 1e9), usual)
    speed_mps = 1.0 / max(_LEAST_SLOWNESS, slowness)
    says, usual_says = fit.says(half_m)
    read_sd_s = math.hypot(says[0] * sds_s[0], says[1] * sds_s[1], usual_says * usual_sd)
    if half_m:
        sd_s = math.hypot(read_sd_s, shape_sd_s(speed_mps, near_config))
    else:
        # Both see the same folds and arms: two say no more of the edge than the better one.
        sd_s = math.hypot(max(read_sd_s, min(sds_s)), EDGE_SD_M / speed_mps)
    # One reading moves one half, which has so much of the say.
    moved_s = max(abs(says[0]) * near.moved_s, abs(says[1]) * far.moved_s)
    return Solution(
        times_ns[0] + round((timed_s - half_m * slowness) * 1e9),
        round(max(NORMAL_95 * sd_s, moved_s + sd_s) * 1e9),
        speed_mps,
        crowded=near.crowded or far.crowded,
    )


def _timed(
    near: Solution, far: Solution, middles_ns: tuple[int, int], config: WatchConfig, least_s: float
) -> tuple[tuple[int, int], Pair, float]:
    """What both halves timed of the body: both moments, their standard deviations in seconds, and how many metres
    ahead of the back that is; no middle is known better than to `least_s`. Two thin beams show the back's edge, which
    is better known than the chest's depth.
    """
    if near.edge_sd_s is not None and far.edge_sd_s is not None:
        sds_s = max(_LEAST_SD_S, near.edge_sd_s), max(_LEAST_SD_S, far.edge_sd_s)
        return (near.back_ns, far.back_ns), sds_s, 0.0
    return middles_ns, (max(least_s, near.middle_sd_s), max(least_s, far.middle_sd_s)), config.torso_mm / 2000.0


def follow(lag_s: float, solved: Solution, way_m: float, sds: Pair = SURELY_SDS) -> str:
    """Why two stretches of readings, the far beam's `lag_s` after the near one's, are not of one body that passes both
    with the speed of `solved`; empty where they may be.
    """
    if lag_s <= 0.0:
        return WRONG_WAY
    log_sd = solved.speed_log_sd or UNKNOWN_LOG_SD
    return "" if _is_one_body(lag_s, _SPAN_SD_S, way_m, solved.speed_mps, log_sd, sds) else NOT_ONE


def lean_together(lag_s: float, solved: Solution, lean_m: float) -> bool:
    """Whether two stretches of readings of beams above each other may be of one trunk that leans."""
    return abs(lag_s) <= lean_m / max(0.1, solved.speed_mps) + 2.0 * _SPAN_SD_S


def _is_one_body(lag_s: float, lag_sd_s: float, way_m: float, speed_mps: float, speed_log_sd: float, sds: Pair) -> bool:
    expected_s = way_m / max(0.1, speed_mps)
    sooner, later = sds
    return sooner <= (lag_s - expected_s) / math.hypot(lag_sd_s, expected_s * speed_log_sd) <= later


class _Fit:
    """Least squares of the middle's moment at the line and the slowness."""

    def __init__(self, offsets_m: Pair, sds_s: Pair, usual_sd: float) -> None:
        self._offsets_m = offsets_m
        self._weights = (1.0 / sds_s[0] ** 2, 1.0 / sds_s[1] ** 2)
        self._trust = 1.0 / usual_sd**2
        weighted = list(zip(self._weights, offsets_m, strict=True))
        self._total = sum(self._weights)
        self._lever = sum(w * o for w, o in weighted)
        self._spread = sum(w * o * o for w, o in weighted) + self._trust
        self._determinant = self._total * self._spread - self._lever * self._lever

    def solve(self, middles_s: Pair, usual: float) -> Pair:
        """The middle's moment at the line and the slowness."""
        moment = sum(w * m for w, m in zip(self._weights, middles_s, strict=True))
        product = sum(w * o * m for w, o, m in zip(self._weights, self._offsets_m, middles_s, strict=True))
        product += self._trust * usual
        middle_s = (self._spread * moment - self._lever * product) / self._determinant
        return middle_s, (self._total * product - self._lever * moment) / self._determinant

    def says(self, half_m: float) -> tuple[Pair, float]:
        """How far the back's moment goes with each half's middle, and with the usual slowness."""
        near, far = (
            weight * (self._spread - self._lever * offset_m - half_m * (self._total * offset_m - self._lever))
            for weight, offset_m in zip(self._weights, self._offsets_m, strict=True)
        )
        usual = -self._trust * (self._lever + half_m * self._total)
        return (near / self._determinant, far / self._determinant), usual / self._determinant
