"""After a power cut: what was done stays done, what was open did not finish, and the session goes on or is closed."""

from __future__ import annotations

import pytest

from retro_timer.beacon.control.kept_words import edit_of
from retro_timer.beacon.control.protocol import commands
from retro_timer.store.results import edits
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Plan, StartMethod
from retro_timer.training.record import RepRecord, RepStatus, changed
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.machine import recovered_session
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import Phase, SessionState
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive

PLAN = plan(block(sets=2, reps=2), rest_s=60.0)


def rep(
    number: int, set_no: int, rep_no: int, *, athlete: str = "Runner", status: RepStatus = RepStatus.FINISHED
) -> RepRecord:
    time_ns = 8_000_000_000 if status is RepStatus.FINISHED else None
    return RepRecord(
        rep=number,
        set_no=set_no,
        rep_no=rep_no,
        athlete=athlete,
        distance_m=20.0,
        duration_s=None,
        gait=Gait.JOG,
        status=status,
        go_ns=1,
        time_ns=time_ns,
        uncertainty_ns=20_000_000 if time_ns else None,
        method="gate" if time_ns else "",
    )


def found(*records: RepRecord, names: tuple[str, ...] = ("Runner",), of: Plan = PLAN) -> SessionState:
    return recovered_session(of, names, Rules(), records)


def goes_on(state: SessionState, of: Plan = PLAN) -> Drive:
    return Drive(of, state=state).put(inputs.Recover())


def test_a_session_that_was_cut_off_waits_to_be_told_what_to_do() -> None:
    session = Drive(PLAN, state=found(rep(1, 1, 1))).wait(86_400.0)
    assert session.phase is Phase.RECOVERABLE
    assert session.asked_for_go == 0


def test_it_goes_on_at_the_next_rep_with_the_next_number() -> None:
    session = goes_on(found(rep(1, 1, 1), rep(2, 1, 2))).to_go()
    (go,) = session.events("go")
    assert go.rep == 3
    assert session.state.step is not None
    assert (session.state.step.set_no, session.state.step.rep_no) == (2, 1)
    session.finish(8.0).to_go().finish(8.0)
    assert session.phase is Phase.DONE
    assert session.events("summary")[0].reps == 4
    assert session.events("summary")[0].finished == 4


def test_every_rest_is_run_in_full_since_nobody_knows_how_long_the_box_was_off() -> None:
    session = goes_on(found(rep(1, 1, 1)))
    began_s = session.now_s
    session.to_go()
    assert session.now_s - began_s == pytest.approx(60.0)


def test_a_rep_that_the_power_cut_left_open_did_not_finish_and_is_run_again() -> None:
    state = found(rep(1, 1, 1), rep(2, 1, 2, status=RepStatus.OPEN))
    assert [(r.rep, r.status, r.reason) for r in state.results] == [
        (1, RepStatus.FINISHED, ""),
        (2, RepStatus.DNF, "interrupted"),
    ]
    session = goes_on(state).to_go()
    assert session.events("go")[0].rep == 3
    assert session.state.step is not None
    assert (session.state.step.set_no, session.state.step.rep_no) == (1, 2)


def test_a_rep_that_was_void_is_run_again() -> None:
    session = goes_on(found(rep(1, 1, 1), rep(2, 1, 2, status=RepStatus.VOID))).to_go()
    assert session.state.step is not None
    assert (session.state.step.set_no, session.state.step.rep_no) == (1, 2)


def test_a_dnf_is_not_run_again() -> None:
    session = goes_on(found(rep(1, 1, 1, status=RepStatus.DNF))).to_go()
    assert session.state.step is not None
    assert session.state.step.rep_no == 2


def test_each_athlete_of_a_group_goes_on_where_they_were() -> None:
    of = plan(block(reps=2))
    names = ("Ann", "Bea", "Cid")
    done = (rep(1, 1, 1, athlete="Ann"), rep(2, 1, 1, athlete="Bea"), rep(3, 1, 1, athlete="Cid"))
    session = goes_on(found(*done, rep(4, 1, 2, athlete="Ann"), names=names, of=of), of)
    while session.phase is not Phase.DONE:
        session.to_go().finish(8.0)
    assert [go.athlete for go in session.events("go")] == ["Bea", "Cid"]
    assert [go.rep for go in session.events("go")] == [5, 6]


def test_a_rep_that_was_skipped_before_the_cut_does_not_make_later_ones_run_twice() -> None:
    """Step 1 was skipped, step 2 was run: whatever is offered again, step 2 is not run a second time."""
    of = plan(block(reps=3))
    session = goes_on(found(rep(1, 1, 2), of=of), of)
    while session.phase is not Phase.DONE:
        session.to_go().finish(8.0)
    run = sorted((r.set_no, r.rep_no) for r in session.results.values() if r.status is RepStatus.FINISHED)
    assert run.count((1, 2)) == 1


def test_with_everything_done_there_is_nothing_to_go_on_with() -> None:
    of = plan(block(reps=1))
    session = goes_on(found(rep(1, 1, 1), of=of), of)
    assert session.phase is Phase.DONE
    assert [close.outcome for close in session.of(effects.Close)] == ["done"]


def test_it_can_be_closed_as_interrupted_and_keeps_what_there_is() -> None:
    session = Drive(PLAN, state=found(rep(1, 1, 1))).put(inputs.CloseInterrupted())
    assert session.phase is Phase.STOPPED
    assert [close.outcome for close in session.of(effects.Close)] == ["interrupted"]
    assert session.results[1].status is RepStatus.FINISHED


@pytest.mark.parametrize("command", [inputs.Start(), inputs.Recover()])
def test_a_press_or_recover_takes_it_up(command: inputs.Command) -> None:
    session = Drive(PLAN, state=found(rep(1, 1, 1))).put(command)
    assert session.phase is Phase.REST
    assert session.said()[0] == "recovered"


def test_a_start_after_a_recovery_still_draws_its_holds_at_random() -> None:
    from retro_timer.training.plan import StartMethod

    of = plan(block(reps=4), start=StartMethod.MARKS_SET_GO)
    session = goes_on(found(rep(1, 1, 1), of=of), of)
    held = []
    for _ in range(3):
        session.until(Phase.SET)
        set_ns = session.now_ns
        session.to_go().finish(8.0)
        held.append(session.events("go")[-1].t_ns - set_ns)
    assert len(set(held)) == 3


def first_hold_s(seed: int) -> float:
    """How long `set` is held when a session of "on your marks" goes on."""
    of = plan(block(sets=2, reps=2), start=StartMethod.MARKS_SET_GO)
    session = Drive(of, state=recovered_session(of, ("Runner",), Rules(seed=seed), [rep(1, 1, 1)]))
    session.put(inputs.Recover()).until(Phase.SET)
    set_ns = session.now_ns
    session.to_go()
    return (session.now_ns - set_ns) / 1e9


def test_nobody_can_guess_the_hold_of_a_session_that_goes_on() -> None:
    held = [first_hold_s(seed) for seed in range(1, 6)]
    assert len({round(hold_s, 2) for hold_s in held}) >= 4
    assert all(1.2 <= hold_s <= 2.4 for hold_s in held)


def test_undo_means_the_last_correction_before_the_cut_until_somebody_goes_or_is_corrected() -> None:
    def undone(session: Drive) -> object:
        return edit_of(commands.Undo(), session.state)

    def recovered() -> Drive:
        return goes_on(recovered_session(PLAN, ("Runner",), Rules(), (rep(1, 1, 1), rep(2, 1, 2)), (), "4f2a"))

    assert undone(recovered()) == edits.Undo("4f2a")
    assert undone(recovered().to_go()) is None
    newer = changed(rep(2, 1, 2), note="wind")
    assert undone(recovered().put(inputs.Amended("note", "77aa", (newer,)))) == edits.Undo("77aa")
    assert undone(recovered().put(inputs.Absent("Runner"))) is None
    assert undone(goes_on(found(rep(1, 1, 1)))) is None
