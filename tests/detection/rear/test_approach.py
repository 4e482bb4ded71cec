"""A finish by range: the back's way to the line, from many readings, whoever is in view from the first one on."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.passages import Approach
from retro_timer.detection.rear.approach_fit import solve_approach
from retro_timer.ports import Placement, RangeSample
from tests.helpers.replaying import of, rep, replayed

LANE_END = WatchConfig(placement=Placement.LANE_END, finish_range_mm=2000, fov_deg=0.5)
RATE_HZ = 50.0
FIRST_M, LAST_M = 8.7, 1.05


def walked(speed_mps: float, lead_s: float) -> tuple[list[RangeSample], float]:
    """Ranges only: somebody in view from the first reading, or after some seconds of nothing; when they pass 2 m."""
    samples = [RangeSample(round((n / RATE_HZ - lead_s) * 1e9)) for n in range(round(lead_s * RATE_HZ))]
    for n in range(round((FIRST_M - LAST_M) / speed_mps * RATE_HZ)):
        noise = (n * 2_654_435_761 >> 7) % 21 - 10
        samples.append(RangeSample(round(n / RATE_HZ * 1e9), round((FIRST_M - speed_mps * n / RATE_HZ) * 1000) + noise))
    return samples, (FIRST_M - 2.0) / speed_mps


@pytest.mark.parametrize("lead_s", [0.0, 3.0])
@pytest.mark.parametrize(("gait", "speed_mps"), [("walk", 0.66), ("walk", 1.3), ("jog", 1.97)])
def test_who_is_in_view_from_the_first_reading_on_is_timed(gait: str, speed_mps: float, lead_s: float) -> None:
    samples, cross_s = walked(speed_mps, lead_s)
    go_s = cross_s - 20.0 / speed_mps - 1.0
    (finish,) = of(replayed(samples, LANE_END, rep(go_s, 20.0, gait)), "finish")
    assert abs(go_s + finish["time_s"] - cross_s) <= max(0.02, finish["uncertainty_s"])


def line_of(speed_mps: float) -> list[tuple[float, float]]:
    return [(n * 0.02, 2.0 - speed_mps * n * 0.02) for n in range(-30, 13)]


def solved_s(points: list[tuple[float, float]]) -> tuple[float, float]:
    found = solve_approach(Approach(points, 0, 2.0, "approach", sway_m=0.006, sway_s=0.0012))
    assert found.refusal == ""
    return found.back_ns / 1e9, found.uncertainty_ns / 1e9


@settings(max_examples=40)
@given(st.floats(0.6, 4.0), st.integers(18, 40), st.floats(0.3, 7.0))
def test_one_wrong_range_moves_the_finish_by_less_than_its_interval(speed_mps: float, at: int, range_m: float) -> None:
    points = line_of(speed_mps)
    good_s, half_s = solved_s(points)
    bad_s, wider_s = solved_s([*points[:at], (points[at][0], range_m), *points[at + 1 :]])
    assert abs(bad_s - good_s) <= max(half_s, wider_s)


@settings(max_examples=40)
@given(st.floats(0.6, 4.0), st.integers(0, 42))
def test_one_reading_less_does_not_move_it(speed_mps: float, at: int) -> None:
    points = line_of(speed_mps)
    good_s, half_s = solved_s(points)
    less_s, _ = solved_s([*points[:at], *points[at + 1 :]])
    assert abs(less_s - good_s) <= half_s


BELT = WatchConfig(placement=Placement.BELT, finish_range_mm=4000, fov_deg=2.0)


def swung(
    rate_hz: float, speed_mps: float, unseen: tuple[float, float], doubted_to_s: float = -9.9
) -> list[RangeSample]:
    """An end board that comes nearer, full records; at 0 s it is 4 m away. A turned waist looks past it for a while,
    and until `doubted_to_s` the sensor doubts what it reads."""
    samples = []
    for n in range(round(-2.0 * rate_hz), round(0.8 * rate_hz)):
        t_s = (n + 0.37) / rate_hz
        noise = (n * 2_654_435_761 >> 7) % 21 - 10
        range_mm = round((4.0 - speed_mps * t_s) * 1000) + noise
        seen = range_mm < 6500 and not unseen[0] < t_s < unseen[1]
        t_ns = round((t_s + 20.0) * 1e9)
        status, signal = (2, 1100.0) if t_s < doubted_to_s else (0, 3000.0)
        samples.append(
            RangeSample(t_ns, range_mm, status, signal, 50.0) if seen else RangeSample(t_ns, None, 2, 20.0, 50.0)
        )
    return samples


@pytest.mark.parametrize("rate_hz", [10.0, 25.0, 100.0])
@pytest.mark.parametrize("unseen", [(-0.35, 0.05), (-0.05, 0.3)])
def test_who_passes_the_line_while_the_beam_looks_past_the_board_is_timed(
    rate_hz: float, unseen: tuple[float, float]
) -> None:
    events = replayed(swung(rate_hz, 3.0, unseen), BELT, rep(10.0, 30.0, "run"))
    (finish,) = of(events, "finish")
    assert abs(finish["time_s"] - 10.0) <= finish["uncertainty_s"] < 0.1
    assert not of(events, "crossing_withdrawn")


def test_the_longer_nothing_was_seen_at_the_line_the_wider_is_the_interval() -> None:
    found = [
        of(replayed(swung(25.0, 3.0, unseen), BELT, rep(10.0, 30.0, "run")), "finish")[0]["uncertainty_s"]
        for unseen in ((9.9, 9.9), (-0.05, 0.15), (-0.05, 0.3))
    ]
    assert found[0] < 0.9 * found[1] < 0.8 * found[2]


def test_a_way_up_to_the_line_that_the_sensor_doubts_is_a_way_all_the_same() -> None:
    (finish,) = of(replayed(swung(25.0, 3.0, (-0.1, 0.2), -0.05), BELT, rep(10.0, 30.0, "run")), "finish")
    assert abs(finish["time_s"] - 10.0) <= finish["uncertainty_s"] < 0.1


def test_who_steps_in_beside_the_box_does_not_go_on_from_who_was_seen_up_the_lane() -> None:
    up = [sample for sample in swung(25.0, 3.0, (-0.3, 9.9)) if sample.t_ns < 19.7e9]
    beside = [RangeSample(round((19.72 + n / 25.0) * 1e9), round(2000 - 120 * n), 0, 6000.0, 50.0) for n in range(12)]
    assert not of(replayed([*up, *beside], BELT, rep(10.0, 30.0, "run")), "finish")


def test_a_doubted_reading_off_the_way_at_the_line_does_not_move_the_finish() -> None:
    samples = swung(25.0, 3.0, (-0.25, 0.05))
    at = next(n for n, sample in enumerate(samples) if sample.t_ns > 20.05e9)
    doubted = RangeSample(samples[at].t_ns, (samples[at].range_mm or 0) - 120, 2, 800.0, 50.0)
    (finish,) = of(replayed([*samples[:at], doubted, *samples[at + 1 :]], BELT, rep(10.0, 30.0, "run")), "finish")
    assert abs(finish["time_s"] - 10.0) <= finish["uncertainty_s"]


def test_a_phantom_on_the_way_up_is_no_arrival() -> None:
    samples = swung(10.0, 0.55, (9.9, 9.9))
    at = next(n for n, sample in enumerate(samples) if sample.t_ns > 19.4e9)
    phantom = RangeSample(samples[at].t_ns, (samples[at].range_mm or 0) - 500, 0, 43.0, 50.0)
    (finish,) = of(replayed([*samples[:at], phantom, *samples[at + 1 :]], BELT, rep(-20.0, 20.0, "walk")), "finish")
    assert abs(finish["time_s"] - 40.0) <= 0.1
