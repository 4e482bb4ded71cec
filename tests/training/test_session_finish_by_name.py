"""With several on the course a hand stops the clock of whoever is named."""

from __future__ import annotations

from typing import Any

import pytest

from retro_timer.detection.events import SensorState
from retro_timer.detection.expectation import ARRIVAL
from retro_timer.training.record import Flag, RepStatus
from retro_timer.training.session import inputs
from tests.helpers.plans_made import block, plan
from tests.helpers.rolling_drive import arrive, rolling, times, to_go
from tests.helpers.session_drive import Drive
from tests.helpers.waves_drive import waves

FOUR = ("Ann", "Bea", "Cid", "Dan")


def four_out(**fields: Any) -> Drive:
    """Four run 20 m, their goes as close behind each other as can be, and the last has run for 5 s."""
    return to_go(rolling(reps=1, names=FOUR, every_s=3.0, **fields), 4).wait(5.0)


def somebody_arrives(session: Drive) -> Drive:
    """A body at the line now; nothing tells the session who it is."""
    back_ns = session.now_ns
    session.put(inputs.CrossingSeen(ARRIVAL, back_ns)).wait(0.2)
    return session.put(inputs.FinishSeen(ARRIVAL, back_ns, 20_000_000, "gate", session.now_ns))


def test_the_gate_lost_with_four_on_the_course_each_is_finished_by_name() -> None:
    session = four_out()
    assert [one.record.athlete for one in session.state.on_course] == list(FOUR)
    session.watch(SensorState.LOST, "silent", None)
    assert session.spoken("manual_finish_of") == {"names": "Ann or Bea or Cid or Dan"}
    for name in ("Cid", "Ann", "Dan", "Bea"):
        session.put(inputs.ManualFinish(name)).wait(0.4)
    assert {r.athlete: r.method for r in session.results.values()} == dict.fromkeys(FOUR, "manual")
    assert all({Flag.BLIND, Flag.MANUAL} <= set(r.flags) for r in session.results.values())
    ends_ns = {r.athlete: r.go_ns + (r.time_ns or 0) for r in session.results.values()}
    assert sorted(FOUR, key=lambda name: ends_ns[name]) == ["Cid", "Ann", "Dan", "Bea"]


def test_who_was_not_finished_by_name_is_timed_by_the_sensor_once_it_is_back() -> None:
    session = four_out().watch(SensorState.LOST, "silent", None).put(inputs.ManualFinish("Ann"))
    somebody_arrives(session.wait(1.0).watch(SensorState.OK).wait(2.0))
    first, second = session.results.values()
    assert (first.athlete, first.method, second.method) == ("Ann", "manual", "gate")
    assert second.athlete != "Ann"


def test_whoever_is_named_is_finished_right_after_another_ones_finish_as_well() -> None:
    session = somebody_arrives(four_out())
    (timed,) = (record.athlete for record in session.results.values())
    session.put(inputs.ManualFinish())
    assert session.refused() == ["too_early"]
    next_one = session.state.on_course[0].record.athlete
    session.put(inputs.ManualFinish(next_one))
    assert {name for name, _ in times(session).values()} == {timed, next_one}


def test_the_body_of_who_was_finished_by_name_is_nobody_else_s_finish() -> None:
    session = somebody_arrives(four_out().put(inputs.ManualFinish("Cid")).wait(0.5))
    assert [name for name, _ in times(session).values()] == ["Cid"]
    assert session.events("crossing_withdrawn") == []


@pytest.mark.parametrize(
    ("name", "why"), [("Ann", "not_running"), ("Bea", "too_early"), ("Nobody", "nobody_of_that_name")]
)
def test_who_cannot_be_finished_is_refused_and_nobody_else_is_finished(name: str, why: str) -> None:
    session = arrive(to_go(rolling(every_s=10.0), 1), "Ann", 9.0)
    to_go(session, 2).wait(0.5).put(inputs.ManualFinish(name))
    assert session.refused() == [why]
    assert [r.athlete for r in session.results.values()] == ["Ann"]


def test_of_a_wave_and_of_one_alone_it_is_the_same() -> None:
    session = to_go(waves(), 2).wait(9.0).put(inputs.ManualFinish("Bea"))
    assert [one.record.athlete for one in session.state.on_course] == ["Ann"]
    alone = Drive(plan(block()), ("Ann", "Bea")).begin().to_go().wait(9.0)
    assert alone.put(inputs.ManualFinish("Bea")).refused() == ["not_running"]
    assert [r.athlete for r in alone.put(inputs.ManualFinish("ann")).results.values()] == ["Ann"]


def test_a_step_that_all_do_at_once_ends_for_all_whoever_is_named() -> None:
    session = Drive(plan(block(duration_s=60.0)), ("Ann", "Bea")).begin().to_go().wait(30.0)
    session.put(inputs.ManualFinish("Bea"))
    assert [r.status for r in session.results.values()] == [RepStatus.FINISHED, RepStatus.FINISHED]
