"""Two behind each other as a part of the benchmark: table and targets."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.accuracy.shares import Share
from benchmarks.followers.figures import Cell, cell, kinds, time_pairs
from benchmarks.report import Table, Target, Value, told
from benchmarks.simulated import Counts, Figures, Simulated

LEAST = 0.99
_HEAD = ("cell", "apart, both timed", "of", "all, both timed", "of ", "seeds of those apart and not both timed")
_NOTE = (
    "Two athletes 0.3 to 2 s and at least 0.62 m apart, each with a go, as of a rolling order "
    "(benchmarks/physics/followers.py). Apart: for two readings no part of either trunk is in the cone between them, "
    "and each would be seen for four, with twice the least signal. Timed: within 0.1 s or three stated intervals of "
    "the truth."
)


def _table(title: str, note: str, cells: Iterable[Cell]) -> Table:
    rows: list[tuple[Value, ...]] = [
        (c.name, str(c.apart), c.apart.of, str(c.all_pairs), c.all_pairs.of, " ".join(map(str, c.missed)))
        for c in cells
    ]
    return Table(title, note, _HEAD, rows)


def _targets(found: Figures[Cell]) -> list[Target]:
    """What is asked of those of whom neither hides the other, and of the held-out ones apart."""
    made = []
    for what, cells in (
        ("two behind each other", found.known),
        (f"two behind each other, seed {found.seed}", found.held_out),
    ):
        apart = sum((c.apart for c in cells), Share(0, 0))
        every = sum((c.all_pairs for c in cells), Share(0, 0))
        both, found_of = f"{what}: both timed where neither hides the other", f"{apart} of {apart.of:,}"
        made += [
            Target(both, f"{LEAST:.0%}", found_of, apart.value >= LEAST),
            told(f"{what}: both timed, of all", f"{every} of {every.of:,}"),
        ]
    return made


PART = Simulated(
    "followers", "Two behind each other", "Pairs", _NOTE, Counts(100, 50), kinds(), time_pairs, cell, _table, _targets
)
