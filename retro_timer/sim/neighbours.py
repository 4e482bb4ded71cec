"""Gate sensors of one line that see each other's light: they range when they like, and a chip knows only its own."""

from __future__ import annotations

from collections.abc import Sequence

from retro_timer.ports import Placement, SensorSpec


class Neighbours:
    """Which sensors shine, and how much of it the others see."""

    def __init__(self, specs: Sequence[SensorSpec], each_kcps: float) -> None:
        """`each_kcps`: of one sensor's light, in every other one of its line."""
        self._gates = [spec for spec in specs if spec.placement is Placement.GATE]
        self._each_kcps = each_kcps
        self._dark: set[str] = set()

    def shine(self, sensor: str, *, on: bool) -> None:
        """A sensor is switched on or off. May be called from any thread."""
        if on:
            self._dark.discard(sensor)
        else:
            self._dark.add(sensor)

    def light_kcps(self, spec: SensorSpec) -> float:
        """What a sensor sees of the others."""
        if spec.placement is not Placement.GATE or not self._each_kcps:
            return 0.0
        others = [gate for gate in self._gates if gate.line == spec.line and gate.name != spec.name]
        return self._each_kcps * sum(other.name not in self._dark for other in others)
