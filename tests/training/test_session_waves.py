"""Waves: several at once, each in a lane of their own; the next when nobody of the one before is out any more."""

from __future__ import annotations

import pytest

from retro_timer.detection.events import Level
from retro_timer.detection.expectation import ARRIVAL
from retro_timer.training.listed import Listed
from retro_timer.training.record import RepStatus
from retro_timer.training.session import inputs
from retro_timer.training.session.effects import Say, Signal
from retro_timer.training.session.machine import recovered_session
from retro_timer.training.session.remaining import remaining_s
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.rolling_drive import arrive, times, to_go
from tests.helpers.session_drive import Drive, S
from tests.helpers.waves_drive import FOUR_LANES, called, finish_all, gone, waves


def test_a_wave_goes_at_once_each_in_a_lane_and_is_called_by_name_and_lane() -> None:
    session = to_go(waves(), 2)
    assert gone(session) == {1: [("Ann", 1), ("Bea", 2)]}
    assert called(session) == [("Ann", 1), ("Bea", 2)]
    assert session.spoken("turn_wave")["distance"] == "20"
    assert session.asked_for_go == 1
    assert len({go.t_ns for go in session.events("go")}) == 1


def test_everybody_runs_every_step_in_waves_of_that_size_and_the_rest_in_a_smaller_one() -> None:
    session = waves()
    for wave in range(1, 7):
        session = finish_all(to_go(session, len(session.results) + (1 if wave % 3 == 0 else 2)))
    session.until(Phase.DONE)
    told = {wave: [name for name, _ in runners] for wave, runners in gone(session).items()}
    assert told == {
        1: ["Ann", "Bea"], 2: ["Cid", "Dan"], 3: ["Eve"], 4: ["Ann", "Bea"], 5: ["Cid", "Dan"], 6: ["Eve"],
    }  # fmt: skip
    assert {record.wave for record in session.results.values()} == {1, 2, 3, 4, 5, 6}
    assert len(session.results) == 10


def test_without_a_size_a_wave_fills_the_lanes() -> None:
    assert [name for name, _ in gone(to_go(waves(None), 4))[1]] == ["Ann", "Bea", "Cid", "Dan"]


def test_each_has_the_lane_of_the_roster_and_whoever_finds_it_taken_another_one() -> None:
    rules = Rules(lanes=4, listed=(Listed("Ann", lane=3), Listed("Bea", lane=3), Listed("Cid", lane=1)))
    assert gone(to_go(waves(3, rules=rules), 3)) == {1: [("Ann", 3), ("Bea", 2), ("Cid", 1)]}


def test_a_finish_is_whose_lane_it_is_in_whoever_comes_first() -> None:
    session = to_go(waves(), 2)
    arrive(arrive(session, "Bea", 8.0, 2), "Ann", 8.2, 1)
    assert times(session) == {1: ("Ann", 8.2), 2: ("Bea", 8.0)}
    assert all(not record.flags for record in session.results.values())


def test_the_next_wave_waits_for_everybody_of_the_one_before_and_then_goes_when_it_has_been_called() -> None:
    session = arrive(to_go(waves(), 2), "Ann", 8.0, 1)
    session.wait(3.0)
    assert [one.record.athlete for one in session.state.on_course] == ["Bea"]
    assert "clear_the_lane" not in session.said()
    arrive(session, "Bea", 12.0, 2)
    assert session.phase is Phase.REST
    assert session.said().count("clear_the_lane") == 1
    assert {"Ann", "Bea"} == {say["name"] for say in results_said(session)}
    to_go(session, 4)
    assert [name for name, _ in gone(session)[2]] == ["Cid", "Dan"]
    assert session.now_s < 60.0


def results_said(session: Drive) -> list[dict[str, str]]:
    return [said.values for said in session.of(Say) if said.key == "result_of"]


def test_nobody_goes_before_the_rest_of_everybody_in_the_wave_is_over() -> None:
    session = to_go(waves(names=("Ann", "Bea"), rest_s=60.0), 2)
    arrive(arrive(session, "Ann", 8.0, 1), "Bea", 14.0, 2)
    rested_ns = max(athlete.rested_ns for athlete in session.state.athletes)
    assert to_go(session, 4).events("go")[-1].t_ns >= rested_ns


def test_waves_are_no_closer_behind_each_other_than_the_plan_has_it() -> None:
    session = to_go(finish_all(to_go(waves(every_s=90.0), 2)), 4)
    first, *_, last = session.events("go")
    assert (last.t_ns - first.t_ns) / S == pytest.approx(90.0)


def test_who_does_not_come_in_has_not_finished_and_the_next_wave_goes_all_the_same() -> None:
    session = to_go(arrive(to_go(waves(), 2), "Ann", 8.0, 1), 4)
    assert {r.athlete: r.status for r in session.results.values()} == {"Ann": RepStatus.FINISHED, "Bea": RepStatus.DNF}
    assert gone(session)[2] == [("Cid", 1), ("Dan", 2)]


def test_who_drops_out_between_the_call_and_the_go_takes_the_start_back_and_the_wave_is_called_anew() -> None:
    session = waves().until(Phase.COUNTDOWN).put(inputs.Absent("Bea"))
    assert Signal.RECALL in session.beeps()
    assert gone(to_go(session, 2)) == {1: [("Ann", 1), ("Cid", 2)]}
    assert called(session)[-2:] == [("Ann", 1), ("Cid", 2)]


def test_who_comes_once_a_wave_has_been_called_is_not_in_it() -> None:
    session = waves(names=("Ann",)).until(Phase.COUNTDOWN).put(inputs.Add("Zoe"))
    assert gone(to_go(session, 1)) == {1: [("Ann", 1)]}


def test_an_obstacle_recalls_the_whole_wave() -> None:
    session = waves().until(Phase.COUNTDOWN).obstacle(Level.DANGER)
    assert Signal.RECALL in session.beeps()
    assert gone(to_go(session.obstacle(Level.CLEAR), 2)) == {1: [("Ann", 1), ("Bea", 2)]}


def test_who_drops_out_on_the_course_ends_their_own_rep_and_nobody_else_s() -> None:
    session = to_go(waves(), 2).wait(3.0).put(inputs.Absent("Ann"))
    arrive(session, "Bea", 9.0, 2)
    assert {r.athlete: r.reason for r in session.results.values()} == {"Ann": "stopped", "Bea": ""}
    assert gone(to_go(session, 4))[2] == [("Cid", 1), ("Dan", 2)]


def test_a_hidden_lane_is_told_to_whoever_of_the_wave_runs_in_it_and_to_nobody_else() -> None:
    session = arrive(to_go(waves(), 2), "Ann", 8.0, 1)
    first_ns, last_ns = session.now_ns - S, session.now_ns
    session.put(inputs.LanesUnseen(ARRIVAL, 3, 4, first_ns, last_ns, session.now_ns))
    assert session.events("unseen") == []
    session.put(inputs.LanesUnseen(ARRIVAL, 2, 4, first_ns, last_ns, session.now_ns))
    assert [(event.rep, event.lane) for event in session.events("unseen")] == [(2, 2)]


def test_void_takes_back_the_newest_finish_alone_and_that_athlete_runs_again_with_whoever_is_as_far() -> None:
    session = finish_all(to_go(waves(), 2)).put(inputs.Void())
    assert {r.athlete: r.status for r in session.results.values()} == {"Ann": RepStatus.FINISHED, "Bea": RepStatus.VOID}
    finish_all(to_go(session, 4))
    finish_all(to_go(session, 6))
    assert sorted(name for wave in (2, 3) for name, _ in gone(session)[wave]) == ["Bea", "Cid", "Dan", "Eve"]


def test_skip_ends_the_reps_of_the_whole_wave() -> None:
    session = to_go(waves(), 2).wait(3.0).put(inputs.Skip())
    assert [r.status for r in session.results.values()] == [RepStatus.DNF, RepStatus.DNF]
    assert session.state.on_course == ()


def test_a_pause_is_kept_until_the_whole_wave_is_in() -> None:
    session = to_go(waves(), 2).put(inputs.Pause())
    arrive(session, "Ann", 8.0, 1)
    assert session.state.pause_after
    arrive(session, "Bea", 9.0, 2)
    assert session.phase is Phase.PAUSED
    assert gone(to_go(session.put(inputs.Resume()), 4))[2] == [("Cid", 1), ("Dan", 2)]


def test_a_step_by_the_clock_is_done_by_all_at_once() -> None:
    session = waves()
    mixed = plan(block(duration_s=60.0), block(), order=session.plan.order, wave_size=2, rest_s=20.0)
    session = Drive(mixed, ("Ann", "Bea", "Cid"), FOUR_LANES).begin()
    assert [go.wave for go in to_go(session, 3).events("go")] == [None, None, None]
    assert [go.wave for go in to_go(session.wait(61.0), 5).events("go")[3:]] == [1, 1]


def test_after_a_power_cut_waves_are_counted_on_and_who_was_out_has_not_finished() -> None:
    session = to_go(waves(), 2)
    open_reps = [one.record for one in session.state.on_course]
    state = recovered_session(session.plan, ("Ann", "Bea", "Cid"), FOUR_LANES, open_reps)
    assert [record.reason for record in state.results] == ["interrupted", "interrupted"]
    again = to_go(Drive(session.plan, (), state=state).put(inputs.Recover()), 2)
    assert gone(again) == {2: [("Ann", 1), ("Bea", 2)]}


def test_the_time_left_is_that_of_the_waves_and_not_of_all_one_after_the_other() -> None:
    alone, by_four = (waves(size, reps=4, names=tuple("ABCDEFGH")) for size in (2, 4))
    long_s, short_s = (remaining_s(one.state, one.now_ns) for one in (alone, by_four))
    assert long_s is not None
    assert short_s is not None
    assert 1.5 < long_s / short_s < 2.5
