"""A group: rotation, everybody's own rest, calls, and putting right who ran."""

from __future__ import annotations

from itertools import pairwise

import pytest

from retro_timer.training.record import RepStatus
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive, no_disk

NAMES = ("Ann", "Bea", "Cid")


def group(reps: int = 2, names: tuple[str, ...] = NAMES, **fields: object) -> Drive:
    return Drive(plan(block(reps=reps), **fields), names).begin()


def go_order(session: Drive) -> list[str]:
    return [go.athlete for go in session.events("go")]


def run_all(session: Drive, most: int = 50) -> Drive:
    """Let everybody run until nobody is left."""
    for _ in range(most):
        if session.phase is Phase.DONE:
            return session
        session.to_go().finish(8.0)
    raise AssertionError("the session does not end")


def test_everybody_runs_each_step_in_the_rosters_order() -> None:
    session = run_all(group(reps=2))
    assert go_order(session) == ["Ann", "Bea", "Cid", "Ann", "Bea", "Cid"]
    assert [(r.athlete, r.rep_no) for r in session.results.values()] == [
        ("Ann", 1), ("Bea", 1), ("Cid", 1), ("Ann", 2), ("Bea", 2), ("Cid", 2),
    ]  # fmt: skip
    assert sorted(session.results) == [1, 2, 3, 4, 5, 6]


def test_rest_runs_for_each_athlete_from_their_own_finish() -> None:
    session = group(reps=2, rest_s=60.0)
    finished_s: dict[str, float] = {}
    for _ in range(6):
        session.to_go()
        name = go_order(session)[-1]
        if name in finished_s:
            assert session.now_s - finished_s[name] >= 60.0 - 1e-6
        session.finish(8.0)
        finished_s[name] = session.now_s - 0.5
    assert session.phase is Phase.DONE


def test_the_next_athlete_waits_for_the_changeover_only_while_others_rest() -> None:
    session = group(reps=2, rest_s=60.0).to_go().finish(8.0)
    session.to_go()
    assert go_order(session) == ["Ann", "Bea"]
    gos = session.events("go")
    ended_ns = gos[0].t_ns + 8_000_000_000
    changeover_s = session.state.rules.changeover_s
    assert changeover_s <= (gos[1].t_ns - ended_ns) / 1e9 <= changeover_s + 1.1


def test_who_is_rested_does_not_wait_for_one_who_has_done_less_and_is_not() -> None:
    """Cid's rep does not count: he has done least, and rests."""
    session = group(reps=2, rest_s=60.0)
    for _ in NAMES:
        session.to_go().finish(8.0)
    session.put(inputs.Void())
    assert [athlete.next_step for athlete in session.state.athletes] == [1, 1, 0]
    for _ in range(2):
        session.to_go().finish(8.0)
    assert go_order(session)[3:] == ["Ann", "Bea"]
    run_all(session)
    assert go_order(session)[3:] == ["Ann", "Bea", "Cid", "Cid"]


def test_where_nobody_is_rested_whoever_is_rested_first_is_waited_for() -> None:
    session = group(reps=2, names=("Ann", "Bea"), rest_s=100.0)
    session.to_go().finish(8.0).to_go().finish(8.0)
    rested_ns = {athlete.name: athlete.rested_ns for athlete in session.state.athletes}
    session.to_go()
    assert go_order(session)[-1] == min(rested_ns, key=lambda name: rested_ns[name]) == "Ann"
    assert session.now_ns >= rested_ns["Ann"]


def test_a_group_hears_how_long_the_next_start_is_away_and_a_solo_runner_how_long_the_rest_is() -> None:
    session = group(reps=2, rest_s=180.0)
    for _ in session.state.athletes:
        session.to_go().finish(8.0)
    assert "rest" not in session.said()
    assert "next_start" in session.said()
    alone = Drive(plan(block(reps=2), rest_s=60.0)).begin().to_go().finish(8.0)
    assert "rest" in alone.said()
    assert "next_start" not in alone.said()


def test_one_athlete_is_on_the_course_at_a_time() -> None:
    session = group(reps=2)
    while session.phase is not Phase.DONE:
        session.to_go()
        active_reps = [a for a in session.state.athletes if a.active is not None and not a.active.given_up]
        assert len(active_reps) == 1
        session.finish(8.0)


def test_who_is_next_and_who_is_on_deck_is_called_during_the_rest() -> None:
    session = group(reps=2)
    session.to_go()
    mark = session.mark
    session.finish(8.0).to_go()
    calls = [say.values for say in session.of(effects.Say, mark) if say.key == "next_and_deck"]
    assert calls == [{"name": "Bea", "then": "Cid"}]
    assert [say.values["name"] for say in session.of(effects.Say, mark) if say.key == "turn"] == ["Bea"]


def test_before_the_very_last_rep_nobody_is_on_deck() -> None:
    session = group(reps=1)
    session.to_go().finish(8.0).to_go()
    mark = session.mark
    session.finish(8.0).to_go()
    assert [say.values for say in session.of(effects.Say, mark) if say.key == "next"] == [{"name": "Cid"}]


def test_who_is_on_deck_is_who_then_really_runs() -> None:
    session = group(reps=3)
    while session.phase is not Phase.DONE:
        session.to_go()
        session.finish(8.0)
    deck = [say.values["then"] for say in session.of(effects.Say) if say.key == "next_and_deck"]
    assert deck == go_order(session)[2:]


def test_the_result_is_spoken_with_the_athletes_name() -> None:
    session = group().to_go().finish(8.1)
    assert session.spoken("result_of") == {"name": "Ann", "time": "8.05"}
    assert "result" not in session.said()


def test_each_athlete_gets_the_average_of_their_own_set() -> None:
    session = Drive(plan(block(sets=2, reps=2)), ("Ann", "Bea")).begin()
    averages = []
    for time_s in (8.0, 10.0, 9.0, 12.0, 8.0, 8.0, 8.0, 8.0):
        session.to_go()
        mark = session.mark
        session.finish(time_s)
        averages.append([say.values["time"] for say in session.of(effects.Say, mark) if say.key == "set_average"])
    # Ann ran 8 and 9 s, Bea 10 and 12 s in the first set, less 58 ms and rounded up.
    assert averages[:4] == [[], [], ["8.45"], ["10.95"]]


def test_an_absent_athlete_is_left_out_from_then_on() -> None:
    session = group(reps=2).to_go().finish(8.0)
    session.put(inputs.Absent("bea"))
    assert session.spoken("absent") == {"name": "Bea"}
    run_all(session)
    assert go_order(session) == ["Ann", "Cid", "Ann", "Cid"]


def test_an_athlete_who_drops_out_on_the_course_has_not_finished() -> None:
    session = group(reps=2).to_go().wait(3.0).put(inputs.Absent("Ann"))
    assert session.results[1].status is RepStatus.DNF
    assert session.results[1].reason == "stopped"
    run_all(session)
    assert go_order(session) == ["Ann", "Bea", "Cid", "Bea", "Cid"]


def test_when_everybody_is_absent_the_session_is_done() -> None:
    session = group().to_go().finish(8.0)
    for name in NAMES:
        session.put(inputs.Absent(name))
    assert session.phase is Phase.DONE
    assert len(session.of(effects.Close)) == 1


def test_a_void_and_a_rep_that_is_not_saved_are_told_with_the_name_of_whose_rep_it_is() -> None:
    session = group(reps=2).to_go().finish(8.0).to_go().finish(8.0).put(inputs.Void())
    assert (session.said()[-1], session.spoken("voided_of")) == ("voided_of", {"name": "Bea", "rep": 1})
    unsaved = Drive(plan(block(reps=1)), NAMES, disk=no_disk).begin().to_go().finish(8.0)
    assert unsaved.spoken("not_saved_of") == {"name": "Ann", "rep": 1}


def test_undo_brings_an_absent_athlete_back() -> None:
    session = group(reps=2).to_go().finish(8.0).put(inputs.Absent("Bea")).put(inputs.Undo())
    assert session.spoken("undone") == {"what": "absent"}
    run_all(session)
    assert go_order(session) == ["Ann", "Bea", "Cid", "Ann", "Bea", "Cid"]


def test_the_rep_just_run_can_be_given_to_whoever_really_ran_it() -> None:
    session = group(reps=2).to_go().finish(8.0).put(inputs.Give("Cid"))
    assert session.results[1].athlete == "Cid"
    assert session.spoken("given") == {"name": "Cid", "rep": 1}
    run_all(session)
    # Ann has still to run her first, Cid has done his.
    assert go_order(session) == ["Ann", "Ann", "Bea", "Ann", "Bea", "Cid"]
    done = sorted((r.athlete, r.rep_no) for r in session.results.values())
    assert done == [("Ann", 1), ("Ann", 2), ("Bea", 1), ("Bea", 2), ("Cid", 1), ("Cid", 2)]


def test_the_rep_under_way_can_be_given_to_whoever_is_really_running() -> None:
    session = group(reps=2).to_go().wait(2.0).put(inputs.Give("Bea")).finish(8.0)
    assert session.results[1].athlete == "Bea"
    run_all(session)
    done = sorted((r.athlete, r.rep_no) for r in session.results.values())
    assert done == [("Ann", 1), ("Ann", 2), ("Bea", 1), ("Bea", 2), ("Cid", 1), ("Cid", 2)]


def test_a_rep_given_to_somebody_by_mistake_and_then_to_its_runner_costs_nobody_another_one() -> None:
    session = group(reps=2).to_go().finish(8.0).to_go().put(inputs.Give("Ann")).finish(8.0).put(inputs.Give("Bea"))
    run_all(session)
    assert go_order(session) == ["Ann", "Bea", "Cid", "Ann", "Bea", "Cid"]
    done = sorted((r.athlete, r.rep_no) for r in session.results.values())
    assert done == [("Ann", 1), ("Ann", 2), ("Bea", 1), ("Bea", 2), ("Cid", 1), ("Cid", 2)]


def test_undo_takes_a_give_back() -> None:
    session = group(reps=2).to_go().finish(8.0).put(inputs.Give("Cid")).put(inputs.Undo())
    assert session.results[1].athlete == "Ann"
    run_all(session)
    done = sorted((r.athlete, r.rep_no) for r in session.results.values())
    assert done == [("Ann", 1), ("Ann", 2), ("Bea", 1), ("Bea", 2), ("Cid", 1), ("Cid", 2)]


def test_undo_takes_a_give_back_that_was_made_on_the_way() -> None:
    session = group(reps=2).to_go().wait(2.0).put(inputs.Give("Bea")).put(inputs.Undo()).finish(8.0)
    assert session.results[1].athlete == "Ann"


def test_undo_takes_a_give_back_that_was_made_on_the_way_of_a_rep_that_has_ended_since() -> None:
    session = group(reps=2).to_go().wait(2.0).put(inputs.Give("Cid")).finish(8.0).put(inputs.Undo())
    assert session.results[1].athlete == "Ann"
    assert session.results[1].time_ns == 8_000_000_000
    run_all(session)
    assert go_order(session) == ["Ann", "Bea", "Cid", "Ann", "Bea", "Cid"]


def test_undo_of_a_give_makes_a_late_finish_its_first_owners() -> None:
    session = group(reps=2).to_go().wait(2.0).put(inputs.Give("Cid")).until(Phase.REST).put(inputs.Undo())
    session.wait(1.0).finish(rep=1)
    assert (session.results[1].athlete, session.results[1].status) == ("Ann", RepStatus.FINISHED)
    run_all(session)
    assert go_order(session) == ["Ann", "Bea", "Cid", "Ann", "Bea", "Cid"]


def test_give_finds_a_name_whatever_its_capitals_and_spaces() -> None:
    session = group().to_go().finish(8.0).put(inputs.Give("  cID "))
    assert session.results[1].athlete == "Cid"


FAMILY = ("Anna Schmidt", "Ben Weiß", "Anne Weiß")


def test_give_and_absent_take_a_part_of_a_name_that_is_nobody_elses() -> None:
    session = group(names=FAMILY).to_go().finish(8.0).put(inputs.Give("ben"))
    assert session.results[1].athlete == "Ben Weiß"
    session.put(inputs.Absent("schmidt"))
    assert [a.name for a in session.state.athletes if not a.present] == ["Anna Schmidt"]


@pytest.mark.parametrize(
    ("command", "why", "names"),
    [
        (inputs.Give("weiss"), "several_of_that_name", "Ben Weiß or Anne Weiß"),
        (inputs.Absent("ann"), "several_of_that_name", "Anna Schmidt or Anne Weiß"),
        (inputs.Absent("Schmitt"), "nobody_but_alike", "Anna Schmidt"),
    ],
)
def test_an_unclear_name_is_refused_with_those_who_may_be_meant(command: inputs.Command, why: str, names: str) -> None:
    session = group(names=FAMILY).to_go().finish(8.0).put(command)
    assert session.refused() == [why]
    assert session.spoken(why) == {"names": names}
    assert session.results[1].athlete == "Anna Schmidt"
    assert all(athlete.present for athlete in session.state.athletes)


@pytest.mark.parametrize("command", [inputs.Give("Dan"), inputs.Absent("Dan")])
def test_a_name_that_nobody_has_is_refused_aloud(command: inputs.Command) -> None:
    session = group().to_go().finish(8.0).put(command)
    assert session.refused() == ["nobody_of_that_name"]
    assert session.said()[-1] == "nobody_of_that_name"


def test_a_rep_is_not_given_to_its_own_runner() -> None:
    session = group().to_go().finish(8.0).put(inputs.Give("Ann"))
    assert session.refused() == ["nothing_to_give"]


def test_a_correction_of_one_rep_leaves_the_next_one_alone() -> None:
    """Undo after the next rep has ended: what came since must stand."""
    session = group(reps=2).to_go().wait(2.0).put(inputs.Absent("Bea")).finish(8.0)
    assert session.phase is Phase.REST
    session.put(inputs.Undo())
    assert session.state.running is None
    assert session.results[1].status is RepStatus.FINISHED
    assert session.state.athletes[0].next_step == 1
    run_all(session)
    assert go_order(session) == ["Ann", "Bea", "Cid", "Ann", "Bea", "Cid"]


def test_undoing_that_a_runner_dropped_out_does_not_put_them_back_on_the_course() -> None:
    session = group(reps=2).to_go().wait(3.0).put(inputs.Absent("Ann")).put(inputs.Undo())
    assert session.state.running is None or session.phase is Phase.RUNNING
    run_all(session)
    times_on_course = [(r.athlete, r.rep_no) for r in session.results.values() if r.status is not RepStatus.VOID]
    assert sorted(set(times_on_course)) == sorted(times_on_course)


def test_undo_has_nothing_to_take_back_once_the_next_rep_has_begun() -> None:
    session = group(reps=2).to_go().finish(8.0).put(inputs.Absent("Bea")).to_go()
    mark = session.mark
    session.put(inputs.Undo())
    assert session.refused(mark) == ["nothing_to_undo"]


def test_rep_numbers_count_up_over_the_whole_group() -> None:
    session = run_all(group(reps=3))
    numbers = [go.rep for go in session.events("go")]
    assert numbers == list(range(1, 10))
    assert all(b.t_ns > a.t_ns for a, b in pairwise(session.events("go")))


def test_group_of_one_from_a_roster_is_spoken_to_as_a_solo_runner() -> None:
    session = Drive(plan(block(reps=1)), ("Ann",)).begin().to_go().finish(8.0)
    assert "turn_solo" in session.said()
    assert "result" in session.said()


def test_a_dnf_of_one_is_told_by_name_and_the_next_one_starts() -> None:
    session = group(reps=1).to_go().until(Phase.REST)
    assert session.spoken("dnf")["name"] == "Ann"
    run_all(session)
    assert go_order(session) == ["Ann", "Bea", "Cid"]
