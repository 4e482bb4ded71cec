"""Recalls, stops and halts with somebody on the course: everybody is told first, or one alone."""

from __future__ import annotations

import pytest

from retro_timer.detection.events import Level
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.rolling_drive import goes, rolling, to_go
from tests.helpers.session_drive import Drive


def test_a_recall_with_others_on_the_course_is_for_one_alone() -> None:
    session = to_go(rolling(every_s=12.0), 1).until(Phase.COUNTDOWN)
    mark = session.mark
    session.obstacle(Level.WARNING)
    assert session.beeps(mark) == [effects.Signal.WAIT]
    assert session.spoken("recall_one") == {"name": "Bea"}
    assert "recall" not in session.said(mark)


@pytest.mark.parametrize("command", [inputs.Stop(), inputs.Halt()])
@pytest.mark.parametrize("phase", [Phase.REST, Phase.COUNTDOWN])
def test_a_stop_with_somebody_on_the_course_tells_everybody_first(command: inputs.Command, phase: Phase) -> None:
    session = to_go(rolling(every_s=12.0), 1).until(phase)
    mark = session.mark
    session.put(command)
    assert isinstance(session.effects[mark][1], effects.Beep)
    assert session.beeps(mark)[0] is effects.Signal.HALT
    assert session.said(mark)[0] == "everybody_stop"
    assert "recall_one" not in session.said(mark)
    assert len(session.events("recall", since=mark)) == (phase is Phase.COUNTDOWN)
    assert [(r.athlete, r.reason) for r in session.results.values()] == [("Ann", "stopped")]


def test_after_a_halt_nothing_starts_until_somebody_says_so() -> None:
    session = to_go(rolling(), 2).put(inputs.Halt())
    assert session.phase is Phase.PAUSED
    session.wait(120.0)
    assert len(goes(session)) == 2
    to_go(session.put(inputs.Resume()), 3)
    assert goes(session)[2][0] == "Cid"


def test_a_halt_in_rotation_stops_the_one_on_the_course_and_holds() -> None:
    session = Drive(plan(block(reps=2)), ("Ann", "Bea")).begin().to_go().put(inputs.Halt())
    assert session.beeps()[-1] is effects.Signal.HALT
    assert session.phase is Phase.PAUSED
    session.wait(100.0)
    assert len(session.events("go")) == 1


def test_a_halt_in_the_last_rep_holds_as_well_and_going_on_ends_the_session() -> None:
    session = Drive(plan(block(reps=1)), ("Ann",)).begin().to_go().wait(3.0).put(inputs.Halt())
    assert session.phase is Phase.PAUSED
    assert [(r.athlete, r.reason) for r in session.results.values()] == [("Ann", "stopped")]
    assert session.wait(100.0).put(inputs.Resume()).phase is Phase.DONE


def test_a_halt_before_a_go_recalls_it() -> None:
    session = rolling().until(Phase.COUNTDOWN).put(inputs.Halt())
    assert session.phase is Phase.PAUSED
    assert len(session.events("recall")) == 1


def heard_at_a_halt(session: Drive) -> tuple[list[effects.Signal], str]:
    mark = session.mark
    session.put(inputs.Halt())
    assert session.refused(mark) == []
    return session.beeps(mark), session.said(mark)[0]


def test_a_halt_is_heard_by_who_was_given_up_and_is_still_out() -> None:
    session = to_go(rolling(names=("Ann",), rest_s=120.0), 1).wait(27.0)
    assert session.state.on_course == ()
    assert heard_at_a_halt(session) == ([effects.Signal.HALT], "everybody_stop")


def test_a_second_halt_sounds_like_the_first() -> None:
    session = to_go(rolling(), 2).put(inputs.Halt())
    assert heard_at_a_halt(session) == ([effects.Signal.HALT], "everybody_stop")
    assert session.phase is Phase.PAUSED
