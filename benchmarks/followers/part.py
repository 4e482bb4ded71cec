"""Two behind each other as a part of the benchmark: table and targets."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.accuracy.shares import Share
from benchmarks.followers.figures import FULL, QUICK, Cell, cell, kinds, time_pairs
from benchmarks.pool import Step
from benchmarks.report import Part, Table, Target, Value
from benchmarks.simulated import SIMULATED, Figures, both_tables, date_of, measured, part_of

LEAST = 0.99
_HEAD = ("cell", "apart, both timed", "of", "all, both timed", "of ", "seeds of those apart and not both timed")
_NOTE = (
    "Two athletes 0.3 to 2 s and at least 0.62 m apart, each with a go, as of a rolling order "
    "(benchmarks/physics/followers.py). Apart: for two readings no part of either trunk is in the cone between them, "
    "and each would be seen for four, with twice the least signal. Timed: within 0.1 s or three stated intervals of "
    "the truth."
)


def measure(quick: bool, step: Step, seed: int | None = None, share: float = 1.0) -> Part:
    """Simulate, time and judge.

    The held-out pairs have the seeds of `seed`, a date as 20261126; today's without. `share` of the pairs is run.
    """
    found = measured(kinds(), time_pairs, cell, QUICK if quick else part_of(FULL, share), date_of(seed), step)
    return Part("Behind each other", SIMULATED, targets(found), tables(found), {})


def tables(found: Figures[Cell]) -> list[Table]:
    """Everything that was measured."""
    return both_tables("Two behind each other", _NOTE, "Pairs", "followers", found, _table)


def _table(title: str, note: str, cells: Iterable[Cell]) -> Table:
    rows: list[tuple[Value, ...]] = [
        (c.name, str(c.apart), c.apart.of, str(c.all_pairs), c.all_pairs.of, " ".join(map(str, c.missed)))
        for c in cells
    ]
    return Table(title, note, _HEAD, rows)


def targets(found: Figures[Cell]) -> list[Target]:
    """What is asked of those of whom neither hides the other, and of the held-out ones apart."""
    made = []
    for what, cells in (
        ("two behind each other", found.known),
        (f"two behind each other, seed {found.seed}", found.held_out),
    ):
        apart = sum((c.apart for c in cells), Share(0, 0))
        every = sum((c.all_pairs for c in cells), Share(0, 0))
        made.append(
            Target(
                f"{what}: both timed where neither hides the other",
                f"{LEAST:.0%}",
                f"{apart} of {apart.of:,}",
                apart.value >= LEAST,
            )
        )
        made.append(Target(f"{what}: both timed, of all", "–", f"{every} of {every.of:,}", None))
    return made
