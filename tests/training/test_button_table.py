"""The button's table: complete, spoken, shown in the docs, and never asking the session for what it does not take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from retro_timer.detection.events import SensorState
from retro_timer.phrases import languages, load_catalogue
from retro_timer.ports import Placement
from retro_timer.training.button_table import (
    AT_ONCE,
    COMMANDS,
    TABLE,
    Action,
    Gesture,
    Row,
    markdown_table,
    row_of,
)
from retro_timer.training.plan import Order, StartMethod
from retro_timer.training.session import effects, inputs
from retro_timer.training.session.machine import recovered_session
from retro_timer.training.session.rules import Rules
from retro_timer.training.session.state import Phase
from tests.helpers.plans_made import block, plan
from tests.helpers.session_drive import Drive

DOCS = Path(__file__).resolve().parents[2] / "docs" / "button.md"
BELT = Rules(timing=Placement.BELT, watching=Placement.BELT)


def running() -> Drive:
    return Drive(plan(block(reps=3))).begin().to_go()


def resting() -> Drive:
    return running().finish(8.0)


def lost_before_a_start() -> Drive:
    drive = Drive(plan(block(reps=3))).begin().until(Phase.GET_READY)
    return drive.watch(SensorState.LOST, "silent", None).until(Phase.LANE_CHECK)


def cut_off() -> Drive:
    of = plan(block(reps=2))
    return Drive(of, state=recovered_session(of, ("Ann",), Rules(), ()))


STATES: dict[Row, Drive] = {
    Row.IDLE: Drive(),
    Row.CUT_OFF: cut_off(),
    Row.WAITING: resting(),
    Row.NEEDS_SPOTTER: lost_before_a_start(),
    Row.LANE_BLOCKED: Drive(plan(block(reps=3))).begin().until(Phase.LANE_CHECK).obstacle(),
    Row.AWAITS_PRESS: Drive(plan(start=StartMethod.BUTTON)).begin().until(Phase.AWAIT_PRESS),
    Row.AWAITS_RELEASE: Drive(plan(start=StartMethod.RELEASE)).begin().until(Phase.AWAIT_RELEASE),
    Row.RUNNING: running(),
    Row.PAUSE_ASKED: running().put(inputs.Pause()),
    Row.BY_HAND: running().watch(SensorState.LOST, "silent", None).wait(10.0),
    Row.PAUSED: resting().put(inputs.Pause()),
}


def test_every_cell_has_one_meaning() -> None:
    assert set(TABLE) == set(Row)
    for row, cells in TABLE.items():
        assert set(cells) | {Gesture.FIVE} == set(Gesture), row
    assert {action for cells in TABLE.values() for action in cells.values()} == set(Action)


def test_a_hold_of_ten_seconds_shuts_down_wherever_the_box_stands() -> None:
    assert {cells[Gesture.LONG_HOLD] for cells in TABLE.values()} == {Action.SHUT_DOWN}


def test_in_a_session_a_hold_stops_it_wherever_it_stands() -> None:
    for row in set(Row) - {Row.IDLE, Row.CUT_OFF}:
        assert TABLE[row][Gesture.HOLD] is Action.STOP


def test_where_a_press_counts_at_once_a_second_one_asks_for_nothing_else() -> None:
    for row in AT_ONCE:
        assert TABLE[row][Gesture.DOUBLE] is TABLE[row][Gesture.PRESS]


@pytest.mark.parametrize("row", Row)
def test_each_row_is_met_in_a_session(row: Row) -> None:
    assert row_of(STATES[row].state) is row


def test_without_any_session_and_after_one_the_box_is_idle() -> None:
    assert row_of(None) is Row.IDLE
    assert row_of(resting().put(inputs.Stop()).state) is Row.IDLE


def test_before_the_go_the_button_pauses_in_every_phase() -> None:
    drive = Drive(plan(start=StartMethod.MARKS_SET_GO)).begin()
    for phase in (Phase.BRIEF, Phase.GET_READY, Phase.LANE_CHECK, Phase.COUNTDOWN, Phase.SET):
        assert row_of(drive.until(phase).state) is Row.WAITING


def test_a_rep_on_the_belt_is_ended_by_the_button() -> None:
    drive = Drive(plan(block()), rules=BELT).begin().to_go()
    assert row_of(drive.state) is Row.BY_HAND


def rolling_with_one_on_the_course(**fields: Any) -> Drive:
    given = {"order": Order.ROLLING, "every_s": 12.0, "lanes_apart": True, **fields}
    session = Drive(plan(block(reps=2), **given), ("Ann", "Bea")).begin()
    if "start" in fields:
        session.until(Phase.AWAIT_PRESS).put(inputs.Start())
    else:
        session.until(Phase.COUNTDOWN).until(Phase.REST)
    assert [one.record.athlete for one in session.state.on_course] == ["Ann"]
    return session


def test_with_the_watch_lost_and_somebody_on_the_course_a_press_stops_their_clock() -> None:
    session = rolling_with_one_on_the_course().until(Phase.LANE_CHECK).watch(SensorState.LOST, "sunlight", None)
    assert (session.phase, row_of(session.state)) == (Phase.LANE_CHECK, Row.BY_HAND)
    session.put(COMMANDS[TABLE[Row.BY_HAND][Gesture.PRESS]])
    assert [(r.athlete, r.method) for r in session.results.values()] == [("Ann", "manual")]
    assert row_of(session.state) is Row.NEEDS_SPOTTER


def test_so_it_does_while_the_session_is_held() -> None:
    session = rolling_with_one_on_the_course().put(inputs.Pause())
    assert row_of(session.state) is Row.PAUSED
    session.watch(SensorState.LOST, "sunlight", None).wait(5.0)
    assert row_of(session.state) is Row.BY_HAND
    session.put(COMMANDS[TABLE[Row.BY_HAND][Gesture.PRESS]])
    assert row_of(session.state) is Row.PAUSED


def test_a_press_gives_the_go_that_waits_for_it_only_where_a_start_may_be() -> None:
    session = rolling_with_one_on_the_course(start=StartMethod.BUTTON).until(Phase.AWAIT_PRESS)
    session.watch(SensorState.LOST, "sunlight", None)
    assert row_of(session.state) is Row.BY_HAND
    session.put(inputs.Spotter())
    assert row_of(session.state) is Row.AWAITS_PRESS


def test_a_timed_step_ends_by_its_clock_even_on_the_belt() -> None:
    drive = Drive(plan(block(duration_s=60.0)), rules=BELT).begin().to_go()
    assert row_of(drive.state) is Row.RUNNING


def test_a_spotter_is_asked_for_once() -> None:
    drive = lost_before_a_start().put(inputs.Spotter())
    assert row_of(drive.state) is not Row.NEEDS_SPOTTER


@pytest.mark.parametrize("row", sorted(set(Row) - {Row.IDLE}))
@pytest.mark.parametrize("gesture", [gesture for gesture in Gesture if gesture is not Gesture.FIVE])
def test_the_session_takes_what_the_table_asks_of_it(row: Row, gesture: Gesture) -> None:
    action = TABLE[row][gesture]
    if action not in COMMANDS:
        return
    drive = Drive(state=STATES[row].state)
    drive.now_ns = STATES[row].now_ns
    mark = drive.mark
    drive.put(COMMANDS[action])
    if action is Action.VOID and not drive.state.results:
        assert drive.refused(mark) == ["nothing_to_void"]
    else:
        assert drive.refused(mark) == [], f"{row}: {action}"


@pytest.mark.parametrize("row", sorted(set(Row) - {Row.IDLE}))
@pytest.mark.parametrize("gesture", [gesture for gesture in Gesture if gesture is not Gesture.FIVE])
def test_what_the_session_does_of_it_is_heard(row: Row, gesture: Gesture) -> None:
    action = TABLE[row][gesture]
    if action not in COMMANDS:
        return
    drive = Drive(state=STATES[row].state)
    drive.now_ns = STATES[row].now_ns
    drive.put(COMMANDS[action])
    heard = drive.of(effects.Say) + drive.of(effects.Beep) + drive.of(effects.GoTone)
    assert heard, f"{row}: {action} is silent"


def test_a_rep_under_way_and_the_last_one_are_voided() -> None:
    for drive in (running(), resting()):
        drive.put(COMMANDS[TABLE[row_of(drive.state)][Gesture.DOUBLE]])
        assert [record.status for record in drive.results.values()] == ["void"]


def test_a_press_in_a_rep_is_taken_back_by_the_next_one() -> None:
    drive = running()
    for _ in range(2):
        drive.put(COMMANDS[TABLE[row_of(drive.state)][Gesture.PRESS]])
    assert row_of(drive.state) is Row.RUNNING
    drive.finish(8.0)
    assert drive.phase is Phase.REST


@pytest.mark.parametrize("language", languages())
def test_every_action_has_words_in_every_language(language: str) -> None:
    catalogue = load_catalogue(language)
    for action in Action:
        assert catalogue.render(action, {}).strip()
    told = catalogue.values_of("button_help") | catalogue.values_of("button_help_five")
    assert told == {gesture.name.lower() for gesture in Gesture}


def test_five_presses_mean_something_only_without_a_session() -> None:
    assert [row for row, cells in TABLE.items() if Gesture.FIVE in cells] == [Row.IDLE]


def test_the_docs_show_the_table_as_it_is() -> None:
    assert markdown_table() in DOCS.read_text(encoding="utf-8")


def test_the_table_for_the_docs_has_a_line_for_each_row() -> None:
    lines = markdown_table().splitlines()
    assert len(lines) == 2 + len(Row)
    assert {line.count("|") for line in lines} == {2 + len(Gesture)}
