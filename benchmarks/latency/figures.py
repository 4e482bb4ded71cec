"""What boxes and usual ways have noted, as figures."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence

import msgspec

from benchmarks.latency.baselines import BaselineReport
from benchmarks.latency.box import BoxReport, Raise
from retro_timer.beacon.output import sounds
from retro_timer.detection.events import Level

PERIOD_MS = 24.0
"""Of the box's sensor: 20 ms and 24 ms, about 41 Hz."""
_WITHIN_NS = 700_000_000
"""An alarm this long after an appearance belongs to it: the next one comes later."""
_SHARES = (*(i / 100.0 for i in range(1, 100)), 0.995, 0.999, 1.0)


class Timing(msgspec.Struct, frozen=True):
    """A distribution in milliseconds."""

    count: int
    median: float
    p99: float
    p999: float
    worst: float
    curve: list[tuple[float, float]]
    """(share, milliseconds that this share does not exceed)."""


class Phase(msgspec.Struct, frozen=True):
    """One box, watched for a while."""

    name: str
    latency: Timing
    """From the driver's result being read to the edge, without the bus's bits and the emulated chip's own time."""
    bus_ms: float
    """Of the bits on the wires in between, median."""
    twin_ms: float
    """Processor time of the emulated chip in between, median."""
    sight: Timing
    """From the appearance to the edge."""
    visits: int
    unwarned: int
    """Appearances without an edge."""
    realtime: bool
    within_period: float
    """Share of the warnings within one sample period."""
    worst_gap_ms: float
    """Longest time from one reading to the next."""
    work: dict[str, int]
    """What the load did meanwhile."""


class Baseline(msgspec.Struct, frozen=True):
    """A usual way on the same scene."""

    name: str
    sight: Timing
    """From the appearance to the alarm, of those that came."""
    visits: int
    unwarned: int


def timing(values_ms: Sequence[float]) -> Timing:
    """The distribution of some values; NaN without any."""
    ordered = sorted(values_ms)
    if not ordered:
        return Timing(0, math.nan, math.nan, math.nan, math.nan, [])

    def at(share: float) -> float:
        return ordered[min(len(ordered), math.ceil(share * len(ordered))) - 1]

    return Timing(len(ordered), at(0.5), at(0.99), at(0.999), ordered[-1], [(s, round(at(s), 4)) for s in _SHARES])


def phase_of(name: str, report: BoxReport, work: dict[str, int]) -> Phase:
    """The figures of a box's report. A warning whose edge never came counts as endless."""
    latencies, sights, alarmed = [], [], list[float]()
    for one in report.raises:
        edge_ns = _edge_ns(report, one)
        alarmed.append(edge_ns)
        latencies.append((edge_ns - one.result_ns - one.bus_ns - one.twin_ns) / 1e6)
    for t_ns in report.appearances_ns:
        place = bisect_left(alarmed, t_ns)
        if place < len(alarmed) and alarmed[place] - t_ns <= _WITHIN_NS:
            sights.append((alarmed[place] - t_ns) / 1e6)
    return Phase(
        name=name,
        latency=timing(latencies),
        bus_ms=timing([one.bus_ns / 1e6 for one in report.raises]).median,
        twin_ms=timing([one.twin_ns / 1e6 for one in report.raises]).median,
        sight=timing(sights),
        visits=len(report.appearances_ns),
        unwarned=len(report.appearances_ns) - len(sights),
        realtime=report.realtime,
        within_period=sum(ms <= PERIOD_MS for ms in latencies) / max(1, len(latencies)),
        worst_gap_ms=report.worst_gap_ns / 1e6,
        work={"readings": report.samples, "saves": report.saves, "sentences": report.sentences, **work},
    )


_FIRST_HZ = {
    int(level): pattern.tones[0][0]
    for level, pattern in (
        (Level.CAUTION, sounds.CAUTION),
        (Level.WARNING, sounds.WARNING),
        (Level.DANGER, sounds.DANGER),
    )
}
"""What each level's alarm begins with."""


def _edge_ns(report: BoxReport, one: Raise) -> float:
    """When the pin began to carry that alarm's own tone: another sound may hold the buzzer, or begin meanwhile."""
    first = bisect_left(report.edges, (one.result_ns, 0.0))
    wanted_hz = _FIRST_HZ[one.level]
    return next((t_ns for t_ns, hz in report.edges[first:] if abs(hz - wanted_hz) < 1.0), math.inf)


def baseline_of(name: str, report: BaselineReport) -> Baseline:
    """The figures of a usual way: to each appearance the first alarm before the next one."""
    sights = []
    for t_ns, next_ns in zip(report.appearances_ns, [*report.appearances_ns[1:], math.inf], strict=True):
        alarm_ns = next((a for a in report.alarms_ns if t_ns <= a < next_ns), None)
        if alarm_ns is not None:
            sights.append((alarm_ns - t_ns) / 1e6)
    visits = len(report.appearances_ns)
    return Baseline(name, timing(sights), visits, visits - len(sights))
