"""What a stretch of one sensor's readings shows: how fast they come, what stands there, how much they scatter. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import msgspec

from retro_timer.detection.readings import Kind, kind_of
from retro_timer.ports import RangeSample

_KEPT = 0.95
"""Share of the readings, the nearest to the middle, that the scatter is taken from: a fly is no noise."""


class Survey(msgspec.Struct, frozen=True):
    """Of a stretch of readings."""

    readings: int
    rate_hz: float | None
    """Over the whole stretch, so that missing readings count; None for fewer than two."""
    target_share: float
    """Share of the readings that show a target, 0 to 1."""
    range_mm: float | None
    """Middle range of the targets; None without one."""
    noise_mm: float
    """Mean distance of the targets' ranges from the middle one; 0 without a target."""
    drift_mm: float
    """Middle range of the stretch's second half less that of its first: what stands still has hardly any."""
    rejected_share: float
    """Share of the readings that the sensor itself doubts or that cannot be, 0 to 1."""
    ambient_kcps: float | None
    """Mean ambient rate; None when none was recorded."""


def survey(samples: Sequence[RangeSample]) -> Survey:
    """Look through readings in order of time."""
    count = len(samples)
    kinds = [kind_of(sample) for sample in samples]
    ranges = [s.range_mm for s, kind in zip(samples, kinds, strict=True) if kind is Kind.TARGET and s.range_mm]
    doubted = sum(kind in (Kind.REJECTED, Kind.ABSURD) for kind in kinds)
    ambient = [sample.ambient_kcps for sample in samples if sample.ambient_kcps is not None]
    return Survey(
        readings=count,
        rate_hz=_rate_hz(samples),
        target_share=len(ranges) / count if count else 0.0,
        range_mm=statistics.median(ranges) if ranges else None,
        noise_mm=_noise_mm(ranges),
        drift_mm=_drift_mm(ranges),
        rejected_share=doubted / count if count else 0.0,
        ambient_kcps=statistics.fmean(ambient) if ambient else None,
    )


def _rate_hz(samples: Sequence[RangeSample]) -> float | None:
    if len(samples) < 2 or samples[-1].t_ns <= samples[0].t_ns:
        return None
    return (len(samples) - 1) * 1e9 / (samples[-1].t_ns - samples[0].t_ns)


def _noise_mm(ranges: Sequence[int]) -> float:
    if not ranges:
        return 0.0
    middle = statistics.median(ranges)
    off_mm = sorted(abs(range_mm - middle) for range_mm in ranges)
    return statistics.fmean(off_mm[: max(1, round(_KEPT * len(off_mm)))])


def _drift_mm(ranges: Sequence[int]) -> float:
    half = len(ranges) // 2
    return statistics.median(ranges[half:]) - statistics.median(ranges[:half]) if half else 0.0
