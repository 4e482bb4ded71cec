"""One sun over two sensors: what it makes them see that is not there comes at the same times and at like ranges.

* glare. Clouds, leaves and the runner let the sun in and out: in for 0.1 to 1 s, out for 0.2 to 2 s. While it
  is in a phantom is GLARE times as likely as on the mean, else the rest of the mean is left.
* ranges. Phantoms of both sensors scatter by PHANTOM_OWN_MM about one range, which wanders as a single sensor's does in
  the recorded sunlight traces.
* bursts. Runs of 2 to 4 readings that agree to 50 mm come GLARE times as often while the sun is in, to each sensor by
  itself: which photons of an integration a chip takes for a target is its own chance, the light is what both share.
"""

from __future__ import annotations

from random import Random
from typing import Any

from benchmarks.physics.sensor import BURST_LENGTHS, Sensor

GLARE = 2.5
_IN_S, _OUT_S = (0.1, 1.0), (0.2, 2.0)
PHANTOM_OWN_MM = 80.0
_STEP_S = 0.024
_WANDER, _MIDDLE_MM, _SPREAD_MM = 0.25, 430.0, 200.0
_LEAST_MM, _MOST_MM = 60.0, 900.0

Burst = tuple[float, float, float]
"""First and last time (s), range (mm)."""


class Sun:
    """The light of one scene, between two times."""

    def __init__(self, rng: Random, first_s: float, last_s: float) -> None:
        self._first_s, self._last_s = first_s, last_s
        self._glares = self._draw_glares(rng, first_s, last_s)
        inside = sum(end - begin for begin, end in self._glares) / max(last_s - first_s, 1e-6)
        self._outside = max(0.0, 1.0 - GLARE * inside) / max(1.0 - inside, 1e-6)
        self._ranges_mm = [_MIDDLE_MM]
        for _ in range(int((last_s - first_s) / _STEP_S) + 2):
            wandered = _WANDER * self._ranges_mm[-1] + (1.0 - _WANDER) * _MIDDLE_MM + rng.gauss(0.0, _SPREAD_MM)
            self._ranges_mm.append(wandered)

    @staticmethod
    def _draw_glares(rng: Random, first_s: float, last_s: float) -> list[tuple[float, float]]:
        glares, at = [], first_s + rng.uniform(0.0, _OUT_S[1])
        while at < last_s:
            end = min(at + rng.uniform(*_IN_S), last_s)
            glares.append((at, end))
            at = end + rng.uniform(*_OUT_S)
        return glares

    def bursts(self, rng: Random, share: float) -> list[Burst]:
        """One sensor's, in order; `share` of an empty field's readings is in them on the mean, as in `Light`."""
        bursts: list[Burst] = []
        if share == 0.0:
            return bursts
        mean_s = _STEP_S * sum(BURST_LENGTHS) / len(BURST_LENGTHS)
        at = self._first_s
        while True:
            at += rng.expovariate(GLARE * share / mean_s)
            if at >= self._last_s:
                return bursts
            if rng.random() * GLARE < self.glare(at):
                end = at + _STEP_S * rng.choice(BURST_LENGTHS)
                bursts.append((at, end, self.range_mm(at) + rng.gauss(0.0, PHANTOM_OWN_MM)))
                at = end

    def glare(self, t: float) -> float:
        """How many times as likely as on the mean a phantom is."""
        return GLARE if any(begin <= t < end for begin, end in self._glares) else self._outside

    def range_mm(self, t: float) -> float:
        """Where phantoms stand now."""
        return self._ranges_mm[min(max(int((t - self._first_s) / _STEP_S), 0), len(self._ranges_mm) - 1)]


class SunlitSensor(Sensor):
    """A sensor whose phantoms are the sun's."""

    _sun: Sun
    _bursts: list[Burst]
    _now_s = 0.0

    def stand_under(self, sun: Sun) -> None:
        """From now on the light is this sun's."""
        self._sun, self._bursts = sun, sun.bursts(self.rng, self.light.burst_share)

    def read(self, middle_s: float, halves: Any) -> Any:
        """As any sensor, in the light of that moment."""
        self._now_s = middle_s
        return super().read(middle_s, halves)

    def _phantom(self, signal: float) -> bool:
        share = self.light.phantom_share * self._sun.glare(self._now_s)
        return share > 0.0 and self.rng.random() < share * self._unoutshone(signal)

    def _phantom_range_mm(self) -> float:
        shown = self._sun.range_mm(self._now_s) + self.rng.gauss(0.0, PHANTOM_OWN_MM)
        return min(max(shown, _LEAST_MM), _MOST_MM)

    def _in_burst(self, signal: float) -> bool:
        found = next((mm for begin, end, mm in self._bursts if begin <= self._now_s < end), None)
        if found is None or self.rng.random() >= self._unoutshone(signal):
            return False
        self._burst_mm = min(max(found, _LEAST_MM), _MOST_MM)
        return True
