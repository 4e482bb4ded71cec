"""To whom a rep is given, and how that is taken back: by a name, a part of one, or none that is clear."""

from __future__ import annotations

import pytest

from retro_timer.training.record import RepStatus
from retro_timer.training.session import inputs
from retro_timer.training.session.state import Phase
from tests.helpers.group_drive import go_order, group, run_all


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
