"""A relay: a leg for each, from the end of the former's, and the team's time."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import msgspec
import pytest

from retro_timer.detection.expectation import WatchMode
from retro_timer.training.gaits import human_limit_s, usual_time_s
from retro_timer.training.plan import Plan
from retro_timer.training.record import RepStatus, StartKind
from retro_timer.training.rehearsal import rehearse
from retro_timer.training.relay import team_time, team_times
from retro_timer.training.session import inputs
from retro_timer.training.session.effects import Save
from retro_timer.training.session.machine import recovered_session
from retro_timer.training.session.remaining import remaining_s
from retro_timer.training.session.rules import Line, Rules
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive, silent_disk

NAMES = ("Ann", "Bea", "Cid")
RELAY = plan(block(distance_m=20.0, relay=True))


def begun(of: Plan = RELAY, **more: Any) -> Drive:
    return Drive(of, NAMES, **more).begin().to_go()


def whose(session: Drive) -> list[str]:
    return [one.record.athlete for one in session.state.on_course]


def test_it_is_called_by_its_legs_and_who_begins_and_then_who_comes_next() -> None:
    session = begun()
    spoken = session.spoken("turn_relay")
    assert (spoken["count"], spoken["distance"], spoken["name"]) == (3, "20", "Ann")
    assert session.spoken("relay_next") == {"name": "Bea"}
    session.finish(9.0)
    assert session.spoken("relay_next") == {"name": "Cid"}
    mark = session.mark
    session.finish(9.0)
    assert "relay_next" not in session.said(mark)


def test_each_leg_begins_when_the_former_ones_back_crosses_the_line() -> None:
    session = begun()
    asked = session.asked_for_go
    for time_s in (9.0, 8.5, 9.25):
        assert len(whose(session)) == 1
        session.finish(time_s)
    legs = list(session.results.values())
    assert [leg.athlete for leg in legs] == list(NAMES)
    assert [leg.time_ns for leg in legs] == [9_000_000_000, 8_500_000_000, 9_250_000_000]
    assert {leg.start for leg in legs} == {StartKind.RELAY}
    assert [after.go_ns - before.go_ns for before, after in pairwise(legs)] == [
        9_000_000_000,
        8_500_000_000,
    ]
    assert session.asked_for_go == asked
    assert [(go.rep, go.start) for go in session.events("go")] == [(1, "relay"), (2, "relay"), (3, "relay")]
    assert session.phase is Phase.DONE


def test_the_sound_has_no_way_to_go_and_the_interval_of_a_leg_has_that_of_its_start_alone() -> None:
    session = begun()
    for _ in NAMES:
        session.finish(9.0)
    legs = list(session.results.values())
    assert [leg.sound_delay_ns for leg in legs] == [0, 0, 0]
    assert [leg.start_uncertainty_ns for leg in legs] == [0, 20_000_000, 20_000_000]
    assert [leg.uncertainty_ns for leg in legs] == [20_000_000, 28_284_271, 28_284_271]


def test_the_teams_time_is_said_and_told_once_the_last_leg_is_on_disk() -> None:
    session = begun()
    for time_s in (9.0, 8.5):
        session.finish(time_s)
    assert session.events("relay") == []
    session.disk = silent_disk
    session.finish(9.25)
    assert session.events("relay") == []
    last = session.of(Save)[-1].record
    session.put(inputs.Durable(last.rep, last.revision))
    (told,) = session.events("relay")
    assert (told.legs, told.time_s) == (3, 26.75)
    assert told.uncertainty_s == pytest.approx(0.02, abs=1e-6)
    assert session.spoken("relay_time") == {"count": 3, "time": "26.75"}


def test_until_the_next_one_can_be_back_the_gate_watches_nothing() -> None:
    session = begun().finish(9.0)
    before = session.state.expectation
    go_ns = session.state.on_course[0].record.go_ns
    session.wait(human_limit_s(20.0) - (session.now_ns - go_ns) / 1e9)
    after = session.state.expectation
    at_line = [told.at_line("finish") for told in (before, after)]
    assert [(told.mode, told.rep) for told in at_line] == [(WatchMode.OFF, None), (WatchMode.REP, 2)]
    assert not before.armed, "no tick: nothing is watched"


def test_the_lines_on_the_way_wait_for_each_leg_from_its_beginning_on() -> None:
    session = begun(rules=Rules(lines=(Line("five", 5.0),))).finish(9.0)
    there = session.state.expectation.at_line("five")
    assert (there.mode, there.rep, there.distance_m) == (WatchMode.REP, 2, 5.0)
    assert session.state.expectation.at_line("start").mode is WatchMode.OFF
    session.wait(2.0).put(inputs.SplitSeen(2, "five", session.now_ns, 10_000_000, session.now_ns))
    session.wait(4.0).put(inputs.SplitSeen(2, "five", session.now_ns, 10_000_000, session.now_ns))
    session.finish(9.0)
    (split,) = session.results[2].splits
    assert split.time_ns < 4 * 10**9, "on the way out; on the way back it is none"


def test_a_withdrawn_crossing_hands_nothing_over() -> None:
    session = begun().wait(8.0)
    session.put(inputs.CrossingSeen(1, session.now_ns)).wait(0.3)
    session.put(inputs.CrossingTakenBack(1, session.now_ns, "an arm"))
    assert whose(session) == ["Ann"]


def test_after_a_leg_that_does_not_finish_the_rest_begins_with_a_go_and_the_team_has_no_time() -> None:
    session = begun().finish(9.0).put(inputs.Skip())
    assert session.results[2].status is RepStatus.DNF
    session.to_go()
    assert whose(session) == ["Cid"]
    assert session.asked_for_go == 2
    session.finish(9.0)
    assert session.phase is Phase.DONE
    assert session.events("relay") == []


def test_a_leg_that_times_out_leaves_the_others_theirs() -> None:
    session = begun().until(Phase.REST).to_go()
    assert session.results[1].reason == "timeout"
    assert whose(session) == ["Bea"]


def test_the_next_relay_begins_when_all_have_rested() -> None:
    session = begun(plan(block(distance_m=20.0, relay=True, reps=2), rest_s=40.0))
    for _ in NAMES:
        session.finish(9.0)
    last_ns = session.results[3].go_ns + 9_000_000_000
    session.to_go()
    assert whose(session) == ["Ann"]
    assert session.state.on_course[0].record.go_ns >= last_ns + 40_000_000_000
    for _ in NAMES:
        session.finish(8.0)
    assert [told.time_s for told in session.events("relay")] == [27.0, 24.0]


def test_who_comes_late_runs_last() -> None:
    session = begun().put(inputs.Add("Dan")).finish(9.0).finish(9.0).finish(9.0)
    assert whose(session) == ["Dan"]
    session.finish(9.0)
    assert session.events("relay")[-1].legs == 4


def test_who_is_absent_has_no_leg() -> None:
    session = begun().put(inputs.Absent("Bea")).finish(9.0)
    assert whose(session) == ["Cid"]


def test_a_leg_ended_by_hand_hands_over_as_well() -> None:
    session = begun().wait(9.0).put(inputs.ManualFinish())
    assert whose(session) == ["Bea"]
    session.finish(9.0).finish(9.0)
    assert session.events("relay")[-1].time_s == 27.0


def test_a_pause_holds_once_the_team_is_through() -> None:
    session = begun(plan(block(distance_m=20.0, relay=True, reps=2))).put(inputs.Pause())
    for _ in NAMES:
        session.finish(9.0)
    assert session.phase is Phase.PAUSED
    assert len(session.results) == 3


def test_a_halt_ends_the_relay_until_somebody_says_so() -> None:
    session = begun().finish(9.0).put(inputs.Halt())
    assert whose(session) == []
    assert session.phase is Phase.PAUSED
    assert whose(session.put(inputs.Resume()).to_go()) == ["Cid"]


def test_after_a_power_cut_those_go_on_who_had_not_run() -> None:
    session = begun().finish(9.0)
    kept = [*session.state.results, session.state.on_course[0].record]
    state = recovered_session(RELAY, NAMES, Rules(), kept)
    assert [athlete.next_step for athlete in state.athletes] == [1, 0, 0]
    recovered = Drive(RELAY, NAMES, state=state).put(inputs.Recover()).to_go()
    assert whose(recovered) == ["Bea"]


def test_alone_it_is_one_leg_without_a_team() -> None:
    session = Drive(RELAY).begin().to_go().finish(9.0)
    assert session.phase is Phase.DONE
    assert session.events("relay") == []


def test_the_time_line_and_what_is_left_know_that_the_legs_follow_each_other() -> None:
    rehearsal = rehearse(RELAY, NAMES, Rules())
    assert rehearsal is not None
    usual_s = usual_time_s(20.0, RELAY.gait)
    begin_s = [stretch.begin_s for stretch in rehearsal.stretches]
    assert [after - begin_s[0] for after in begin_s] == pytest.approx([0.0, usual_s, 2.0 * usual_s])
    session = begun()
    left_s = remaining_s(session.state, session.now_ns)
    assert left_s == pytest.approx(3.0 * usual_s, abs=Rules().changeover_s + 1.0)


def test_a_gap_between_two_legs_or_a_leg_that_is_void_leaves_no_time_of_the_team() -> None:
    session = begun()
    for _ in NAMES:
        session.finish(9.0)
    legs = list(session.results.values())
    team = team_time(legs)
    assert team is not None
    assert (team.legs, team.official, team_times(legs)) == (3, "27.00", [team])
    assert team_time(legs[:1]) is None
    late = msgspec.structs.replace(legs[1], go_ns=legs[1].go_ns + 1)
    void = msgspec.structs.replace(legs[1], status=RepStatus.VOID)
    straight = msgspec.structs.replace(legs[1], start=StartKind.GO)
    for other in (late, void, straight):
        assert team_time([legs[0], other, legs[2]]) is None


def test_legs_without_the_first_or_the_last_one_are_no_team() -> None:
    session = begun()
    for _ in NAMES:
        session.finish(9.0)
    legs = list(session.results.values())
    assert legs[1].start_uncertainty_ns > 0
    assert team_time(legs[1:]) is None
    for index in (0, 2):
        void = msgspec.structs.replace(legs[index], status=RepStatus.VOID)
        assert team_time([*legs[:index], void, *legs[index + 1 :]]) is None
    again = msgspec.structs.replace(legs[0], go_ns=legs[0].go_ns - 1, status=RepStatus.VOID)
    assert team_time([again, *legs]) is not None, "a void leg before them was begun anew"


def test_a_walkers_crossing_is_nobodys_leg_its_runner_runs_on_and_the_next_leg_begins_with_their_own() -> None:
    session = begun().finish(4.0)
    assert whose(session) == ["Bea"]
    session.put(inputs.Nobody(1))
    assert whose(session) == ["Ann"]
    assert session.results[2].status is RepStatus.VOID
    session.finish(9.0)
    assert whose(session) == ["Bea"]
    session.finish(8.0).finish(9.0)
    assert session.phase is Phase.DONE
    assert [(one.athlete, one.time_ns) for one in session.results.values() if one.time_ns] == [
        ("Ann", 9 * 10**9),
        ("Bea", 8 * 10**9),
        ("Cid", 9 * 10**9),
    ]
    (team,) = session.events("relay")
    assert (team.legs, team.time_s) == (3, 26.0)


def test_a_walkers_crossing_was_a_leg_after_all_and_the_next_one_goes_on() -> None:
    session = begun().finish(4.0).put(inputs.Nobody(1)).put(inputs.Undo())
    assert session.results[1].time_ns == 4 * 10**9
    assert whose(session) == ["Bea"]
    assert whose(session.finish(9.0)) == ["Cid"]


@pytest.mark.parametrize("own_s", [9.0, None], ids=["came since", "did not come"])
def test_a_leg_that_does_not_count_stays_so_where_it_has_begun_anew(own_s: float | None) -> None:
    session = begun().finish(4.0).put(inputs.Nobody(1))
    if own_s is None:
        session.until(Phase.RUNNING).until(Phase.LANE_CHECK)
    else:
        session.finish(own_s)
    session.put(inputs.Undo())
    assert session.results[1].time_ns == (own_s or 4.0) * 10**9
    assert session.results[2].status is RepStatus.VOID


def test_what_was_nobodys_leg_is_taken_back_after_the_next_ones_as_well() -> None:
    session = begun().finish(4.0).finish(9.0)
    session.put(inputs.Nobody(1))
    assert session.results[1].status is RepStatus.DNF
    session.put(inputs.Undo())
    assert (session.results[1].time_ns, session.results[2].time_ns) == (4 * 10**9, 9 * 10**9)


def test_a_slow_disk_has_the_teams_time_told_once_and_when_the_last_leg_is_on_it() -> None:
    session = begun().finish(9.0)
    session.disk = silent_disk
    mark = session.mark
    session.finish(9.0).finish(9.0)
    told = []
    for save in session.of(Save, mark):
        session.put(inputs.Durable(save.record.rep, save.record.revision))
        told.append((save.record.rep, len(session.events("relay", since=mark))))
    assert told == [(2, 0), (3, 0), (3, 1)]
