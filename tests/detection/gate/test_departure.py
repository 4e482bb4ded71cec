"""A start by release: who stands in the beam, when they may leave, when they left, and what is no start."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retro_timer.detection.config import WatchConfig
from retro_timer.detection.events import (
    DetectionEvent,
    LeftBeam,
    Obstacle,
    Released,
    Stand,
    StandChanged,
    StandEnd,
)
from retro_timer.detection.expectation import Expectation, LineAhead, WatchMode
from retro_timer.detection.pipeline import pipeline_for
from retro_timer.detection.timing import decide_start
from retro_timer.ports import RangeSample
from tests.helpers.standing import (
    BODY_MM,
    COMES_S,
    LEAVES_S,
    STANDS_S,
    THIN,
    WIDE,
    Beam,
    Way,
    judged,
    left_s,
    seen,
    stands_and_leaves,
)

BEAMS = [
    WIDE,
    Beam(law="nearest"),
    Beam(wall=False),
    Beam(rate_hz=25.0),
    THIN,
    Beam(fov_deg=2.0, rate_hz=100.0, wall=False),
    Beam(fov_deg=2.0, rate_hz=250.0, law="nearest"),
]
NAMES = [f"{beam.fov_deg:g} deg, {beam.rate_hz:g} Hz, {'wall' if beam.wall else 'open'}, {beam.law}" for beam in BEAMS]


def stands(told: Sequence[DetectionEvent]) -> list[tuple[Stand, StandEnd]]:
    """How the stand changed."""
    return [(event.stand, event.reason) for event in told if isinstance(event, StandChanged)]


def starts(told: Sequence[DetectionEvent], beam: Beam) -> list[Released]:
    """The starts, timed."""
    timed = [decide_start(event, beam.config) for event in told if isinstance(event, LeftBeam)]
    return [start for start in timed if isinstance(start, Released)]


def of_one(way: Way, beam: Beam = WIDE, until_s: float = 11.0) -> list[DetectionEvent]:
    """What is told of one body at the usual range."""
    return judged(beam, seen(beam, (way, BODY_MM), until_s=until_s))


@pytest.mark.parametrize("beam", BEAMS, ids=NAMES)
@pytest.mark.parametrize("stands_m", [-0.08, 0.0, 0.07])
def test_the_start_is_when_the_trailing_side_passed_the_axis(beam: Beam, stands_m: float) -> None:
    told = of_one(stands_and_leaves(stands_m), beam)
    (start,) = starts(told, beam)
    assert abs(start.left_ns / 1e9 - left_s(stands_m)) <= start.uncertainty_ns / 1e9
    assert 0.05 <= start.uncertainty_ns / 1e9 <= 0.16
    assert stands(told) == [(Stand.STANDING, StandEnd.NONE), (Stand.STEADY, StandEnd.NONE)]
    assert start.t_ns / 1e9 < left_s(stands_m) + 1.25, "before the finish of the shortest course may come"


@settings(max_examples=15, deadline=None)
@given(st.floats(-0.1, 0.1), st.floats(7.0, 9.0), st.sampled_from([WIDE, THIN]))
def test_wherever_and_whenever_somebody_stands_and_leaves_one_start_is_found(
    stands_m: float, leaves_s: float, beam: Beam
) -> None:
    (start,) = starts(of_one(stands_and_leaves(stands_m, leaves_s), beam, 12.0), beam)
    assert abs(start.left_ns / 1e9 - left_s(stands_m, leaves_s)) <= 2.0 * start.uncertainty_ns / 1e9


def test_a_stand_is_steady_after_a_second_and_a_half() -> None:
    told = of_one(stands_and_leaves())
    (steady,) = [e for e in told if isinstance(e, StandChanged) and e.stand is Stand.STEADY]
    assert STANDS_S + 1.3 <= steady.t_ns / 1e9 <= STANDS_S + 2.0


@pytest.mark.parametrize("beam", [WIDE, THIN])
def test_whoever_stands_there_is_no_obstacle(beam: Beam) -> None:
    assert not [e for e in of_one(stands_and_leaves(), beam) if isinstance(e, Obstacle)]


@pytest.mark.parametrize("beam", [WIDE, THIN])
def test_who_leaves_before_having_stood_steadily_has_not_started(beam: Beam) -> None:
    told = of_one(stands_and_leaves(leaves_s=STANDS_S + 0.9), beam)
    assert starts(told, beam) == []
    assert stands(told)[-1] == (Stand.EMPTY, StandEnd.EARLY)


@pytest.mark.parametrize("beam", [WIDE, THIN])
@pytest.mark.parametrize("speed_mps", [0.35, 1.0, 2.5])
def test_who_walks_through_stands_nowhere(beam: Beam, speed_mps: float) -> None:
    told = of_one(lambda t: (t - 6.0) * speed_mps, beam)
    assert starts(told, beam) == []
    assert (Stand.STEADY, StandEnd.NONE) not in stands(told)


@pytest.mark.parametrize("beam", [WIDE, THIN])
def test_rocking_in_the_beam_before_leaving_is_no_start_and_does_not_spoil_the_one_that_comes(beam: Beam) -> None:
    leave = stands_and_leaves()

    def rocking(t_s: float) -> float | None:
        at = leave(t_s)
        rocks = 0.05 * math.sin(2.0 * math.pi * 1.2 * (t_s - 6.5)) if 6.5 <= t_s < LEAVES_S - 0.25 else 0.0
        return None if at is None else at + rocks

    (start,) = starts(of_one(rocking, beam), beam)
    assert abs(start.left_ns / 1e9 - left_s()) <= 1.5 * start.uncertainty_ns / 1e9


def test_who_rocks_out_of_a_thin_beam_for_a_moment_is_still_set() -> None:
    leave = stands_and_leaves()

    def rocking(t_s: float) -> float | None:
        at = leave(t_s)
        # Out of the beam for some 0.15 s.
        rocks = 0.17 * math.exp(-(((t_s - 7.0) / 0.1) ** 2))
        return None if at is None else at + rocks

    told = of_one(rocking, THIN)
    assert stands(told) == [(Stand.STANDING, StandEnd.NONE), (Stand.STEADY, StandEnd.NONE)]
    (start,) = starts(told, THIN)
    assert abs(start.left_ns / 1e9 - left_s()) <= start.uncertainty_ns / 1e9


@pytest.mark.parametrize("beam", [WIDE, THIN])
def test_who_steps_out_and_back_in_must_stand_steadily_again(beam: Beam) -> None:
    def stepping(t_s: float) -> float | None:
        if t_s < COMES_S or 6.5 <= t_s < 7.0:
            return None if t_s < COMES_S else 0.6
        return 0.0 if t_s < 10.0 else 0.5 * 3.0 * (t_s - 10.0) ** 2

    told = of_one(stepping, beam, 13.0)
    assert (Stand.STANDING, StandEnd.MOVED) in stands(told)
    assert stands(told)[-1] == (Stand.STEADY, StandEnd.NONE)
    (start,) = starts(told, beam)
    assert abs(start.left_ns / 1e9 - (10.0 + math.sqrt(0.24 / 3.0))) <= start.uncertainty_ns / 1e9


@pytest.mark.parametrize("beam", [WIDE, THIN])
def test_with_somebody_else_in_front_nobody_can_say_who_leaves(beam: Beam) -> None:
    passer: Way = lambda t: (t - 7.0) * 1.2  # noqa: E731
    samples = seen(beam, (stands_and_leaves(), BODY_MM), (passer, 400), until_s=11.0)
    told = judged(beam, samples)
    assert (Stand.EMPTY, StandEnd.SOMEBODY_ELSE) in stands(told)


@pytest.mark.parametrize("silent_s", [(7.0, 7.6), (LEAVES_S - 0.1, LEAVES_S + 0.5)])
def test_a_sensor_that_fails_meanwhile_ends_the_stand(silent_s: tuple[float, float]) -> None:
    samples = [
        s
        for s in seen(WIDE, (stands_and_leaves(), BODY_MM), until_s=9.0)
        if not silent_s[0] <= s.t_ns / 1e9 < silent_s[1]
    ]
    told = judged(WIDE, samples)
    assert (Stand.EMPTY, StandEnd.SENSOR) in stands(told)
    assert starts(told, WIDE) == []


def test_a_beam_that_is_not_seen_free_afterwards_is_no_start() -> None:
    blinded = [
        RangeSample(s.t_ns, 700, 1, 400.0, 40_000.0) if s.t_ns / 1e9 > left_s() + 0.3 else s
        for s in seen(WIDE, (stands_and_leaves(), BODY_MM), until_s=9.5)
    ]
    told = judged(WIDE, blinded)
    assert starts(told, WIDE) == []
    assert stands(told)[-1] == (Stand.EMPTY, StandEnd.SENSOR)


def test_one_phantom_in_the_free_beam_takes_no_start_back() -> None:
    samples = seen(WIDE, (stands_and_leaves(), BODY_MM), until_s=11.0)
    at = next(i for i, s in enumerate(samples) if s.t_ns / 1e9 > left_s() + 0.7)
    samples[at] = RangeSample(samples[at].t_ns, BODY_MM, 0, 3000.0, 500.0)
    assert len(starts(judged(WIDE, samples), WIDE)) == 1


def test_a_wall_stays_known_though_motion_spoils_some_readings_of_who_stands_before_it() -> None:
    samples = [
        RangeSample(s.t_ns, None, 2, 1400.0, 500.0) if n % 9 == 0 and 4.5e9 < s.t_ns < 8.0e9 else s
        for n, s in enumerate(seen(Beam(law="nearest"), (stands_and_leaves(), BODY_MM), until_s=11.0))
    ]
    learns = Beam(law="nearest")
    assert len(starts(judged(learns, samples), learns)) == 1


def test_who_reads_hardly_nearer_than_a_bright_wall_starts_as_well() -> None:
    samples = seen(WIDE, (stands_and_leaves(), 1450), until_s=11.0)
    assert all(s.range_mm is not None and s.range_mm > 1750 for s in samples if 5.0e9 < s.t_ns < 8.0e9)
    assert len(starts(judged(WIDE, samples), WIDE)) == 1


def test_where_nothing_is_read_any_more_before_a_wall_nobody_has_left() -> None:
    samples = [
        sample if sample.t_ns < 7.5e9 else RangeSample(sample.t_ns, None, 2, 20.0, sample.ambient_kcps)
        for sample in seen(WIDE, (stands_and_leaves(), 900), until_s=11.0)
    ]
    assert not starts(judged(WIDE, samples), WIDE)


@pytest.mark.parametrize("wall", [True, False])
def test_who_stands_there_before_the_background_is_known_has_not_left_by_becoming_it(wall: bool) -> None:
    beam = Beam(wall=wall)
    pipeline = pipeline_for(WatchConfig())
    armed = Expectation(WatchMode.RELEASE)
    stays: Way = lambda t: None if t < 0.6 else min(0.0, t - 1.6)  # noqa: E731
    told = [e for s in seen(beam, (stays, BODY_MM), until_s=9.0) for e in pipeline.feed(s, armed)]
    assert starts(told, beam) == []


def test_only_the_gate_at_the_start_looks_for_a_start() -> None:
    elsewhere = Expectation(WatchMode.RELEASE, start_line="start")
    told = judged(WIDE, seen(WIDE, (stands_and_leaves(), BODY_MM)), elsewhere)
    assert stands(told) == []
    assert [e.level.word for e in told if isinstance(e, Obstacle)][:1] == ["warning"], (
        "at the finish nobody is expected"
    )


def test_a_gate_on_the_way_expects_the_runner_at_its_own_distance() -> None:
    ahead = Expectation(WatchMode.REP, rep=3, earliest_ns=9, distance_m=30.0, lines=(LineAhead("ten", 10.0, 4),))
    mine = ahead.at_line("ten")
    assert (mine.rep, mine.distance_m, mine.earliest_ns) == (3, 10.0, 4)
    assert ahead.at_line("finish") is ahead
    assert ahead.at_line("start").mode is WatchMode.OFF, "the next athlete may stand there"
    assert ahead.at_line("twenty").rep is None
