"""Starts by release as a part of the benchmark: tables and targets."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.accuracy.bars import COVERED
from benchmarks.accuracy.shares import Share
from benchmarks.physics.departures import FOV_DEG
from benchmarks.pool import Step
from benchmarks.report import Part, Table, Target, Value
from benchmarks.simulated import SIMULATED, Figures, both_tables, date_of, measured, part_of
from benchmarks.starts.figures import FULL, QUICK, Cell, cell, kinds, time_starts

_HEAD = (
    "cell", "n", "95 % within ms", "interval covers", "± ms stated", "bias ms", "over 3×", "missed", "twice",
)  # fmt: skip
_NOTE = (
    "Athletes stand with the trunk's middle within 100 mm of the axis, for 2.2 to 3.2 s, and speed up with a time "
    "constant of 0.3 to 0.9 s (benchmarks/physics/departures.py). The truth is when the trunk's trailing side passes "
    "the axis. Missed: no start found; where the nearest thing wins, dark clothing before a bright wall is not seen."
)
MOST_STATED_MS = 100.0
"""Where one stands and how one speeds up is not known better."""


def measure(quick: bool, step: Step, seed: int | None = None, share: float = 1.0) -> Part:
    """Simulate, time and judge.

    The held-out starts have the seeds of `seed`, a date as 20261126; today's without. `share` of the starts is run.
    """
    found = measured(kinds(), time_starts, cell, QUICK if quick else part_of(FULL, share), date_of(seed), step)
    return Part("Starts by release", SIMULATED, targets(found), tables(found), {})


def tables(found: Figures[Cell]) -> list[Table]:
    """Everything that was measured."""
    return both_tables("Starts by release", _NOTE, "Starts", "starts", found, _table)


def _table(title: str, note: str, cells: Iterable[Cell]) -> Table:
    rows: list[tuple[Value, ...]] = [
        (c.name, c.starts, c.p95_ms, str(c.covered), c.stated_ms, c.bias_ms, c.over.count, str(c.missed), c.twice)
        for c in cells
    ]
    return Table(title, note, _HEAD, rows)


def targets(found: Figures[Cell]) -> list[Target]:
    """What is asked, over all gaits of a beam, and of the held-out starts apart."""
    low, high = COVERED
    made = []
    for what, cells in (("starts", found.known), ("starts, held out", found.held_out)):
        for beam in FOV_DEG:
            of_beam = [c for c in cells if c.beam == beam]
            covered = sum((c.covered for c in of_beam), Share(0, 0))
            made.append(
                Target(
                    f"{what}: interval covers {low:.0%}–{high:.0%}, {beam} beam",
                    f"{low:.0%}–{high:.0%}",
                    str(covered),
                    covered.touches(low, high),
                )
            )
            stated_ms = sum(c.stated_ms * c.starts for c in of_beam) / max(1, sum(c.starts for c in of_beam))
            made.append(
                Target(
                    f"{what}: mean interval, {beam} beam",
                    f"{MOST_STATED_MS:.0f} ms",
                    f"{stated_ms:.0f} ms",
                    stated_ms <= MOST_STATED_MS,
                )
            )
        missed = sum((c.missed for c in cells), Share(0, 0))
        made.append(Target(f"{what}: not found", "–", str(missed), None))
    return made
