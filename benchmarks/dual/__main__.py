"""Chosen parts of the dual gate's figures, measured quickly.

python -m benchmarks.dual [--passages 60] [--trials 100] [--held-out 1] [--seed 20261126] [--workers 2]
"""

from __future__ import annotations

import click

from benchmarks.dual.figures import Size, measured
from benchmarks.dual.tables import tables, targets
from benchmarks.report import print_part, wide_console


@click.command()
@click.option("--passages", type=click.IntRange(1), default=60, help="Of each cell.")
@click.option("--held-out", type=click.IntRange(1), default=1, help="Of each cell, with seeds of their own.")
@click.option("--trials", type=click.IntRange(1), default=100, help="Of each kind.")
@click.option("--seed", type=click.IntRange(1), default=20261126, help="A date, whose seeds those are.")
@click.option("--workers", "processes", type=click.IntRange(1), default=2)
def measure(passages: int, held_out: int, trials: int, seed: int, processes: int) -> None:
    """Time reps of a dual gate with both halves and with one, and compare."""
    found = measured(Size(passages, held_out, trials), seed, lambda _share: None, processes)
    print_part("Dual gate", tables(found), targets(found), wide_console())


if __name__ == "__main__":
    measure()
