"""What becomes the background behind a lane, and what never does."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from retro_timer.detection.background import Background
from retro_timer.detection.readings import Kind

Scene = Callable[[float], float | None]
"""Seconds to a range in millimetres; None where nothing is seen."""
MARGIN_MM = 60


def shown(
    scene: Scene, seconds: float, *, background: Background | None = None, from_s: float = 0.0, rate_hz: float = 25.0,
    noise_mm: float = 8.0,
) -> Background:  # fmt: skip
    found = background or Background()
    rng = Random(7)
    for n in range(round(seconds * rate_hz)):
        t_s = from_s + n / rate_hz
        range_mm = scene(t_s)
        if range_mm is None:
            found.feed(Kind.NOTHING, None, round(t_s * 1e9))
        else:
            found.feed(Kind.TARGET, round(range_mm + rng.gauss(0.0, noise_mm)), round(t_s * 1e9))
    return found


def stands(range_mm: float) -> Scene:
    return lambda _t: range_mm


def nothing(_t: float) -> None:
    return None


@pytest.mark.parametrize("rate_hz", [10.0, 41.0, 100.0])
def test_what_stands_still_for_two_seconds_is_the_background(rate_hz: float) -> None:
    assert not shown(stands(2000.0), 1.8, rate_hz=rate_hz).decided
    learnt = shown(stands(2000.0), 2.3, rate_hz=rate_hz)
    assert learnt.wall_mm == pytest.approx(2000.0, abs=10.0)


@pytest.mark.parametrize("speed_mmps", [-600.0, -100.0, 100.0, 1200.0])
def test_what_moves_never_is(speed_mmps: float) -> None:
    seen = shown(lambda t: 3500.0 + speed_mmps * t, 4.0)
    assert not seen.decided


def test_nothing_for_two_seconds_is_an_open_field() -> None:
    learnt = shown(nothing, 2.3)
    assert learnt.decided
    assert learnt.wall_mm is None
    assert learnt.in_front(8000)


def test_a_farther_thing_that_stands_replaces_what_stood_before_it() -> None:
    learnt = shown(lambda t: 1500.0 if t < 5.0 else 3000.0, 10.0)
    assert learnt.wall_mm == pytest.approx(3000.0, abs=10.0)


@pytest.mark.parametrize("behind", [stands(3000.0), nothing], ids=["wall", "open"])
def test_a_nearer_thing_never_does_however_long_it_stands(behind: Scene) -> None:
    learnt = shown(behind, 4.0)
    learnt = shown(stands(1500.0), 30.0, background=learnt, from_s=4.0)
    assert learnt.in_front(1500)


def test_a_body_that_creeps_in_does_not_drag_the_background_along() -> None:
    learnt = shown(stands(2000.0), 4.0)
    learnt = shown(lambda t: 2000.0 - 15.0 * (t - 4.0), 30.0, background=learnt, from_s=4.0)
    assert learnt.in_front(1600)


def test_a_sensor_that_warms_up_takes_the_background_along() -> None:
    learnt = shown(lambda t: 2000.0 - 0.2 * t, 200.0, rate_hz=10.0)
    assert learnt.wall_mm == pytest.approx(1961.0, abs=8.0)


@pytest.mark.parametrize("hidden_s", [0.5, 3.0, 20.0])
def test_a_wall_that_was_hidden_is_taken_back_at_once(hidden_s: float) -> None:
    learnt = shown(lambda t: None if 5.0 <= t < 5.0 + hidden_s else 2000.0, 5.0 + hidden_s)
    back = shown(stands(2000.0), 0.6, background=learnt, from_s=5.0 + hidden_s)
    assert not back.in_front(2000)


def test_who_walks_up_to_where_a_wall_once_was_is_no_wall() -> None:
    learnt = shown(lambda t: 2000.0 if t < 5.0 else 6000.0, 10.0)
    walks = shown(lambda t: max(2000.0, 4000.0 - 1500.0 * (t - 10.0)), 6.0, background=learnt, from_s=10.0)
    assert walks.in_front(2000)


@pytest.mark.parametrize(
    ("wall_mm", "noise_mm", "margin_mm"),
    [(2000, 2.0, 60), (4000, 20.0, 125), (2000, 60.0, 200), (8000, 100.0, 300)],
    ids=["never less than 60 mm", "five sigmas", "a tenth", "never more than 300 mm"],
)
def test_the_margin_before_it_is_bounded(wall_mm: int, noise_mm: float, margin_mm: int) -> None:
    known = Background(wall_mm, noise_mm)
    assert known.in_front(wall_mm - margin_mm - 1)
    assert not known.in_front(wall_mm - margin_mm)


def test_a_noisy_walls_own_readings_are_known_for_what_they_are() -> None:
    noisy = Background(2000, 60.0)
    assert noisy.in_front(1700)
    assert noisy.may_scatter_to(1700)
    assert not noisy.may_scatter_to(1600)


def test_while_nothing_is_decided_only_what_is_near_must_be_in_front() -> None:
    young = Background()
    assert young.in_front(500)
    assert not young.in_front(900)


@pytest.mark.parametrize(
    ("stands_mm", "rate_hz", "in_front"), [(560.0, 41.0, True), (640.0, 41.0, False), (640.0, 10.0, False)]
)
def test_what_stands_at_that_limit_is_on_one_side_of_it(stands_mm: float, rate_hz: float, in_front: bool) -> None:
    """Its noise of 30 mm is a white bottle's, recorded in the shade."""
    seen = shown(stands(stands_mm), 1.5, noise_mm=30.0, rate_hz=rate_hz)
    assert not seen.decided
    assert {seen.in_front(round(stands_mm) + off_mm) for off_mm in (-45, 0, 45)} == {in_front}


def test_what_stands_nearer_is_no_background_though_some_of_its_readings_are_farther() -> None:
    assert not shown(stands(560.0), 30.0, noise_mm=30.0, rate_hz=10.0).decided


def test_a_glance_at_what_stands_shows_what_must_be_in_front_of_it() -> None:
    glanced = shown(stands(2000.0), 0.7)
    assert not glanced.decided
    assert glanced.in_front(1200)
    assert not glanced.in_front(1990)


def test_a_calibrated_open_field_starts_decided() -> None:
    known = Background(known_open=True)
    assert known.decided
    assert known.in_front(5000)


def test_a_calibrated_background_stays_whatever_stands_there_now() -> None:
    known = shown(stands(3000.0), 10.0, background=Background(2000, 3.0))
    assert known.wall_mm == 2000.0
    assert known.beyond(3000)


def test_who_asks_for_a_new_one_gets_what_stands_there_now() -> None:
    known = shown(stands(1200.0), 5.0, background=Background(2000, 3.0))
    assert known.in_front(1200)
    known.learn_anew()
    learnt = shown(stands(1200.0), 3.0, background=known, from_s=5.0)
    assert learnt.wall_mm == pytest.approx(1200.0, abs=10.0)


def test_what_shows_through_a_flickering_wall_does_not_replace_it() -> None:
    rng = Random(3)
    learnt = shown(stands(3000.0), 4.0)
    flickers = shown(
        lambda _t: None if rng.random() < 0.41 else 3000.0, 20.0, background=learnt, from_s=4.0, rate_hz=12.0
    )
    assert flickers.wall_mm == pytest.approx(3000.0, abs=MARGIN_MM / 2)
