"""Which body a reading shows, of those before a gate with lanes, and in whose lane that body is."""

from __future__ import annotations

from bisect import insort

import msgspec

from retro_timer.detection.gate.passage import WAIT_NS
from retro_timer.detection.lane_map import LaneMap, near_shoulder_mm
from retro_timer.ports import RangeSample, RangeStatus

_NEARER_MM = 250.0
"""What is read of one body after its flank, which may be read first, is so much nearer at the most: half of its width.
More joins who runs beside it, less makes two bodies of one."""
_DEEP_MM = 450.0
"""From a body's near shoulder to its far arm, 43 cm and noise; runners in the middle of their lanes are 1.2 m apart."""
_BORDER_NOISE_MM = 60.0
"""Three standard deviations of a TF-Luna's noise."""
_ODD = 4.0
"""What is nearer than a body's near shoulder is as strange as what is so many times as deep in it: less gives a far arm
to the body behind, more takes an arm that leads for somebody else."""
_MOST_RANGES = 200
"""Of one body: two seconds at 100 Hz tell its near shoulder, and more cost time at each reading of who stands."""


class Moved(msgspec.Struct, frozen=True):
    """A body turns out to be in another lane than its first readings said: an arm came first, or a reading that mixed
    it with somebody else."""

    lane: int
    """Where its readings were so far."""
    readings: int


class LaneSorter:
    """Says of each reading in whose lane the body is that it shows: one body is read from its near shoulder to its far
    arm, which may lie on either side of a border.
    """

    def __init__(self, lanes: LaneMap) -> None:
        self._lanes = lanes
        self._bodies: list[tuple[list[int], int]] = []
        """Of each body of late its ranges, nearest first, and when it was read last."""

    def sort(self, sample: RangeSample) -> tuple[int | None, Moved | None]:
        """The lane, as in `LaneMap.lane_of`, None for a reading without a target that can be believed; and what becomes
        of this body's readings so far, where they were in another lane."""
        range_mm, t_ns = sample.range_mm, sample.t_ns
        if range_mm is None or sample.status not in (None, RangeStatus.VALID):
            return None, None
        # As long as a gate waits for the rest of a doubtful break: a nearer runner may have hidden it.
        self._bodies = [body for body in self._bodies if t_ns - body[1] <= WAIT_NS]
        known = [body for body in self._bodies if -_NEARER_MM <= range_mm - near_shoulder_mm(body[0]) <= _DEEP_MM]
        body = min(known, key=lambda one: _strangeness(range_mm - near_shoulder_mm(one[0])), default=None)
        ranges = [] if body is None else body[0]
        before = self._lanes.lane_of(near_shoulder_mm(ranges)) if ranges else None
        if body is not None:
            self._bodies.remove(body)
        if len(ranges) < _MOST_RANGES:
            insort(ranges, range_mm)
        self._bodies.append((ranges, t_ns))
        lane = self._lanes.lane_of(near_shoulder_mm(ranges))
        return lane, None if before in (None, lane) else Moved(before, len(ranges) - 1)


def _strangeness(deeper_mm: float) -> float:
    """How little a reading suits a body whose near shoulder is so much nearer: what is nearer still is rather the far
    side of somebody before it."""
    return deeper_mm if deeper_mm >= -_BORDER_NOISE_MM else -_ODD * deeper_mm
