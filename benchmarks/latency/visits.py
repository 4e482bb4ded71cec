"""A scene in which somebody appears every now and then, at instants that are known."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

import msgspec

from retro_timer.sim.neighbours import Neighbours
from retro_timer.sim.optics import Surface, View

_AMBIENT_KCPS = 500.0
_COVER, _REFLECTANCE = 0.6, 0.3
_NEAREST_MM, _FARTHEST_MM = 300.0, 650.0
NO_VISITS_NS = 1 << 62


class Timetable(msgspec.Struct, frozen=True):
    """How often somebody appears, and for how long, in seconds."""

    every_s: tuple[float, float]
    """From one appearance to the next, drawn between these."""
    stays_s: float
    visits: int
    seed: int = 1


QUICK_VISITS = Timetable((1.05, 1.15), 0.4, 700)
"""As quick as the watch can follow: who stays shorter than the 0.3 s that an alarm may take need not be told, and it
says clear half a second after the last reading that agreed."""
SLOW_VISITS = Timetable((2.8, 3.2), 1.2, 40)
"""Slow enough for a median of nine at 60 ms, and for a sentence to be spoken."""


class Visits:
    """The scene. Nobody comes until `begin_ns` is set; it is a `Scene` of the simulator and stands in for its world."""

    def __init__(self, timetable: Timetable, begin_ns: int = NO_VISITS_NS) -> None:
        rng = random.Random(f"visits/{timetable.seed}")
        self.begin_ns = begin_ns
        self._stays_ns = round(timetable.stays_s * 1e9)
        self._offsets_ns: list[int] = []
        self._ranges_mm: list[float] = []
        at_s = 0.0
        for _ in range(timetable.visits):
            at_s += rng.uniform(*timetable.every_s)
            self._offsets_ns.append(round(at_s * 1e9))
            self._ranges_mm.append(rng.uniform(_NEAREST_MM, _FARTHEST_MM))

    @property
    def appearances_ns(self) -> list[int]:
        """The instants of all appearances."""
        return [self.begin_ns + offset for offset in self._offsets_ns]

    @property
    def end_ns(self) -> int:
        """When the last one has gone, and the watch has had time to say so."""
        return self.appearances_ns[-1] + self._stays_ns + 1_000_000_000

    def view(self, _sensor: str, t_ns: int) -> View:
        """What any sensor sees."""
        number = bisect_right(self._offsets_ns, t_ns - self.begin_ns) - 1
        if number < 0 or t_ns - self.begin_ns - self._offsets_ns[number] > self._stays_ns:
            return View((), _AMBIENT_KCPS)
        return View((Surface(self._ranges_mm[number], _COVER, _REFLECTANCE),), _AMBIENT_KCPS)


class VisitedWorld(Visits):
    """Takes the place of a scenario's world behind a board: visits begin two seconds after the first go."""

    _SETTLING_NS = 2_000_000_000

    def __init__(self, timetable: Timetable, scenario: Any) -> None:
        super().__init__(timetable)
        self.scenario = scenario
        self.neighbours = Neighbours((), 0.0)

    def begin(self, origin_ns: int) -> None:
        """Scenario times count from here; this world has none."""

    def hear(self, event: Mapping[str, Any]) -> None:
        """A go lets people come."""
        if event.get("event") == "go" and self.begin_ns == NO_VISITS_NS:
            self.begin_ns = int(event["t_ns"]) + self._SETTLING_NS

    def fault(self, _sensor: str, _t_ns: int) -> None:
        """Nothing breaks."""
