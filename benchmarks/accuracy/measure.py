"""Simulates and times everything that the accuracy part tells of."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor

import msgspec

from benchmarks.accuracy import bars
from benchmarks.accuracy.cells import Cell, approach_cell, gate_cell
from benchmarks.accuracy.passages import (
    BACKGROUNDS,
    GAITS,
    RATES_HZ,
    ApproachJob,
    GateJob,
    time_approach,
    time_gate,
)
from benchmarks.accuracy.verdicts import HARD_NAMES, HardJob, Verdict, add_verdicts, judge_hard
from benchmarks.physics.blending import LAWS
from benchmarks.physics.sensor import Record
from benchmarks.pool import Step, cells_of, pieces, run_jobs, workers
from benchmarks.simulated import held_out
from retro_timer.ports import Placement
from retro_timer.training.gaits import Gait

OTHER_HZ = tuple(hz for hz in RATES_HZ if hz not in bars.ASKED_HZ)
RANGES_M = {Gait.WALK: (1.3, 8.0), Gait.JOG: (8.0,), Gait.RUN: (8.0,)}
"""Which sensors see a gait early enough to stop before them (docs/sources.md): a jogger needs a TF-Luna."""
_HARD_SHARE = 0.1
_THIN_SHARE = 0.1
"""Of the time."""


class Size(msgspec.Struct, frozen=True):
    """How many reps a cell, or cases a scene."""

    asked: int
    """At the rates that are held to bars; 18 cells."""
    asked_range: int
    other: int
    """At the other rates; 18 cells and two records."""
    phantom: int
    held_out: int
    approach: int
    approach_range: int
    thin: int
    hard: int


FULL = Size(1700, 600, 200, 350, 300, 250, 120, 300, 300)
QUICK = Size(3, 1, 1, 1, 1, 1, 1, 1, 1)


class Figures(msgspec.Struct, frozen=True):
    """What was found."""

    asked: dict[Record, list[Cell]]
    other: dict[Record, list[Cell]]
    phantom: list[Cell]
    held_out: list[Cell]
    seed: int
    """The date whose seeds were held out, as a number."""
    approach: dict[Record, list[Cell]]
    thin: list[Cell]
    """Of the held-out seeds as well."""
    hard: dict[str, Verdict]


def kinds(
    rates_hz: Iterable[float], record: Record = "full", *, phantom: bool = False, thin: bool = False
) -> list[GateJob]:
    """The kind of every cell of a gate's table: the second law only where there is a wall."""
    return [
        GateJob(gait, hz, background, record, law, phantom, thin)
        for gait, hz, background in itertools.product(GAITS, rates_hz, BACKGROUNDS)
        for law in (LAWS if background == "wall" else LAWS[:1])
    ]


def gate_cells(jobs: Sequence[GateJob], pool: ProcessPoolExecutor, step: Step, share: float) -> list[Cell]:
    """Passages timed, cell by cell."""
    return [gate_cell(*cell) for cell in cells_of(pool, time_gate, jobs, step, share)]


def approach_jobs(record: Record, reps: int) -> list[ApproachJob]:
    """So many approaches of each kind."""
    kinds = [
        ApproachJob(placement, gait, rate_hz, range_m, record)
        for placement in (Placement.LANE_END, Placement.BELT)
        for gait in GAITS
        for range_m in RANGES_M[gait]
        for rate_hz in RATES_HZ
    ]
    return pieces(kinds, reps)


def _approach_cells(jobs: Sequence[ApproachJob], pool: ProcessPoolExecutor, step: Step, share: float) -> list[Cell]:
    return [approach_cell(*cell) for cell in cells_of(pool, time_approach, jobs, step, share)]


def _hard(cases: int, pool: ProcessPoolExecutor, step: Step, share: float) -> dict[str, Verdict]:
    found = run_jobs(pool, judge_hard, pieces(map(HardJob, HARD_NAMES), cases), step, share)
    return {name: add_verdicts(verdicts) for name, verdicts in found.items()}


def figures(size: Size, seed: int, step: Step) -> Figures:
    """Everything; `seed` is the date of the held-out run as a number, such as 20261125."""
    sizes: dict[Record, tuple[int, int]] = {
        "full": (size.asked, size.approach),
        "range": (size.asked_range, size.approach_range),
    }
    asked = {r: pieces(kinds(bars.ASKED_HZ, r), gate) for r, (gate, _) in sizes.items()}
    other = {r: pieces(kinds(OTHER_HZ, r), size.other) for r in sizes}
    phantom = pieces(kinds(bars.ASKED_HZ, phantom=True), size.phantom)
    unseen = pieces(kinds(bars.ASKED_HZ), size.held_out, held_out(seed))
    thin = pieces(kinds(bars.THIN_HZ, thin=True), size.thin, held_out(seed))
    lane = {r: approach_jobs(r, reps) for r, (_, reps) in sizes.items()}
    gates = [*asked.values(), *other.values(), phantom, unseen]
    count = sum(map(len, gates)) + sum(map(len, lane.values()))
    each = (1.0 - _HARD_SHARE - _THIN_SHARE) / count
    with workers() as pool:
        return Figures(
            asked={r: gate_cells(jobs, pool, step, each * len(jobs)) for r, jobs in asked.items()},
            other={r: gate_cells(jobs, pool, step, each * len(jobs)) for r, jobs in other.items()},
            phantom=gate_cells(phantom, pool, step, each * len(phantom)),
            held_out=gate_cells(unseen, pool, step, each * len(unseen)),
            seed=seed,
            approach={r: _approach_cells(jobs, pool, step, each * len(jobs)) for r, jobs in lane.items()},
            thin=gate_cells(thin, pool, step, _THIN_SHARE),
            hard=_hard(size.hard, pool, step, _HARD_SHARE),
        )
