"""Somebody in a beam is seen by the light alone: what a wall loses, or what comes back from where nothing was."""

from __future__ import annotations

from collections.abc import Sequence

from retro_timer.detection.events import Shade
from retro_timer.detection.gate.body_light import OpenLight
from retro_timer.detection.gate.shade import ShadeWatch
from retro_timer.detection.passages import BeamEntry
from retro_timer.detection.readings import Kind

PERIOD_NS = 24_000_000
WALL_MM, WALL_KCPS = 1900, 3500.0
LEAD = 40
"""Readings of the bare wall before and after."""

Look = tuple[int, float]
"""Range and signal."""


def shades(looks: Sequence[Look]) -> list[Shade]:
    """What is told of these readings before a wall, with bare ones before and after them."""
    watch, light = ShadeWatch(), OpenLight()
    bare = [(WALL_MM, WALL_KCPS)] * LEAD
    told = []
    for number, (range_mm, kcps) in enumerate([*bare, *looks, *bare]):
        entry = BeamEntry(number * PERIOD_NS, Kind.TARGET, range_mm < WALL_MM - 200, range_mm, kcps)
        if not entry.hit:
            light.learn(entry, WALL_MM)
        told.append(watch.feed(entry, WALL_MM, light))
    return [shade for shade in told if shade is not None]


def dimmed(*shares: float) -> list[Look]:
    """The wall with so much of its light."""
    return [(WALL_MM, share * WALL_KCPS) for share in shares]


def test_a_sprinter_who_hides_a_part_of_the_wall_for_four_readings_is_seen() -> None:
    (shade,) = shades(dimmed(0.95, 0.74, 0.62, 0.67, 0.83, 0.95))
    assert (shade.last_ns - shade.first_ns) // PERIOD_NS == 3


def test_a_long_shade_does_not_end_for_having_dimmed_the_walls_mean() -> None:
    (shade,) = shades(dimmed(*[0.8] * 60))
    assert (shade.last_ns - shade.first_ns) // PERIOD_NS == 59


def test_a_body_brighter_than_what_it_leaves_of_the_wall_is_one_shade_with_it() -> None:
    (shade,) = shades([*dimmed(0.8, 0.65), *[(800, 5200.0)] * 3, *dimmed(0.62, 0.8)])
    assert (shade.last_ns - shade.first_ns) // PERIOD_NS == 6


def test_an_arm_or_the_walls_noise_is_none() -> None:
    assert shades(dimmed(0.97, 0.92, 0.9, 0.91, 0.93, 1.03, 0.97)) == []


def test_a_wall_that_stays_darker_is_how_it_looks_from_then_on() -> None:
    later = [*dimmed(*[0.8] * 250), *dimmed(0.6, 0.5, 0.5, 0.6), *dimmed(*[0.8] * 20)]
    assert len(shades(later)) == 2
