"""Stopping distance, what a sensor still sees in the present light, and the pace that this covers."""

from __future__ import annotations

import msgspec

from retro_timer.detection.people import Braking
from retro_timer.ports import Placement
from retro_timer.training.gaits import SPEEDS, Gait

STRONG_AMBIENT_KCPS = 51_200.0
"""200 kcps on each of the 256 SPADs of the full field of view: DS12385's strong ambient light."""


def range_in_light_m(dark_m: float, bright_m: float, ambient_kcps: float | None) -> float:
    """Range between a sensor's figures for darkness and for strong light, by the ambient rate; None is darkness."""
    if ambient_kcps is None:
        return dark_m
    share = min(1.0, max(0.0, ambient_kcps) / STRONG_AMBIENT_KCPS)
    return dark_m + (bright_m - dark_m) * share


class Coverage(msgspec.Struct, frozen=True):
    """What the rear watch covers now."""

    placement: Placement
    range_m: float
    speed_mps: float
    gait: Gait | None
    """The fastest gait whose fast end is covered; None when not even walking is."""

    @property
    def phrase(self) -> str:
        """Key of the sentence that says this."""
        if self.placement is Placement.GATE:
            return "covers_line_only"
        return f"covers_{self.gait}" if self.gait else "covers_nothing"

    @property
    def spoken(self) -> dict[str, str]:
        """The values of that sentence."""
        return {"speed": f"{self.speed_mps:.1f}", "range": f"{self.range_m:.1f}"}


class DarkClothing(msgspec.Struct, frozen=True):
    """How far a gate before several lanes sees dark clothing."""

    range_m: float
    lane: int
    """The farthest whose runners it sees in it; 0 for none."""
    lanes: int

    @property
    def phrase(self) -> str:
        """Key of the sentence that says this."""
        return "dark_clothing" if self.lane else "dark_clothing_unseen"

    @property
    def spoken(self) -> dict[str, str | int]:
        """The values of that sentence."""
        return {"distance": f"{self.range_m:g}", "lane": self.lane, "lanes": self.lanes}


def coverage(placement: Placement, range_m: float, braking: Braking) -> Coverage:
    """What a sensor that sees `range_m` metres covers; a gate watches its line only and covers no pace.

    A gait counts as covered when its middle speed is: its fast end overlaps the next gait.
    """
    speed = 0.0 if placement is Placement.GATE else braking.safe_speed_mps(range_m)
    covered = None
    for gait, speeds in SPEEDS.items():
        if speed >= (speeds.slow_mps + speeds.fast_mps) / 2.0:
            covered = gait
    return Coverage(placement, range_m, speed, covered)
