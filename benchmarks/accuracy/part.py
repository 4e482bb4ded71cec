"""Accuracy: the gate's table under two laws, the lane-end's and belt's, and the hard cases."""

from __future__ import annotations

from datetime import UTC, datetime

from benchmarks.accuracy.measure import FULL, QUICK, figures, part_of
from benchmarks.accuracy.tables import draw, tables
from benchmarks.accuracy.targets import targets
from benchmarks.pool import Step
from benchmarks.report import Part


def measure(quick: bool, step: Step, seed: int | None = None, share: float = 1.0) -> Part:
    """Simulate, time and judge.

    The held-out passages have the seeds of `seed`, a date as 20261125; today's without. `share` of the reps is run.
    """
    size = QUICK if quick else part_of(FULL, share)
    found = figures(size, seed or int(datetime.now(UTC).strftime("%Y%m%d")), step)
    drawings = draw(found.asked["full"])
    return Part(
        "Accuracy",
        "All figures are simulated: readings and truth come from benchmarks/physics, which knows nothing of the "
        "detector; the events come from the program's own replay.",
        targets(found),
        tables(found),
        {name: shows for name, (shows, _) in drawings.items()},
        {name: svg for name, (_, svg) in drawings.items()},
    )
