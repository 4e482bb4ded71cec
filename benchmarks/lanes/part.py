"""Lanes told apart by range as a part of the benchmark: tables and targets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.accuracy.bars import COVERED
from benchmarks.accuracy.shares import Share
from benchmarks.accuracy.targets import covers, rare
from benchmarks.lanes.figures import Cell, Of, added, cell, kinds, time_waves
from benchmarks.report import Table, Target, Value, told
from benchmarks.simulated import Counts, Figures, Simulated

TIMED = 0.995
MOST_WRONG = 1 / 2_000
_HEAD = (
    "cell", "leading edge hidden", "of", "visible: timed in their lane", "of ", "interval covers", "as somebody else",
    "hidden: timed", "of  ", "interval covers ", "too dim: timed", "of   ", "interval covers  ",
    "seeds with somebody visible who was not timed",
)  # fmt: skip
_NOTE = (
    "Two to four runners 0 to 0.5 s apart, one a lane of 1.22 m, before one TF-Luna in the open "
    "(benchmarks/physics/lanes.py). Visible: from two readings before to two after the back reaches the line nobody "
    "nearer stands in the beam, and the trunk gives twice the least light. Hidden: the same light, and somebody nearer "
    "is in the beam then. Too dim: less light, hidden or not. As somebody else: further than 0.35 m of running and "
    "than its own interval from the truth, and not flagged `ambiguous`."
)


def _table(title: str, note: str, cells: Iterable[Cell]) -> Table:
    rows: list[tuple[Value, ...]] = [
        (
            c.name,
            str(c.hidden),
            c.hidden.of,
            str(c.of["visible"].timed),
            c.of["visible"].crossings,
            str(c.of["visible"].covered),
            c.of["visible"].wrong.count,
            *_told(c.of["hidden"]),
            *_told(c.of["dim"]),
            " ".join(map(str, c.missed)),
        )
        for c in cells
    ]
    return Table(title, note, _HEAD, rows, 7)


def _told(of: Of) -> tuple[Value, ...]:
    return str(of.timed), of.crossings, str(of.covered)


def _targets(found: Figures[Cell]) -> list[Target]:
    """What is asked of visible and hidden ones, over all cells, and of the held-out waves apart."""
    return [*_of("lanes", found.known), *_of(f"lanes, seed {found.seed}", found.held_out)]


def _of(what: str, cells: Sequence[Cell]) -> list[Target]:
    visible, hidden, dim = (added(cells, seen) for seen in ("visible", "hidden", "dim"))
    low, _ = COVERED
    shares = sorted(c.hidden.value for c in cells if c.hidden.of)
    spread = f"; {shares[0]:.0%} to {shares[-1]:.0%} by gait and lanes" if shares else ""
    edges = sum((c.hidden for c in cells), Share(0, 0))
    return [
        told(f"{what}: leading edge hidden by a nearer runner", f"{edges} of {edges.of:,}{spread}"),
        Target(
            f"{what}: visible ones timed in their lane",
            f"{TIMED:.1%}",
            f"{visible.timed} of {visible.crossings:,}",
            visible.timed.value >= TIMED,
        ),
        rare(f"{what}: visible ones timed as somebody else, not `ambiguous`", MOST_WRONG, visible.wrong),
        covers(f"{what}: interval of visible ones covers {{}}", visible.covered),
        Target(
            f"{what}: interval of hidden ones covers", f"{low:.0%}", str(hidden.covered), hidden.covered.value >= low
        ),
        told(f"{what}: hidden ones timed", f"{hidden.timed} of {hidden.crossings:,}"),
        told(f"{what}: too dim to be asked for, timed", f"{dim.timed} of {dim.crossings:,}"),
    ]


PART = Simulated("lanes", "Lanes", "Waves", _NOTE, Counts(100, 50), kinds(), time_waves, cell, _table, _targets)
