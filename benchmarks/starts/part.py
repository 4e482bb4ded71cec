"""Starts by release as a part of the benchmark: tables and targets."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.accuracy.shares import Share
from benchmarks.accuracy.targets import covers
from benchmarks.physics.departures import FOV_DEG
from benchmarks.report import Table, Target, Value, at_most, told
from benchmarks.simulated import Counts, Figures, Simulated
from benchmarks.starts.figures import Cell, cell, kinds, time_starts

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


def _table(title: str, note: str, cells: Iterable[Cell]) -> Table:
    rows: list[tuple[Value, ...]] = [
        (c.name, c.starts, c.p95_ms, str(c.covered), c.stated_ms, c.bias_ms, c.over.count, str(c.missed), c.twice)
        for c in cells
    ]
    return Table(title, note, _HEAD, rows)


def _targets(found: Figures[Cell]) -> list[Target]:
    """What is asked, over all gaits of a beam, and of the held-out starts apart."""
    made = []
    for what, cells in (("starts", found.known), ("starts, held out", found.held_out)):
        for beam in FOV_DEG:
            of_beam = [c for c in cells if c.beam == beam]
            covered = sum((c.covered for c in of_beam), Share(0, 0))
            stated_ms = sum(c.stated_ms * c.starts for c in of_beam) / max(1, sum(c.starts for c in of_beam))
            mean = f"{what}: mean interval, {beam} beam"
            made += [
                covers(f"{what}: interval covers {{}}, {beam} beam", covered),
                at_most(mean, MOST_STATED_MS, "ms", stated_ms, f"{stated_ms:.0f} ms"),
            ]
        missed = sum((c.missed for c in cells), Share(0, 0))
        made.append(told(f"{what}: not found", str(missed)))
    return made


PART = Simulated(
    "starts", "Starts by release", "Starts", _NOTE, Counts(300, 150), kinds(), time_starts, cell, _table, _targets
)
