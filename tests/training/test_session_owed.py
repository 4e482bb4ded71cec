"""What somebody missed is known as missed, and made up when they owe it: after the plan, also after a power cut."""

from __future__ import annotations

import pytest

from retro_timer.training.gaits import walk_back_s
from retro_timer.training.record import Presence, RepStatus
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.machine import recovered_session
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive, S

PLAN = plan(block(reps=3), rest_s=10.0)


def late(then: inputs.Command | None = None) -> Drive:
    """Cid comes when Ann and Bea have run two of three reps."""
    session = Drive(PLAN, ("Ann", "Bea")).begin()
    for _ in range(4):
        session.to_go().finish(8.0)
    session.put(inputs.Add("Cid"))
    return session if then is None else session.put(then)


def to_the_end(session: Drive) -> Drive:
    for _ in range(20):
        if session.phase is Phase.DONE:
            return session
        session.to_go().finish(8.0)
    raise AssertionError("the session does not end")


def of_cid(session: Drive) -> list[int]:
    return [r.rep_no for _, r in sorted(session.results.items()) if r.athlete == "Cid"]


def test_who_comes_late_runs_from_the_groups_step_on_and_no_more() -> None:
    assert of_cid(to_the_end(late())) == [3]


def test_what_was_missed_is_made_up_after_the_plan_in_its_order() -> None:
    session = late(inputs.Owe("cid"))
    assert session.spoken("owed") == {"name": "Cid", "reps": 2}
    to_the_end(session)
    assert of_cid(session) == [3, 1, 2]
    assert [go.athlete for go in session.events("go")][4:] == ["Ann", "Bea", "Cid", "Cid", "Cid"]


def test_a_rep_that_is_made_up_and_does_not_count_is_owed_again() -> None:
    session = late(inputs.Owe("Cid"))
    while of_cid(session) != [3, 1]:
        session.to_go().finish(8.0)
    session.put(inputs.Void())
    to_the_end(session)
    assert [r.rep_no for r in session.results.values() if r.athlete == "Cid" and r.status is RepStatus.FINISHED] == [
        3,
        1,
        2,
    ]


def test_what_was_skipped_can_be_made_up_and_what_is_made_up_can_be_skipped() -> None:
    session = Drive(PLAN, ("Ann", "Bea")).begin().until(Phase.LANE_CHECK).put(inputs.Skip()).put(inputs.Owe("Ann"))
    for _ in range(5):
        session.to_go().finish(8.0)
    session.until(Phase.LANE_CHECK)
    assert session.state.turn is not None
    assert (session.state.turn.athlete, session.state.turn.step) == (0, 0)
    session.put(inputs.Skip())
    assert session.phase is Phase.DONE


def test_who_has_missed_nothing_owes_nothing() -> None:
    session = late(inputs.Owe("Ann"))
    assert session.refused() == ["nothing_missed"]
    assert late(inputs.Owe("Cid")).put(inputs.Owe("Cid")).refused() == ["nothing_missed"]


def test_an_undo_takes_back_nothing_that_was_missed() -> None:
    session = late(inputs.Owe("Cid")).put(inputs.Absent("Cid")).put(inputs.Undo())
    assert of_cid(to_the_end(session)) == [3, 1, 2]


def test_an_undo_leaves_owed_what_was_said_to_be_owed_since() -> None:
    session = late(inputs.Void()).put(inputs.Owe("Cid")).put(inputs.Undo())
    assert of_cid(to_the_end(session)) == [3, 1, 2]


def test_an_undo_makes_owed_again_what_was_skipped_since() -> None:
    session = late(inputs.Owe("Cid"))
    while of_cid(session) != [3]:
        session.to_go().finish(8.0)
    session.put(inputs.Absent("Ann")).until(Phase.LANE_CHECK).put(inputs.Skip()).put(inputs.Undo())
    assert of_cid(to_the_end(session)) == [3, 1, 2]


def test_the_rest_before_what_is_made_up_covers_the_walk_to_its_start() -> None:
    of = plan(block(distances_m=(100.0, 20.0)), block(), rest_s=10.0, recovery_s=10.0)
    session = Drive(of, ("Ann", "Bea")).begin()
    for time_s in (40.0, 40.0):
        session.to_go().finish(time_s)
    session.put(inputs.Add("Cid")).put(inputs.Owe("Cid"))
    while of_cid(session) != [2, 1]:
        session.to_go().finish(40.0 if session.events("go")[-1].distance_m == 100.0 else 9.0)
    # They stand 20 m away, and what they make up next starts at 100 m.
    athlete = session.state.athletes[2]
    rest_s = (athlete.rested_ns - athlete.rest_from_ns) / S
    assert rest_s == pytest.approx(walk_back_s(100.0))


def test_what_is_owed_outlives_a_power_cut() -> None:
    session = late(inputs.Owe("Cid"))
    kept: dict[str, Presence] = {
        each.name: each for effect in session.of(effects.KeepPresence) for each in effect.presences
    }
    again = recovered_session(PLAN, ("Ann", "Bea"), session.state.rules, session.state.results, tuple(kept.values()))
    assert of_cid(to_the_end(Drive(PLAN, state=again).put(inputs.Recover()))) == [3, 1, 2]
