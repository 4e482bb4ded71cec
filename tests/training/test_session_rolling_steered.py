"""Rolling, steered by hand: absent, void, undo, stopped by a press, paused, ended."""

from __future__ import annotations

from retro_timer.detection.expectation import WatchMode
from retro_timer.training.record import RepStatus
from retro_timer.training.session import inputs
from retro_timer.training.session.state import Phase
from tests.helpers.rolling_drive import NAMES, arrive, goes, rolling, to_go
from tests.helpers.session_drive import S


def test_who_is_absent_on_the_course_does_not_finish_and_the_others_go_on() -> None:
    session = to_go(rolling(), 2)
    session.put(inputs.Absent("Ann"))
    assert [(r.athlete, r.reason) for r in session.results.values()] == [("Ann", "stopped")]
    assert [one.record.athlete for one in session.state.on_course] == ["Bea"]
    to_go(session, 3)
    assert goes(session)[-1][0] == "Cid"


def test_void_takes_the_newest_finish_back_and_leaves_those_who_run() -> None:
    session = arrive(to_go(rolling(), 2), "Ann", 9.0)
    session.put(inputs.Void())
    assert [r.status for r in session.results.values()] == [RepStatus.VOID]
    assert [one.record.athlete for one in session.state.on_course] == ["Bea"]
    session.put(inputs.Undo())
    assert session.results[1].status is RepStatus.FINISHED
    assert [one.record.athlete for one in session.state.on_course] == ["Bea"]


def test_undo_leaves_the_rest_of_who_has_finished_since_the_correction() -> None:
    session = arrive(to_go(rolling(reps=3, every_s=6.0, rest_s=60.0), 3), "Ann", 12.5).wait(0.3).put(inputs.Void())
    arrive(session, "Bea", 9.0)
    _, bea, cid = session.state.athletes
    session.put(inputs.Undo())
    assert session.state.athletes[1].rested_ns == bea.rested_ns == bea.rest_from_ns + 60 * S
    assert session.state.athletes[1].active is None
    assert session.state.athletes[2].active == cid.active
    assert [r.status for r in session.results.values()] == [RepStatus.FINISHED, RepStatus.FINISHED]
    to_go(session, 5)
    assert [(name, at_s - goes(session)[0][1] >= 72.5) for name, at_s in goes(session)[3:]] == [
        ("Ann", True), ("Bea", True),
    ]  # fmt: skip


def test_by_hand_the_clock_stops_for_who_went_first_in_any_phase() -> None:
    session = to_go(rolling(every_s=20.0), 2)
    to_go(session, 2).wait(4.0)
    assert session.phase is not Phase.RUNNING
    session.put(inputs.ManualFinish())
    assert [(r.athlete, r.method) for r in session.results.values()] == [("Ann", "manual")]


def test_a_pause_holds_the_starts_and_not_the_finishes() -> None:
    session = to_go(rolling(), 2).put(inputs.Pause())
    assert session.phase is Phase.PAUSED
    assert session.state.expectation.mode is WatchMode.REP
    arrive(arrive(session, "Ann", 12.0), "Bea", 9.0)
    session.wait(60.0)
    assert len(goes(session)) == 2
    to_go(session.put(inputs.Resume()), 3)
    assert goes(session)[-1][0] == "Cid"


def test_a_stop_ends_every_rep_on_the_course() -> None:
    session = to_go(rolling(), 3).put(inputs.Stop())
    assert session.phase is Phase.STOPPED
    assert {(r.athlete, r.reason) for r in session.results.values()} == {(name, "stopped") for name in NAMES}
