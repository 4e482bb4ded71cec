"""void: of the rep under way and of the last one, and its undo."""

from __future__ import annotations

from retro_timer.detection.expectation import WatchMode
from retro_timer.training.record import RepStatus
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.state import Phase
from tests.helpers.session_drive import two_reps


def test_void_of_the_rep_under_way_ends_it_and_runs_it_again() -> None:
    session = two_reps().to_go().wait(2.0).put(inputs.Void())
    assert session.results[1].status is RepStatus.VOID
    assert session.events("void")[0].rep == 1
    assert session.phase is Phase.REST
    session.to_go().finish(8.0).to_go().finish(8.0)
    assert [(r.rep, r.rep_no, r.status) for r in session.results.values()] == [
        (1, 1, RepStatus.VOID),
        (2, 1, RepStatus.FINISHED),
        (3, 2, RepStatus.FINISHED),
    ]
    assert session.state.phase is Phase.DONE


def test_after_the_rep_under_way_was_made_void_nobody_is_watched_or_waited_for() -> None:
    session = two_reps().to_go().wait(2.0).put(inputs.Void())
    assert session.state.expectation.rep is None
    assert session.state.expectation.mode is not WatchMode.REP
    assert session.of(effects.Light)[-1].state != "running"


def test_void_of_the_last_rep_runs_it_again() -> None:
    session = two_reps().to_go().finish(8.0).put(inputs.Void())
    assert session.results[1].status is RepStatus.VOID
    session.to_go().finish(8.0).to_go().finish(8.0)
    assert session.phase is Phase.DONE
    assert [r.rep_no for r in session.results.values()] == [1, 1, 2]


def test_void_can_be_undone() -> None:
    session = two_reps().to_go().finish(8.0).put(inputs.Void()).put(inputs.Undo())
    assert session.results[1].status is RepStatus.FINISHED
    assert session.results[1].time_ns == 8_000_000_000
    session.to_go().finish(8.0)
    assert session.phase is Phase.DONE


def test_a_revision_grows_with_every_change_so_that_the_last_word_is_known() -> None:
    session = two_reps().to_go().finish(8.0).put(inputs.Void()).put(inputs.Undo())
    revisions = [save.record.revision for save in session.of(effects.Save) if save.record.rep == 1]
    assert revisions == sorted(set(revisions))
    assert revisions[-1] == session.results[1].revision


def test_with_no_rep_run_yet_there_is_nothing_to_void() -> None:
    session = two_reps().until(Phase.LANE_CHECK).put(inputs.Void())
    assert session.refused() == ["nothing_to_void"]
