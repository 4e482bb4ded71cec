"""The figures of one kind of rep."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import msgspec

from benchmarks.accuracy import bars
from benchmarks.accuracy.passages import ApproachJob, GateJob, Timed
from benchmarks.accuracy.shares import Share
from benchmarks.physics.blending import LAWS, Law
from retro_timer.training.gaits import Gait


class Cell(msgspec.Struct, frozen=True):
    """What one kind of rep is timed like."""

    name: str
    rate_hz: float
    law: Law
    reps: int
    bias_ms: float
    bias_mm: float
    bias_limit_ms: float
    p95_ms: float
    p95_limit_ms: float
    """Mean over the reps of the limit of each."""
    within: Share
    """Errors within that limit, rep by rep."""
    covered: Share
    """Truths inside the stated interval."""
    over: Share
    """Errors of more than three times the stated interval."""
    stated_ms: float
    missed_full: Share
    """Reps without a finish although the body gave four periods and twice the least signal."""
    missed_brief: Share
    """The same of bodies of two and a half to four periods."""
    twice: int
    false: int
    """Finishes more than 0.35 m of running from the truth."""
    alarms: int
    threshold_bias_ms: float
    threshold_p95_ms: float
    """First reading below a threshold, its own mean error taken off."""
    median_bias_ms: float
    median_p95_ms: float
    """gpiozero.DistanceSensor's median of nine on the same readings, its own mean error taken off."""
    worst: tuple[int, ...]
    """Seeds of the errors that were largest for what was stated, of those over three times it."""

    @property
    def place(self) -> str:
        """Its name without the law: cells of one place differ in nothing else."""
        return self.name.removesuffix(f", {self.law}")

    @property
    def ideal_p95_ms(self) -> float:
        """An ideal thin beam sampled at that rate: its error is spread evenly over a period."""
        return 1000.0 * 0.475 / self.rate_hz

    @property
    def bias_met(self) -> bool:
        """Whether the mean error is small enough."""
        return abs(self.bias_ms) <= self.bias_limit_ms

    @property
    def within_met(self) -> bool:
        """Whether enough errors are small enough."""
        return self.within.value >= bars.WITHIN


def gate_cell(job: GateJob, timed: Sequence[Timed]) -> Cell:
    """The figures of one cell of the gate, to which the job belongs."""
    wide = partial(bars.error_limit_s, job.gait, job.rate_hz, job.law)
    return _tally(job, job.law, partial(bars.thin_limit_s, job.rate_hz) if job.thin else wide, timed)


def approach_cell(job: ApproachJob, timed: Sequence[Timed]) -> Cell:
    """The figures of one cell of the lane-end or belt, to which the job belongs."""
    return _tally(job, LAWS[0], partial(bars.error_limit_s, Gait.RUN, job.rate_hz, LAWS[0]), timed)


def _tally(job: GateJob | ApproachJob, law: Law, limit_s: Callable[[float], float], timed: Sequence[Timed]) -> Cell:
    found = [(t, t.error_s) for t in timed if t.error_s is not None]
    errors = [error for _, error in found]
    limits = [limit_s(t.speed_mps) for t, _ in found]
    threshold = [t.threshold_s for t in timed if t.threshold_s is not None]
    median = [t.median_s for t in timed if t.median_s is not None]
    return Cell(
        name=job.cell,
        rate_hz=job.rate_hz,
        law=law,
        reps=len(timed),
        bias_ms=1000.0 * _mean(errors),
        bias_mm=1000.0 * _mean([error * t.speed_mps for t, error in found]),
        bias_limit_ms=1000.0 * _mean([bars.bias_limit_s(t.speed_mps) for t, _ in found]),
        p95_ms=1000.0 * p95(errors),
        p95_limit_ms=1000.0 * _mean(limits),
        within=_share(abs(e) <= limit for e, limit in zip(errors, limits, strict=True)),
        covered=_share(abs(error) <= t.stated_s for t, error in found),
        over=_share(bars.over(t) for t, _ in found),
        stated_ms=1000.0 * _mean([t.stated_s for t, _ in found]),
        missed_full=_share(t.finishes == 0 for t in timed if bars.fully_seen(t)),
        missed_brief=_share(t.finishes == 0 for t in timed if bars.briefly_seen(t)),
        twice=sum(t.finishes > 1 for t in timed),
        false=sum(abs(error) * t.speed_mps > bars.FALSE_M for t, error in found),
        alarms=sum(t.alarms > 0 for t in timed),
        threshold_bias_ms=1000.0 * _mean(threshold),
        threshold_p95_ms=1000.0 * _p95_about_mean(threshold),
        median_bias_ms=1000.0 * _mean(median),
        median_p95_ms=1000.0 * _p95_about_mean(median),
        worst=_worst(timed),
    )


_MOST_SEEDS = 12


def _worst(timed: Sequence[Timed]) -> tuple[int, ...]:
    ordered = sorted((t for t in timed if bars.over(t)), key=lambda t: -abs(t.error_s or 0.0) / max(t.stated_s, 1e-6))
    return tuple(t.seed for t in ordered[:_MOST_SEEDS])


def _share(answers: Iterable[bool]) -> Share:
    every = list(answers)
    return Share(sum(every), len(every))


def _mean(values: Sequence[float]) -> float:
    return statistics.fmean(values) if values else math.nan


def p95(errors: Iterable[float]) -> float:
    """The size that 95 % of errors do not exceed; NaN without errors."""
    ordered = sorted(abs(e) for e in errors)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))] if ordered else math.nan


def _p95_about_mean(errors: Sequence[float]) -> float:
    return p95([e - _mean(errors) for e in errors])
