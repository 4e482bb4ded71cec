"""What `calibrate --lanes` learns from one walk through each lane: where the first of them begins. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import msgspec

from retro_timer.beacon.control.protocol.facts import SensorFacts
from retro_timer.detection.lane_map import LaneMap, near_shoulder_mm
from retro_timer.detection.readings import Kind, kind_of
from retro_timer.errors import RetroTimerError
from retro_timer.ports import RangeSample
from retro_timer.settings.calibration import SensorCalibration

_APART_NS = 250_000_000
"""Between two bodies the beam is free for so long; less makes two of one whose arm leads."""
_LEAST_READINGS = 5
"""Fewer are a phantom or a fly; a walk gives twenty at 100 readings a second."""
_LONGEST_NS = 3_000_000_000
"""Who is in the beam for longer stands there, or is the background."""
_OFF_SHARE = 0.25
"""Of a lane's width: who walked farther from the middle makes it doubtful which lane that was."""


def learn_lanes(
    sensor: SensorFacts, samples: Sequence[RangeSample], lanes: LaneMap, before: SensorCalibration, set_mm: int
) -> SensorCalibration:
    """The first lane where the walks put it; the lanes' order and width stay. `set_mm`: where the settings put it.

    Raises RetroTimerError that says why nothing can be learnt.
    """
    name = sensor.spec.name
    walked = _lanes_walked(samples, lanes)
    if len(walked) != lanes.count:
        raise RetroTimerError(
            f"{name}: saw walks at {len(walked)} {'distance' if len(walked) == 1 else 'distances'} ({_shown(walked)}), "
            f"expected one in each of {lanes.count} lanes"
        )
    off_mm = [seen - lanes.middle_mm(lane) for lane, seen in enumerate(walked, start=1)]
    shift_mm = statistics.fmean(off_mm)
    worst = max(range(lanes.count), key=lambda index: abs(off_mm[index] - shift_mm))
    if abs(off_mm[worst] - shift_mm) > _OFF_SHARE * lanes.width_mm:
        raise RetroTimerError(
            f"{name}: lane {worst + 1} was walked {abs(off_mm[worst] - shift_mm) / 1000:.2f} m from its middle "
            f"({_shown(walked)}); walk in the middle of each, or mend course.lane_width_m"
        )
    farthest_mm = lanes.middle_mm(lanes.count) + shift_mm
    if farthest_mm > sensor.spec.max_range_mm:
        raise RetroTimerError(
            f"{name}: lane {lanes.count} was walked at {farthest_mm / 1000:.1f} m, and it sees a person to "
            f"{sensor.spec.max_range_mm / 1000:g} m; put the box nearer to the lanes, or have fewer (course.lanes)"
        )
    where = str(sensor.spec.placement)
    first_mm = round(lanes.first_mm + shift_mm)
    return msgspec.structs.replace(before, placement=where, first_lane_mm=first_mm, first_lane_set_mm=set_mm)


def _lanes_walked(samples: Sequence[RangeSample], lanes: LaneMap) -> list[float]:
    """Near shoulders in mm, nearest lane first: walks nearer to each other than half a lane are of one."""
    found: list[list[float]] = []
    for shoulder_mm in sorted(_shoulders(samples, lanes.borders_mm(lanes.count)[1] + lanes.width_mm / 2.0)):
        if found and shoulder_mm - found[-1][-1] < lanes.width_mm / 2.0:
            found[-1].append(shoulder_mm)
        else:
            found.append([shoulder_mm])
    return [statistics.fmean(same) for same in found]


def _shoulders(samples: Sequence[RangeSample], reach_mm: float) -> list[float]:
    """The near shoulder of each body that passed within reach."""
    bodies: list[list[tuple[int, int]]] = []
    for sample in samples:
        if sample.range_mm is None or sample.range_mm > reach_mm or kind_of(sample) is not Kind.TARGET:
            continue
        if not bodies or sample.t_ns - bodies[-1][-1][0] > _APART_NS:
            bodies.append([])
        bodies[-1].append((sample.t_ns, sample.range_mm))
    passed = [b for b in bodies if len(b) >= _LEAST_READINGS and b[-1][0] - b[0][0] <= _LONGEST_NS]
    return [near_shoulder_mm(sorted(mm for _, mm in body)) for body in passed]


def _shown(walked: Sequence[float]) -> str:
    return ", ".join(f"{mm / 1000:.2f} m" for mm in walked) or "none"
