"""Simulations on every core at once."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TypeVar

import msgspec

Step = Callable[[float], None]
"""Takes the share of a part's work that was done since it was called last; all shares make 1."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Some cases of one cell; without any it is their kind."""

    first_seed: int = 0
    cases: int = 0

    @property
    def cell(self) -> str:
        """Name of the cell."""
        raise NotImplementedError

    @property
    def seeds(self) -> range:
        """Of its cases."""
        return range(self.first_seed, self.first_seed + self.cases)


J = TypeVar("J", bound=Job)
R = TypeVar("R")


def workers(count: int | None = None) -> ProcessPoolExecutor:
    """A process for each core, or so many; close it as a context manager."""
    # A process that has threads, such as a progress bar's, must not be forked.
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("forkserver"))


def run_jobs(
    pool: ProcessPoolExecutor, work: Callable[[J], R], jobs: Sequence[J], step: Step, share: float
) -> dict[str, list[R]]:
    """The results of all jobs by their cells, in the jobs' order whatever order they end in."""
    futures = {pool.submit(work, job): number for number, job in enumerate(jobs)}
    done: dict[int, R] = {}
    for future in as_completed(futures):
        done[futures[future]] = future.result()
        step(share / len(jobs))
    found: dict[str, list[R]] = {}
    for number, job in enumerate(jobs):
        found.setdefault(job.cell, []).append(done[number])
    return found


def cells_of(
    pool: ProcessPoolExecutor, work: Callable[[J], Sequence[R]], jobs: Sequence[J], step: Step, share: float
) -> list[tuple[J, list[R]]]:
    """Each cell as one of its jobs, with the results of all of them in the jobs' order."""
    of_cell = {job.cell: job for job in jobs}
    found = run_jobs(pool, work, jobs, step, share)
    return [(of_cell[name], [one for piece in pieces for one in piece]) for name, pieces in found.items()]


def pieces(kinds: Iterable[J], cases: int, first_seed: int = 0, size: int = 50) -> list[J]:
    """So many cases of each kind, cut into jobs of at most `size` for the workers."""
    return [
        msgspec.structs.replace(kind, first_seed=first_seed + first, cases=min(size, cases - first))
        for kind in kinds
        for first in range(0, cases, size)
    ]
