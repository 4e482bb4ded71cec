"""What the simulated parts share: how much of them is run, and with which seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Generic, TypeVar

import msgspec

from benchmarks.pool import J, R, Step, cells_of, pieces, workers
from benchmarks.report import Part, Table, Target

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


QUICK = Counts(1, 1)


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


class Simulated(Generic[J, R, C]):
    """A part whose cells are measured twice: with cases that are always the same, and with held-out ones of a date."""

    def __init__(
        self,
        name: str,
        title: str,
        cases: str,
        note: str,
        full: Counts,
        kinds: Sequence[J],
        work: Callable[[J], Sequence[R]],
        cell: Callable[[J, Sequence[R]], C],
        table: Callable[[str, str, Iterable[C]], Table],
        targets: Callable[[Figures[C]], list[Target]],
    ) -> None:
        """`cases`: what one of its cells has many of, as its tables call them; `note`: below the first table."""
        self._name, self._title, self._cases, self._note = name, title, cases, note
        self._full, self._kinds = full, kinds
        self._work, self._cell, self._table, self._targets = work, cell, table, targets

    def measure(self, quick: bool, step: Step, seed: int | None = None, share: float = 1.0) -> Part:
        """Simulate, time and judge.

        The held-out cases have the seeds of `seed`, a date as 20261126; today's without. `share` of them is run.
        """
        found = self._found(QUICK if quick else part_of(self._full, share), date_of(seed), step)
        unseen = held_out_note(self._cases, self._name, found.seed)
        tables = [
            self._table(self._title, self._note, found.known),
            self._table(f"{self._title}, seed {found.seed}", unseen, found.held_out),
        ]
        return Part(self._title, SIMULATED, self._targets(found), tables, {})

    def _found(self, size: Counts, seed: int, step: Step) -> Figures[C]:
        jobs = pieces(self._kinds, size.known, 0, _CHUNK), pieces(self._kinds, size.held_out, held_out(seed), _CHUNK)
        each = 1.0 / sum(map(len, jobs))
        with workers() as pool:
            known, unseen = (
                [self._cell(*one) for one in cells_of(pool, self._work, some, step, each * len(some))] for some in jobs
            )
        return Figures(known, unseen, seed)


def held_out_note(cases: str, part: str, seed: int) -> str:
    """What the table of the held-out cases says of them."""
    return f"{cases} that nobody has seen before this run: `make bench ONLY={part} SEED={seed}` gives them again."
