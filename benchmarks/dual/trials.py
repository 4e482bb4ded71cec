"""Reps of a dual gate, each timed twice: by the program with both halves, and with the one on the line alone."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from benchmarks.accuracy.passages import BACKGROUNDS, GAITS
from benchmarks.physics.blending import LAWS, Law
from benchmarks.physics.dual import FIRST, OFFSETS_MM, SECOND, DualCase, Layout, dual_passage
from benchmarks.physics.dual_trials import dual_trial
from benchmarks.physics.gate import Background
from benchmarks.pool import Job
from retro_timer.beacon.replay import Replay
from retro_timer.detection.config import WatchConfig
from retro_timer.ports import RangeSample
from retro_timer.store.traces import TraceRep
from retro_timer.training.gaits import Gait
from retro_timer.training.session.events import Finish, SessionEvent

PASSAGE = "passage"
HZ = 41.0
"""The fastest that a VL53L1X goes; two on one bus of 400 kHz keep it."""
_FALSE_S = 0.25


class DualJob(Job, frozen=True):
    """Some reps of one kind. A trial goes through gaits, backgrounds and laws by its seeds."""

    name: str
    layout: Layout
    gait: Gait = Gait.JOG
    background: Background = "wall"
    law: Law = "average"

    @property
    def cell(self) -> str:
        """Name of the cell."""
        if self.name != PASSAGE:
            return f"{self.layout}, {self.name}"
        law = f", {self.law}" if self.background == "wall" else ""
        return f"{self.layout}, {self.gait} {self.background}{law}"


class Told(msgspec.Struct, frozen=True, gc=False):
    """What one way of timing said of a rep."""

    finishes: int
    error_s: float | None
    """Told time less the true one; None without a finish, or where nobody came."""
    stated_s: float
    wrong: bool
    """Something else than the athlete was timed."""
    single: bool
    """The finish is flagged as one half's alone."""


class Compared(msgspec.Struct, frozen=True, gc=False):
    """One rep, both ways."""

    seed: int
    dual: Told
    alone: Told


def compare(job: DualJob) -> list[Compared]:
    """The job's reps, timed both ways."""
    return [_compared(job, seed) for seed in job.seeds]


def _compared(job: DualJob, seed: int) -> Compared:
    gait, case = _case(job, seed)
    rep = TraceRep(case.go_s, case.distance_m, gait)
    halves = {
        name: WatchConfig(name=name, budget_ns=budget_ns, offset_mm=offset_mm)
        for name, budget_ns, offset_mm in zip((FIRST, SECOND), case.budgets_ns, OFFSETS_MM[job.layout], strict=True)
    }
    both = _replayed(case.rows, rep, halves)
    # Of two on the line the upper one.
    single = next(name for name, half in halves.items() if not half.offset_mm)
    alone = _replayed([row for row in case.rows if row[0] == single], rep, {single: halves[single]})
    return Compared(seed, _told(case, both), _told(case, alone))


def _case(job: DualJob, seed: int) -> tuple[Gait, DualCase]:
    if job.name == PASSAGE:
        return job.gait, dual_passage(seed, job.layout, job.gait, HZ, job.background, job.law)
    gait, background, law = GAITS[seed % 3], BACKGROUNDS[seed // 3 % 2], LAWS[seed // 6 % 2]
    return gait, dual_trial(job.name, seed, job.layout, gait, background, law)


def _replayed(rows: Sequence[tuple[str, RangeSample]], rep: TraceRep, sensors: dict[str, WatchConfig]) -> list[Finish]:
    told: list[SessionEvent] = []
    Replay(next(iter(sensors.values())), [rep], lambda event, _judged: told.append(event), sensors).run_several(rows)
    return [event for event in told if isinstance(event, Finish)]


def _told(case: DualCase, finishes: Sequence[Finish]) -> Told:
    if not finishes:
        return Told(0, None, 0.0, wrong=False, single=False)
    found = finishes[0]
    single = "single" in found.flags
    if case.back_s is None:
        return Told(len(finishes), None, found.uncertainty_s, wrong=True, single=single)
    error_s = found.time_s - (case.back_s - case.go_s)
    wrong = abs(error_s) > max(_FALSE_S, 2.0 * found.uncertainty_s)
    return Told(len(finishes), error_s, found.uncertainty_s, wrong=wrong, single=single)
