"""What the simulated parts share: how much of them is run, and with which seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Generic, TypeVar

import msgspec

from benchmarks.pool import J, R, Step, cells_of, pieces, workers
from benchmarks.report import Table

SIMULATED = (
    "All figures are simulated: readings and truth come from benchmarks/physics, which knows nothing of the detector; "
    "the events come from the program's own replay."
)
Size = TypeVar("Size", bound=msgspec.Struct)
C = TypeVar("C")
_CHUNK = 20


class Counts(msgspec.Struct, frozen=True):
    """How many cases a cell."""

    known: int
    held_out: int


class Figures(msgspec.Struct, Generic[C], frozen=True):
    """The cells of cases that are always the same, and of held-out ones."""

    known: list[C]
    held_out: list[C]
    seed: int
    """The date whose seeds were held out, as a number."""


def part_of(size: Size, share: float) -> Size:
    """So much of each count of `size`, at least one."""
    return type(size)(*(max(1, round(share * count)) for count in msgspec.structs.astuple(size)))


def date_of(seed: int | None) -> int:
    """The date whose seeds are held out, as 20261125: today's where nobody names one."""
    return seed or int(datetime.now(UTC).strftime("%Y%m%d"))


def held_out(date: int) -> int:
    """First seed of the cases of a date as 20261125; no other date's and no other run's seeds are among them."""
    return date * 1_000_000


def measured(
    kinds: Sequence[J],
    work: Callable[[J], Sequence[R]],
    cell: Callable[[J, Sequence[R]], C],
    size: Counts,
    seed: int,
    step: Step,
    processes: int | None = None,
) -> Figures[C]:
    """All kinds, worked and made cells of; `seed` is the date of the held-out cases as a number, such as 20261126."""
    jobs = pieces(kinds, size.known, 0, _CHUNK), pieces(kinds, size.held_out, held_out(seed), _CHUNK)
    each = 1.0 / sum(map(len, jobs))
    with workers(processes) as pool:
        known, unseen = ([cell(*one) for one in cells_of(pool, work, some, step, each * len(some))] for some in jobs)
    return Figures(known, unseen, seed)


def both_tables(
    title: str, note: str, unseen: str, only: str, found: Figures[C], table: Callable[[str, str, Iterable[C]], Table]
) -> list[Table]:
    """The known cases' table and that of the `unseen` ones, which the part `only` gives again."""
    told = (
        f"{unseen} that nobody has seen before this run: `make bench ONLY={only} SEED={found.seed}` gives them again."
    )
    return [table(title, note, found.known), table(f"{title}, seed {found.seed}", told, found.held_out)]
