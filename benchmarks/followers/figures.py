"""Simulates two behind each other, times them as of a rolling order, and counts where both are timed."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from benchmarks.accuracy.passages import into
from benchmarks.accuracy.shares import Share
from benchmarks.physics.blending import Law
from benchmarks.physics.cases import GateCase
from benchmarks.physics.followers import followers
from benchmarks.physics.gate import Background
from benchmarks.pool import Job
from retro_timer.beacon.replay import Replay
from retro_timer.detection.config import WatchConfig
from retro_timer.store.traces import TraceRep
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Order

GATES: tuple[tuple[bool, float, Background, Law], ...] = (
    (False, 41.0, "wall", "average"),
    (False, 41.0, "wall", "nearest"),
    (False, 41.0, "open", "average"),
    (True, 100.0, "wall", "nearest"),
)
"""A VL53L1X and a TF-Luna."""
_SEEN_PERIODS = 4.0
_SEEN_KCPS = 3000.0
"""Twice the least signal of a valid reading."""
_FREE_PERIODS = 2.0
_LEAST_S, _INTERVALS = 0.1, 3.0


class PairJob(Job, frozen=True):
    """Some pairs of one cell."""

    thin: bool
    rate_hz: float
    background: Background
    law: Law
    gait: Gait

    @property
    def cell(self) -> str:
        """Name of the cell."""
        law = f", {self.law}" if self.background == "wall" else ""
        return f"{'TF-Luna' if self.thin else 'VL53L1X'} {self.rate_hz:g} Hz {self.background} {self.gait}{law}"


class Timed(msgspec.Struct, frozen=True):
    """What became of two who came behind each other."""

    seed: int
    both: bool
    """Each has a time, within 0.1 s or three times its stated interval of the truth."""
    apart: bool
    """Neither hides the other: each would be seen for four periods, with twice the least signal, and for two periods no
    part of either trunk is in the cone between them."""


class Cell(msgspec.Struct, frozen=True):
    """What one kind of gate makes of one gait."""

    name: str
    apart: Share
    all_pairs: Share
    missed: tuple[int, ...]
    """Seeds of those apart of whom not both were timed."""


def time_case(case: GateCase, *, thin: bool) -> Timed:
    """Time one pair."""
    told: list[dict[str, object]] = []
    reps = [TraceRep(rep.go_ns / 1e9, rep.distance_m, rep.gait) for rep in case.reps]
    config = WatchConfig(budget_ns=case.spec.budget_ns, fov_deg=case.spec.fov_deg)
    Replay(config, reps, into(told), order=Order.ROLLING).run(case.samples)
    finishes = [event for event in told if event["event"] == "finish"]
    goes_s = {number: rep.go_s or 0.0 for number, rep in enumerate(reps, start=1)}
    found = sorted((goes_s[_int(f["rep"])] + _float(f["time_s"]), _float(f["uncertainty_s"])) for f in finishes)
    truths = [(rep.back_ns or 0) / 1e9 for rep in case.reps]
    both = len(found) == len(truths) and all(
        abs(back_s - true_s) <= max(_LEAST_S, _INTERVALS * stated_s)
        for (back_s, stated_s), true_s in zip(found, truths, strict=True)
    )
    seen = case.seen_periods >= _SEEN_PERIODS and (thin or case.peak_kcps >= _SEEN_KCPS)
    return Timed(case.seed, both, seen and case.free_periods >= _FREE_PERIODS)


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value


def _float(value: object) -> float:
    assert isinstance(value, int | float)
    return float(value)


def time_pairs(job: PairJob) -> list[Timed]:
    """All pairs of a job."""
    return [
        time_case(followers(seed, job.gait, job.rate_hz, job.background, law=job.law, luna=job.thin), thin=job.thin)
        for seed in job.seeds
    ]


def kinds() -> list[PairJob]:
    """One of each cell."""
    return [PairJob(*gate, gait) for gate in GATES for gait in Gait]


def cell(job: PairJob, timed: Sequence[Timed]) -> Cell:
    """The figures of one cell."""
    apart = [one for one in timed if one.apart]
    return Cell(
        job.cell,
        Share(sum(one.both for one in apart), len(apart)),
        Share(sum(one.both for one in timed), len(timed)),
        tuple(one.seed for one in apart if not one.both),
    )
