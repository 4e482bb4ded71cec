"""What detection must know of one sensor and its place."""

from __future__ import annotations

import math

import msgspec

from retro_timer.detection.lane_map import LaneMap
from retro_timer.detection.people import Braking
from retro_timer.ports import FINISH_LINE, Placement


class WatchConfig(msgspec.Struct, frozen=True):
    """One sensor as detection sees it. Figures without a source here are settings."""

    name: str = ""
    """Its name where it is one of several sensors; empty where it stands alone."""
    placement: Placement = Placement.GATE
    line: str = FINISH_LINE
    """Gate: the line that it watches."""
    offset_mm: float = 0.0
    """Gate: how far beyond that line its beam is, positive in the direction of travel."""
    times: bool = True
    """Whether its readings decide finishes."""
    watches: bool = True
    """Whether its readings raise alarms."""
    fov_deg: float = 27.0
    """Full angle of the cone (UM2555: 27° with all 16×16 SPADs)."""
    period_ns: int | None = None
    """Time between readings; learnt from the samples when None."""
    budget_ns: int | None = None
    """Integration time of a reading; taken as the period when None."""
    background_mm: int | None = None
    """Range of what stands behind the lane; learnt when None."""
    open_field: bool = False
    """Whether calibration found nothing behind the lane."""
    background_noise_mm: float = 0.0
    """Mean distance of its readings from that range; learnt when 0."""
    least_body_kcps_m2: float = 0.0
    """Least signal that a body returns from one metre, by the sensor's model; 0 where that is not known."""
    torso_mm: float = 240.0
    """Chest depth with clothing and posture (ANSUR II, from memory)."""
    torso_sd_mm: float = 20.0
    lane_reach_mm: float = 1700.0
    """Gate: who passes farther away than this is not in the lane."""
    lanes: LaneMap | None = None
    """Gate: the lanes that it tells apart; None for one."""
    finish_range_mm: int = 2000
    """Lane-end and belt: the range at which the rep ends."""
    braking: Braking = Braking()
    """Lane-end and belt: how soon the runner stops."""

    def of_lane(self, lane: int | None) -> WatchConfig:
        """How a passage in that lane is judged, of several; None where it is in none of several."""
        if self.lanes is None or lane is None:
            return self
        return msgspec.structs.replace(self, lane_reach_mm=self.lanes.reach_mm(lane))

    @property
    def times_as_gate(self) -> bool:
        """Whether it is a gate, or half of one, that times its line."""
        return self.times and self.placement is Placement.GATE

    def cone_half_width_m(self, range_m: float) -> float:
        """Half the width of the cone at `range_m` metres."""
        return range_m * math.tan(math.radians(self.fov_deg) / 2.0)
