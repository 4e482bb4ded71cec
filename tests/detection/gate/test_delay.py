"""Half-sum and half-difference: how late one half of a gate of two beams is, by who walks through it both ways."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retro_timer.beacon.assembly import watch_config
from retro_timer.detection.gate.delay import Walk, WalkWatch, delay_of, walk_of
from retro_timer.detection.solution import Solution
from retro_timer.sensors.known import spec_of
from retro_timer.sensors.settings import SensorSettings
from retro_timer.settings.calibration import Calibration
from retro_timer.settings.model import Settings
from retro_timer.sim.scenario import Delay, Passer, Scenario
from retro_timer.sim.sensor import SimSensor
from retro_timer.sim.world import World

SPEEDS_MPS = (1.2, 1.0, 1.4, 1.3)


def walk(lag_s: float, speed_mps: float, *, back: bool, sd_s: float = 0.01) -> Walk:
    return Walk(lag_s, sd_s, speed_mps, 0.0, back)


@given(
    late_s=st.floats(-0.05, 0.05),
    way_m=st.floats(-0.3, 0.3),
    speeds=st.lists(st.floats(0.6, 2.0), min_size=2, max_size=10),
)
def test_walks_both_ways_give_back_the_delay_and_the_way_they_were_made_with(
    late_s: float, way_m: float, speeds: list[float]
) -> None:
    walks = [walk(late_s + (-way_m if n % 2 else way_m) / mps, mps, back=bool(n % 2)) for n, mps in enumerate(speeds)]
    found = delay_of(walks)
    assert found.late_s == pytest.approx(late_s, abs=1e-6)
    assert found.beyond_m == pytest.approx(way_m, abs=1e-6)
    assert found.late_sd_s > 0.0
    assert found.beyond_sd_m >= 0.1 * abs(found.beyond_m)


def test_more_walks_tell_it_better() -> None:
    pair = [walk(0.2, 1.2, back=False), walk(-0.15, 1.2, back=True)]
    assert delay_of(pair * 5).late_sd_s < delay_of(pair).late_sd_s


def test_one_direction_tells_a_delay_from_a_way_by_nothing() -> None:
    with pytest.raises(ValueError, match="one direction"):
        delay_of([walk(0.2, 1.2, back=False)] * 3)


def test_two_moments_far_apart_are_two_walks() -> None:
    one = Solution(middle_ns=0, middle_sd_s=0.01, speed_mps=1.0)
    assert walk_of(one, Solution(middle_ns=200_000_000, middle_sd_s=0.01, speed_mps=1.2), back=False) is not None
    assert walk_of(one, Solution(middle_ns=900_000_000, middle_sd_s=0.01, speed_mps=1.2), back=False) is None
    assert walk_of(one, Solution(refusal="no middle"), back=False) is None


def walked(sensors: tuple[SensorSettings, SensorSettings], late_ms: float) -> tuple[list[Solution], list[Solution]]:
    """What both halves see of walks there and back, the second one's readings being late."""
    passers = tuple(
        Passer(at_s=2.0 + 2.0 * number, speed_mps=mps, back=bool(number % 2)) for number, mps in enumerate(SPEEDS_MPS)
    )
    delays = (Delay(sensor=sensors[1].name, late_ms=late_ms),)
    sims = [
        SimSensor(one, Calibration(), _world(Scenario(passers=passers, delays=delays), sensors), 1) for one in sensors
    ]
    found: list[list[Solution]] = []
    for sim in sims:
        watch = WalkWatch(watch_config(sim.spec, Settings(sensors=sensors), Calibration(), several=True))
        times_ns = range(sim.spec.period_ns, 10_000_000_000, sim.spec.period_ns)
        found.append([solved for t_ns in times_ns for solved in watch.feed(sim.sample_at(t_ns))])
    return found[0], found[1]


def _world(scenario: Scenario, sensors: tuple[SensorSettings, SensorSettings]) -> World:
    world = World(scenario, [spec_of(one) for one in sensors], 2.0, 1)
    world.begin(0)
    return world


@pytest.mark.parametrize("offset_mm", [0, 200])
def test_a_thin_beam_beside_a_cone_is_found_late_by_what_it_is(offset_mm: int) -> None:
    sensors = SensorSettings(name="cone"), SensorSettings(name="thin", model="tf-luna", offset_mm=offset_mm)
    cone, thin = walked(sensors, 20.0)
    assert (len(cone), len(thin)) == (len(SPEEDS_MPS), len(SPEEDS_MPS))
    walks = [walk_of(a, b, back=bool(n % 2)) for n, (a, b) in enumerate(zip(cone, thin, strict=True))]
    found = delay_of([one for one in walks if one is not None])
    assert found.late_s == pytest.approx(0.02, abs=0.01)
    assert abs(1000.0 * found.beyond_m - offset_mm) <= 2.0 * 1000.0 * found.beyond_sd_m
