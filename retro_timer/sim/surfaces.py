"""What a beam meets: which bodies are in it, how much of it each fills, and what is behind them."""

from __future__ import annotations

from collections.abc import Sequence

from retro_timer.ports import Placement, SensorSpec
from retro_timer.sim.optics import Surface


def upper_beams(sensors: Sequence[SensorSpec]) -> frozenset[str]:
    """The first named of each two gates that stand one above the other."""
    places: dict[tuple[str, int], list[str]] = {}
    for spec in sensors:
        if spec.placement is Placement.GATE:
            places.setdefault((spec.line, spec.offset_mm), []).append(spec.name)
    return frozenset(names[0] for names in places.values() if len(names) > 1)


def overlap(low: float, high: float, left: float, right: float) -> float:
    """How much two stretches have in common."""
    return max(0.0, min(high, right) - max(low, left))


def with_background(found: Sequence[Surface], background_mm: float | None) -> tuple[Surface, ...]:
    """Nearer surfaces hide farther ones; the background fills what they leave."""
    left = 1.0
    kept = []
    for surface in sorted(found, key=lambda s: s.range_mm):
        cover = min(surface.cover, left)
        if cover > 0.0:
            kept.append(Surface(surface.range_mm, cover, surface.reflectance))
            left -= cover
    if background_mm is not None and left > 0.0:
        kept.append(Surface(background_mm, left, 0.5))
    return tuple(kept)
