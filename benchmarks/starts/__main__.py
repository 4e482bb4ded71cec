"""Starts by release, measured quickly.

python -m benchmarks.starts [--starts 20] [--held-out 10] [--seed 20261126] [--workers 2]
"""

from __future__ import annotations

import click

from benchmarks.report import print_part, wide_console
from benchmarks.simulated import Counts, measured
from benchmarks.starts.figures import cell, kinds, time_starts
from benchmarks.starts.part import tables, targets


@click.command()
@click.option("--starts", type=click.IntRange(1), default=20, help="Of each cell.")
@click.option("--held-out", type=click.IntRange(1), default=10, help="Of each cell, with seeds of their own.")
@click.option("--seed", type=click.IntRange(1), default=20261126, help="A date, whose seeds those are.")
@click.option("--workers", "processes", type=click.IntRange(1), default=2)
def measure(starts: int, held_out: int, seed: int, processes: int) -> None:
    """Find simulated starts by release and say how good they are."""
    found = measured(kinds(), time_starts, cell, Counts(starts, held_out), seed, lambda _share: None, processes)
    print_part("Starts by release", tables(found), targets(found), wide_console())


if __name__ == "__main__":
    measure()
