"""What a group does by the clock it does at once: one clock, a rep for each, and a wait for whoever is behind."""

from __future__ import annotations

import pytest

from retro_timer.ports import Placement
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Part, Plan, StartMethod
from retro_timer.training.record import RepStatus
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.machine import recovered_session
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive

NAMES = ("Ann", "Bea", "Cid")
WARM_UP = block(duration_s=120.0, kind=Part.WARM_UP, gait=Gait.WALK, recovery_s=0.0)


def warming_up(then: Plan | None = None) -> Drive:
    return Drive(then or plan(WARM_UP, block(reps=2)), NAMES).begin().to_go()


def of(session: Drive) -> list[tuple[str, int, RepStatus, str]]:
    return [(r.athlete, r.set_no, r.status, r.part) for _, r in sorted(session.results.items())]


def test_everybody_begins_and_ends_a_timed_step_with_one_go() -> None:
    session = warming_up()
    assert session.spoken("turn_together")["minutes"] == "2"
    goes = session.events("go")
    assert [(go.rep, go.athlete, go.duration_s) for go in goes] == [
        (1, "Ann", 120.0),
        (2, "Bea", 120.0),
        (3, "Cid", 120.0),
    ]
    assert len({go.t_ns for go in goes}) == 1
    assert session.asked_for_go == 1
    session.until(Phase.REST)
    assert of(session) == [(name, 1, RepStatus.FINISHED, "warm-up") for name in NAMES]
    assert [event.rep for event in session.events("finish")] == [1, 2, 3]
    assert session.said().count("timed_over") == 1


def test_after_it_they_go_on_one_after_the_other_and_the_numbers_count_up() -> None:
    session = warming_up().until(Phase.REST)
    while session.phase is not Phase.DONE:
        session.to_go().finish(8.0)
    assert [go.athlete for go in session.events("go")][3:] == [*NAMES, *NAMES]
    assert sorted(session.results) == list(range(1, 10))


def test_nobody_begins_it_before_all_have_come_to_it_and_are_rested() -> None:
    session = Drive(plan(block(recovery_s=60.0), WARM_UP), NAMES).begin()
    for _ in NAMES:
        session.to_go().finish(8.0)
    rested_ns = max(athlete.rested_ns for athlete in session.state.athletes)
    session.to_go()
    assert session.events("go")[-1].t_ns >= rested_ns
    assert [go.athlete for go in session.events("go")][3:] == list(NAMES)


def test_who_leaves_during_it_has_not_finished_and_the_others_go_on() -> None:
    session = warming_up().wait(30.0).put(inputs.Absent("Ann")).wait(10.0).put(inputs.Absent("Cid"))
    assert session.phase is Phase.RUNNING
    session.until(Phase.REST)
    assert of(session) == [
        ("Ann", 1, RepStatus.DNF, "warm-up"),
        ("Bea", 1, RepStatus.FINISHED, "warm-up"),
        ("Cid", 1, RepStatus.DNF, "warm-up"),
    ]
    assert session.to_go().events("go")[-1].athlete == "Bea"


def test_who_is_off_the_groups_list_meanwhile_ends_it_and_does_not_do_it_again() -> None:
    session = warming_up().wait(30.0).put(inputs.Roster(("Ann", "Bea"))).until(Phase.REST)
    assert [status for _, _, status, _ in of(session)] == [RepStatus.FINISHED] * 3
    session.put(inputs.Present("Cid"))
    assert [athlete.next_step for athlete in session.state.athletes] == [1, 1, 1]


def test_when_the_last_one_leaves_it_is_over() -> None:
    session = warming_up()
    for name in NAMES:
        session.put(inputs.Absent(name))
    assert session.phase is Phase.DONE
    assert {status for _, _, status, _ in of(session)} == {RepStatus.DNF}


def test_a_void_is_everybodys_and_it_is_done_again() -> None:
    session = warming_up().wait(30.0).put(inputs.Void())
    assert {status for _, _, status, _ in of(session)} == {RepStatus.VOID}
    session.to_go().until(Phase.REST)
    assert [status for _, _, status, _ in of(session)] == [RepStatus.VOID] * 3 + [RepStatus.FINISHED] * 3


def test_a_void_after_it_is_everybodys_and_it_is_done_again() -> None:
    session = warming_up().until(Phase.REST)
    since = session.mark
    session.put(inputs.Void())
    assert {status for _, _, status, _ in of(session)} == {RepStatus.VOID}
    assert [event.rep for event in session.events("void", since=since)] == [1, 2, 3]
    assert session.said(since).count("voided") == 1
    assert session.to_go().events("go")[-1].duration_s == 120.0


def test_such_a_void_is_taken_back_for_everybody_and_in_one_word() -> None:
    session = warming_up().until(Phase.REST).put(inputs.Void())
    since = session.mark
    session.put(inputs.Undo())
    assert {status for _, _, status, _ in of(session)} == {RepStatus.FINISHED}
    assert [athlete.next_step for athlete in session.state.athletes] == [1, 1, 1]
    assert session.said(since) == ["undone"]


def test_once_over_it_is_nobodys_to_be_given_either() -> None:
    session = warming_up().until(Phase.REST).put(inputs.Give("Bea"))
    assert session.refused() == ["nothing_to_give"]


@pytest.mark.parametrize("command", [inputs.Skip(), inputs.Stop()])
def test_skipped_or_stopped_it_ends_for_everybody_and_is_nobodys_failure_aloud(command: inputs.Command) -> None:
    session = warming_up().wait(30.0).put(command)
    assert {status for _, _, status, _ in of(session)} == {RepStatus.DNF}
    assert "dnf" not in session.said()


def test_skipped_before_its_go_it_is_skipped_for_everybody_with_one_change_of_the_disk() -> None:
    session = Drive(plan(WARM_UP, block(reps=2), start=StartMethod.BUTTON), NAMES).begin().until(Phase.AWAIT_PRESS)
    session.put(inputs.Skip())
    assert [(athlete.next_step, athlete.skipped) for athlete in session.state.athletes] == [(1, (0,))] * 3
    assert [event.athlete for event in session.events("skipped")] == list(NAMES)
    (kept,) = session.of(effects.KeepPresence)
    assert [presence.name for presence in kept.presences] == list(NAMES)


def test_the_clock_is_stopped_by_hand_for_everybody() -> None:
    session = warming_up().wait(30.0).put(inputs.ManualFinish())
    times = {record.time_ns for record in session.results.values()}
    assert times == {30_000_000_000}


def test_it_is_nobodys_to_be_given() -> None:
    session = warming_up().put(inputs.Give("Bea"))
    assert session.refused() == ["nothing_to_give"]


def test_who_comes_while_it_lasts_has_missed_it() -> None:
    session = warming_up().wait(30.0).put(inputs.Add("Dee")).until(Phase.REST)
    assert [athlete.next_step for athlete in session.state.athletes] == [1, 1, 1, 1]
    assert session.state.athletes[-1].skipped == (0,)


@pytest.mark.parametrize(
    "command", [inputs.Present("Cid"), inputs.Add("Cid"), inputs.Add("Dee"), inputs.Roster(("Ann", "Cid", "Dee"))]
)
def test_who_comes_has_missed_it_also_when_only_one_is_left_who_does_it(command: inputs.Command) -> None:
    session = Drive(plan(WARM_UP, block(reps=2)), NAMES).begin().put(inputs.Absent("Cid")).to_go().wait(30.0)
    session.put(inputs.Absent("Bea")).put(command).until(Phase.REST)
    assert {athlete.next_step for athlete in session.state.athletes if athlete.present} == {1}
    assert {kept.name: kept.skipped for kept in session.of(effects.KeepPresence)[-1].presences}.popitem()[1] == (0,)
    assert session.to_go().events("go")[-1].duration_s is None


def test_who_is_put_on_the_list_again_while_they_do_it_has_done_it() -> None:
    session = warming_up().put(inputs.Roster(("Ann", "Bea"))).put(inputs.Present("Cid")).until(Phase.REST)
    assert [(athlete.next_step, athlete.skipped) for athlete in session.state.athletes] == [(1, ())] * 3


def test_who_comes_to_somebody_alone_on_a_step_by_the_clock_has_missed_it() -> None:
    session = Drive(plan(WARM_UP, block(reps=2)), ("Ann",)).begin().to_go().put(inputs.Add("Bea")).until(Phase.REST)
    assert [athlete.next_step for athlete in session.state.athletes] == [1, 1]


def test_who_comes_back_while_a_step_is_made_up_has_not_missed_it() -> None:
    session = Drive(plan(WARM_UP, block()), ("Ann", "Bea")).begin().put(inputs.Absent("Bea")).to_go()
    session.until(Phase.REST).put(inputs.Add("Cid")).put(inputs.Owe("Cid"))
    for _ in ("Ann", "Cid"):
        session.to_go().finish(8.0)
    session.to_go().put(inputs.Present("Bea"))
    assert session.state.athletes[1].skipped == ()


def test_what_stood_in_the_way_of_a_step_stays_known_when_whose_rep_it_was_drops_out() -> None:
    belt = Rules(timing=Placement.BELT, watching=Placement.BELT)
    session = Drive(plan(WARM_UP), NAMES, belt).begin().to_go().obstacle().put(inputs.Absent("Ann")).until(Phase.DONE)
    assert session.results[2].obstacles == 1


def test_after_a_power_cut_in_the_middle_everybody_does_it_again() -> None:
    session = warming_up().wait(30.0)
    kept = {save.record.rep: save.record for save in session.of(effects.Save)}
    again = recovered_session(session.plan, NAMES, session.state.rules, tuple(kept.values()))
    recovered = Drive(session.plan, state=again).put(inputs.Recover()).to_go()
    assert [(go.rep, go.athlete) for go in recovered.events("go")] == [(4, "Ann"), (5, "Bea"), (6, "Cid")]


def test_a_treadmill_is_gone_to_one_after_the_other() -> None:
    session = Drive(plan(block(duration_s=60.0, speed_kmh=3.0)), NAMES).begin().to_go()
    assert [go.athlete for go in session.events("go")] == ["Ann"]


def test_who_does_not_finish_on_a_treadmill_is_told() -> None:
    session = Drive(plan(block(duration_s=60.0, speed_kmh=3.0)), NAMES).begin().to_go().wait(10.0).put(inputs.Skip())
    assert session.spoken("dnf") == {"name": "Ann", "rep": 1}


def test_who_is_alone_is_called_by_name() -> None:
    session = Drive(plan(WARM_UP)).begin().to_go()
    assert "turn_together" not in session.said()
    assert session.spoken("turn_timed")["name"] == "Runner"
