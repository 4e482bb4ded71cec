"""Chosen parts of the dual gate's figures, measured quickly.

python -m benchmarks.dual [--passages 60] [--trials 100] [--held-out 1] [--seed 20261126] [--workers 2]
"""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table

from benchmarks.dual.figures import Size, measured
from benchmarks.dual.tables import tables, targets
from benchmarks.report import shown


@click.command()
@click.option("--passages", type=click.IntRange(1), default=60, help="Of each cell.")
@click.option("--held-out", type=click.IntRange(1), default=1, help="Of each cell, with seeds of their own.")
@click.option("--trials", type=click.IntRange(1), default=100, help="Of each kind.")
@click.option("--seed", type=click.IntRange(1), default=20261126, help="A date, whose seeds those are.")
@click.option("--workers", "processes", type=click.IntRange(1), default=2)
def measure(passages: int, held_out: int, trials: int, seed: int, processes: int) -> None:
    """Time reps of a dual gate with both halves and with one, and compare."""
    found = measured(Size(passages, held_out, trials), seed, lambda _share: None, processes)
    console = Console(width=None if Console().is_terminal else 220)
    for made in tables(found):
        table = Table(title=made.title)
        for number, name in enumerate(made.head):
            table.add_column(name, justify="right" if number else "left", overflow="fold")
        for row in made.rows:
            table.add_row(*map(shown, row))
        console.print(table)
    for target in targets(found):
        verdict = {True: "met", False: "MISSED", None: "told"}[target.met]
        console.print(f"{verdict:7}{target.what}: {target.found} (asked {target.asked})")


if __name__ == "__main__":
    measure()
