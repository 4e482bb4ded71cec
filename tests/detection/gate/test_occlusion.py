"""Of two bodies in one break the first one is timed."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.gate.occlusion import body_ranges, first_body
from retro_timer.detection.gate.occlusion_fit import Cover
from retro_timer.detection.gate.weighing import Look
from retro_timer.detection.passages import BeamEntry, Break
from retro_timer.detection.readings import Kind

PERIOD_S = 0.025
noise = st.lists(st.floats(-0.02, 0.02), min_size=8, max_size=8)


def bell(t_s: float, middle_s: float, height: float = 1.0) -> float:
    """A torso's cover, 0.4 s wide at half its height."""
    return height * math.exp(-math.log(2.0) * ((t_s - middle_s) / 0.2) ** 2)


def looks(seconds: float, heights: dict[float, float], jitter: list[float]) -> Cover:
    """Bells of these heights around their middles, with noise that repeats."""
    times = [n * PERIOD_S for n in range(round(seconds / PERIOD_S))]
    covers = [sum(bell(t, m, h) for m, h in heights.items()) for t in times]
    return Cover(
        "signal", [Look(t, c + jitter[n % len(jitter)]) for n, (t, c) in enumerate(zip(times, covers, strict=True))]
    )


@given(noise, st.floats(0.8, 1.2), st.floats(0.9, 2.0))
def test_the_second_of_two_bodies_is_cut_off_at_the_valley(jitter: list[float], height: float, apart_s: float) -> None:
    kept = first_body(looks(3.5, {0.7: 1.0, 0.7 + apart_s: height}, jitter)).looks
    assert 0.7 + 0.25 * apart_s <= kept[-1].t_s <= 0.7 + 0.75 * apart_s


@given(noise)
def test_one_body_stays_whole(jitter: list[float]) -> None:
    cover = looks(2.0, {0.8: 1.0}, jitter)
    assert first_body(cover) == cover


@given(noise, st.floats(0.1, 0.5))
def test_an_arm_before_the_body_stays_with_it(jitter: list[float], arm: float) -> None:
    cover = looks(2.5, {0.4: arm, 1.3: 1.0}, jitter)
    assert first_body(cover) == cover


@given(noise, st.floats(0.1, 0.5))
def test_an_arm_after_the_body_stays_with_it(jitter: list[float], arm: float) -> None:
    cover = looks(2.5, {0.8: 1.0, 1.7: arm}, jitter)
    assert first_body(cover) == cover


def test_of_two_hits_the_one_with_a_bodys_light_tells_where_the_body_is() -> None:
    phantom, sure, flank = (
        BeamEntry(0, Kind.TARGET, True, range_mm, kcps)
        for range_mm, kcps in ((480, 4700.0), (967, 10_200.0), (1573, 5100.0))
    )
    for hits in ((phantom, sure), (sure, flank), (flank, sure)):
        broken = Break(hits, 1640.0, 4700.0, 5400.0, 0.04, 0.02, 5.2, 3.0, 7.0, over=True)
        assert body_ranges(hits, broken, WatchConfig()).read_mm == 967
