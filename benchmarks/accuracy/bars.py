"""What is asked of the times, and of which reps."""

from __future__ import annotations

from benchmarks.accuracy.passages import Timed
from benchmarks.physics.blending import Law
from benchmarks.physics.sensor import LEAST_SIGNAL_KCPS
from retro_timer.training.gaits import Gait

ASKED_HZ = (25.0, 41.0)
"""The rates at which full records are held to their bars."""
BIAS_FROM_HZ = 25.0
WITHIN = 0.95
COVERED = (0.93, 0.98)
"""Over both laws."""
COVERED_EITHER = 0.91
"""With one law alone, at least."""
TIMES = 3.0
"""An error of so many times the stated interval is one that nobody was warned of."""
MOST_OVER = {"full": 1 / 10_000, "range": 1 / 1_000}
MOST_OVER_PHANTOM = 1 / 500
JUDGED_REPS = {"full": 30_000, "range": 10_000}
"""Reps that it takes to judge that: enough for some to be found at the limit."""
FULL_PERIODS, LEAST_PERIODS = 4.0, 2.5
MOST_MISSED_FULL, MOST_MISSED_BRIEF = 1 / 5_000, 1 / 200
FALSE_M = 0.35
"""A finish farther than this from the truth was made by something else than the torso and the arms beside it."""
_BIAS_S, _BIAS_M = 0.004, 0.01
_ERROR_M = {Gait.WALK: 0.035, Gait.JOG: 0.035, Gait.RUN: 0.03}
_LAW: dict[Law, float] = {"average": 1.0, "nearest": 1.5}


def error_limit_s(gait: Gait, rate_hz: float, law: Law, speed_mps: float) -> float:
    """Half a period, or what a body of that speed goes in 3.5 cm (run: 3 cm); half more with the second law."""
    return _LAW[law] * max(0.5 / rate_hz, _ERROR_M[gait] / speed_mps)


THIN_HZ = (100.0, 250.0)
THIN_M = 0.025


def thin_limit_s(rate_hz: float, speed_mps: float) -> float:
    """A thin beam: one period, or what a body of that speed goes in 2.5 cm."""
    return max(1.0 / rate_hz, THIN_M / speed_mps)


def bias_limit_s(speed_mps: float) -> float:
    """4 ms or 1 cm."""
    return max(_BIAS_S, _BIAS_M / speed_mps)


def fully_seen(timed: Timed) -> bool:
    """Whether a miss is all but forbidden: four periods, and at its peak twice the least signal."""
    return timed.seen_periods >= FULL_PERIODS and timed.peak_kcps >= 2.0 * LEAST_SIGNAL_KCPS


def briefly_seen(timed: Timed) -> bool:
    """Whether a miss should be rare: two and a half to four periods."""
    return LEAST_PERIODS <= timed.seen_periods < FULL_PERIODS


def over(timed: Timed) -> bool:
    """Whether the error is more than three times what was stated."""
    return timed.error_s is not None and abs(timed.error_s) > TIMES * timed.stated_s
