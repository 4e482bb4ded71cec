"""Somebody in a beam by its light alone: before a bright wall, or in dark clothing, a sensor may name no range of them.

Two gate sensors of one line ask each other. The half of a dual gate that saw no body may have seen its light: the wall
behind lost a part of its own, or light came back where none does. That is no crossing, and witness enough for one.
"""

from __future__ import annotations

from retro_timer.detection.events import Shade
from retro_timer.detection.gate.body_light import OpenLight
from retro_timer.detection.passages import BeamEntry
from retro_timer.detection.readings import Kind

_LEAST_READINGS = 4
"""Fewer in a row are chance, where phantoms are about; more would miss a runner, whose flanks are seen as well."""
_LEAST_UNNAMED = 2
"""Of them, without a range of their own: hits alone are a crossing by themselves, or phantoms."""
_STEP = 2.0
"""From one reading to the next the light of a body that comes and goes changes less; phantoms have any light."""
_LEFT = 0.85
"""Of the wall's light: a torso fills a third of a cone of 27 degrees at 1 m, an arm a tenth. Less misses the flanks of
a sprinter, who is there for four readings in all, more takes the wall's own noise, 2 to 3 %."""
_LONGEST_NS = 3_000_000_000
"""At 0.3 m/s a trunk is through a cone of 0.5 m in 2.5 s: what lasts longer is how the wall looks from now on."""
_ABOVE = 5.0
"""Times the empty field's light: less is what a few phantoms add to its mean, more would miss the darkest cloth."""


class ShadeWatch:
    """Feed every reading of a gate's beam in order."""

    def __init__(self) -> None:
        self._count = self._hits = 0
        self._first_ns = self._last_ns = 0
        self._kcps = 0.0
        self._named = False
        """Whether the reading before was a hit."""
        self._open_kcps = 0.0
        """The wall's light, as it was when the shade began: the shade itself dims its mean."""

    def feed(self, entry: BeamEntry, wall_mm: float | None, light: OpenLight) -> Shade | None:
        """One reading; a shade is told when it is over."""
        kcps = entry.signal_kcps or 0.0
        if self._count == 0 or entry.t_ns - self._first_ns > _LONGEST_NS:
            self._open_kcps = light.mean_kcps
        shaded = _shaded(entry, wall_mm, light, self._open_kcps)
        # Where a body hides a wall the light of the one says nothing of the other's.
        other = wall_mm is not None and entry.hit is not self._named
        steps = other or self._kcps <= _STEP * kcps <= _STEP * _STEP * self._kcps
        told = None if shaded and steps and self._count > 0 else self._over(entry.t_ns)
        if shaded:
            self._first_ns = self._first_ns if self._count else entry.t_ns
            self._last_ns, self._kcps, self._named = entry.t_ns, kcps, entry.hit
            self._count += 1
            self._hits += entry.hit
        return told

    def _over(self, t_ns: int) -> Shade | None:
        """The light is another one now."""
        count, unnamed = self._count, self._count - self._hits
        self._count = self._hits = 0
        if count < _LEAST_READINGS or unnamed < _LEAST_UNNAMED:
            return None
        return Shade(self._first_ns, self._last_ns, t_ns)


def _shaded(entry: BeamEntry, wall_mm: float | None, light: OpenLight, open_kcps: float) -> bool:
    """Whether a reading shows more than an empty beam, or before a wall of `open_kcps` less."""
    if entry.hit:
        return True
    if entry.signal_kcps is None or light.mean_kcps <= 0.0 or entry.kind is Kind.ABSURD:
        return False
    if wall_mm is not None:
        return entry.signal_kcps < _LEFT * open_kcps
    return entry.signal_kcps >= max(light.stands_out_kcps, _ABOVE * light.mean_kcps)
