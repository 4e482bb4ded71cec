"""Bad luck with several on the course: the power, the gate, people who go, and a group as large as there may be."""

from __future__ import annotations

from retro_timer.detection.expectation import ARRIVAL
from retro_timer.training.record import RepStatus
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.machine import recovered_session
from retro_timer.training.session.state import Phase
from tests.helpers.rolling_drive import arrive, goes, rolling, times, to_go
from tests.helpers.session_drive import Drive, S

FIVE = ("Ann", "Bea", "Cid", "Dan", "Eva")
SIXTY = tuple(f"Athlete {number}" for number in range(1, 61))


def four_out() -> Drive:
    """Eva is absent; the others run."""
    session = rolling(2, FIVE, every_s=3.0).put(inputs.Absent("Eva"))
    return to_go(session, 4).wait(2.0)


def after_the_cut(session: Drive) -> Drive:
    """What is on disk is all that is left."""
    kept = {save.record.rep: save.record for save in session.of(effects.Save)}
    kept |= {one.rep: one for save in session.of(effects.Save) for one in save.also}
    here = {one.name: one for kept in session.of(effects.KeepPresence) for one in kept.presences}
    names = tuple(athlete.name for athlete in session.state.athletes)
    state = recovered_session(session.plan, names, session.state.rules, tuple(kept.values()), tuple(here.values()))
    return Drive(session.plan, state=state).put(inputs.Recover())


def test_a_power_cut_with_four_on_the_course_is_recovered_with_who_was_out_and_the_four_run_again() -> None:
    again = after_the_cut(four_out())
    assert [athlete.name for athlete in again.state.athletes if not athlete.present] == ["Eva"]
    assert all(record.reason == "interrupted" for record in again.results.values())
    assert [name for name, _ in goes(to_go(again, 4))] == list(FIVE[:4])


def test_after_a_power_cut_who_had_left_the_course_stays_out_and_their_rep_is_none() -> None:
    again = after_the_cut(four_out().put(inputs.Out("Bea")))
    assert [athlete.name for athlete in again.state.athletes if not athlete.present] == ["Bea", "Eva"]
    assert (again.results[2].status, again.results[2].reason) == (RepStatus.DNF, "stopped")
    assert "Bea" not in [name for name, _ in goes(to_go(again, 6))]


def test_a_crossing_that_nobody_can_be_ends_nobodys_rep() -> None:
    session = to_go(rolling(1, FIVE), 1).wait(1.0)
    back_ns = session.now_ns
    session.put(inputs.FinishSeen(ARRIVAL, back_ns, 20_000_000, "gate", back_ns))
    assert times(session) == {}
    assert times(arrive(session, "Ann", 8.0)) == {1: ("Ann", 8.0)}


def test_with_all_of_them_absent_the_session_is_over_and_who_ran_has_not_finished() -> None:
    session = four_out()
    for name in FIVE[:4]:
        session.put(inputs.Absent(name))
    assert session.phase is Phase.DONE
    assert {record.status for record in session.results.values()} == {RepStatus.DNF}


def test_who_is_removed_while_on_the_course_may_finish_and_is_not_called_again() -> None:
    session = four_out().put(inputs.Roster(("Bea", "Cid", "Dan")))
    arrive(session, "Ann", 11.5)
    assert times(session) == {1: ("Ann", 11.5)}
    session.wait(200.0)
    assert [name for name, _ in goes(session)].count("Ann") == 1


def test_sixty_go_one_behind_the_other_once_each_and_each_has_their_own_finish() -> None:
    session = rolling(1, SIXTY, every_s=6.0)
    for number in range(1, 61):
        to_go(session, number)
        # By now the one before is due, who is as fast as all of them.
        if number > 1:
            arrive(session, SIXTY[number - 2], 7.0)
    arrive(session, SIXTY[-1], 7.0)
    assert session.phase is Phase.DONE
    assert [name for name, _ in goes(session)] == list(SIXTY)
    assert all(record.time_ns == 7 * S for record in session.results.values())
