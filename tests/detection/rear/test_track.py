"""Readings that belong together: how fast the thing they show closes in, and when they are another thing's."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

import pytest

from retro_timer.detection.rear.track import Proof, Track, Tracker

PERIOD_S = 0.04


def followed(
    path: Callable[[float], float | None], seconds: float, *, tracker: Tracker | None = None, from_s: float = 0.0
) -> Track:
    """The newest track that took the last reading of a path: seconds to metres."""
    tracks = tracker or Tracker()
    newest: list[Track] = []
    for n in range(round(seconds / PERIOD_S)):
        t_s = from_s + n * PERIOD_S
        range_m = path(t_s)
        if range_m is not None:
            newest, _ = tracks.feed(t_s, range_m + (0.004 if n % 2 else -0.004), PERIOD_S)
    return newest[0]


def test_a_body_that_closes_in_has_its_speed() -> None:
    assert followed(lambda t: 4.0 - 1.5 * t, 1.0).motion().closing_mps == pytest.approx(1.5, abs=0.1)


@pytest.mark.parametrize("missing_s", [0.2, 0.36, 0.5])
def test_a_track_that_misses_some_readings_keeps_its_speed(missing_s: float) -> None:
    stands = followed(lambda t: None if 2.0 <= t < 2.0 + missing_s else 1.2, 2.0 + missing_s + PERIOD_S)
    assert abs(stands.motion().closing_mps) < 0.1
    assert stands.motion().closing_sd_mps < 0.4
    assert stands.length > 30


def test_after_a_longer_gap_it_is_another_one() -> None:
    assert followed(lambda t: None if 2.0 <= t < 2.8 else 1.2, 3.0).length < 10


@pytest.mark.parametrize(("again_m", "stood"), [(1.2, True), (1.05, False)])
def test_what_stood_before_such_a_gap_and_is_seen_there_again_stood(again_m: float, stood: bool) -> None:
    assert followed(lambda t: 1.2 if t < 2.0 else again_m if t >= 2.8 else None, 2.9).stood == stood


def test_who_walked_before_it_did_not_stand() -> None:
    assert not followed(lambda t: None if 2.0 <= t < 2.8 else max(1.2, 2.4 - 0.6 * t), 2.9).stood


def test_what_stood_long_ago_is_met_anew() -> None:
    assert not followed(lambda t: None if 2.0 <= t < 4.2 else 1.2, 4.3).stood


def test_who_steps_out_from_before_a_standing_thing_has_a_track_of_their_own() -> None:
    tracker = Tracker()
    followed(lambda _t: 2.0, 1.0, tracker=tracker)
    body = followed(lambda t: 1.93 - 3.0 * (t - 1.0), 0.28, tracker=tracker, from_s=1.0)
    assert body.motion().closing_mps == pytest.approx(3.0, abs=0.3)


def test_a_reading_that_was_foretold_begins_nothing_beside_it() -> None:
    tracker = Tracker()
    followed(lambda _t: 2.0, 1.0, tracker=tracker)
    took, continued = tracker.feed(1.0, 2.01, PERIOD_S)
    assert continued
    assert [track.length for track in took] == [26]


def test_one_phantom_ends_no_track() -> None:
    tracker = Tracker()
    followed(lambda t: 3.0 - 1.0 * t, 1.0, tracker=tracker)
    tracker.feed(1.0, 0.4, PERIOD_S)
    took, _ = tracker.feed(1.0 + PERIOD_S, 1.96, PERIOD_S)
    assert max(track.length for track in took) == 26


def test_what_it_must_show_counts_readings_and_how_they_scatter() -> None:
    even, uneven = Track(0.0, 3.0), Track(0.0, 3.0)
    for n in range(1, 6):
        even.add(n * PERIOD_S, 3.0 - 0.06 * n, valid=True)
        uneven.add(n * PERIOD_S, 3.0 - 0.06 * n + (0.15 if n % 2 else 0.0), valid=True)
    assert even.shows(Proof(6, 0.03))
    assert not even.shows(Proof(7, 0.03))
    assert not uneven.shows(Proof(6, 0.06))


def test_readings_that_are_missing_make_an_even_motion_no_rougher() -> None:
    track = Track(0.0, 3.0)
    for t_s in (0.04, 0.08, 0.20, 0.24, 0.36):
        track.add(t_s, 3.0 - 3.0 * t_s, valid=True)
    assert track.roughness_m(6) == pytest.approx(0.0, abs=1e-9)


def test_a_reading_that_the_sensor_doubts_supports_and_does_not_vouch() -> None:
    track = Track(0.0, 3.0)
    track.add(PERIOD_S, 3.0, valid=False)
    track.add(2 * PERIOD_S, 3.0, valid=False)
    assert not track.shows(Proof(3, 1.0))


def doubted(ranges_m: list[float], period_s: float = 0.1) -> Track:
    """A track of readings that the sensor doubts, each with a body's light."""
    track = Track(0.0, ranges_m[0], valid=False)
    for n, range_m in enumerate(ranges_m[1:], 1):
        track.add(n * period_s, range_m, valid=False)
    return track


def test_four_doubted_readings_that_lead_nearer_on_a_line_are_a_body() -> None:
    way = [6.2, 5.63, 5.04, 4.48]
    assert doubted(way).shows(Proof(3, math.inf))
    assert not doubted(way[:3]).shows(Proof(3, math.inf))


@pytest.mark.parametrize("rate_hz", [10.0, 41.0, 100.0, 250.0])
def test_what_stands_and_is_doubted_closes_in_by_its_noise_alone_however_often_it_is_read(rate_hz: float) -> None:
    for seed in range(50):
        noise = Random(seed)
        track = doubted([1.2 + noise.gauss(0.0, 0.02)], 1.0 / rate_hz)
        for n in range(1, 40):
            track.add(n / rate_hz, 1.2 + noise.gauss(0.0, 0.02), valid=False)
            assert not track.shows(Proof(3, math.inf))


@pytest.mark.parametrize("rate_hz", [10.0, 25.0, 41.0])
def test_a_runner_whom_the_sensor_doubts_is_a_body_by_the_fourth_reading(rate_hz: float) -> None:
    assert doubted([6.0 - 5.0 * n / rate_hz for n in range(4)], 1.0 / rate_hz).shows(Proof(3, math.inf))


def test_doubted_readings_that_stand_or_scatter_vouch_for_nothing() -> None:
    assert not doubted([1.2] * 12).shows(Proof(3, math.inf))
    assert not doubted([6.2, 5.8, 5.0, 4.6]).shows(Proof(3, math.inf))


def test_two_noisy_readings_in_a_row_are_still_the_standing_thing() -> None:
    tracker = Tracker()
    followed(lambda _t: 1.2, 1.0, tracker=tracker)
    tracker.feed(1.0, 1.24, PERIOD_S)
    near = [tracker.feed(t_s, range_m, PERIOD_S)[0] for t_s, range_m in ((1.04, 1.15), (1.08, 1.145))]
    assert all(took[-1].length > 25 for took in near)
