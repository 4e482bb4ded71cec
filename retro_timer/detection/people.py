"""What people on a track can do: how fast they run, and how soon they stop."""

from __future__ import annotations

import math

import msgspec

FASTEST_MPS = 9.0
"""Nothing on a track closes in or crosses a line faster (record backward speed 8.3 m/s, docs/sources.md), and neither
runners nor dogs make off faster within a sensor's view. More lets phantoms agree, less takes a body for them."""


class Braking(msgspec.Struct, frozen=True):
    """How a person running backward comes to a stop: reaction delay, then constant braking (docs/sources.md)."""

    delay_s: float = 0.6
    braking_mps2: float = 2.5

    def stopping_distance_m(self, speed_mps: float) -> float:
        """v·t + v²/2a; nothing for a speed of zero or away."""
        if speed_mps <= 0.0:
            return 0.0
        return speed_mps * self.delay_s + speed_mps * speed_mps / (2.0 * self.braking_mps2)

    def safe_speed_mps(self, range_m: float) -> float:
        """The fastest speed from which one stops within `range_m`."""
        if range_m <= 0.0:
            return 0.0
        a, t = self.braking_mps2, self.delay_s
        return a * (math.sqrt(t * t + 2.0 * range_m / a) - t)
