"""How good the times are: simulated reps of known truth, against the usual ways and against an ideal beam."""

from __future__ import annotations

import math
import statistics
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from benchmarks.physics import ApproachCase, GateCase, approach, gate_passage
from retro_timer.beacon.replay import Replay
from retro_timer.detection.config import WatchConfig
from retro_timer.ports import Placement, RangeSample
from retro_timer.store.traces import TraceRep
from retro_timer.training.gaits import Gait

GAITS = (Gait.WALK, Gait.JOG, Gait.RUN)
RATES_HZ = (10.0, 25.0, 41.0, 100.0)
BACKGROUNDS = ("wall", "open")
LEAST_PERIODS = 2.5
"""A break this long must not be missed."""
BIAS_FROM_HZ = 25.0
COVERED = (0.93, 0.97)
WITHIN = 0.95
_BIAS_S, _BIAS_M = 0.004, 0.01
_ERROR_M = 0.03
_FALSE_M = 0.35
"""A finish farther than this from the truth was made by something else than the torso and the arms beside it."""
_FAR_MM = 5000.0

Finder = Callable[[Sequence[RangeSample], Sequence[TraceRep], WatchConfig], list[dict[str, Any]]]
"""Contract events of readings with reps; the program's own is `replay`."""


class GateJob(msgspec.Struct, frozen=True):
    """Some reps of one cell of the gate's table."""

    gait: Gait
    rate_hz: float
    background: str
    record: str
    """full, or range: without status, signal and ambient, as in recorded traces."""
    first_seed: int
    reps: int

    @property
    def cell(self) -> str:
        """Name of the cell."""
        return f"{self.gait} {self.rate_hz:g} Hz {self.background}"


class ApproachJob(msgspec.Struct, frozen=True):
    """Some reps of one cell of the lane-end's or belt's table."""

    placement: Placement
    gait: Gait
    rate_hz: float
    max_range_m: float
    """How far the sensor sees: 1.3 for a VL53L1X in short mode, 8 for a TF-Luna."""
    record: str
    first_seed: int
    reps: int

    @property
    def cell(self) -> str:
        """Name of the cell."""
        return f"{self.placement} {self.gait} {self.rate_hz:g} Hz, sees {self.max_range_m:g} m"


class Timed(msgspec.Struct, frozen=True, gc=False):
    """What became of one simulated rep. Errors are told time less true time."""

    speed_mps: float
    seen_periods: float
    """How many periods the body was strong enough to be reported."""
    finishes: int
    alarms: int
    """Obstacles told, where there were none."""
    error_s: float | None
    stated_s: float
    """Half-width of the stated 95 % interval."""
    threshold_s: float | None
    """Error of the first reading below a threshold."""
    median_s: float | None
    """Error of gpiozero.DistanceSensor's median of nine below the same threshold."""


class Cell(msgspec.Struct, frozen=True):
    """What one kind of rep is timed like."""

    name: str
    rate_hz: float
    reps: int
    missed: int
    """Reps without a finish although their break lasted 2.5 periods."""
    short: int
    """Reps whose break was shorter than that."""
    twice: int
    false: int
    """Finishes more than 0.35 m of running from the truth."""
    alarms: int
    bias_ms: float
    bias_mm: float
    bias_limit_ms: float
    p95_ms: float
    p95_limit_ms: float
    """Mean of the larger of half a period and 3 cm of each rep's speed."""
    within: float
    """Share of errors within that limit, rep by rep: 95 % is asked."""
    covered: float
    """Share of truths inside the stated interval: 93-97 % is asked."""
    stated_ms: float
    threshold_bias_ms: float
    threshold_p95_ms: float
    """First reading below a threshold, its own mean error taken off."""
    median_bias_ms: float
    median_p95_ms: float
    """gpiozero.DistanceSensor's median of nine on the same readings, its own mean error taken off."""
    ideal_p95_ms: float
    """An ideal beam sampled at that rate: its error is spread evenly over a period."""

    @property
    def bias_met(self) -> bool:
        """Asked from 25 Hz up."""
        return self.rate_hz < BIAS_FROM_HZ or abs(self.bias_ms) <= self.bias_limit_ms

    @property
    def within_met(self) -> bool:
        """Whether enough errors are small enough."""
        return self.within >= WITHIN

    @property
    def covered_met(self) -> bool:
        """Whether the stated interval is true."""
        return COVERED[0] <= self.covered <= COVERED[1]


def replay(samples: Sequence[RangeSample], reps: Sequence[TraceRep], config: WatchConfig) -> list[dict[str, Any]]:
    """Every contract event of the program's own replay over these readings."""
    told: list[dict[str, Any]] = []
    Replay(config, reps, told.append).run(samples)
    return told


def time_gate(job: GateJob, find: Finder = replay) -> list[Timed]:
    """Passages through a gate, timed."""
    timed = []
    for seed in range(job.first_seed, job.first_seed + job.reps):
        case = gate_passage(seed, job.gait, job.rate_hz, job.background, record=job.record)  # type: ignore[arg-type]
        config = WatchConfig(budget_ns=case.spec.budget_ns)
        told = find(case.samples, [TraceRep(case.go_ns / 1e9, case.distance_m, job.gait)], config)
        limit_mm = 0.75 * case.background_mm if case.background_mm else 1500.0
        timed.append(_timed(case, told, limit_mm, case.seen_periods))
    return timed


def time_approach(job: ApproachJob, find: Finder = replay) -> list[Timed]:
    """Approaches, timed; none where no speed of the gait can stop within the sensor's view."""
    timed = []
    for seed in range(job.first_seed, job.first_seed + job.reps):
        try:
            case = approach(
                seed,
                job.placement,
                job.gait,
                job.rate_hz,
                max_range_m=job.max_range_m,
                record=job.record,  # type: ignore[arg-type]
            )
        except ValueError:
            continue
        config = WatchConfig(
            placement=job.placement,
            budget_ns=case.spec.budget_ns,
            fov_deg=case.spec.fov_deg,
            finish_range_mm=round(case.finish_range_m * 1000),
        )
        told = find(case.samples, [TraceRep(case.go_ns / 1e9, case.reps[0].distance_m, job.gait)], config)
        timed.append(_timed(case, told, case.finish_range_m * 1000.0, math.inf))
    return timed


def _timed(case: GateCase | ApproachCase, told: list[dict[str, Any]], limit_mm: float, periods: float) -> Timed:
    truth_ns = case.back_ns or 0
    found = [event for event in told if event["event"] == "finish"]
    # A body that closes in on a lane-end or belt sensor is told of, and should be.
    alarms = [e for e in told if e["event"] == "obstacle" and e["level"] != "clear"]
    first = first_below(case.samples, limit_mm, lambda ranges: ranges[-1])
    middle = first_below(case.samples, limit_mm, statistics.median)
    return Timed(
        speed_mps=case.speed_mps,
        seen_periods=periods,
        finishes=len(found),
        alarms=len(alarms) if isinstance(case, GateCase) else 0,
        error_s=found[0]["time_s"] - (truth_ns - case.go_ns) / 1e9 if found else None,
        stated_s=found[0]["uncertainty_s"] if found else 0.0,
        threshold_s=None if first is None else (first - truth_ns) / 1e9,
        median_s=None if middle is None else (middle - truth_ns) / 1e9,
    )


def first_below(samples: Sequence[RangeSample], limit_mm: float, of: Callable[[deque[float]], float]) -> int | None:
    """When a range built of the last nine readings first lies below a limit; a reading without target counts as far."""
    last: deque[float] = deque([_FAR_MM] * 9, maxlen=9)
    for sample in samples:
        valid = sample.range_mm is not None and sample.status in (None, 0)
        last.append(float(sample.range_mm or 0) if valid else _FAR_MM)
        if of(last) < limit_mm:
            return sample.t_ns
    return None


def tally(name: str, rate_hz: float, timed: Sequence[Timed]) -> Cell:
    """The figures of one cell."""
    found = [(t, t.error_s) for t in timed if t.error_s is not None]
    errors = [error for _, error in found]
    limits = [max(0.5 / rate_hz, _ERROR_M / t.speed_mps) for t, _ in found]
    threshold = [t.threshold_s for t in timed if t.threshold_s is not None]
    median = [t.median_s for t in timed if t.median_s is not None]
    count = max(1, len(found))
    return Cell(
        name=name,
        rate_hz=rate_hz,
        reps=len(timed),
        missed=sum(t.finishes == 0 and t.seen_periods >= LEAST_PERIODS for t in timed),
        short=sum(t.seen_periods < LEAST_PERIODS for t in timed),
        twice=sum(t.finishes > 1 for t in timed),
        false=sum(abs(error) * t.speed_mps > _FALSE_M for t, error in found),
        alarms=sum(t.alarms > 0 for t in timed),
        bias_ms=1000.0 * _mean(errors),
        bias_mm=1000.0 * _mean([error * t.speed_mps for t, error in found]),
        bias_limit_ms=1000.0 * _mean([max(_BIAS_S, _BIAS_M / t.speed_mps) for t, _ in found]),
        p95_ms=1000.0 * p95(errors),
        p95_limit_ms=1000.0 * _mean(limits),
        within=sum(abs(e) <= limit for e, limit in zip(errors, limits, strict=True)) / count,
        covered=sum(abs(error) <= t.stated_s for t, error in found) / count,
        stated_ms=1000.0 * _mean([t.stated_s for t, _ in found]),
        threshold_bias_ms=1000.0 * _mean(threshold),
        threshold_p95_ms=1000.0 * _p95_about_mean(threshold),
        median_bias_ms=1000.0 * _mean(median),
        median_p95_ms=1000.0 * _p95_about_mean(median),
        ideal_p95_ms=1000.0 * 0.475 / rate_hz,
    )


def _mean(values: Sequence[float]) -> float:
    return statistics.fmean(values) if values else math.nan


def p95(errors: Iterable[float]) -> float:
    """The size that 95 % of errors do not exceed; NaN without errors."""
    ordered = sorted(abs(e) for e in errors)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))] if ordered else math.nan


def _p95_about_mean(errors: Sequence[float]) -> float:
    return p95([e - _mean(errors) for e in errors])
