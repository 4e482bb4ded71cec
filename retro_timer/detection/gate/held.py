"""Whether something stands in a beam for so long that it hides who passes behind it."""

from __future__ import annotations

from retro_timer.detection.events import BeamHeld

_HELD_NS = 3_500_000_000
"""Who walks at 0.3 m/s is through a cone of 0.5 m and a trunk of 0.25 m in 2.5 s, and a runner who stopped in the beam
is timed by then: less makes one beam of two while a slow walker passes, more loses who comes meanwhile."""


class HeldWatch:
    """Told of every reading; says when a beam begins to be held and when it is free again."""

    def __init__(self) -> None:
        self._since_ns: int | None = None
        self._held = False

    def feed(self, t_ns: int, *, occupied: bool) -> BeamHeld | None:
        """One reading; `occupied`: whether somebody is in the beam."""
        if not occupied:
            self._since_ns = None
        elif self._since_ns is None:
            self._since_ns = t_ns
        held = self._since_ns is not None and t_ns - self._since_ns >= _HELD_NS
        if held is self._held:
            return None
        self._held = held
        return BeamHeld(held, t_ns)
