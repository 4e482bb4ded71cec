"""Lanes told apart by range, measured quickly.

python -m benchmarks.lanes [--waves 20] [--held-out 10] [--seed 20261126] [--workers 2]
"""

from __future__ import annotations

import click

from benchmarks.lanes.figures import cell, kinds, time_waves
from benchmarks.lanes.part import tables, targets
from benchmarks.report import print_part, wide_console
from benchmarks.simulated import Counts, measured


@click.command()
@click.option("--waves", type=click.IntRange(1), default=20, help="Of each cell.")
@click.option("--held-out", type=click.IntRange(1), default=10, help="Of each cell, with seeds of their own.")
@click.option("--seed", type=click.IntRange(1), default=20261126, help="A date, whose seeds those are.")
@click.option("--workers", "processes", type=click.IntRange(1), default=2)
def measure(waves: int, held_out: int, seed: int, processes: int) -> None:
    """Time simulated runners side by side and say how good that is."""
    found = measured(kinds(), time_waves, cell, Counts(waves, held_out), seed, lambda _share: None, processes)
    print_part("Lanes", tables(found), targets(found), wide_console())


if __name__ == "__main__":
    measure()
