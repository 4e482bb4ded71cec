"""The dual gate: what two beams gain over one, in false finishes and in precision."""

from __future__ import annotations

from benchmarks.dual.figures import FULL, QUICK, measured
from benchmarks.dual.tables import draw, tables, targets
from benchmarks.pool import Step
from benchmarks.report import Part
from benchmarks.simulated import SIMULATED, date_of, part_of


def measure(quick: bool, step: Step, seed: int | None = None, share: float = 1.0) -> Part:
    """Simulate, time both ways and judge.

    The held-out passages have the seeds of `seed`, a date as 20261125; today's without. `share` of the reps is run.
    """
    found = measured(QUICK if quick else part_of(FULL, share), date_of(seed), step)
    drawings = draw(found)
    return Part(
        "Dual gate",
        SIMULATED,
        targets(found),
        tables(found),
        {name: shows for name, (shows, _) in drawings.items()},
        {name: svg for name, (_, svg) in drawings.items()},
    )
