"""How well the watch warns: simulated people who close in, and an empty field of phantoms, single and in bursts."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

import msgspec

from benchmarks.accuracy.cells import p95
from benchmarks.accuracy.passages import Finder, replay
from benchmarks.physics import WarningCase, warning_scene
from benchmarks.pool import Job
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.people import Braking
from retro_timer.ports import Placement

RATES_HZ = (10.0, 25.0, 41.0, 100.0)
MAX_RANGES_M = (1.3, 8.0)
"""A VL53L1X in short mode, a TF-Luna."""
PLACEMENTS = (Placement.LANE_END, Placement.BELT)
SIGHT_S = 0.2
"""Danger may come this long after the first sight, if that is later than the stopping distance."""
PROMISED_S, PROMISED_PERIODS = 0.3, 4
"""What docs/safety.md promises while the state is `ok`: so long, or so many periods if that is longer, after both the
first report and the stopping distance."""
_BRAKING = Braking()
"""0.6 s and 2.5 m/s^2, as docs/sources.md has them."""


class WatchJob(Job, frozen=True):
    """Some scenes of one kind for one sensor."""

    kind: str
    """closing, empty or bursts."""
    placement: Placement
    rate_hz: float
    max_range_m: float
    record: str
    seconds: float = 600.0
    """Length of a scene with nobody."""

    @property
    def cell(self) -> str:
        """Name of the cell."""
        return f"{self.placement} {self.rate_hz:g} Hz, sees {self.max_range_m:g} m"


class Watched(msgspec.Struct, frozen=True, gc=False):
    """What became of one scene."""

    alarms: int
    """Times that the level rose from clear."""
    late_s: float | None
    """Danger after the latest moment that is asked for, negative when before it; None when it never came."""
    lead_s: float | None
    """Danger before the stopping distance was reached; negative after it; None when it never came."""
    danger_due: bool
    """Whether the scene asks for danger."""
    promised: bool = False
    """Whether danger was told as soon as is promised."""


class WatchCell(msgspec.Struct, frozen=True):
    """The figures of one sensor."""

    name: str
    scenes: int
    never: int
    in_time: float
    promised: float
    """Share told as soon as is promised."""
    late_p95_ms: float
    """Of the late ones; 0 when none is late."""
    late_worst_ms: float
    lead_median_s: float
    lead_p95_s: float
    false_alarms: int
    """With single phantoms."""
    burst_alarms: int
    """With bursts of phantoms."""
    empty_minutes: float
    """Length of the empty field with single phantoms, and as long again with bursts."""

    @property
    def false_per_10_min(self) -> float:
        """False alarms in ten minutes of an empty field with single phantoms."""
        return self._per_10_min(self.false_alarms)

    @property
    def burst_alarms_per_10_min(self) -> float:
        """False alarms in ten minutes of an empty field with bursts of phantoms."""
        return self._per_10_min(self.burst_alarms)

    def _per_10_min(self, alarms: int) -> float:
        return 10.0 * alarms / self.empty_minutes if self.empty_minutes else 0.0


def watch_scenes(job: WatchJob, find: Finder = replay) -> list[Watched]:
    """Judge scenes: when danger was told, and when it was due."""
    watched = []
    for seed in job.seeds:
        case = warning_scene(
            job.kind,
            seed,
            job.placement,
            job.rate_hz,
            max_range_m=job.max_range_m,
            record=job.record,  # type: ignore[arg-type]
            seconds=job.seconds,
        )
        config = WatchConfig(placement=job.placement, budget_ns=case.spec.budget_ns, fov_deg=case.spec.fov_deg)
        watched.append(_watched(case, find(case.samples, [], config)))
    return watched


def _watched(case: WarningCase, told: list[dict[str, Any]]) -> Watched:
    obstacles = [event for event in told if event["event"] == "obstacle"]
    alarms = _risings(obstacles)
    due_s = _stopping_reached_s(case)
    if due_s is None or case.first_report_ns is None:
        return Watched(alarms, None, None, danger_due=False)
    danger = next((event for event in obstacles if event["level"] == "danger"), None)
    if danger is None:
        return Watched(alarms, None, None, danger_due=True)
    # An event carries the middle of its reading's integration; nobody knows of it before the integration's end.
    told_s = danger["t_s"] + case.spec.budget_ns / 2e9
    seen_s = case.first_report_ns / 1e9
    promised_s = max(due_s, seen_s) + max(PROMISED_S, PROMISED_PERIODS * case.spec.period_ns / 1e9)
    late_s = told_s - max(due_s, seen_s + SIGHT_S)
    return Watched(alarms, late_s, due_s - told_s, danger_due=True, promised=told_s <= promised_s)


def _risings(obstacles: Sequence[dict[str, Any]]) -> int:
    count, before = 0, "clear"
    for event in obstacles:
        count += before == "clear" != event["level"]
        before = event["level"]
    return count


def _stopping_reached_s(case: WarningCase) -> float | None:
    """When the obstacle first is as near as the stopping distance at its closing speed; None when it never is."""
    before: tuple[float, float] | None = None
    for point in case.truth:
        if point.range_mm is None or point.closing_mps <= 0.0:
            before = None
            continue
        t_s = point.t_ns / 1e9
        spare_m = point.range_mm / 1000.0 - _BRAKING.stopping_distance_m(point.closing_mps)
        if spare_m <= 0.0:
            if before is None:
                return t_s
            share = before[1] / (before[1] - spare_m)
            return before[0] + share * (t_s - before[0])
        before = (t_s, spare_m)
    return None


def tally(
    name: str, closing: Sequence[Watched], empty: Sequence[Watched], bursts: Sequence[Watched], empty_s: float
) -> WatchCell:
    """The figures of one cell; each scene with nobody lasted `empty_s`, and there are as many with bursts."""
    due = [w for w in closing if w.danger_due]
    late = [w.late_s for w in due if w.late_s is not None and w.late_s > 0.0]
    leads = [w.lead_s for w in due if w.lead_s is not None]
    in_time = sum(w.late_s is not None and w.late_s <= 0.0 for w in due)
    return WatchCell(
        name=name,
        scenes=len(due),
        never=sum(w.late_s is None for w in due),
        in_time=in_time / max(1, len(due)),
        promised=sum(w.promised for w in due) / max(1, len(due)),
        late_p95_ms=1000.0 * p95(late) if late else 0.0,
        late_worst_ms=1000.0 * max(late, default=0.0),
        lead_median_s=statistics.median(leads) if leads else 0.0,
        lead_p95_s=sorted(leads)[int(0.95 * len(leads))] if leads else 0.0,
        false_alarms=sum(w.alarms for w in empty),
        burst_alarms=sum(w.alarms for w in bursts),
        empty_minutes=len(empty) * empty_s / 60.0,
    )
