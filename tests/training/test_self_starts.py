"""Starts that the athlete gives: by release out of the beam, flying over the start line; and splits on the way."""

from __future__ import annotations

import pytest

from retro_timer.detection.events import Level, SensorState, Stand, StandEnd
from retro_timer.detection.expectation import WatchMode
from retro_timer.errors import BadInputError
from retro_timer.ports import START_LINE
from retro_timer.training.plan import Course, StartMethod
from retro_timer.training.plan_check import check_plan
from retro_timer.training.record import RepStatus, StartKind
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.effects import Signal
from retro_timer.training.session.events import Split
from retro_timer.training.session.rules import Line, Rules
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive, S

LINES = (Line("ten", 10.0), Line("fifteen", 15.0), Line("far", 40.0))


def by_release(rules: Rules | None = None) -> Drive:
    made = plan(block(reps=2), start=StartMethod.RELEASE, course=Course.OUT_AND_BACK)
    return Drive(made, rules=rules).begin()


def waiting(rules: Rules | None = None) -> Drive:
    return by_release(rules=rules).until(Phase.AWAIT_RELEASE)


def test_the_athlete_is_asked_into_the_beam_and_is_no_obstacle_there() -> None:
    session = waiting()
    assert session.said()[-1] == "stand_in_beam"
    assert session.state.expectation.mode is WatchMode.RELEASE
    assert session.asked_for_go == 0


def test_the_beam_is_armed_while_the_lane_is_looked_at_so_that_who_comes_early_blocks_nothing() -> None:
    session = by_release().until(Phase.LANE_CHECK)
    assert session.state.expectation.mode is WatchMode.RELEASE


def test_a_steady_stand_is_answered_by_the_set_tone() -> None:
    session = waiting().stand(Stand.STANDING)
    assert Signal.SET not in session.beeps()
    assert session.stand().beeps()[-1] is Signal.SET


def test_who_stood_steadily_before_the_box_was_ready_hears_the_tone_as_soon_as_it_is() -> None:
    session = by_release().until(Phase.LANE_CHECK).stand()
    assert Signal.SET not in session.beeps()
    assert session.until(Phase.AWAIT_RELEASE).beeps()[-1] is Signal.SET


def test_the_clock_runs_from_the_moment_of_leaving_and_nothing_is_taken_off_for_sound() -> None:
    session = waiting().stand().wait(3.0)
    left_ns = session.now_ns - 800_000_000
    session.leave(0.8)
    assert session.phase is Phase.RUNNING
    (go,) = session.events("go")
    assert (go.t_ns, go.start, go.uncertainty_s) == (left_ns, "release", 0.07)
    session.finish(9.0)
    record = session.results[1]
    assert (record.start, record.go_ns, record.sound_delay_ns, record.time_ns) == (
        StartKind.RELEASE, left_ns, 0, 9 * S,
    )  # fmt: skip
    assert record.official() == "9.00"


@pytest.mark.parametrize("late_s", [0.0, 5.0])
def test_who_left_just_before_the_tone_is_recalled_also_where_that_is_decided_after_it(late_s: float) -> None:
    session = waiting().wait(late_s).stand().wait(0.5).leave(ago_s=0.8)
    assert session.state.running is None
    assert session.beeps()[-1] is Signal.RECALL
    assert session.events("go") == []
    session.until(Phase.AWAIT_RELEASE).stand().wait(0.9).leave(ago_s=0.8)
    assert session.phase is Phase.RUNNING


def test_so_is_who_left_before_the_box_was_ready_though_no_tone_has_sounded() -> None:
    session = waiting().wait(0.2).leave(ago_s=0.3)
    assert session.state.running is None
    assert session.beeps()[-1] is Signal.RECALL


def test_the_finishs_interval_contains_the_starts() -> None:
    session = waiting().stand().wait(1.0).leave(uncertainty_s=0.08).finish(9.0)
    assert session.results[1].uncertainty_ns == pytest.approx(1e9 * (0.08**2 + 0.02**2) ** 0.5)
    (finish,) = session.events("finish")
    assert finish.start == "release"


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (StandEnd.EARLY, "stand_early"),
        (StandEnd.MOVED, "stand_moved"),
        (StandEnd.SOMEBODY_ELSE, "stand_somebody_else"),
        (StandEnd.SENSOR, "stand_not_seen"),
    ],
)
def test_a_stand_that_counts_no_more_is_told_with_its_reason(reason: StandEnd, said: str) -> None:
    session = waiting().stand()
    mark = session.mark
    session.stand(Stand.EMPTY, reason)
    assert session.beeps(mark) == [Signal.RECALL]
    assert session.said(mark) == [said]
    assert session.phase is Phase.AWAIT_RELEASE


def test_who_only_walks_through_is_told_nothing() -> None:
    session = waiting().stand(Stand.STANDING)
    mark = session.mark
    session.stand(Stand.EMPTY, StandEnd.PASSED)
    assert (session.beeps(mark), session.said(mark)) == ([], [])


def test_who_leaves_before_the_box_is_ready_is_recalled_and_no_rep_runs() -> None:
    session = by_release().until(Phase.LANE_CHECK).stand().leave()
    assert session.state.running is None
    assert session.beeps()[-1] is Signal.RECALL
    assert session.until(Phase.AWAIT_RELEASE).stand().wait(1.0).leave().phase is Phase.RUNNING


def test_a_sensor_that_is_lost_meanwhile_recalls_the_start() -> None:
    session = waiting().stand()
    session.watch(SensorState.LOST, "silent", None)
    assert session.phase is Phase.LANE_CHECK
    assert Signal.RECALL in session.beeps()
    session.watch(SensorState.OK)
    assert session.until(Phase.AWAIT_RELEASE).phase is Phase.AWAIT_RELEASE


def test_with_a_spotter_in_place_of_a_lost_sensor_the_box_gives_the_go_itself() -> None:
    session = waiting().watch(SensorState.LOST, "silent", None).put(inputs.Spotter()).to_go()
    (go,) = session.events("go")
    assert go.start is None
    assert session.state.running is not None
    assert session.state.running.record.start is StartKind.GO
    assert session.state.running.record.sound_delay_ns == 0, "the athlete stands at the box"


def test_an_obstacle_that_another_sensor_sees_recalls_who_is_about_to_leave() -> None:
    session = waiting().stand().obstacle(Level.WARNING)
    assert session.phase is Phase.LANE_CHECK
    assert Signal.RECALL in session.beeps()


def test_a_timed_step_of_such_a_plan_is_started_by_the_box() -> None:
    made = plan(block(duration_s=60.0), start=StartMethod.RELEASE, course=Course.OUT_AND_BACK)
    assert Drive(made).begin().to_go().asked_for_go == 1


def test_times_from_a_release_are_not_averaged_or_compared_with_times_from_a_go() -> None:
    session = waiting().stand().wait(1.0).leave().finish(9.0).until(Phase.AWAIT_RELEASE)
    session.watch(SensorState.LOST, "silent", None).put(inputs.Spotter()).to_go()
    session.watch(SensorState.OK).finish(8.0).until(Phase.DONE)
    assert {record.start for record in session.results.values()} == {StartKind.RELEASE, StartKind.GO}
    assert "set_average" not in session.said()
    assert "summary" in session.said()
    assert "summary_best" not in session.said()


def test_a_flying_start_is_the_crossing_of_the_start_line() -> None:
    session = Drive(plan(start=StartMethod.FLYING)).begin().until(Phase.AWAIT_RELEASE)
    expected = session.state.expectation
    assert (expected.mode, expected.start_line) == (WatchMode.FLYING, START_LINE)
    assert session.said()[-1] == "run_over_start"
    session.leave(0.4, 0.02).finish(6.0)
    assert session.results[1].start is StartKind.FLYING


def test_a_flying_start_may_be_faster_than_any_start_from_standing() -> None:
    session = Drive(plan(start=StartMethod.FLYING)).begin().until(Phase.AWAIT_RELEASE).leave(0.4).finish(2.6)
    assert session.results[1].status is RepStatus.FINISHED


def test_splits_are_kept_in_order_with_intervals_and_published() -> None:
    session = waiting(rules=Rules(lines=LINES)).stand().wait(1.0).leave(uncertainty_s=0.03)
    assert [line.name for line in session.state.expectation.lines] == ["ten", "fifteen"], "beyond the finish is none"
    session.pass_line("ten", 4.0, 0.04).pass_line("fifteen", 6.5).finish(9.0)
    splits = session.results[1].splits
    assert [(split.line, split.distance_m, split.time_ns) for split in splits] == [
        ("ten", 10.0, 4 * S), ("fifteen", 15.0, 6_500_000_000),
    ]  # fmt: skip
    assert splits[0].uncertainty_ns == 50_000_000
    told = session.events("split")[0]
    assert told == Split(told.t_ns, rep=1, line="ten", distance_m=10.0, time_s=4.0, uncertainty_s=0.05)


def test_the_first_passage_of_a_line_counts_and_none_that_nobody_could_make() -> None:
    session = Drive(plan(), rules=Rules(lines=LINES)).begin().to_go().pass_line("ten", 1.0)
    assert session.events("split") == []
    session.pass_line("ten", 4.0).pass_line("ten", 5.0).pass_line("nowhere", 6.0).finish(9.0)
    assert [split.time_ns for split in session.results[1].splits] == [4 * S]


def test_splits_are_spoken_after_the_time_where_the_plan_asks_for_them() -> None:
    session = Drive(plan(say_splits=True), rules=Rules(lines=LINES)).begin().to_go()
    session.pass_line("ten", 4.0).finish(9.0)
    said = [say for say in session.of(effects.Say) if say.key in ("result", "split")]
    assert [say.key for say in said] == ["result", "split"]
    # 58 ms of sound to 20 m are taken off, as they are of the rep's own time.
    assert said[1].values == {"distance": "10", "time": "3.95"}


def test_out_and_back_needs_a_start_by_release() -> None:
    with pytest.raises(BadInputError, match="out-and-back with start = 'countdown'"):
        check_plan(plan(course=Course.OUT_AND_BACK), "plan")
