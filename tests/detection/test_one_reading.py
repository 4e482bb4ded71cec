"""No time hangs on one reading: a phantom more or a reading less moves it by no more than its own interval."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from retro_timer.ports import RangeSample
from tests.helpers.passages import BODY_MM, EMPTY_KCPS, GO_S, WALL_KCPS, Passage, body_readings, readings, timed

LEAST_LEFT = 4
"""Readings of the body that must remain."""
EXAMPLES = settings().max_examples
RUNS = settings(
    # Each example replays a whole passage twice, up to 100 readings a second.
    max_examples=EXAMPLES // 4,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much],
)
passages = st.builds(
    Passage,
    gait=st.sampled_from(["walk", "jog", "run"]),
    rate_hz=st.sampled_from([10.0, 25.0, 41.0, 100.0]),
    wall=st.booleans(),
    law=st.sampled_from(["average", "nearest"]),
    full=st.booleans(),
    seed=st.integers(0, 10_000),
)
places = st.floats(0.0, 1.0)
near = st.floats(-0.5, 0.5)
"""Seconds from the break's middle: where a phantom does most harm."""
ranges = st.integers(50, 1950)
dimness = st.floats(0.05, 1.0)


def phantom(passage: Passage, at: RangeSample, range_mm: int, dim: float) -> RangeSample:
    """A range that is nobody's, with the empty beam's light or less."""
    if not passage.full:
        return RangeSample(at.t_ns, range_mm)
    light = (WALL_KCPS if passage.wall else EMPTY_KCPS) * dim
    return RangeSample(at.t_ns, range_mm, 0, light, at.ambient_kcps)


def index_of(passage: Passage, samples: Sequence[RangeSample], place: float, beside_s: float | None) -> int:
    """Anywhere in the trace, or so many seconds from the break."""
    if beside_s is None:
        return min(len(samples) - 1, int(place * len(samples)))
    at_ns = (passage.back_s + beside_s) * 1e9
    return min(range(len(samples)), key=lambda i: abs(samples[i].t_ns - at_ns))


def could_be_the_body(passage: Passage, range_mm: int) -> bool:
    """A range from an arm's in front of the body to its far shoulder, or to the wall, where a flank may be anywhere."""
    return range_mm >= 0.7 * BODY_MM and (passage.wall or range_mm <= BODY_MM + 450)


def at_an_end(passage: Passage, samples: Sequence[RangeSample], at: int) -> bool:
    """Whether a pair that begins there touches the body's first or last reading, or the one beside it."""
    body = [i for i, sample in enumerate(samples) if body_readings(passage, [sample])]
    return any(at - 2 <= end <= at + 3 for end in (body[0], body[-1]))


def same_time(passage: Passage, before: Sequence[RangeSample], after: Sequence[RangeSample]) -> None:
    """One finish with either, no farther apart than the interval says."""
    assume(body_readings(passage, before) >= LEAST_LEFT + 1)
    good, bad = timed(passage, before), timed(passage, after)
    assume(len(good) == 1)
    assert len(bad) == 1, f"{len(bad)} finishes: {bad}"
    moved_s = abs(bad[0]["time_s"] - good[0]["time_s"])
    assert moved_s <= max(bad[0]["uncertainty_s"], good[0]["uncertainty_s"]), (good, bad)


@RUNS
@given(passages, places, st.one_of(st.none(), near), ranges, dimness)
def test_one_phantom_anywhere(
    passage: Passage, place: float, beside_s: float | None, range_mm: int, dim: float
) -> None:
    good = readings(passage)
    at = index_of(passage, good, place, beside_s)
    bad = [*good[:at], phantom(passage, good[at], range_mm, dim), *good[at + 1 :]]
    same_time(passage, good, bad)


@RUNS
@given(passages, near, st.sampled_from(["dropped", "rejected", "nothing"]))
def test_one_reading_less(passage: Passage, beside_s: float, how: str) -> None:
    good = readings(passage)
    at = index_of(passage, good, 0.0, beside_s)
    left = [*good[:at], *good[at + 1 :]]
    if how == "rejected" and passage.full:
        left.insert(at, msgspec.structs.replace(good[at], status=7))
    elif how == "nothing" and not passage.full:
        left.insert(at, RangeSample(good[at].t_ns))
    same_time(passage, good, left)


@RUNS
@given(passages, places, st.one_of(st.none(), near), ranges, st.integers(-40, 40), dimness)
def test_two_phantoms_in_a_row_that_agree_by_chance(
    passage: Passage, place: float, beside_s: float | None, range_mm: int, apart_mm: int, dim: float
) -> None:
    good = readings(passage)
    at = min(index_of(passage, good, place, beside_s), len(good) - 2)
    pair = [
        phantom(passage, good[at], range_mm, dim),
        phantom(passage, good[at + 1], max(50, range_mm + apart_mm), dim),
    ]
    bad = [*good[:at], *pair, *good[at + 2 :]]
    assume(body_readings(passage, good) >= LEAST_LEFT + 2)
    if passage.full:
        same_time(passage, good, bad)
        return
    # Without a signal a pair at a range that the body may have is the body's to anybody: where it stands at an end of
    # the break it moves that end by two readings and the middle by one. Everywhere else the interval covers it.
    lengthens = could_be_the_body(passage, range_mm) and at_an_end(passage, good, at)
    middle_s = 1.0 / passage.rate_hz if lengthens else 0.0
    (told,) = timed(passage, bad)
    assert abs(told["time_s"] - (passage.back_s - GO_S)) <= told["uncertainty_s"] + middle_s
