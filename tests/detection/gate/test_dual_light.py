"""Two beams under one sun: a few bright readings at both are no runner, and who is one is not lost for the sun."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import PassageOver
from retro_timer.detection.gate.dual_half import Half, Seen
from retro_timer.detection.gate.dual_light import outlasts_bursts, phantoms
from retro_timer.detection.gate.torso import find_torso
from retro_timer.detection.passages import BeamEntry, Break
from retro_timer.detection.readings import Kind

CONE = WatchConfig(name="cone")
HALVES = Half(CONE), Half(CONE)
PERIOD_NS = 24_000_000
SUN_KCPS = 15_000.0
BELL = (0.62, 0.8, 0.95)
"""Of a body that comes into the cone and leaves it."""
BESIDE = 20
"""Readings before and after the hits."""


def seen(
    range_mm: int = 700,
    kcps: float | None = 8000.0,
    *,
    hits: int = 3,
    sun: bool = True,
    ambient_kcps: float | None = None,
    flanks: Sequence[float] = (),
) -> Seen:
    """So many hits in an open field, with the sun's phantoms beside them or without.

    `flanks`: the first hits' shares of the light, and the last ones' backward.
    """
    entries = []
    for number in range(2 * BESIDE + hits):
        t_ns = number * PERIOD_NS
        if BESIDE <= number < BESIDE + hits:
            edge = min(number - BESIDE, BESIDE + hits - 1 - number)
            share = flanks[edge] if edge < len(flanks) else 1.0
            entries.append(BeamEntry(t_ns, Kind.TARGET, True, range_mm, None if kcps is None else share * kcps))
        elif sun and number % 3 == 0:
            entries.append(BeamEntry(t_ns, Kind.NOTHING, False, 430, None if kcps is None else 600.0))
        else:
            entries.append(BeamEntry(t_ns, Kind.NOTHING, False, None, None if kcps is None else 20.0))
    broken = Break(entries, None, 20.0, 60.0, 0.024, 0.02, 5.0, 3.0, 7.6, True, ambient_kcps=ambient_kcps)
    over = PassageOver(1, broken, entries[-1].t_ns)
    torso = find_torso(broken, CONE)
    return Seen(1, BESIDE * PERIOD_NS, over=over, last_ns=(BESIDE + hits - 1) * PERIOD_NS, torso=torso)


def by_light() -> Seen:
    """A body of which the other half names no range."""
    return Seen(0, BESIDE * PERIOD_NS, last_ns=(BESIDE + 3) * PERIOD_NS, by_light=True)


def test_two_bursts_of_the_suns_phantoms_are_no_runner() -> None:
    assert phantoms(seen(700, 2500.0), seen(700, 2500.0), HALVES, stacked=False)
    assert phantoms(seen(300, 2500.0, hits=6), seen(700, 8000.0), HALVES, stacked=False)


def test_a_runner_in_the_sun_is_one() -> None:
    assert not phantoms(seen(700, 8000.0), seen(720, 2500.0), HALVES, stacked=False)
    assert not phantoms(seen(900, 2500.0, hits=9), seen(920, 2500.0, hits=9), HALVES, stacked=False)


def test_who_is_as_long_as_two_bursts_has_a_bodys_rise_and_fall() -> None:
    body = seen(900, 2800.0, hits=7, flanks=BELL, sun=False, ambient_kcps=SUN_KCPS)
    bursts = seen(900, 2800.0, hits=7, flanks=(1.0, 0.6, 1.0, 0.5), sun=False, ambient_kcps=SUN_KCPS)
    assert not phantoms(body, body, HALVES, stacked=True)
    assert phantoms(bursts, bursts, HALVES, stacked=True)


def test_in_measured_sun_nothing_is_believed_for_want_of_other_phantoms() -> None:
    brief = seen(700, 2500.0, sun=False, ambient_kcps=SUN_KCPS)
    assert phantoms(brief, brief, HALVES, stacked=True)
    shade = seen(700, 2500.0, sun=False, ambient_kcps=900.0)
    assert not phantoms(shade, shade, HALVES, stacked=True)


def test_what_is_at_the_lens_with_a_phantoms_light_is_nobody() -> None:
    at_lens = seen(60, 2500.0, hits=12, sun=False, ambient_kcps=SUN_KCPS)
    assert phantoms(at_lens, by_light(), HALVES, stacked=True)


def test_without_phantoms_about_the_darkest_cloth_is_a_body() -> None:
    assert not phantoms(seen(700, 300.0, sun=False), seen(700, 300.0, sun=False), HALVES, stacked=False)


@pytest.mark.parametrize(("stacked", "apart_mm"), [(True, 250), (False, 150)])
def test_both_halves_see_one_trunk_at_one_range(stacked: bool, apart_mm: int) -> None:
    near = seen(600)
    assert not phantoms(near, seen(600 + apart_mm - 10), HALVES, stacked=stacked)
    assert phantoms(near, seen(600 + apart_mm + 10), HALVES, stacked=stacked)


def test_a_shade_is_no_witness_for_a_burst_and_is_one_for_a_bright_body() -> None:
    assert phantoms(seen(700, 2500.0), by_light(), HALVES, stacked=True)
    assert not phantoms(seen(700, 8000.0), by_light(), HALVES, stacked=True)


def test_what_still_goes_on_at_both_halves_is_not_judged_yet() -> None:
    assert not phantoms(Seen(1, 0), Seen(1, 0), HALVES, stacked=True)


def test_one_half_alone_believes_more_readings_or_more_light_than_a_burst_has() -> None:
    half = Half(CONE)
    assert outlasts_bursts(seen(700, 8000.0), half, alone=True)
    assert outlasts_bursts(seen(900, 2500.0, hits=9), half, alone=True)
    assert not outlasts_bursts(seen(900, 2500.0, hits=7, flanks=BELL), half, alone=True)
    assert not outlasts_bursts(seen(300, 2500.0, hits=9), half, alone=True)


def test_a_trace_without_light_is_judged_by_its_ranges() -> None:
    assert outlasts_bursts(seen(700, None), Half(CONE), alone=True)
    assert not phantoms(seen(700, None), seen(720, None), HALVES, stacked=False)
    assert phantoms(seen(700, None), seen(900, None), HALVES, stacked=False)
