"""The harness finds out a detector that is early, blind, unsure of itself or too eager: no figure comes for nothing."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from benchmarks.accuracy import bars
from benchmarks.accuracy.cells import Cell, gate_cell
from benchmarks.accuracy.passages import Finder, GateJob, replay, time_gate
from benchmarks.accuracy.shares import Share
from benchmarks.accuracy.usual import first_below
from benchmarks.accuracy.verdicts import HardJob, judge_hard
from benchmarks.growth.bulk import fill
from benchmarks.growth.measure import measure_growth
from benchmarks.latency.baselines import BaselineReport
from benchmarks.latency.box import BoxReport, Raise
from benchmarks.latency.figures import baseline_of, phase_of, timing
from benchmarks.latency.visits import Timetable, Visits
from benchmarks.physics import NOBODY
from benchmarks.warnings.measure import WatchJob, tally, watch_scenes
from retro_timer.beacon.output import sounds
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import Level
from retro_timer.ports import Placement, RangeSample
from retro_timer.store.results.database import open_for_reading, open_for_writing
from retro_timer.store.results.queries import reps, sessions
from retro_timer.store.traces import TraceRep
from retro_timer.training.gaits import Gait

WALKS = GateJob(Gait.WALK, 41.0, "wall", cases=24)
MS = 1_000_000


def first_reading(samples: Sequence[RangeSample], reps: Sequence[TraceRep], _: WatchConfig) -> list[dict[str, Any]]:
    """A detector that answers with the first reading in front of the wall, sure of itself to a millisecond."""
    valid = [s.range_mm for s in samples if s.status == 0 and s.range_mm is not None]
    wall_mm = statistics.median(valid) if len(valid) > len(samples) // 2 else 1800
    t_ns = first_below(samples, wall_mm - 200, lambda ranges: ranges[-1])
    if t_ns is None:
        return []
    return [{"event": "finish", "rep": 1, "time_s": t_ns / 1e9 - reps[0].begins_s, "uncertainty_s": 0.001, "flags": []}]


def nothing(*_: Any) -> list[dict[str, Any]]:
    """A detector that sees nothing."""
    return []


TOLD: dict[tuple[int, int], list[dict[str, Any]]] = {}
"""What the program told of the same readings before."""


def own(samples: Sequence[RangeSample], reps: Sequence[TraceRep], config: WatchConfig) -> list[dict[str, Any]]:
    """The program's own, asked once about each passage."""
    key = (samples[0].t_ns, len(samples))
    if key not in TOLD:
        TOLD[key] = replay(samples, reps, config)
    return TOLD[key]


def twice(samples: Sequence[RangeSample], reps: Sequence[TraceRep], config: WatchConfig) -> list[dict[str, Any]]:
    """The program's own, stuttering."""
    return [event for event in own(samples, reps, config) for _ in range(2)]


def boundless(samples: Sequence[RangeSample], reps: Sequence[TraceRep], config: WatchConfig) -> list[dict[str, Any]]:
    """The program's own with an interval that would cover anything."""
    return [event | {"uncertainty_s": 5.0} for event in own(samples, reps, config)]


def cell(find: Finder) -> Cell:
    """Two dozen walks as that detector times them."""
    return gate_cell(WALKS, time_gate(WALKS, find))


def test_the_programs_own_detector_is_measured_better_than_the_usual_ways() -> None:
    found = cell(own)
    assert found.missed_full.count == found.twice == found.false == 0
    assert abs(found.bias_ms) < abs(found.threshold_bias_ms)
    assert found.p95_ms < found.threshold_p95_ms


def test_a_detector_that_answers_with_the_first_reading_is_measured_to_be_early() -> None:
    found = cell(first_reading)
    assert found.bias_ms < -10.0 * found.bias_limit_ms
    assert not found.bias_met
    assert not found.within_met
    assert not found.covered.touches(*bars.COVERED)
    assert found.over.value > 0.9


def test_a_detector_that_sees_nothing_is_measured_to_miss_everything() -> None:
    found = cell(nothing)
    assert found.reps == 24
    assert found.missed_full.value == 1.0
    assert found.missed_full.of > 10
    assert math.isnan(found.bias_ms)


def test_a_detector_that_counts_twice_is_found_out() -> None:
    assert cell(twice).twice == 24


def test_an_interval_that_covers_everything_is_not_taken_for_a_true_one() -> None:
    found = cell(boundless)
    ten_times = Share(10 * found.covered.count, 10 * found.covered.of)
    assert not ten_times.touches(*bars.COVERED)


def test_an_intruder_that_is_taken_for_the_finish_is_counted_as_such() -> None:
    assert judge_hard(HardJob("coach", cases=4), first_reading).wrong == {"false": 4}
    assert judge_hard(HardJob("coach", cases=4), nothing).wrong == {"missed": 4}


def test_a_watch_that_always_cries_wolf_has_false_alarms_and_a_dumb_one_is_never_in_time() -> None:
    def wolf(samples: Sequence[RangeSample], *_: Any) -> list[dict[str, Any]]:
        levels = ("danger", "clear") * 10
        return [{"event": "obstacle", "level": w, "t_s": s.t_ns / 1e9} for w, s in zip(levels, samples, strict=False)]

    empty, bursts = (
        watch_scenes(WatchJob(kind, Placement.BELT, 25.0, 1.3, "full", cases=1, seconds=60.0), wolf) for kind in NOBODY
    )
    closing = watch_scenes(WatchJob("closing", Placement.BELT, 25.0, 1.3, "full", cases=3), nothing)
    found = tally("belt", closing, empty, bursts, 60.0)
    assert found.false_per_10_min == 100.0
    assert found.burst_alarms_per_10_min == 100.0
    assert found.never == 3
    assert found.in_time == 0.0


def report(edge_after_ns: int | None) -> BoxReport:
    """A box that raised danger 40 ms after somebody appeared, with another sound on the pin before and after."""
    other_hz = 7.0
    danger_hz = float(sounds.DANGER.tones[0][0])
    edges = [(0, other_hz), (10 * MS, 0.0), (41 * MS, other_hz)]
    if edge_after_ns is not None:
        edges.append((40 * MS + edge_after_ns, danger_hz))
    raised = Raise(result_ns=40 * MS, taken_ns=42 * MS, level=int(Level.DANGER), bus_ns=2 * MS, twin_ns=0)
    return BoxReport(
        started_ns=0, first_sample_ns=1, raises=[raised], edges=sorted(edges), worst_gap_ns=24 * MS,
        appearances_ns=[0, 900 * MS], realtime=True, samples=100, saves=0, sentences=0,
    )  # fmt: skip


def test_latency_ends_at_the_alarms_own_tone_and_leaves_out_the_bus() -> None:
    phase = phase_of("busy", report(5 * MS), {})
    assert phase.latency.median == pytest.approx(3.0)
    assert phase.sight.median == pytest.approx(45.0)


def test_an_appearance_without_an_alarm_is_counted_and_an_alarm_without_an_edge_is_endless() -> None:
    assert phase_of("busy", report(5 * MS), {}).unwarned == 1
    silent = phase_of("busy", report(None), {})
    assert silent.latency.worst == math.inf
    assert silent.within_period == 0.0
    assert silent.unwarned == 2


def test_a_distribution_takes_the_value_that_a_share_does_not_exceed() -> None:
    found = timing([float(i) for i in range(1, 1001)])
    assert (found.median, found.p99, found.p999, found.worst) == (500.0, 990.0, 999.0, 1000.0)


def test_a_warning_that_comes_after_the_next_visit_warns_nobody() -> None:
    late = BaselineReport(appearances_ns=[0, 1000 * MS], alarms_ns=[1200 * MS, 2500 * MS])
    assert baseline_of("way", late).unwarned == 1
    early = BaselineReport(appearances_ns=[0, 1000 * MS], alarms_ns=[300 * MS, 1200 * MS])
    assert baseline_of("way", early).unwarned == 0
    assert baseline_of("way", early).sight.worst == 300.0


def test_visitors_come_and_go_when_the_timetable_says() -> None:
    visits = Visits(Timetable((1.0, 1.0), 0.25, 2), begin_ns=5 * MS)
    first_ns, second_ns = visits.appearances_ns
    assert second_ns - first_ns == 1000 * MS
    seen = [bool(visits.view("rear", first_ns + after).surfaces) for after in (-MS, MS, 249 * MS, 251 * MS)]
    assert seen == [False, True, True, False]


def test_a_database_filled_in_bulk_is_one_that_the_program_reads(tmp_path: Path) -> None:
    fill(tmp_path, 150)
    fill(tmp_path, 50)
    connection = open_for_reading(tmp_path)
    assert connection is not None
    assert sum(session.reps for session in sessions(connection)) == 200
    assert len(list(reps(connection))) == 200
    connection.close()
    writer = open_for_writing(tmp_path)
    assert writer.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    writer.close()


def test_growth_times_every_query_at_every_size(tmp_path: Path) -> None:
    found = measure_growth(tmp_path, (60, 180), commands=())
    names = {query.name for query in found.queries}
    assert len(found.queries) == 2 * len(names)
    assert {word for name in names for word in ("list", "show", "reps") if name.startswith(word)} == {
        "list", "show", "reps",
    }  # fmt: skip
    assert all(query.worst_ms >= query.median_ms > 0.0 for query in found.queries)
