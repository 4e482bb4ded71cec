"""Where the lanes of a gate are that tells them apart by range. Used by detection, settings and the simulator alike."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

SHOULDER_MM = 230.0
"""From the near shoulder to the runner: half of 43 cm across, and an arm that stands out by 2."""
_NEAR_SHARE = 0.2
"""So many of a body's readings are nearer than its near shoulder, since arms and noise are; more goes round the trunk
to its flank, less is an arm's or a lone phantom's."""
BORDER_MM = 100.0
"""So near to a border a runner may be the neighbour: a TF-Luna's error alone is up to 6 cm, a shoulder's width varies
by 3."""
_FLANK_MM = 190.0
"""The flank of a trunk whose middle stands on the border is read so far beyond it."""


def near_shoulder_mm(ranges: Sequence[int]) -> float:
    """How far a body's near shoulder is, of its ranges in mm, the nearest first; at least one."""
    return float(ranges[int(_NEAR_SHARE * len(ranges))])


class LaneMap(msgspec.Struct, frozen=True):
    """Where the lanes are."""

    count: int
    width_mm: float
    first_mm: float
    """Near edge of lane 1, from the sensor."""

    def borders_mm(self, lane: int) -> tuple[float, float]:
        """Near and far border of a lane, which count from 1."""
        near_mm = self.first_mm + (lane - 1) * self.width_mm
        return near_mm, near_mm + self.width_mm

    def lane_of(self, shoulder_mm: float) -> int:
        """In which lane a runner is whose near shoulder is that far; 0 before the first, count + 1 beyond the last."""
        lane = 1 + int((shoulder_mm + SHOULDER_MM - self.first_mm) // self.width_mm)
        return min(self.count + 1, max(0, lane))

    def is_ambiguous(self, shoulder_mm: float) -> bool:
        """Whether the runner is so near to a border between two lanes that they may be in either."""
        runner_mm = shoulder_mm + SHOULDER_MM
        inner = (self.borders_mm(lane)[1] for lane in range(1, self.count))
        return any(abs(runner_mm - border_mm) <= BORDER_MM for border_mm in inner)

    def shoulders_on_borders_mm(self) -> tuple[float, ...]:
        """How far the near shoulder is of who runs on a border, nearest first."""
        return tuple(self.first_mm + lane * self.width_mm - SHOULDER_MM for lane in range(self.count + 1))

    def middle_mm(self, lane: int) -> float:
        """How far the near shoulder is of who runs in the middle of a lane."""
        return self.first_mm + (lane - 0.5) * self.width_mm - SHOULDER_MM

    def reach_mm(self, lane: int) -> float:
        """How far anything is read of who runs in a lane."""
        return self.borders_mm(lane)[1] + _FLANK_MM
