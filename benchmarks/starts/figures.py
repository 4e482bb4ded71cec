"""Simulates starts by release, finds them with the program's own judge, and makes the figures of each cell."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import msgspec

from benchmarks.accuracy.cells import p95
from benchmarks.accuracy.shares import Share
from benchmarks.physics.blending import Law
from benchmarks.physics.departures import ARMED_S, Beam, DepartureCase, departure
from benchmarks.physics.gate import Background
from benchmarks.pool import Job
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import LeftBeam, Released
from retro_timer.detection.expectation import NOBODY, Expectation, WatchMode
from retro_timer.detection.gate.pipeline import GatePipeline
from retro_timer.detection.timing import decide_start
from retro_timer.training.gaits import SPEEDS, Gait

GATES: tuple[tuple[Beam, float, Background, Law], ...] = (
    ("wide", 41.0, "wall", "average"),
    ("wide", 41.0, "wall", "nearest"),
    ("wide", 41.0, "open", "average"),
    ("thin", 100.0, "wall", "nearest"),
    ("thin", 100.0, "open", "nearest"),
)
"""A VL53L1X and a beam as thin as a TF-Luna's."""


class StartJob(Job, frozen=True):
    """Some starts of one cell."""

    beam: Beam
    rate_hz: float
    background: Background
    law: Law
    gait: Gait

    @property
    def cell(self) -> str:
        """Name of the cell."""
        law = f", {self.law}" if self.background == "wall" else ""
        return f"{self.beam} {self.rate_hz:g} Hz {self.background} {self.gait}{law}"


class Timed(msgspec.Struct, frozen=True):
    """One start: its error and the half-width that was stated, in seconds; None where it was not found."""

    error_s: float | None
    stated_s: float
    found: int
    """How many starts were found: one is right."""


class Cell(msgspec.Struct, frozen=True):
    """What one kind of start is timed like."""

    name: str
    beam: Beam
    starts: int
    bias_ms: float
    p95_ms: float
    covered: Share
    stated_ms: float
    over: Share
    """Errors of more than three times the stated interval."""
    missed: Share
    twice: int


def time_case(case: DepartureCase, gait: Gait) -> Timed:
    """Find the start of one case."""
    config = WatchConfig(fov_deg=case.spec.fov_deg, budget_ns=case.spec.budget_ns)
    speeds = SPEEDS[gait]
    armed = Expectation(WatchMode.RELEASE, slow_speed_mps=speeds.slow_mps, assumed_speed_mps=speeds.fast_mps)
    pipeline = GatePipeline(config)
    told = (
        event
        for sample in case.samples
        for event in pipeline.feed(sample, armed if sample.t_ns >= ARMED_S * 1e9 else NOBODY)
    )
    found = [decide_start(event, config) for event in told if isinstance(event, LeftBeam)]
    starts = [start for start in found if isinstance(start, Released)]
    if not starts:
        return Timed(None, 0.0, 0)
    return Timed((starts[0].left_ns - case.left_ns) / 1e9, starts[0].uncertainty_ns / 1e9, len(starts))


def time_starts(job: StartJob) -> list[Timed]:
    """All starts of a job."""
    return [
        time_case(departure(seed, job.gait, job.rate_hz, job.beam, job.background, job.law), job.gait)
        for seed in job.seeds
    ]


def kinds() -> list[StartJob]:
    """One of each cell."""
    return [StartJob(*gate, gait) for gate in GATES for gait in Gait]


def cell(job: StartJob, timed: Sequence[Timed]) -> Cell:
    """The figures of one cell."""
    right = [(one.error_s, one.stated_s) for one in timed if one.error_s is not None]
    errors = [error for error, _ in right]
    return Cell(
        name=job.cell,
        beam=job.beam,
        starts=len(timed),
        bias_ms=1000.0 * statistics.fmean(errors) if errors else 0.0,
        p95_ms=1000.0 * p95(errors) if errors else 0.0,
        covered=Share(sum(abs(error) <= stated for error, stated in right), len(right)),
        stated_ms=1000.0 * statistics.fmean([stated for _, stated in right]) if right else 0.0,
        over=Share(sum(abs(error) > 3.0 * stated for error, stated in right), len(right)),
        missed=Share(sum(one.found == 0 for one in timed), len(timed)),
        twice=sum(one.found > 1 for one in timed),
    )
