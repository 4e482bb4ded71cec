"""Chosen cells of the gate, measured quickly.

python -m benchmarks.accuracy [--gait run] [--hz 25] [--background wall] [--law nearest] [--record range] [--phantom]
    [--thin] [--reps 200] [--seed 0] [--workers 2]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import click
from rich.console import Console
from rich.table import Table

from benchmarks.accuracy import bars
from benchmarks.accuracy.cells import Cell
from benchmarks.accuracy.measure import gate_cells, kinds
from benchmarks.accuracy.passages import BACKGROUNDS, GAITS
from benchmarks.accuracy.shares import Share, one_in
from benchmarks.physics.blending import LAWS, Law
from benchmarks.physics.gate import Background
from benchmarks.physics.sensor import Record
from benchmarks.pool import pieces, workers
from benchmarks.report import wide_console

_HEAD = (
    "cell", "n", "95 % within ms", "bar", "share within", "covers", "± ms", "over 3×", "missed 4 p.",
    "missed 2.5–4", "twice", "false", "bias ms", "seeds over 3×",
)  # fmt: skip


def _choice(values: Sequence[str]) -> click.Choice[str]:
    # click would take the names of an enumeration's members, not what they are.
    return click.Choice([str(value) for value in values])


@click.command()
@click.option("--gait", "gaits", multiple=True, type=_choice(GAITS), default=[str(gait) for gait in GAITS])
@click.option("--hz", "rates", multiple=True, type=float, help="Readings a second.")
@click.option("--background", "backgrounds", multiple=True, type=_choice(BACKGROUNDS), default=BACKGROUNDS)
@click.option("--law", "laws", multiple=True, type=_choice(LAWS), default=LAWS, help="How several things blend.")
@click.option("--record", type=_choice(get_args(Record)), default="full")
@click.option("--phantom", is_flag=True, help="Exactly one stray phantom beside each break.")
@click.option("--thin", is_flag=True, help="A TF-Luna's beam, at 100 and 250 Hz unless --hz says otherwise.")
@click.option("--reps", type=click.IntRange(1), default=200, help="Of each cell.")
@click.option("--seed", type=click.IntRange(0), default=0, help="The first one.")
@click.option("--workers", "processes", type=click.IntRange(1), default=2)
def measure(
    gaits: tuple[str, ...],
    rates: tuple[float, ...],
    backgrounds: tuple[Background, ...],
    laws: tuple[Law, ...],
    record: Record,
    phantom: bool,
    thin: bool,
    reps: int,
    seed: int,
    processes: int,
) -> None:
    """Time passages through a gate and say how good the times are, cell by cell and by law."""
    every = kinds(rates or (bars.THIN_HZ if thin else bars.ASKED_HZ), record, phantom=phantom, thin=thin)
    chosen = [kind for kind in every if kind.gait in gaits and kind.background in backgrounds and kind.law in laws]
    with workers(processes) as pool:
        cells = gate_cells(pieces(chosen, reps, seed), pool, lambda _share: None, 1.0)
    console = wide_console()
    console.print(_table(cells))
    for law in laws:
        _sum_up(console, law, [cell for cell in cells if cell.law == law])
    _sum_up(console, "all", cells)


def _table(cells: Sequence[Cell]) -> Table:
    table = Table()
    for number, name in enumerate(_HEAD):
        table.add_column(name, justify="right" if number else "left", overflow="fold")
    for c in cells:
        table.add_row(
            c.name, str(c.reps), f"{c.p95_ms:.1f}", f"{c.p95_limit_ms:.1f}", f"{c.within.value:.1%}", str(c.covered),
            f"{c.stated_ms:.1f}", str(c.over.count), f"{c.missed_full.count}/{c.missed_full.of}",
            f"{c.missed_brief.count}/{c.missed_brief.of}", str(c.twice), str(c.false), f"{c.bias_ms:+.1f}",
            " ".join(map(str, c.worst)),
        )  # fmt: skip
    return table


def _sum_up(console: Console, what: str, cells: Sequence[Cell]) -> None:
    none = Share(0, 0)
    console.print(
        f"{what}: covers {sum((c.covered for c in cells), none)}; "
        f"over three times the interval {one_in(sum((c.over for c in cells), none))}; "
        f"missed, four periods {one_in(sum((c.missed_full for c in cells), none))}; "
        f"missed, 2.5 to 4 {one_in(sum((c.missed_brief for c in cells), none))}"
    )


if __name__ == "__main__":
    measure()
