"""How good the times are: simulated reps of known truth, against the usual ways and against an ideal beam."""

from __future__ import annotations

import math
import statistics
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from benchmarks.physics import GateCase, approach, gate_passage, hard_case
from benchmarks.physics.hard_cases import HARD_CASES
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
_BIAS_S, _BIAS_M = 0.004, 0.01
_ERROR_M = 0.03


class Cell(msgspec.Struct, frozen=True):
    """What one kind of rep is timed like. Times in milliseconds."""

    name: str
    reps: int
    missed: int
    """Reps without a finish although their break lasted 2.5 periods."""
    short: int
    """Reps whose break was shorter than that."""
    twice: int
    bias_ms: float
    bias_limit_ms: float
    p95_ms: float
    p95_limit_ms: float
    """Mean of the larger of half a period and 3 cm of each rep's speed."""
    within: float
    """Share of errors within that limit, rep by rep: 95 % is asked."""
    covered: float
    """Share of truths inside the stated interval: 93-97 % is asked."""
    stated_ms: float
    threshold_p95_ms: float
    """First reading below a threshold, its own mean error taken off."""
    median_p95_ms: float
    """gpiozero.DistanceSensor's median of nine on the same readings, its own mean error taken off."""
    ideal_p95_ms: float
    """An ideal beam sampled at that rate."""


def finishes(samples: Sequence[RangeSample], reps: Sequence[TraceRep], config: WatchConfig) -> list[dict[str, Any]]:
    """Every contract event of a replay over these readings."""
    told: list[dict[str, Any]] = []
    Replay(config, reps, told.append).run(samples)
    return told


def gate_cell(job: tuple[Gait, float, str, int, str]) -> Cell:
    """One cell of the gate's table: `reps` passages of a gait at a rate before a background; `record` full or range."""
    gait, rate_hz, background, reps, record = job
    tally = _Tally(f"{gait} {rate_hz:g} Hz {background}", rate_hz)
    for seed in range(reps):
        case = gate_passage(seed, gait, rate_hz, background, record=record)  # type: ignore[arg-type]
        config = WatchConfig(budget_ns=case.spec.budget_ns)
        rep = TraceRep(case.go_ns / 1e9, case.distance_m, gait)
        told = [e for e in finishes(case.samples, [rep], config) if e["event"] == "finish"]
        tally.take(told, case.back_ns, case.go_ns, case.speed_mps, case.seen_periods)
        tally.usual(case)
    return tally.cell()


def approach_cell(job: tuple[Placement, Gait, float, float, int]) -> Cell | None:
    """One cell of the lane-end's or belt's table; None where no speed of the gait can stop within the sensor's view."""
    placement, gait, rate_hz, range_m, reps = job
    tally = _Tally(f"{placement} {gait} {rate_hz:g} Hz, sees {range_m:g} m", rate_hz)
    for seed in range(reps):
        try:
            case = approach(seed, placement, gait, rate_hz, max_range_m=range_m)
        except ValueError:
            continue
        config = WatchConfig(
            placement=placement,
            budget_ns=case.spec.budget_ns,
            fov_deg=case.spec.fov_deg,
            finish_range_mm=round(case.finish_range_m * 1000),
        )
        rep = TraceRep(case.go_ns / 1e9, case.reps[0].distance_m, gait)
        told = [e for e in finishes(case.samples, [rep], config) if e["event"] == "finish"]
        tally.take(told, case.back_ns, case.go_ns, case.speed_mps, math.inf)
    return tally.cell() if tally.total else None


class Verdict(msgspec.Struct, frozen=True):
    """What became of the cases that are no plain finish."""

    name: str
    cases: int
    right: int
    wrong: tuple[str, ...]


def hard_cell(job: tuple[str, int]) -> Verdict:
    """Every hard case of one name, over gaits, rates and backgrounds."""
    name, seeds = job
    wrong = []
    count = 0
    for seed in range(seeds):
        gait = GAITS[seed % 3]
        rate_hz = (25.0, 41.0)[seed % 2]
        background = BACKGROUNDS[seed // 2 % 2]
        case = hard_case(name, seed, gait, rate_hz, background)  # type: ignore[arg-type]
        count += 1
        if problem := _judge(case):
            wrong.append(f"{gait} {rate_hz:g} Hz {background} seed {seed}: {problem}")
    return Verdict(name, count, count - len(wrong), tuple(wrong))


def _judge(case: GateCase) -> str:
    """What is wrong with the answer to a hard case, or an empty string."""
    reps = [TraceRep(r.go_ns / 1e9, r.distance_m, r.gait) for r in case.reps]
    told = finishes(case.samples, reps, WatchConfig(budget_ns=case.spec.budget_ns))
    for number, rep in enumerate(case.reps, start=1):
        found = [e for e in told if e["event"] == "finish" and e["rep"] == number]
        if rep.expected == "dnf" and found:
            return f"rep {number} finished after {found[0]['time_s']:.2f} s, expected none"
        if rep.expected == "finish":
            if not found:
                return f"rep {number} has no finish"
            if len(found) > 1:
                return f"rep {number} finished {len(found)} times"
            off = found[0]["time_s"] - ((rep.back_ns or 0) - rep.go_ns) / 1e9
            if abs(off) > max(0.25, 2.0 * found[0]["uncertainty_s"]):
                return f"rep {number} is {off:+.2f} s off"
            if not set(rep.flags) <= set(found[0]["flags"]):
                return f"rep {number} lacks the flags {rep.flags}"
    return ""


# Two athletes on the course at once, each with a go of their own, are not timed: one at a time is on the course.
HARD_NAMES: tuple[str, ...] = tuple(name for name in HARD_CASES if name != "two-reps")


class _Tally:
    """Errors of the reps of one cell."""

    def __init__(self, name: str, rate_hz: float) -> None:
        self.name = name
        self.total = 0
        self._period_s = 1.0 / rate_hz
        self._errors: list[float] = []
        self._limits: list[float] = []
        self._bias_limits: list[float] = []
        self._stated: list[float] = []
        self._missed = self._short = self._twice = 0
        self._threshold: list[float] = []
        self._median: list[float] = []

    def take(self, told: list[dict[str, Any]], back_ns: int | None, go_ns: int, speed: float, periods: float) -> None:
        """One rep's finishes against its truth."""
        self.total += 1
        self._short += periods < LEAST_PERIODS
        if not told:
            self._missed += periods >= LEAST_PERIODS
            return
        self._twice += len(told) > 1
        self._errors.append(told[0]["time_s"] - ((back_ns or 0) - go_ns) / 1e9)
        self._stated.append(told[0]["uncertainty_s"])
        self._limits.append(max(self._period_s / 2.0, _ERROR_M / speed))
        self._bias_limits.append(max(_BIAS_S, _BIAS_M / speed))

    def usual(self, case: GateCase) -> None:
        """What the usual ways make of the same readings."""
        truth_ns = case.back_ns or 0
        limit_mm = 0.75 * case.background_mm if case.background_mm else 1500.0
        first = _first_below(case.samples, limit_mm, lambda ranges: ranges[-1])
        middle = _first_below(case.samples, limit_mm, lambda ranges: statistics.median(ranges))
        if first is not None:
            self._threshold.append((first - truth_ns) / 1e9)
        if middle is not None:
            self._median.append((middle - truth_ns) / 1e9)

    def cell(self) -> Cell:
        """The figures."""
        errors = self._errors or [math.nan]
        pairs = list(zip(self._errors, self._limits, self._stated, strict=True))
        count = max(1, len(pairs))
        return Cell(
            name=self.name,
            reps=self.total,
            missed=self._missed,
            short=self._short,
            twice=self._twice,
            bias_ms=1000.0 * statistics.fmean(errors),
            bias_limit_ms=1000.0 * statistics.fmean(self._bias_limits or [math.nan]),
            p95_ms=1000.0 * _p95(errors),
            p95_limit_ms=1000.0 * statistics.fmean(self._limits or [math.nan]),
            within=sum(abs(e) <= limit for e, limit, _ in pairs) / count,
            covered=sum(abs(e) <= stated for e, _, stated in pairs) / count,
            stated_ms=1000.0 * statistics.fmean(self._stated or [math.nan]),
            threshold_p95_ms=1000.0 * _p95_about_mean(self._threshold),
            median_p95_ms=1000.0 * _p95_about_mean(self._median),
            ideal_p95_ms=1000.0 * 0.475 * self._period_s,
        )


def _first_below(samples: Sequence[RangeSample], limit_mm: float, of: Callable[[deque[float]], float]) -> int | None:
    """When a range built of the last nine readings first lies below a limit; a reading without target counts as far."""
    last: deque[float] = deque([5000.0] * 9, maxlen=9)
    for sample in samples:
        valid = sample.range_mm is not None and sample.status in (None, 0)
        last.append(float(sample.range_mm or 0) if valid else 5000.0)
        if of(last) < limit_mm:
            return sample.t_ns
    return None


def _p95(errors: Sequence[float]) -> float:
    ordered = sorted(abs(e) for e in errors)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))] if ordered else math.nan


def _p95_about_mean(errors: Sequence[float]) -> float:
    if not errors:
        return math.nan
    mean = statistics.fmean(errors)
    return _p95([e - mean for e in errors])
