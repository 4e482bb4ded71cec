"""The line's moment from that of a beam which stands before or beyond it (`offset_mm`)."""

from __future__ import annotations

import math

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.solution import NORMAL_95, Solution

UNKNOWN_LOG_SD = 0.25
"""Of a speed that the break did not tell: the way's mean speed against that at the line, as in crossing_fit. More
widens intervals for nothing, less promises a speed that nobody read."""


def at_line(solved: Solution, config: WatchConfig) -> Solution:
    """A beam's moment moved to the line, by the speed that its own break tells, which widens the interval."""
    offset_m = config.offset_mm / 1000.0
    if not offset_m or solved.refusal:
        return solved
    moved_s = offset_m / solved.speed_mps
    moved_sd_s = abs(moved_s) * (solved.speed_log_sd or UNKNOWN_LOG_SD)
    return Solution(
        solved.back_ns - round(moved_s * 1e9),
        round(math.hypot(solved.uncertainty_ns / 1e9, NORMAL_95 * moved_sd_s) * 1e9),
        solved.speed_mps,
        crowded=solved.crowded,
    )
