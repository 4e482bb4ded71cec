"""The dual gate's physics: where hips are when a trunk leans, what a second beam sees when, and one sun over both."""

from __future__ import annotations

import math
from random import Random
from statistics import median

import pytest

from benchmarks.dual.figures import cell, trial, trial_jobs
from benchmarks.dual.trials import PASSAGE, DualJob, compare
from benchmarks.physics.dual import (
    BEHIND_MM,
    FIRST,
    LAYOUTS,
    LOWER_MM,
    SECOND,
    UPPER_MM,
    DualCase,
    Layout,
    draw_body,
    dual_passage,
    set_gate,
)
from benchmarks.physics.dual_trials import TRIALS, dual_trial
from benchmarks.physics.rays import Ellipse
from benchmarks.physics.sun import Sun
from retro_timer.ports import RangeStatus
from retro_timer.training.gaits import Gait

NEAR_MM = 1300


def broken(case: DualCase, half: str) -> list[float]:
    """When a half reads somebody, before a wall."""
    return [s.t_ns / 1e9 for h, s in case.rows if h == half and s.status == 0 and (s.range_mm or 9999) < NEAR_MM]


def passages(layout: Layout) -> list[DualCase]:
    """Some joggers before a wall."""
    return [dual_passage(seed, layout, Gait.JOG, 41.0, "wall", "nearest") for seed in range(9)]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_seed_gives_the_same_case(layout: Layout) -> None:
    assert dual_passage(3, layout, Gait.RUN, 41.0, "open", "average") == dual_passage(
        3, layout, Gait.RUN, 41.0, "open", "average"
    )


def test_the_second_of_two_beams_behind_one_another_sees_the_body_later_by_its_way() -> None:
    late = []
    for case in passages("behind"):
        first, second = broken(case, FIRST), broken(case, SECOND)
        if not first or not second:
            continue
        # A stray reading well before or after the body moves a median by little.
        later_s = median(second) - median(first)
        late.append(later_s * case.speed_mps / (BEHIND_MM / 1000.0))
    assert sorted(late)[len(late) // 2] == pytest.approx(1.0, abs=0.15)


def test_a_lean_puts_the_hips_up_to_thirteen_centimetres_ahead_and_mostly_ahead() -> None:
    """tan 20° of the 370 mm between the beams."""
    most_mm = (UPPER_MM - LOWER_MM) * math.tan(math.radians(20.0))
    ahead = []
    for seed in range(40):
        gate = set_gate("passage", seed, "above", Gait.WALK, 41.0, "open", "average", None)
        body = draw_body(gate)
        pelvis = body.halves[1].shapes(body.back_s)[0]
        assert isinstance(pelvis, Ellipse)
        ahead.append(pelvis.cx - body.runner.middle_mm(body.back_s))
    assert max(map(abs, ahead)) <= most_mm
    assert max(ahead) > 0.8 * most_mm
    assert 0.6 < sum(mm > 0.0 for mm in ahead) / len(ahead) < 0.95


def test_phantoms_of_both_halves_come_together_and_at_like_ranges() -> None:
    both = first = second = 0
    for seed in range(3):
        case = dual_trial("sun", seed, "above", Gait.WALK, "open", "average")
        seen = {half: set[int]() for half in (FIRST, SECOND)}
        for half, sample in case.rows:
            if sample.status in (RangeStatus.SIGMA_FAIL, RangeStatus.WRAP_AROUND):
                seen[half].add(round(sample.t_ns / 1e9 / 0.1))
        both += len(seen[FIRST] & seen[SECOND])
        first, second = first + len(seen[FIRST]), second + len(seen[SECOND])
    spans = 3 * 330
    assert both > 1.2 * first * second / spans


def test_bursts_come_in_the_glare_and_take_the_share_that_was_asked_for() -> None:
    sun = Sun(Random(1), 0.0, 300.0)
    bursts = sun.bursts(Random(2), 0.05)
    assert sum(end - begin for begin, end, _ in bursts) / 300.0 == pytest.approx(0.05, abs=0.02)
    assert sum(sun.glare(begin) > 1.0 for begin, _, _ in bursts) > 0.7 * len(bursts)


def test_a_mean_of_glare_and_shade_is_the_share_of_phantoms_that_was_asked_for() -> None:
    sun = Sun(Random(5), 0.0, 400.0)
    assert sum(sun.glare(t / 50.0) for t in range(20_000)) / 20_000 == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize("name", TRIALS)
def test_every_trial_is_seen_by_one_half_at_least_and_has_its_right_answer(name: str) -> None:
    for layout in LAYOUTS:
        case = dual_trial(name, 1, layout, Gait.JOG, "wall", "average")
        assert (case.back_s is None) == (name in ("sun", "bursts"))
        if case.back_s is not None:
            # What passes is gone a second before the athlete comes.
            before = [s for _, s in case.rows if s.t_ns / 1e9 < case.back_s - 1.0]
            wall_mm = sorted(s.range_mm for s in before if s.range_mm)[len(before) // 2]
            assert min(s.range_mm or 9999 for s in before if s.status == 0) < 0.97 * wall_mm


def test_passages_and_trials_become_figures_of_both_ways() -> None:
    job = DualJob(PASSAGE, "above", Gait.WALK, "wall", cases=3)
    made = cell(job, compare(job))
    assert (made.name, made.reps) == ("above, walk wall, average", 3)
    assert 0.0 < made.alone_p95_ms < 200.0
    (tried,) = [j for j in trial_jobs(1) if j.cell == "behind, wrong way"]
    assert trial(tried, compare(tried)).wrong.of == 1
    assert not [j for j in trial_jobs(1) if j.cell == "above, wrong way"]
