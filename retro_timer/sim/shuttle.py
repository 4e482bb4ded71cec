"""Somebody who goes to and fro between two marks, half of the way on either side of the line, until the time is up."""

from __future__ import annotations

from retro_timer.sim.motion import Run, Style

NS = 1e9
_TURNS_S = 0.3
"""Standing, before the way back begins with the legs' own delay."""


class Shuttle:
    """One rep of crossings. Places are those of the trunk's middle from the line, in metres."""

    def __init__(self, style: Style, length_m: float, go_ns: int, duration_s: float) -> None:
        self.style = style
        self.go_ns = go_ns
        self._half_m = length_m / 2.0
        brakes_at_m = length_m - style.speed_mps**2 / (2.0 * style.braking_mps2)
        self._leg = Run(style, self._half_m, brakes_at_m=max(self._half_m + style.torso_m, brakes_at_m))
        self._leg_s = self._leg.stop_s + _TURNS_S
        self._last_leg = int(duration_s // self._leg_s)
        at_line_s = self._leg.finish_s() or 0.0
        each_s = (leg * self._leg_s + at_line_s for leg in range(self._last_leg + 1))
        self.crossings_s = [at_s for at_s in each_s if at_s <= duration_s]
        """The truth: when the back reached the line, in seconds from the go."""

    def middle_m(self, t_ns: int) -> float | None:
        """Where the trunk is; None before the go, and once they have gone away after the way on which it ended."""
        t_s = (t_ns - self.go_ns) / NS
        leg = int(t_s // self._leg_s)
        if t_s < 0.0 or leg > self._last_leg:
            return None
        way_m = self._leg.back_m(t_s - leg * self._leg_s) - self._half_m - self.style.torso_m / 2.0
        # The back goes first in either direction.
        return way_m if leg % 2 == 0 else -way_m
