"""Rolling with starts by release: one stands at the start line and leaves when ready, while others run."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from retro_timer.detection.events import Level, SensorState, Stand, StandEnd
from retro_timer.detection.expectation import ARRIVAL, WatchMode
from retro_timer.ports import FINISH_LINE, START_LINE
from retro_timer.training.plan import StartMethod
from retro_timer.training.record import Flag, RepStatus, StartKind
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.effects import Signal
from retro_timer.training.session.machine import recovered_session
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.rolling_drive import NAMES, arrive, goes, rolling, times, to_go
from tests.helpers.session_drive import Drive, S

AT_START = Rules(start_line=START_LINE)


def by_release(**fields: Any) -> Drive:
    given = {"start": StartMethod.RELEASE, "rules": AT_START, "every_s": 10.0, **fields}
    return rolling(**given)


def waiting(session: Drive) -> Drive:
    """The next one may start."""
    return session.until(Phase.AWAIT_RELEASE)


def go(session: Drive, times_over: int = 1, ready_s: float = 2.0) -> Drive:
    """So many stand in the beam and leave it, each when it is their turn."""
    for _ in range(times_over):
        waiting(session).stand().wait(ready_s + 0.8).leave()
    return session


def due_s(session: Drive) -> float:
    """When the next one may start at the soonest, by the newest start."""
    return goes(session)[-1][1] + 10.0


def test_each_starts_when_ready_at_or_after_the_due_time_and_the_others_go_on() -> None:
    session = go(by_release(), 3)
    assert [name for name, _ in goes(session)] == list(NAMES)
    # Two seconds after the tone, which sounds when the go is due.
    assert [round(then - before, 3) for (_, before), (_, then) in pairwise(goes(session))] == [12.0, 12.0]
    assert session.asked_for_go == 0
    assert session.events("recall") == []


def test_the_tone_sounds_when_the_go_is_due_and_no_sooner_however_long_somebody_stands_there() -> None:
    session = go(by_release()).until(Phase.LANE_CHECK).stand()
    mark = session.mark
    assert Signal.SET not in session.beeps(mark)
    waiting(session)
    assert session.beeps(mark) == [Signal.SET]
    assert session.now_s == pytest.approx(due_s(session))


def test_the_time_runs_from_each_ones_own_release_and_its_interval_has_the_starts() -> None:
    session = go(by_release(), 2)
    left_s = [at_s for _, at_s in goes(session)]
    arrive(session, "Ann", 13.0)
    arrive(session, "Bea", 8.5)
    assert times(session) == {1: ("Ann", 13.0), 2: ("Bea", 8.5)}
    for record, at_s in zip(session.results.values(), left_s, strict=True):
        assert record.start is StartKind.RELEASE
        assert record.go_ns / S - 5_000.0 == pytest.approx(at_s)
        assert record.uncertainty_ns == pytest.approx(1e9 * (0.07**2 + 0.02**2) ** 0.5)
        assert record.sound_delay_ns == 0


def test_the_gate_at_the_start_waits_for_the_start_and_the_one_at_the_finish_for_who_runs() -> None:
    session = waiting(go(by_release()))
    expected = session.state.expectation
    (ann,) = session.state.on_course
    at_start, at_finish = expected.at_line(START_LINE), expected.at_line(FINISH_LINE)
    assert (at_start.mode, at_start.rep, at_start.awaited) == (WatchMode.RELEASE, None, ())
    assert not at_start.may_arrive(ann.earliest_ns)
    assert (at_finish.mode, at_finish.rep) == (WatchMode.LANE, ARRIVAL)
    assert at_finish.may_arrive(ann.earliest_ns)
    assert not expected.at_line("ten").armed
    session.stand().wait(3.0).leave()
    assert session.state.expectation.at_line(START_LINE).mode is WatchMode.OFF


@pytest.mark.parametrize("at_s", [number / 4 for number in range(32)])
def test_a_finish_at_any_moment_of_anothers_start_is_timed_and_takes_nothing_back(at_s: float) -> None:
    session = go(by_release(names=NAMES[:2], every_s=6.0))
    until_s = goes(session)[0][1] + 6.5 + at_s
    stood = False
    while session.now_s < until_s:
        if session.phase is Phase.LANE_CHECK and not stood:
            session.stand()
            stood = True
        session.wait(0.05)
    arrive(session, "Ann", 6.5 + at_s)
    waiting(session).stand().wait(1.0).leave()
    assert session.events("recall") == []
    assert [name for name, _ in goes(session)] == ["Ann", "Bea"]
    assert times(session) == {1: ("Ann", 6.5 + at_s)}


def test_who_is_given_up_meanwhile_leaves_the_gate_at_the_start_armed() -> None:
    session = waiting(go(by_release())).wait(30.0)
    assert [event.reason for event in session.events("dnf")] == ["timeout"]
    assert session.phase is Phase.AWAIT_RELEASE
    assert session.state.expectation.at_line(START_LINE).mode is WatchMode.RELEASE
    session.stand().wait(2.0).leave()
    assert [name for name, _ in goes(session)] == ["Ann", "Bea"]


def test_who_leaves_before_the_go_is_due_is_recalled_and_the_due_time_stays() -> None:
    session = go(by_release()).until(Phase.LANE_CHECK).stand().leave()
    assert session.beeps()[-1] is Signal.WAIT
    assert session.spoken("recall_one") == {"name": "Bea"}
    assert [one.record.athlete for one in session.state.on_course] == ["Ann"]
    waiting(session)
    assert session.now_s >= due_s(session)
    session.stand().wait(2.0).leave()
    assert [name for name, _ in goes(session)] == ["Ann", "Bea"]


def test_who_left_just_before_the_tone_is_recalled_also_where_that_is_decided_after_it() -> None:
    session = waiting(go(by_release()).until(Phase.LANE_CHECK).stand()).wait(0.5).leave(ago_s=0.8)
    assert session.spoken("recall_one") == {"name": "Bea"}
    assert len(goes(session)) == 1
    waiting(session).stand().wait(0.8).leave(ago_s=0.8)
    assert [name for name, _ in goes(session)] == ["Ann", "Bea"]
    assert goes(session)[1][1] >= goes(session)[0][1] + 10.0


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (StandEnd.EARLY, "stand_early"),
        (StandEnd.MOVED, "stand_moved"),
        (StandEnd.SOMEBODY_ELSE, "stand_somebody_else"),
        (StandEnd.SENSOR, "stand_not_seen"),
    ],
)
def test_a_stand_that_counts_no_more_is_told_low_so_that_nobody_who_runs_takes_it_for_theirs(
    reason: StandEnd, said: str
) -> None:
    session = waiting(go(by_release())).stand()
    mark = session.mark
    session.stand(Stand.EMPTY, reason)
    assert (session.beeps(mark), session.said(mark)) == ([Signal.WAIT], [said])
    assert session.phase is Phase.AWAIT_RELEASE
    assert [one.record.athlete for one in session.state.on_course] == ["Ann"]


def test_who_does_not_come_is_called_again_and_takes_nobodys_time() -> None:
    session = waiting(go(by_release()))
    mark = session.mark
    arrive(session, "Ann", 14.0)
    session.wait(30.0)
    assert session.said(mark).count("turn_rolling") == 1
    assert session.said(mark)[-1] == "stand_in_beam"
    session.put(inputs.Absent("Bea"))
    go(session)
    assert [name for name, _ in goes(session)] == ["Ann", "Cid"]


def test_a_call_that_waited_for_a_result_is_made_when_that_is_on_disk() -> None:
    session = waiting(go(by_release(every_s=6.0)))
    called_again_s = session.now_s + 20.0
    session.disk = lambda _record: None
    arrive(session, "Ann", called_again_s - goes(session)[0][1] - 0.3)
    mark = session.mark
    session.wait(0.3)
    assert "turn_rolling" not in session.said(mark)
    record = session.results[1]
    session.put(inputs.Durable(record.rep, record.revision))
    assert "turn_rolling" in session.said(mark)


def test_somebody_in_the_way_at_the_finish_takes_the_start_back_and_leaves_who_runs() -> None:
    session = waiting(go(by_release())).stand().obstacle(Level.WARNING)
    assert session.phase is Phase.LANE_CHECK
    assert session.beeps()[-1] is Signal.WAIT
    assert [one.record.athlete for one in session.state.on_course] == ["Ann"]
    session.obstacle(Level.CLEAR)
    go(session)
    assert [name for name, _ in goes(session)] == ["Ann", "Bea"]


def test_a_lost_sensor_takes_the_start_back_and_with_a_spotter_the_box_gives_the_go() -> None:
    session = waiting(go(by_release())).stand().watch(SensorState.LOST, "silent", None)
    assert session.phase is Phase.LANE_CHECK
    session.put(inputs.Spotter())
    to_go(session, 2)
    ann, bea = (one.record for one in session.state.on_course)
    assert (ann.start, bea.start) == (StartKind.RELEASE, StartKind.GO)
    assert Flag.BLIND in bea.flags
    assert goes(session)[1][1] >= goes(session)[0][1] + 10.0


def test_whose_turn_is_skipped_or_paused_leaves_those_who_run_awaited() -> None:
    session = waiting(go(by_release())).put(inputs.Pause())
    assert session.phase is Phase.PAUSED
    assert session.state.expectation.at_line(START_LINE).mode is WatchMode.OFF
    arrive(session, "Ann", 14.0)
    waiting(session.put(inputs.Resume())).put(inputs.Skip())
    go(session)
    assert [name for name, _ in goes(session)] == ["Ann", "Cid"]


def test_a_swapped_finish_keeps_each_ones_own_start_with_its_interval() -> None:
    session = go(by_release(names=NAMES[:2], every_s=6.0))
    waiting(session).stand().wait(1.0).leave(uncertainty_s=0.2)
    arrive(session, "Ann", 13.0)
    arrive(session, "Bea", 9.0)
    starts = {record.rep: record.go_ns for record in session.results.values()}
    session.put(inputs.Swap(1, 2))
    assert {record.rep: record.go_ns for record in session.results.values()} == starts
    assert session.results[1].time_ns == starts[2] + 9 * S - starts[1]
    spreads = {rep: (record.uncertainty_ns or 0) / 1e9 for rep, record in session.results.items()}
    assert spreads == {1: pytest.approx((0.07**2 + 0.02**2) ** 0.5), 2: pytest.approx((0.2**2 + 0.02**2) ** 0.5)}


def test_after_a_power_cut_those_on_the_course_start_their_rep_again_by_themselves() -> None:
    session = arrive(go(by_release(), 2), "Ann", 13.0)
    saved = {save.record.rep: save.record for save in session.of(effects.Save)}
    state = recovered_session(session.plan, NAMES, AT_START, tuple(saved.values()))
    again = Drive(session.plan, state=state).put(inputs.Recover())
    assert [athlete.next_step for athlete in again.state.athletes] == [1, 0, 0]
    go(again)
    assert [name for name, _ in goes(again)] == ["Bea"]
    assert again.state.on_course[0].record.start is StartKind.RELEASE


def test_a_whole_session_ends_with_everybodys_reps() -> None:
    session = by_release(reps=2)
    for _ in range(6):
        go(session)
        name = goes(session)[-1][0]
        arrive(session, name, 8.0)
    assert session.until(Phase.DONE).phase is Phase.DONE
    assert [record.status for record in session.results.values()] == [RepStatus.FINISHED] * 6
    assert {record.start for record in session.results.values()} == {StartKind.RELEASE}


def test_a_step_by_the_clock_of_such_a_plan_is_started_by_the_box_for_all() -> None:
    of = plan(block(duration_s=60.0), order="rolling", every_s=6.0, lanes_apart=True, start=StartMethod.RELEASE)
    assert Drive(of, NAMES, AT_START).begin().to_go().asked_for_go == 1
