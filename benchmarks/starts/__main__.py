"""Starts by release, measured quickly.

python -m benchmarks.starts [--starts 20] [--held-out 10] [--seed 20261126] [--workers 2]
"""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table

from benchmarks.report import shown
from benchmarks.starts.figures import Size, measured
from benchmarks.starts.part import tables, targets


@click.command()
@click.option("--starts", type=click.IntRange(1), default=20, help="Of each cell.")
@click.option("--held-out", type=click.IntRange(1), default=10, help="Of each cell, with seeds of their own.")
@click.option("--seed", type=click.IntRange(1), default=20261126, help="A date, whose seeds those are.")
@click.option("--workers", "processes", type=click.IntRange(1), default=2)
def measure(starts: int, held_out: int, seed: int, processes: int) -> None:
    """Find simulated starts by release and say how good they are."""
    found = measured(Size(starts, held_out), seed, lambda _share: None, processes)
    console = Console(width=None if Console().is_terminal else 200)
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
