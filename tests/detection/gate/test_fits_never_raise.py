"""Whatever a sensor reads and whoever is configured, a fit gives a moment or a refusal, and a number that is one."""

from __future__ import annotations

import math

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import LeftBeam, Released
from retro_timer.detection.gate.crossing_fit import solve
from retro_timer.detection.gate.departure_fit import solve_departure
from retro_timer.detection.gate.dual_fit import join
from retro_timer.detection.gate.line_offset import at_line
from retro_timer.detection.passages import BeamEntry, Break
from retro_timer.detection.readings import MINIMUM_RANGE_MM, Kind
from retro_timer.detection.solution import Solution
from retro_timer.detection.timing import decide_start
from tests.helpers.standing import Beam, judged, seen, stands_and_leaves

SLIMMEST_MM, DEEPEST_MM = 50.0, 600.0
"""What a trace may say of its runners' chests; settings allow 100 to 500."""

CONFIGS = st.builds(
    WatchConfig,
    fov_deg=st.sampled_from([0.0, 0.1, 2.0, 6.0, 27.0, 90.0]) | st.floats(0.1, 90.0),
    torso_mm=st.sampled_from([SLIMMEST_MM, 100.0, 240.0, DEEPEST_MM]) | st.floats(SLIMMEST_MM, DEEPEST_MM),
    offset_mm=st.floats(-2000.0, 2000.0),
    lane_reach_mm=st.sampled_from([300.0, 1700.0, 12000.0]),
    least_body_kcps_m2=st.sampled_from([0.0, 300.0]),
)
LIGHTS = st.none() | st.sampled_from([0.0, 1.0, 600.0, 2500.0, 1e9]) | st.floats(0.0, 1e9, allow_subnormal=False)


@st.composite
def breaks(draw: st.DrawFn) -> Break:
    """A body in the midst of a beam, whatever of it is read, with a wall behind it or none."""
    wall_mm = draw(st.none() | st.sampled_from([500.0, 2000.0, 12000.0]))
    body_mm = draw(st.integers(MINIMUM_RANGE_MM, round(wall_mm) - 60 if wall_mm else 11000))
    noise_mm = draw(st.sampled_from([0, 5, 300]))
    period_s = draw(st.sampled_from([0.001, 0.004, 0.024, 0.1, 1.0]))
    lights = draw(LIGHTS), draw(LIGHTS)
    free, body = draw(st.integers(0, 40)), draw(st.integers(1, 80))
    odd = draw(st.dictionaries(st.integers(0, 160), st.tuples(st.sampled_from(Kind), st.booleans(), LIGHTS)))
    past_mm = draw(st.sampled_from([-50, 0, 300]))
    rng = draw(st.randoms(use_true_random=False))
    entries = []
    for n in range(2 * free + body):
        inside = free <= n < free + body
        range_mm = body_mm if inside else None if wall_mm is None else round(wall_mm)
        kind, hit = Kind.NOTHING if range_mm is None else Kind.TARGET, inside
        if range_mm is not None:
            range_mm = max(MINIMUM_RANGE_MM, range_mm + rng.randint(-noise_mm, noise_mm))
        signal = lights[0] if inside else lights[1]
        if n in odd:
            kind, hit, signal = odd[n]
            hit = hit and kind is Kind.TARGET and range_mm is not None
        if hit and wall_mm is not None:
            # The wall is what the beam showed at the break's beginning, or is taken for by its end.
            range_mm = min(range_mm or 0, round(wall_mm) + past_mm)
        entries.append(BeamEntry(round(n * period_s * 1e9), kind, hit, range_mm, signal))
    open_kcps = draw(st.sampled_from([0.0, 8.0, 600.0, 1e9]))
    slow_mps, fast_mps = draw(st.sampled_from([(0.3, 1.5), (1.5, 3.2), (4.0, 9.0)]))
    return Break(
        entries,
        wall_mm,
        open_kcps,
        1.15 * open_kcps,
        period_s,
        draw(st.sampled_from([0.001, period_s])),
        draw(st.floats(0.1, 20.0)),
        slow_mps,
        fast_mps,
        over=draw(st.booleans()),
        before_others=draw(st.booleans()),
    )


def is_sound(solved: Solution) -> bool:
    """Whether it is a refusal, or a moment with an interval and a speed."""
    return bool(solved.refusal) or (
        solved.uncertainty_ns >= 0 and math.isfinite(solved.speed_mps) and solved.speed_mps > 0.0
    )


@settings(max_examples=25, deadline=None)
@given(breaks(), CONFIGS)
def test_whatever_breaks_a_beam_is_timed_or_refused(broken: Break, config: WatchConfig) -> None:
    solved = solve(broken, config)
    assert is_sound(solved)
    assert is_sound(at_line(solved, config))


@pytest.mark.parametrize("beyond_mm", [0, 300])
def test_who_is_not_nearer_than_the_wall_is_no_body_before_it(beyond_mm: int) -> None:
    hits = [
        BeamEntry(n * 24_000_000, Kind.TARGET, hit=True, range_mm=1500 + beyond_mm, signal_kcps=None) for n in range(20)
    ]
    broken = Break(hits, 1500.0, 0.0, 0.0, 0.024, 0.02, 1.0, 0.3, 1.5, over=True, before_others=False)
    assert solve(broken, WatchConfig(fov_deg=27.0)).refusal == "not before the wall"


@settings(max_examples=12, deadline=None)
@given(breaks(), CONFIGS)
def test_whatever_leaves_a_beam_is_timed_or_refused(left: Break, config: WatchConfig) -> None:
    solved = solve_departure(left, config)
    assert is_sound(solved)
    assert is_sound(at_line(solved, config))


@pytest.mark.parametrize("torso_mm", [50.0, 100.0, 600.0])
@pytest.mark.parametrize("fov_deg", [2.0, 27.0])
def test_slim_runners_start_by_leaving_the_beam(torso_mm: float, fov_deg: float) -> None:
    beam = Beam(fov_deg=fov_deg)
    config = msgspec.structs.replace(beam.config, torso_mm=torso_mm)
    told = judged(beam, seen(beam, (stands_and_leaves(), 900)))
    (start,) = [decide_start(event, config) for event in told if isinstance(event, LeftBeam)]
    assert isinstance(start, Released)


@settings(max_examples=12, deadline=None)
@given(breaks(), breaks(), CONFIGS, st.floats(1.0, 2000.0))
def test_whatever_breaks_both_beams_of_a_gate_is_timed_or_refused(
    near: Break, far: Break, config: WatchConfig, apart_mm: float
) -> None:
    behind = msgspec.structs.replace(config, offset_mm=config.offset_mm + apart_mm)
    joined = join(solve(near, config), solve(far, behind), config, behind)
    assert joined is None or is_sound(joined)
