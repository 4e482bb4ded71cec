"""A runner of one rep: what of the body is in a gate's beam, and how far it is from a sensor up the lane."""

from __future__ import annotations

import math

import msgspec

from retro_timer.sim.motion import Run
from retro_timer.sim.optics import Surface
from retro_timer.sim.surfaces import overlap

NS = 1e9
SHOULDERS_M = 0.42
_ELBOW_WIDTH_M = 0.09
_ELBOW_HEIGHT_SHARE = 0.35


class Runner(msgspec.Struct):
    """A rep under way, or one whose runner is still in view."""

    rep: int
    run: Run
    go_ns: int
    distance_m: float
    through: bool
    """Walks back through the beam."""
    linger_s: float
    """Stands on the line for so long; 0 for who runs on."""
    follower_s: float | None
    """Somebody runs this far behind; None for nobody."""
    lane_m: float | None
    """Where their near shoulder is in one of several lanes."""
    and_back: bool = False
    """A relay's leg: turns half-way, and passes a line on the way a second time."""

    def passes_m(self, line_m: float) -> tuple[float, ...]:
        """After how much of the way they are at a line that is so far from the start."""
        on_way = self.and_back and line_m < self.distance_m / 2.0
        return (line_m, self.distance_m - line_m) if on_way else (line_m,)

    def across(self, line_m: float, range_m: float, fov_deg: float, reflectance: float, t_ns: int) -> list[Surface]:
        """Trunk and elbow in the beam of a gate whose line is so far from the start, with the runner at `range_m`."""
        t_s = (t_ns - self.go_ns) / NS
        if t_s < 0.0:
            return []
        if self.run.walks_back(t_s) and not self.through:
            return []
        if self.linger_s and t_s > self.run.stop_s + self.linger_s:
            return []
        back = self.run.back_m(t_s)
        if abs(back - line_m) > 1.5:
            return []
        half = max(0.01, range_m * math.tan(math.radians(fov_deg) / 2.0))
        torso = self.run.style.torso_m
        cover = overlap(back - torso, back, line_m - half, line_m + half) / (2.0 * half)
        surfaces = []
        if cover > 0.0:
            surfaces.append(Surface(range_m * 1000.0, cover, reflectance))
        reach = self.run.elbow_m(t_s)
        if reach > 0.0:
            tip = back + reach
            arm = overlap(max(back, tip - _ELBOW_WIDTH_M), tip, line_m - half, line_m + half) / (2.0 * half)
            if arm > 0.0:
                nearer = max(80.0, range_m * 1000.0 - 120.0)
                surfaces.append(Surface(nearer, arm * _ELBOW_HEIGHT_SHARE, reflectance))
        return surfaces

    def away_m(self, finish_range_m: float, t_ns: int) -> float | None:
        """How far from a sensor that stands `finish_range_m` beyond the finish; None once out of its view."""
        t_s = (t_ns - self.go_ns) / NS
        away_m = self.distance_m + finish_range_m - self.run.back_m(t_s)
        gone = self.run.walks_back(t_s) and t_s > self.run.turn_s + 6.0
        in_view = 0.0 <= t_s < self.run.home_s and not gone
        return away_m if in_view and away_m > 0.02 else None
