"""Which ranging mode the ambient light allows, when the settings leave it to the light."""

from __future__ import annotations

from retro_timer.sensors.settings import DistanceMode
from retro_timer.sensors.vl53l1x import BRIGHT_KCPS

DIM_KCPS = 5_000.0
_TO_SHORT_NS = 500_000_000
_TO_LONG_NS = 5_000_000_000


class ModeChooser:
    """Long in the dark, short in the sun; quick to give range up, slow to claim it back.

    Medium is never chosen: by DS12385 it sees less than long in any light in which it sees more than short.
    """

    def __init__(self, wanted: DistanceMode) -> None:
        self._auto = wanted is DistanceMode.AUTO
        self.mode = "long" if self._auto else str(wanted)
        """short, medium or long: the mode that the sensor should be in."""
        self._since_ns: int | None = None

    def feed(self, ambient_kcps: float | None, t_ns: int) -> None:
        """The ambient rate of a reading."""
        if not self._auto or ambient_kcps is None:
            return
        long = self.mode == "long"
        if not (ambient_kcps >= BRIGHT_KCPS if long else ambient_kcps <= DIM_KCPS):
            self._since_ns = None
            return
        if self._since_ns is None:
            self._since_ns = t_ns
        if t_ns - self._since_ns >= (_TO_SHORT_NS if long else _TO_LONG_NS):
            self.mode = "short" if long else "long"
            self._since_ns = None
