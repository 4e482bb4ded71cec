"""The benchmark's two laws of blending, and phantoms that look like good readings."""

from __future__ import annotations

from random import Random
from statistics import mean

import pytest

from benchmarks.physics import Light, gate_passage
from benchmarks.physics.blending import LAWS, Average, Nearest, draw_blend
from benchmarks.physics.gate import set_stage
from benchmarks.physics.scene import film
from benchmarks.physics.sensor import LEAST_SIGNAL_KCPS, STRAY_SHARE, Sensor
from retro_timer.ports import Placement
from retro_timer.training.gaits import Gait

DARK = Light(20.0)
BODY, WALL = (3000.0, 800.0), (7000.0, 2000.0)


def test_the_first_law_lies_between_all_that_is_seen() -> None:
    signal, range_mm = Average(1.0).of([BODY, WALL])
    assert signal == 10_000.0
    assert range_mm == pytest.approx(1640.0)
    assert Average(1.4).of([BODY, WALL])[1] > 1640.0


def test_the_second_law_jumps_to_the_nearest_thing_that_holds_enough_of_the_light() -> None:
    assert Nearest(0.25, 0.0).of([BODY, WALL]) == BODY
    assert Nearest(0.35, 0.0).of([BODY, WALL]) == WALL


def test_the_second_law_passes_over_what_is_dimmer_than_a_dim_thing_that_fills_the_cone() -> None:
    at_one_metre = BODY[0] * (BODY[1] / 1000.0) ** 2
    assert Nearest(0.0, 0.9 * at_one_metre).of([BODY, WALL]) == BODY
    assert Nearest(0.0, 1.1 * at_one_metre).of([BODY, WALL]) == WALL


def test_the_second_law_cannot_hold_things_apart_that_are_nearer_than_a_pulse_is_long() -> None:
    rate, range_mm = Nearest(0.5, 0.0).of([(1000.0, 1900.0), (3000.0, 2100.0)])
    assert rate == 4000.0
    assert range_mm == pytest.approx(2050.0)


@pytest.mark.parametrize("law", LAWS)
def test_one_thing_alone_is_told_as_it_is_and_nothing_as_nothing(law: str) -> None:
    blend = draw_blend(Random(1), law, 1.0)  # type: ignore[arg-type]
    assert blend.of([BODY]) == BODY
    assert blend.of([]) == (0.0, 0.0)


def test_a_passage_is_the_same_under_either_law_but_for_its_readings() -> None:
    one, other = (gate_passage(3, Gait.JOG, 41, "wall", law=law) for law in LAWS)
    assert (one.back_ns, one.torso_mm, one.speed_mps) == (other.back_ns, other.torso_mm, other.speed_mps)
    assert one.samples != other.samples


def test_in_the_open_field_the_laws_are_one() -> None:
    one, other = (gate_passage(3, Gait.JOG, 41, "open", law=law) for law in LAWS)
    assert one.samples == other.samples


def between(law: str) -> float:
    """Share of the readings of slow walks that lie well between body and wall."""
    found = []
    for seed in range(8):
        case = gate_passage(seed, Gait.WALK, 41, "wall", law=law, light=DARK, wall_mm=2400.0, lateral_mm=800.0)  # type: ignore[arg-type]
        found += [1300 < (s.range_mm or 0) < 2000 for s in case.samples if s.status == 0]
    return mean(found)


def test_only_the_first_law_passes_through_ranges_where_nothing_stands() -> None:
    assert between("average") > 0.02
    assert between("nearest") < 0.003


def test_strays_look_like_good_readings_with_the_backgrounds_signal() -> None:
    for wall_mm in (2000.0, None):
        sensor = Sensor(Random(4), 41, Placement.GATE, Light(20.0, stray_share=0.05), wall_mm=wall_mm)
        samples = film(sensor, [], 1, 0.0, 100.0)
        strays = [s for s in samples if s.status == 0 and s.range_mm is not None and s.range_mm < 1000]
        others = [s.signal_kcps or 0.0 for s in samples if s not in strays]
        assert len(strays) / len(samples) == pytest.approx(0.05, abs=0.012)
        assert mean(s.signal_kcps or 0.0 for s in strays) == pytest.approx(mean(others), rel=0.5)
        if wall_mm is None:
            assert max(s.signal_kcps or 0.0 for s in strays) < LEAST_SIGNAL_KCPS


def test_two_in_a_thousand_readings_are_strays_where_no_light_is_asked_for() -> None:
    assert STRAY_SHARE == 0.002
    for options, share in (({}, STRAY_SHARE), ({"phantom": True}, 0.0), ({"light": DARK}, 0.0)):
        stage = set_stage("passage", 1, Gait.WALK, 41, "open", options)  # type: ignore[arg-type]
        assert stage.sensor.light.stray_share == share


def test_one_phantom_beside_the_break_is_one_and_beside_it() -> None:
    for seed in range(6):
        case = gate_passage(seed, Gait.RUN, 41, "open", phantom=True, light=DARK)
        weak = [s for s in case.samples if s.status == 0 and (s.signal_kcps or 0.0) < 0.1 * LEAST_SIGNAL_KCPS]
        (phantom,) = weak
        body_s = case.seen_periods * case.period_s
        assert abs(phantom.t_ns - (case.back_ns or 0)) / 1e9 < body_s + 5 * case.period_s


def test_the_body_is_strongest_in_the_middle_and_weaker_the_farther_it_is() -> None:
    near, far = (gate_passage(1, Gait.JOG, 41, "open", lateral_mm=mm).peak_kcps for mm in (600.0, 1200.0))
    assert near > 2.0 * far > LEAST_SIGNAL_KCPS
