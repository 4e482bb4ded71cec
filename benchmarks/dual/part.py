"""The dual gate: what two beams gain over one, in false finishes and in precision."""

from __future__ import annotations

from datetime import UTC, datetime

from benchmarks.dual.figures import FULL, QUICK, measured, part_of
from benchmarks.dual.tables import draw, tables, targets
from benchmarks.pool import Step
from benchmarks.report import Part


def measure(quick: bool, step: Step, seed: int | None = None, share: float = 1.0) -> Part:
    """Simulate, time both ways and judge.

    The held-out passages have the seeds of `seed`, a date as 20261125; today's without. `share` of the reps is run.
    """
    day = seed or int(datetime.now(UTC).strftime("%Y%m%d"))
    found = measured(QUICK if quick else part_of(FULL, share), day, step)
    drawings = draw(found)
    return Part(
        "Dual gate",
        "All figures are simulated: readings and truth come from benchmarks/physics, which knows nothing of the "
        "detector; the events come from the program's own replay.",
        targets(found),
        tables(found),
        {name: shows for name, (shows, _) in drawings.items()},
        {name: svg for name, (_, svg) in drawings.items()},
    )
