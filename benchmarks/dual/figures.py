"""The figures of a dual gate, cell by cell, and all of them from a number of reps."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Iterable, Sequence

import msgspec

from benchmarks.accuracy.cells import p95
from benchmarks.accuracy.passages import BACKGROUNDS, GAITS
from benchmarks.accuracy.shares import Share
from benchmarks.dual.trials import PASSAGE, Compared, DualJob, compare
from benchmarks.physics.blending import LAWS
from benchmarks.physics.dual import LAYOUTS, OFFSETS_MM, Layout
from benchmarks.physics.dual_trials import TRIALS
from benchmarks.pool import Step, cells_of, pieces, workers
from benchmarks.simulated import held_out
from retro_timer.training.gaits import Gait

_CHUNK = 25


class Size(msgspec.Struct, frozen=True):
    """How many reps of each passage cell, held-out cell and trial."""

    passages: int
    held_out: int
    trials: int


FULL, QUICK = Size(600, 200, 1000), Size(2, 1, 2)


class Cell(msgspec.Struct, frozen=True):
    """Passages of one layout, gait, background and law."""

    name: str
    layout: Layout
    gait: Gait
    reps: int
    dual_p95_ms: float
    alone_p95_ms: float
    """Of the same reps by the half on the line alone: those that both ways timed."""
    dual_bias_ms: float
    covered: Share
    """Truths inside the dual gate's interval."""
    alone_covered: Share
    stated_ms: float
    lost: int
    """Reps that the half on the line alone timed and both together did not."""
    gained: int
    """The other way round."""
    single: int
    """Finishes that one half gave alone."""
    wrong: int
    alone_wrong: int

    @property
    def ratio(self) -> float:
        """The dual gate's error against the single one's."""
        return self.dual_p95_ms / self.alone_p95_ms if self.alone_p95_ms else 1.0


class Trial(msgspec.Struct, frozen=True):
    """One kind of what is no finish."""

    name: str
    layout: Layout
    wrong: Share
    alone_wrong: Share
    lost: int
    """Athletes whom the half on the line alone timed rightly, and both together did not time at all."""
    gained: int
    seeds: tuple[int, ...]
    """Of the wrong ones."""


class Figures(msgspec.Struct, frozen=True):
    """What was found."""

    passages: list[Cell]
    held_out: list[Cell]
    trials: list[Trial]
    seed: int
    """The date whose seeds were held out, as a number."""


def passage_jobs(reps: int, first_seed: int = 0, layouts: Iterable[Layout] = LAYOUTS) -> list[DualJob]:
    """So many of each cell: the second law only where there is a wall."""
    kinds = [
        DualJob(PASSAGE, layout, gait, background, law)
        for layout, gait, background in itertools.product(layouts, GAITS, BACKGROUNDS)
        for law in (LAWS if background == "wall" else LAWS[:1])
    ]
    return pieces(kinds, reps, first_seed, _CHUNK)


def trial_jobs(reps: int, names: Sequence[str] = TRIALS) -> list[DualJob]:
    """So many of each trial and layout."""
    kinds = [DualJob(name, layout) for layout in LAYOUTS for name in names if (layout, name) != ("above", "wrong way")]
    return pieces(kinds, reps, size=_CHUNK)


def measured(size: Size, seed: int, step: Step) -> Figures:
    """Everything; `seed` is the date of the held-out passages as a number, such as 20261125."""
    passages_of_all = passage_jobs(size.passages, layouts=OFFSETS_MM)
    jobs = passages_of_all, passage_jobs(size.held_out, held_out(seed)), trial_jobs(size.trials)
    each = 1.0 / sum(map(len, jobs))
    with workers() as pool:
        passages, unseen, trials = (cells_of(pool, compare, of_kind, step, each * len(of_kind)) for of_kind in jobs)
    return Figures(
        [cell(*one) for one in passages], [cell(*one) for one in unseen], [trial(*one) for one in trials], seed
    )


def cell(job: DualJob, reps: Sequence[Compared]) -> Cell:
    """The figures of one passage cell."""
    right = [r for r in reps if r.dual.error_s is not None and not r.dual.wrong]
    both = [r for r in right if r.alone.error_s is not None and not r.alone.wrong]
    errors = [r.dual.error_s or 0.0 for r in right]
    alone = [r for r in reps if r.alone.error_s is not None and not r.alone.wrong]
    return Cell(
        name=job.cell,
        layout=job.layout,
        gait=job.gait,
        reps=len(reps),
        dual_p95_ms=1000.0 * p95(r.dual.error_s or 0.0 for r in both),
        alone_p95_ms=1000.0 * p95(r.alone.error_s or 0.0 for r in both),
        dual_bias_ms=1000.0 * statistics.fmean(errors) if errors else 0.0,
        covered=Share(sum(abs(r.dual.error_s or 0.0) <= r.dual.stated_s for r in right), len(right)),
        alone_covered=Share(sum(abs(r.alone.error_s or 0.0) <= r.alone.stated_s for r in alone), len(alone)),
        stated_ms=1000.0 * statistics.fmean([r.dual.stated_s for r in right]) if right else 0.0,
        lost=sum(_lost(r) for r in reps),
        gained=sum(_gained(r) for r in reps),
        single=sum(r.dual.single for r in reps),
        wrong=sum(r.dual.wrong for r in reps),
        alone_wrong=sum(r.alone.wrong for r in reps),
    )


def trial(job: DualJob, reps: Sequence[Compared]) -> Trial:
    """The figures of one trial."""
    return Trial(
        name=job.name,
        layout=job.layout,
        wrong=Share(sum(r.dual.wrong for r in reps), len(reps)),
        alone_wrong=Share(sum(r.alone.wrong for r in reps), len(reps)),
        lost=sum(_lost(r) for r in reps),
        gained=sum(_gained(r) for r in reps),
        seeds=tuple(r.seed for r in reps if r.dual.wrong)[:12],
    )


def _lost(rep: Compared) -> bool:
    return rep.dual.finishes == 0 and rep.alone.finishes > 0 and not rep.alone.wrong


def _gained(rep: Compared) -> bool:
    right = rep.dual.finishes > 0 and not rep.dual.wrong
    return right and (rep.alone.finishes == 0 or rep.alone.wrong)
