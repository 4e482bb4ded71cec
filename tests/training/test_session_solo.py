"""One runner's session from the brief to the summary."""

from __future__ import annotations

import pytest

from retro_timer.detection.expectation import WatchMode
from retro_timer.ports import Placement
from retro_timer.training.gaits import Gait
from retro_timer.training.record import RepStatus
from retro_timer.training.session import effects, events
from retro_timer.training.session.effects import Signal
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive


def test_a_session_goes_from_brief_to_done_through_every_phase_in_order() -> None:
    session = Drive(plan(block(sets=2, reps=2))).begin()
    for _ in range(4):
        session.to_go().finish(8.0)
    session.wait(1.0)
    phases = [event.phase for event in session.events("phase")]
    rep = ["lane-check", "countdown", "go", "running"]
    assert phases == [
        "brief", "get-ready", *rep, "rest", *rep, "recovery", *rep, "rest", *rep, "done",
    ]  # fmt: skip
    assert [record.status for record in session.results.values()] == [RepStatus.FINISHED] * 4
    assert [(r.set_no, r.rep_no) for r in session.results.values()] == [(1, 1), (1, 2), (2, 1), (2, 2)]


def test_the_brief_says_what_comes_what_the_watch_covers_and_the_safety_note_in_this_order() -> None:
    session = Drive(plan(block(sets=2, reps=3))).begin()
    assert session.said() == ["brief", "covers_line_only", "safety"]
    assert session.spoken("brief") == {"title": "Test plan", "sets": 2, "reps": 6}
    assert session.spoken("safety") == {"note": "Look out."}


def test_a_brief_without_any_watch_says_so() -> None:
    session = Drive(rules=Rules(watching=None), coverage=None).begin()
    assert "covers_nothing" in session.said()


def test_a_solo_runner_gets_the_time_to_walk_to_the_start() -> None:
    session = Drive(plan(block(distance_m=30.0))).begin().until(Phase.GET_READY)
    assert session.spoken("walk_out") == {"seconds": 35}
    called_s = session.now_s
    session.to_go()
    assert session.now_s - called_s == pytest.approx(30.0 / 1.2 + 10.0)


def test_the_plan_may_say_how_long_the_walk_out_takes() -> None:
    session = Drive(plan(block(distance_m=30.0), walk_out_s=60.0)).begin().until(Phase.GET_READY)
    called_s = session.now_s
    session.to_go()
    assert session.now_s - called_s == pytest.approx(60.0)


def test_the_walk_out_is_for_the_first_rep_only() -> None:
    session = Drive(plan(block(reps=2))).begin().to_go().finish(8.0)
    mark = session.mark
    session.to_go()
    assert "walk_out" not in session.said(mark)


def test_a_runner_who_wears_the_box_need_not_walk_anywhere() -> None:
    rules = Rules(timing=Placement.BELT, watching=Placement.BELT)
    session = Drive(plan(block(reps=2, rest_s=5.0)), rules=rules).begin().until(Phase.GET_READY)
    assert "walk_out" not in session.said()
    session.to_go().finish(8.0)
    assert session.results[1].sound_delay_ns == 0
    finished_s = session.now_s - 0.5
    session.to_go()
    assert session.now_s - finished_s < 20.0 / 1.2


def test_the_turn_is_called_before_the_countdown_and_the_countdown_counts_three_two_one_go() -> None:
    session = Drive().begin().to_go()
    told = {"set": 1, "sets": 1, "rep": 1, "reps": 1, "gait": "jog", "distance": "20"}
    assert told.items() <= session.spoken("turn_solo").items()
    said = session.said()
    assert said[said.index("turn_solo") :] == ["turn_solo", "ten_seconds", "count_3", "count_2", "count_1"]
    assert session.beeps() == [Signal.COUNT] * 3
    assert session.asked_for_go == 1
    go_s = session.now_s
    assert [round(go_s - session.said_at_s(f"count_{n}"), 6) for n in (3, 2, 1)] == [3.0, 2.0, 1.0]


def test_a_longer_countdown_counts_every_second() -> None:
    session = Drive(rules=Rules(countdown_s=5.0)).begin().to_go()
    assert session.beeps() == [Signal.COUNT] * 5
    assert [say.values["number"] for say in session.of(effects.Say) if say.key.startswith("count")] == [5, 4, 3, 2, 1]


def test_the_clock_runs_from_the_edge_of_the_go_tone_and_not_from_its_request() -> None:
    session = Drive()
    session.tone_delay_ns = 3_000_000
    session.begin().to_go()
    go_ns = session.now_ns + 3_000_000
    assert session.state.running is not None
    assert session.state.running.record.go_ns == go_ns
    (go,) = session.events("go")
    assert go.t_ns == go_ns
    session.finish(8.0)
    assert session.results[1].time_ns == 8_000_000_000


def test_the_finish_is_told_with_exactly_the_contracts_fields_and_unrounded() -> None:
    session = Drive().begin().to_go().finish(8.123456)
    (crossing,) = session.events("crossing")
    assert crossing.rep == 1
    (finish,) = session.events("finish")
    fields = {name: getattr(finish, name) for name in ("rep", "time_s", "uncertainty_s", "method", "flags")}
    assert fields == {"rep": 1, "time_s": 8.123456, "uncertainty_s": 0.02, "method": "gate", "flags": ()}
    assert Signal.FINISH in session.beeps()


def test_the_result_is_spoken_less_the_sounds_way_and_rounded_up() -> None:
    session = Drive(plan(block(distance_m=20.0, reps=2))).begin().to_go().finish(8.1)
    assert session.spoken("result") == {"time": "8.05"}  # 8.1 s less 58.3 ms, up to the next hundredth
    assert session.results[1].sound_delay_ns == 58_309_038


def test_rest_runs_from_the_finish_and_is_announced() -> None:
    session = Drive(plan(block(reps=2))).begin().to_go().finish(8.0)
    finished_s = session.now_s - 0.5
    assert session.phase is Phase.REST
    assert session.spoken("rest") == {"seconds": 25}
    session.to_go()
    assert session.now_s - finished_s == pytest.approx(25.0)


def test_rest_is_never_shorter_than_the_walk_back() -> None:
    session = Drive(plan(block(reps=2, distance_m=50.0, rest_s=10.0))).begin().to_go().finish(20.0)
    finished_s = session.now_s - 0.5
    session.to_go()
    assert session.now_s - finished_s == pytest.approx(50.0 / 1.2)


def test_the_last_ten_seconds_of_a_rest_are_said_on_time_and_are_worthless_soon_after() -> None:
    session = Drive(plan(block(reps=2))).begin().to_go().finish(8.0)
    session.to_go()
    assert session.now_s - session.said_at_s("ten_seconds") == pytest.approx(10.0)
    say = next(say for say in session.of(effects.Say) if say.key == "ten_seconds")
    at_ns = next(t for t, e in session.effects if e is say)
    assert say.expires_ns is not None
    assert say.expires_ns - at_ns < 3_000_000_000


def test_halfway_is_said_in_a_long_rest_and_a_technique_cue_in_each() -> None:
    cues = ("Stay upright.", "Small steps.")
    session = Drive(plan(block(reps=4), rest_s=60.0, cues=cues)).begin()
    spoken = []
    for _ in range(3):
        session.to_go()
        mark = session.mark
        session.finish(8.0).until(Phase.LANE_CHECK)
        assert "halfway" in session.said(mark)
        spoken.append([say.values["cue"] for say in session.of(effects.Say, mark) if say.key == "cue"])
    assert spoken == [["Stay upright."], ["Small steps."], ["Stay upright."]]


def test_the_average_of_a_set_is_said_after_its_last_rep() -> None:
    session = Drive(plan(block(sets=2, reps=2))).begin()
    session.to_go().finish(8.0).to_go()
    mark = session.mark
    session.finish(9.0)
    assert session.spoken("set_average") == {"set": 1, "time": "8.45"}
    said = session.said(mark)
    assert said.index("result") < said.index("set_average") < said.index("recovery")


def test_the_average_of_the_last_set_is_said_as_well() -> None:
    session = Drive(plan(block(sets=1, reps=2))).begin()
    session.to_go().finish(8.0).to_go().finish(9.0).wait(1.0)
    assert session.phase is Phase.DONE
    assert session.spoken("set_average") == {"set": 1, "time": "8.45"}


def test_recovery_between_sets_is_the_plans() -> None:
    session = Drive(plan(block(sets=2, reps=1))).begin().to_go().finish(8.0)
    finished_s = session.now_s - 0.5
    assert session.phase is Phase.RECOVERY
    assert session.spoken("recovery") == {"minutes": "2"}
    session.to_go()
    assert session.now_s - finished_s == pytest.approx(120.0)


def test_the_summary_ends_the_session_with_the_best_time() -> None:
    session = Drive(plan(block(reps=2))).begin().to_go().finish(9.0).to_go().finish(8.0).wait(1.0)
    assert session.phase is Phase.DONE
    assert session.spoken("summary_best") == {"finished": 2, "reps": 2, "best": "7.95"}
    (summary,) = session.events("summary")
    assert (summary.reps, summary.finished, summary.obstacles) == (2, 2, 0)
    assert [close.outcome for close in session.of(effects.Close)] == ["done"]
    assert session.state.deadline_ns is None or session.state.expectation.mode is WatchMode.RUNOUT


def test_nothing_is_appointed_any_more_when_the_session_is_over() -> None:
    session = Drive().begin().to_go().finish(8.0).wait(60.0)
    assert session.state.deadline_ns is None
    assert session.state.expectation.mode is WatchMode.OFF


def test_every_phase_is_published_with_the_turn_it_belongs_to() -> None:
    session = Drive().begin().to_go()
    running = session.events("phase")[-1]
    assert running == events.Phase(
        running.t_ns, "running", None, athlete="Runner", set=1, sets=1, rep_in_set=1, reps_in_set=1, distance_m=20.0,
        gait="jog", start="countdown", course="straight",
    )  # fmt: skip


def test_the_watch_is_off_in_a_rest_looks_at_the_lane_before_a_start_and_follows_the_runner() -> None:
    session = Drive(plan(block(reps=2))).begin()
    modes = []
    session.to_go().finish(8.0).to_go()
    modes = [watch.expectation.mode for watch in session.of(effects.Watch)]
    assert modes == [
        WatchMode.LANE, WatchMode.START, WatchMode.REP, WatchMode.OFF,
        WatchMode.LANE, WatchMode.START, WatchMode.REP,
    ]  # fmt: skip


def test_the_expectation_of_a_rep_says_who_may_arrive_and_from_when() -> None:
    session = Drive(plan(block(distance_m=20.0, gait=Gait.RUN))).begin().to_go()
    expectation = session.state.expectation
    assert expectation.rep == 1
    assert expectation.go_ns == session.now_ns
    assert expectation.earliest_ns - expectation.go_ns == 3_300_000_000
    assert not expectation.may_arrive(expectation.earliest_ns - 1)
    assert expectation.may_arrive(expectation.earliest_ns)
    assert expectation.distance_m == 20.0


def test_a_lane_end_watch_follows_a_braking_runner_for_a_while_beyond_the_line() -> None:
    rules = Rules(timing=Placement.LANE_END, watching=Placement.LANE_END)
    session = Drive(plan(block(reps=2)), rules=rules).begin().to_go().finish(8.0)
    assert session.state.expectation.mode is WatchMode.RUNOUT
    assert session.wait(5.0).state.expectation.mode is WatchMode.OFF
