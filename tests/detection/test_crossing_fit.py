"""One break, timed: within its interval by either law of blending, and refused where no torso can have made it."""

from __future__ import annotations

import itertools

import pytest
from passages import GO_S, Passage, readings, timed

from retro_timer.detection.beam import BeamEntry, Break
from retro_timer.detection.config import WatchConfig
from retro_timer.detection.crossing_fit import solve
from retro_timer.detection.readings import Kind

PERIOD_S = 0.025
Row = tuple[int | None, float | None]
BODY = (900, 2500.0)
WALL = (2000, 600.0)


def broken(rows: list[Row], wall_mm: float | None = 2000.0) -> Break:
    entries = []
    for n, (range_mm, signal) in enumerate(rows):
        kind = Kind.REJECTED if range_mm is None else Kind.TARGET
        hit = range_mm is not None and range_mm < 1900
        entries.append(BeamEntry(round(n * PERIOD_S * 1e9), kind, hit, range_mm, signal))
    return Break(entries, wall_mm, 600.0, 700.0, PERIOD_S, PERIOD_S, 2.5, 0.3, 3.2, over=True)


@pytest.mark.parametrize("law", ["average", "nearest"])
@pytest.mark.parametrize(("gait", "rate_hz"), [*itertools.product(["walk", "jog", "run"], [25.0, 41.0])])
def test_the_truth_lies_within_the_interval_by_either_law(law: str, gait: str, rate_hz: float) -> None:
    passage = Passage(gait, rate_hz, wall=True, law=law)
    (told,) = timed(passage, readings(passage))
    assert abs(told["time_s"] - (passage.back_s - GO_S)) <= told["uncertainty_s"]


def test_a_phantom_beside_the_break_or_in_it_is_as_if_it_were_not_there() -> None:
    rows: list[Row] = [WALL] * 10 + [BODY] * 8 + [WALL] * 10
    clean = solve(broken(rows), WatchConfig())
    for at in (9, 13, 18):
        mixed = [*rows[:at], (500, 600.0), *rows[at + 1 :]]
        found = solve(broken(mixed), WatchConfig())
        assert found.refusal == ""
        assert abs(found.back_ns - clean.back_ns) <= clean.uncertainty_ns


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([WALL] * 10, "no range"),
        ([WALL] * 10 + [BODY] + [WALL] * 10, "too brief for a torso"),
        ([WALL] * 10 + [(1850, 2500.0)] * 8 + [WALL] * 10, "beyond the lane"),
        ([WALL] * 10 + [(900, 600.0)] * 2 + [(None, None)] * 3 + [WALL] * 10, "too few readings with a body's light"),
    ],
)
def test_what_no_torso_makes_is_refused(rows: list[Row], why: str) -> None:
    assert solve(broken(rows), WatchConfig()).refusal == why
