"""Simulates waves in lanes before one TF-Luna, times them as a trace with lanes, and makes the figures of each cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from benchmarks.accuracy.bars import FALSE_M
from benchmarks.accuracy.shares import Share
from benchmarks.physics.lanes import FIRST_MM, LANE_MM, InLane, LaneCase, lane_wave
from benchmarks.pool import Job
from retro_timer.beacon.lane_replay import LaneReplay
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.lane_map import LaneMap
from retro_timer.store.traces import TraceRep
from retro_timer.training.gaits import Gait
from retro_timer.training.session.events import Finish, SessionEvent

RATES_HZ = (100.0, 250.0)
RUNNERS = (2, 3, 4)
Seen = Literal["visible", "hidden", "dim"]
"""Of a crossing: seen at the moment itself; hidden by somebody nearer then; with too little light either way."""


class WaveJob(Job, frozen=True):
    """Some waves of one cell."""

    rate_hz: float
    gait: Gait
    runners: int

    @property
    def cell(self) -> str:
        """Name of the cell."""
        return f"{self.rate_hz:g} Hz {self.gait}, {self.runners} runners"


class Timed(msgspec.Struct, frozen=True):
    """What became of one crossing."""

    seed: int
    seen: Seen
    error_s: float | None
    """None where there was no finish in that lane."""
    stated_s: float = 0.0
    """Half-width of its interval."""
    others: bool = False
    """The finish is somebody else's: off by more than `FALSE_M` of running, and by more than it states."""
    ambiguous: bool = False

    @property
    def covered(self) -> bool:
        """Whether the truth is in the stated interval."""
        return self.error_s is not None and abs(self.error_s) <= self.stated_s


class Of(msgspec.Struct, frozen=True):
    """The crossings of one kind."""

    crossings: int
    timed: Share
    """In their own lane."""
    covered: Share
    wrong: Share
    """Timed as somebody else, and not said to be ambiguous."""


class Cell(msgspec.Struct, frozen=True):
    """What one rate, gait and number of runners is timed like."""

    name: str
    hidden: Share
    """Of all crossings with light enough those whose leading edge somebody nearer hides."""
    of: dict[Seen, Of]
    missed: tuple[int, ...]
    """Seeds of the waves with somebody visible who was not timed."""


def finishes(case: LaneCase) -> dict[int, Finish]:
    """The finish of each rep, by its number."""
    told: list[SessionEvent] = []
    config = WatchConfig(fov_deg=case.spec.fov_deg, budget_ns=case.spec.budget_ns)
    reps = [TraceRep(r.rep.go_ns / 1e9, r.rep.distance_m, r.rep.gait, lane=r.lane) for r in case.runners]
    lanes = LaneMap(len(case.runners), LANE_MM, FIRST_MM)
    LaneReplay(config, lanes, reps, lambda event, _samples: told.append(event)).run(case.samples)
    return {event.rep: event for event in told if isinstance(event, Finish)}


def time_case(case: LaneCase) -> list[Timed]:
    """What became of each runner of a wave."""
    found = finishes(case)
    return [_timed(case.seed, runner, found.get(rep)) for rep, runner in enumerate(case.runners, start=1)]


def _timed(seed: int, runner: InLane, finish: Finish | None) -> Timed:
    seen: Seen = "visible" if runner.free else "hidden" if runner.bright else "dim"
    if finish is None:
        return Timed(seed, seen, None)
    assert runner.rep.back_ns is not None
    error_s = finish.time_s - (runner.rep.back_ns - runner.rep.go_ns) / 1e9
    others = abs(error_s) > max(FALSE_M / runner.speed_mps, finish.uncertainty_s)
    return Timed(seed, seen, error_s, finish.uncertainty_s, others, "ambiguous" in finish.flags)


def time_waves(job: WaveJob) -> list[Timed]:
    """All crossings of a job."""
    waves = (lane_wave(seed, job.gait, job.rate_hz, job.runners) for seed in job.seeds)
    return [timed for wave in waves for timed in time_case(wave)]


def kinds() -> list[WaveJob]:
    """One of each cell."""
    return [
        WaveJob(rate_hz=rate_hz, gait=gait, runners=runners)
        for rate_hz in RATES_HZ
        for gait in Gait
        for runners in RUNNERS
    ]


def cell(job: WaveJob, timed: Sequence[Timed]) -> Cell:
    """The figures of one cell."""
    ways: tuple[Seen, ...] = ("visible", "hidden", "dim")
    of = {seen: _of([one for one in timed if one.seen == seen]) for seen in ways}
    hidden = of["hidden"].crossings
    missed = {one.seed for one in timed if one.seen == "visible" and one.error_s is None}
    return Cell(job.cell, Share(hidden, hidden + of["visible"].crossings), of, tuple(sorted(missed)))


def _of(crossings: Sequence[Timed]) -> Of:
    found = [one for one in crossings if one.error_s is not None]
    own = [one for one in found if not one.others]
    return Of(
        len(crossings),
        Share(len(own), len(crossings)),
        Share(sum(one.covered for one in found), len(found)),
        Share(sum(one.others and not one.ambiguous for one in found), len(crossings)),
    )


def added(cells: Iterable[Cell], seen: Seen) -> Of:
    """All cells' crossings of one kind together."""
    all_of_them = [cell.of[seen] for cell in cells]
    none = Share(0, 0)
    return Of(
        sum(one.crossings for one in all_of_them),
        sum((one.timed for one in all_of_them), none),
        sum((one.covered for one in all_of_them), none),
        sum((one.wrong for one in all_of_them), none),
    )
