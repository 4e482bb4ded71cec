"""Accuracy: the gate's table under two laws, the lane-end's and belt's, and the hard cases."""

from __future__ import annotations

from benchmarks.accuracy.measure import FULL, QUICK, figures
from benchmarks.accuracy.tables import draw, tables
from benchmarks.accuracy.targets import targets
from benchmarks.pool import Step
from benchmarks.report import Part
from benchmarks.simulated import SIMULATED, date_of, part_of


def measure(quick: bool, step: Step, seed: int | None = None, share: float = 1.0) -> Part:
    """Simulate, time and judge.

    The held-out passages have the seeds of `seed`, a date as 20261125; today's without. `share` of the reps is run.
    """
    size = QUICK if quick else part_of(FULL, share)
    found = figures(size, date_of(seed), step)
    drawings = draw(found.asked["full"])
    return Part(
        "Accuracy",
        SIMULATED,
        targets(found),
        tables(found),
        {name: shows for name, (shows, _) in drawings.items()},
        {name: svg for name, (_, svg) in drawings.items()},
    )
