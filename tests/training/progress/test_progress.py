"""Bests, weeks, ratio and what comes next, from what somebody did in each session."""

from __future__ import annotations

import pytest

from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Course
from retro_timer.training.progress.attended import Attended, Effort, History, Kind, PersonalBest, Timing
from retro_timer.training.progress.figures import TimeSums, Verdict
from retro_timer.training.progress.ladder import next_step
from retro_timer.training.progress.progress import Progress, Week, progress_of

MONDAY = 739_943
S = 1_000_000_000
JOG_20 = Kind(Gait.JOG, 20.0, Timing.GO)


def effort(kind: Kind, *times_s: float, given_up: int = 0, part: str = "work") -> Effort:
    sums = TimeSums(len(times_s), sum(times_s), sum(t * t for t in times_s), sum(n * t for n, t in enumerate(times_s)))
    best_ns = round(min(times_s) * S) if times_s else None
    return Effort(kind, part, len(times_s) + given_up, len(times_s), best_ns, sums)


def told(
    history: list[Attended], today: int = MONDAY, bests: tuple[PersonalBest, ...] = (), forward_mm: int = 0
) -> Progress:
    return progress_of(History(len(history), bests, tuple(history)), ((forward_mm, 3_500_000_000),), today)


def attended(session: int, *efforts: Effort, day: int | None = MONDAY, title: str = "Conditioning") -> Attended:
    return Attended(session, day, title, (2, 2), efforts)


def test_a_week_is_from_monday_to_sunday_and_counts_each_plans_sessions() -> None:
    history = [
        attended(1, day=MONDAY - 1),
        attended(2, day=MONDAY),
        attended(3, day=None),
        attended(4, day=MONDAY + 3, title="First steps"),
        attended(5, day=MONDAY - 40, title="Long ago"),
    ]
    for today in (MONDAY + 3, MONDAY + 6):
        weeks = told(history, today).weeks
        assert [str(week) for week in weeks] == ["Conditioning: 1 of 2 this week", "First steps: 1 of 2 this week"]
    after = told(history, MONDAY + 7)
    assert [week.done for week in after.weeks] == [0, 0]
    assert str(Week("Hill", 4, 2, 3)) == "Hill: 4 this week, planned: 2 to 3"
    assert after.undated == 1


def test_a_form_is_the_newest_sessions_work_held_against_the_one_before_and_against_all() -> None:
    history = [
        attended(n, effort(JOG_20, 9.0 - 0.1 * n, 9.01 - 0.1 * n, 9.02 - 0.1 * n), day=MONDAY + 7 * n) for n in range(5)
    ]
    history.append(attended(9, effort(JOG_20, 20.0, part="warm-up"), day=MONDAY + 40))
    (form,) = told(history).forms
    assert (form.session, form.sessions, form.trend_days) == (4, 5, 28)
    assert form.average.value_s == pytest.approx(8.61)
    assert (form.change_verdict, form.trend_verdict) == (Verdict.FASTER, Verdict.FASTER)
    assert form.drop_off is not None
    assert form.drop_off.value_s == pytest.approx(0.02)
    assert form.drop_off_verdict is Verdict.SAME


def test_backward_is_held_against_forward_over_one_length_and_never_walking_turning_or_by_hand() -> None:
    times = {
        Kind(Gait.WALK, 20.0, Timing.GO): 4 * S,
        Kind(Gait.RUN, 20.0, Timing.HAND): 4 * S,
        Kind(Gait.RUN, 20.0, Timing.RELEASE, Course.OUT_AND_BACK): 4 * S,
        Kind(Gait.RUN, 20.0, Timing.GO): 5 * S,
        Kind(Gait.RUN, 30.0, Timing.GO): 4 * S,
    }
    bests = tuple(PersonalBest(kind, time_ns, 1, None) for kind, time_ns in times.items())
    assert told([], bests=bests, forward_mm=40_000).ratios == ()
    (ratio,) = told([], bests=bests, forward_mm=20_000).ratios
    assert (ratio.distance_m, ratio.ratio) == (20.0, 0.7)


WALK_20, WALK_30, JOG_40 = (
    Kind(Gait.WALK, 20.0, Timing.GO), Kind(Gait.WALK, 30.0, Timing.HAND), Kind(Gait.JOG, 40.0, Timing.GO)
)  # fmt: skip


@pytest.mark.parametrize(
    ("history", "step"),
    [
        ([], "walk 20 m"),
        ([attended(1, effort(WALK_20, *[20.0] * 9))], "walk 20 m"),
        ([attended(1, effort(WALK_20, 20.0)), attended(2, effort(WALK_20, 20.0, 20.0))], "walk 20 m"),
        ([attended(1, effort(WALK_20, 20.0, 20.0)), attended(2, effort(WALK_20, 20.0, 20.0))], "walk 30 m"),
        ([attended(1, effort(WALK_30, 30.0, 30.0)), attended(2, effort(WALK_30, 30.0, 30.0))], "jog 20 m"),
        ([attended(1, effort(JOG_20, 9.0, 9.0)), attended(2, effort(JOG_20, 9.0, 9.0))], "jog 30 m"),
        ([attended(1, effort(JOG_20, 9.0, 9.0)), attended(2, effort(JOG_20, 9.0, 9.0, given_up=1))], "walk 20 m"),
        ([attended(n, effort(JOG_40, 19.0, 19.0)) for n in (1, 2)], "conditioning: sets of 50 m jog"),
    ],
)
def test_the_next_step_is_the_one_after_the_longest_that_two_sessions_show(history: list[Attended], step: str) -> None:
    assert next_step(history).step == step


def test_a_rep_given_up_long_ago_or_in_a_lesser_step_holds_nobody_back_and_the_rule_names_its_sessions() -> None:
    history = [attended(1, effort(JOG_20, 9.0, given_up=2))]
    history += [attended(n, effort(JOG_20, 9.0, 9.0), effort(WALK_20, given_up=1)) for n in (2, 5)]
    found = next_step(history)
    assert (found.step, found.plan) == ("jog 30 m", "jog-progression")
    assert found.rule == (
        "jog 20 m is mastered once its last 2 sessions have 4 finished reps or more, and none that was given up: so it"
        " was in sessions 2 and 5"
    )
