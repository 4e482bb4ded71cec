"""Who may still come to the line although their rep has ended by a person's word: never the next one's finish."""

from __future__ import annotations

import pytest

from retro_timer.detection.expectation import ARRIVAL
from retro_timer.training.record import Flag, RepStatus
from retro_timer.training.session import effects, ghosts, inputs
from tests.helpers.rolling_drive import NAMES, arrive, goes, rolling, times, to_go
from tests.helpers.session_drive import Drive, S


def on_line(session: Drive, after_s: float = 0.2, lane: int | None = None) -> Drive:
    """A body crosses now, and is timed so much later; nothing tells the session who it is."""
    back_ns = session.now_ns
    session.put(inputs.CrossingSeen(ARRIVAL, back_ns, lane)).wait(after_s)
    return session.put(inputs.FinishSeen(ARRIVAL, back_ns, 20_000_000, "gate", session.now_ns, lane=lane))


def at(session: Drive, name: str, elapsed_s: float) -> Drive:
    """So long after the go of somebody on the course."""
    (active,) = (one for one in session.state.on_course if one.record.athlete == name)
    return session.wait((active.record.go_ns - session.now_ns) / S + elapsed_s)


def test_who_is_stopped_by_hand_after_their_beep_is_not_timed_again_as_the_next_one() -> None:
    session = at(to_go(rolling(), 2), "Ann", 10.0)
    back_ns = session.now_ns
    session.put(inputs.CrossingSeen(ARRIVAL, back_ns)).wait(0.15).put(inputs.ManualFinish()).wait(0.1)
    session.put(inputs.FinishSeen(ARRIVAL, back_ns, 20_000_000, "gate", session.now_ns))
    assert times(session) == {1: ("Ann", 10.15)}
    assert [one.record.athlete for one in session.state.on_course] == ["Bea"]
    assert session.events("crossing_withdrawn") == []
    arrive(session, "Bea", 9.0)
    assert times(session) == {1: ("Ann", 10.15), 2: ("Bea", 9.0)}


@pytest.mark.parametrize("after_s", [0.1, 1.9])
def test_who_is_stopped_by_hand_before_they_are_seen_is_nobody_elses_finish_and_has_no_second_beep(
    after_s: float,
) -> None:
    session = at(to_go(rolling(), 2), "Ann", 10.0).put(inputs.ManualFinish()).wait(after_s)
    mark = session.mark
    on_line(session)
    assert session.beeps(mark) == []
    assert times(session) == {1: ("Ann", 10.0)}
    on_line(session)
    assert times(session)[2][0] == "Bea", "they have come, and the next body is the next runner"


def test_long_after_a_press_who_arrives_is_the_next_runner() -> None:
    session = at(to_go(rolling(), 2), "Ann", 10.0).put(inputs.ManualFinish())
    arrive(session, "Bea", 6.5)
    assert times(session) == {1: ("Ann", 10.0), 2: ("Bea", 6.5)}


def test_a_press_for_whom_the_crossing_was_not_taken_takes_it_back_without_a_tone() -> None:
    """The beep was for Bea, who runs quickest by her own times; the press ends the rep of who went first."""
    session = to_go(rolling(names=NAMES[:2], every_s=5.0), 2)
    for rep, name, time_s in ((2, "Bea", 6.5), (1, "Ann", 13.0)):
        at(session, name, time_s).put(inputs.FinishSeen(rep, session.now_ns, 20_000_000, "gate", session.now_ns))
    # Both are rested, so that Ann goes first again.
    session.put(inputs.Pause()).wait(60.0).put(inputs.Resume())
    at(to_go(session, 4), "Bea", 6.5)
    first = session.state.on_course[0].record
    mark = session.mark
    back_ns = session.now_ns
    session.put(inputs.CrossingSeen(ARRIVAL, back_ns)).wait(0.2).put(inputs.ManualFinish()).wait(0.2)
    session.put(inputs.FinishSeen(ARRIVAL, back_ns, 20_000_000, "gate", session.now_ns))
    (withdrawn,) = session.events("crossing_withdrawn")
    assert withdrawn.rep != first.rep
    assert session.results[first.rep].method == "manual"
    assert effects.Signal.WITHDRAWN not in session.beeps(mark)
    assert len(session.state.on_course) == 1
    assert session.state.on_course[0].crossing_ns is None


def test_a_press_just_after_the_sensors_finish_ends_nobody_elses_rep() -> None:
    session = arrive(to_go(rolling(), 2), "Ann", 10.0).wait(0.4)
    mark = session.mark
    session.put(inputs.ManualFinish())
    assert session.refused(mark) == ["too_early"]
    assert times(session) == {1: ("Ann", 10.0)}
    session.wait(1.2).put(inputs.ManualFinish())
    assert session.results[2].method == "manual"


def test_who_is_absent_and_runs_on_to_the_line_is_not_the_next_ones_finish() -> None:
    session = at(to_go(rolling(), 2), "Ann", 9.0).put(inputs.Absent("Ann"))
    on_line(at(session, "Bea", 5.0))
    assert [(r.athlete, r.status) for r in session.results.values()] == [("Ann", RepStatus.DNF)]
    assert [one.record.athlete for one in session.state.on_course] == ["Bea"]
    on_line(at(session, "Bea", 8.0))
    assert session.results[2].time_ns == 8 * S


def test_who_is_absent_while_on_the_line_is_nobodys_finish() -> None:
    session = at(to_go(rolling(), 2), "Ann", 10.0)
    back_ns = session.now_ns
    session.put(inputs.CrossingSeen(ARRIVAL, back_ns)).wait(0.1).put(inputs.Absent("Ann"))
    session.put(inputs.FinishSeen(ARRIVAL, back_ns, 20_000_000, "gate", session.now_ns))
    assert [(r.athlete, r.status) for r in session.results.values()] == [("Ann", RepStatus.DNF)]


def test_who_came_back_and_goes_anew_is_not_awaited_from_the_go_before() -> None:
    session = at(to_go(rolling(rest_s=0.0), 1), "Ann", 3.5).put(inputs.Absent("Ann")).put(inputs.Present("Ann"))
    while not any(one.record.athlete == "Ann" for one in session.state.on_course):
        to_go(session, len(goes(session)) + 1)
    ann = session.state.on_course[-1]
    assert [one.active.record.athlete for one in session.state.ghosts] == ["Ann"]
    assert ghosts.on_their_way(session.state, ann.record.go_ns) == []


def test_whom_nobody_can_be_beside_a_finish_that_was_told_flags_it() -> None:
    session = arrive(to_go(rolling(reps=1, names=NAMES[:1]), 1), "Ann", 9.0).wait(0.1)
    assert Flag.CROWDED not in session.results[1].flags
    session.put(inputs.FinishSeen(ARRIVAL, session.now_ns, 20_000_000, "gate", session.now_ns))
    assert Flag.CROWDED in session.results[1].flags


def test_who_was_taken_off_is_awaited_at_the_line_until_they_have_come_and_so_no_danger_to_who_runs() -> None:
    session = to_go(rolling(), 2).put(inputs.Absent("Ann"))
    assert [one.go_ns for one in session.state.expectation.awaited] == [go.t_ns for go in session.events("go")]
    assert session.state.expectation.may_arrive(session.events("go")[0].t_ns + 9 * S)
    on_line(session.wait((session.events("go")[0].t_ns - session.now_ns) / S + 9.0))
    assert [one.go_ns for one in session.state.expectation.awaited] == [session.events("go")[1].t_ns]


def test_with_nobody_else_on_the_course_nobody_is_awaited() -> None:
    session = to_go(rolling(names=("Ann",)), 1).put(inputs.Absent("Ann"))
    assert session.state.expectation.awaited == ()
