"""Simulated reps, timed: each has a truth that only the physics knows."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from benchmarks.accuracy.usual import first_below
from benchmarks.physics import ApproachCase, GateCase, approach, gate_passage
from benchmarks.physics.blending import Law
from benchmarks.physics.gate import Background, GateOptions
from benchmarks.physics.sensor import Record
from benchmarks.pool import Job
from retro_timer.beacon.contract import contract_line
from retro_timer.beacon.replay import Replay, Tell
from retro_timer.detection.config import WatchConfig
from retro_timer.ports import Placement, RangeSample
from retro_timer.store.traces import TraceRep
from retro_timer.training.gaits import Gait
from retro_timer.training.session.events import SessionEvent

GAITS = (Gait.WALK, Gait.JOG, Gait.RUN)
RATES_HZ = (10.0, 25.0, 41.0, 100.0)
BACKGROUNDS: tuple[Background, ...] = ("wall", "open")

Finder = Callable[[Sequence[RangeSample], Sequence[TraceRep], WatchConfig], list[dict[str, Any]]]
"""Contract events of readings with reps; the program's own is `replay`."""


class GateJob(Job, frozen=True):
    """Some reps of one cell of the gate's tables."""

    gait: Gait
    rate_hz: float
    background: Background
    record: Record = "full"
    law: Law = "average"
    """In the open field there is one thing in the cone, and the laws are one."""
    phantom: bool = False
    """Exactly one stray phantom beside each break, in place of 0.2 % of all readings."""
    thin: bool = False
    """A TF-Luna's beam."""

    @property
    def cell(self) -> str:
        """Name of the cell."""
        law = f", {self.law}" if self.background == "wall" else ""
        return f"{'thin ' * self.thin}{self.gait} {self.rate_hz:g} Hz {self.background}{law}"


class ApproachJob(Job, frozen=True):
    """Some reps of one cell of the lane-end's or belt's table."""

    placement: Placement
    gait: Gait
    rate_hz: float
    max_range_m: float
    """How far the sensor sees: 1.3 for a VL53L1X in short mode, 8 for a TF-Luna."""
    record: Record

    @property
    def cell(self) -> str:
        """Name of the cell."""
        return f"{self.placement} {self.gait} {self.rate_hz:g} Hz, sees {self.max_range_m:g} m"


class Timed(msgspec.Struct, frozen=True, gc=False):
    """What became of one simulated rep. Errors are told time less true time."""

    seed: int
    speed_mps: float
    seen_periods: float
    """How many periods the body was strong enough to be reported."""
    peak_kcps: float
    """The body's strongest return."""
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


def replay(samples: Sequence[RangeSample], reps: Sequence[TraceRep], config: WatchConfig) -> list[dict[str, Any]]:
    """Every contract event of the program's own replay over these readings."""
    told: list[dict[str, Any]] = []
    Replay(config, reps, into(told)).run(samples)
    return told


def into(told: list[dict[str, Any]]) -> Tell:
    """Puts a replay's contract events there, as another program would read them."""

    def tell(event: SessionEvent, judged: int) -> None:
        if (line := contract_line(event, 0, samples=judged)) is not None:
            told.append(json.loads(line))

    return tell


def gate_case(job: GateJob, seed: int) -> GateCase:
    """The passage of this seed."""
    options: GateOptions = {"record": job.record, "law": job.law, "phantom": job.phantom, "luna": job.thin}
    return gate_passage(seed, job.gait, job.rate_hz, job.background, **options)


def time_gate(job: GateJob, find: Finder = replay) -> list[Timed]:
    """Passages through a gate, timed."""
    timed = []
    for seed in job.seeds:
        case = gate_case(job, seed)
        config = WatchConfig(budget_ns=case.spec.budget_ns, fov_deg=case.spec.fov_deg)
        told = find(case.samples, [TraceRep(case.go_ns / 1e9, case.distance_m, job.gait)], config)
        limit_mm = 0.75 * case.background_mm if case.background_mm else 1500.0
        timed.append(_timed(case, told, limit_mm, case.seen_periods, case.peak_kcps))
    return timed


def time_approach(job: ApproachJob, find: Finder = replay) -> list[Timed]:
    """Approaches, timed; none where no speed of the gait can stop within the sensor's view."""
    timed = []
    for seed in job.seeds:
        try:
            case = approach(seed, job.placement, job.gait, job.rate_hz, max_range_m=job.max_range_m, record=job.record)
        except ValueError:
            continue
        config = WatchConfig(
            placement=job.placement,
            budget_ns=case.spec.budget_ns,
            fov_deg=case.spec.fov_deg,
            finish_range_mm=round(case.finish_range_m * 1000),
        )
        told = find(case.samples, [TraceRep(case.go_ns / 1e9, case.reps[0].distance_m, job.gait)], config)
        timed.append(_timed(case, told, case.finish_range_m * 1000.0, math.inf, math.inf))
    return timed


def _timed(
    case: GateCase | ApproachCase, told: list[dict[str, Any]], limit_mm: float, periods: float, peak_kcps: float
) -> Timed:
    truth_ns = case.back_ns or 0
    found = [event for event in told if event["event"] == "finish"]
    # A body that closes in on a lane-end or belt sensor is told of, and should be.
    alarms = [e for e in told if e["event"] == "obstacle" and e["level"] != "clear"]
    first = first_below(case.samples, limit_mm, lambda ranges: ranges[-1])
    middle = first_below(case.samples, limit_mm, statistics.median)
    return Timed(
        seed=case.seed,
        speed_mps=case.speed_mps,
        seen_periods=periods,
        peak_kcps=peak_kcps,
        finishes=len(found),
        alarms=len(alarms) if isinstance(case, GateCase) else 0,
        error_s=found[0]["time_s"] - (truth_ns - case.go_ns) / 1e9 if found else None,
        stated_s=found[0]["uncertainty_s"] if found else 0.0,
        threshold_s=None if first is None else (first - truth_ns) / 1e9,
        median_s=None if middle is None else (middle - truth_ns) / 1e9,
    )
