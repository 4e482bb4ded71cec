"""The one table of the one button: what a gesture means in each state; docs, speech and beacon read it here."""

from __future__ import annotations

from enum import StrEnum

from retro_timer.detection.events import Level, SensorState
from retro_timer.ports import Placement
from retro_timer.training.session import inputs
from retro_timer.training.session.state import ENDED, Phase, SessionState


class Gesture(StrEnum):
    """What a person does with the button."""

    PRESS = "press"
    DOUBLE = "double"
    """A second press within 0.4 s."""
    HOLD = "hold"
    """Held for 2 s and let go before 5 s, when the warning comes."""
    LONG_HOLD = "long-hold"
    """Held for 10 s."""
    FIVE = "five"
    """Five presses, each within 0.4 s of the one before; only in a row that has it."""


class Row(StrEnum):
    """State of the box, as far as the button cares."""

    IDLE = "idle"
    CUT_OFF = "cut-off"
    WAITING = "waiting"
    NEEDS_SPOTTER = "needs-spotter"
    LANE_BLOCKED = "lane-blocked"
    AWAITS_PRESS = "awaits-press"
    AWAITS_RELEASE = "awaits-release"
    RUNNING = "running"
    PAUSE_ASKED = "pause-asked"
    BY_HAND = "by-hand"
    PAUSED = "paused"


class Action(StrEnum):
    """What the box does; the value is the key of the phrase that names it."""

    START = "button_start"
    NEXT_PLAN = "button_next_plan"
    SAY_WATCH = "button_say_watch"
    PAIR = "button_pair"
    SAY_BUTTON = "button_say_button"
    SHUT_DOWN = "button_shut_down"
    RECOVER = "button_recover"
    CLOSE = "button_close"
    PAUSE = "button_pause"
    PAUSE_AFTER = "button_pause_after"
    NO_PAUSE = "button_no_pause"
    RESUME = "button_resume"
    SPOTTER = "button_spotter"
    LOOK_ANEW = "button_look_anew"
    GO = "button_go"
    FINISH = "button_finish"
    VOID = "button_void"
    STOP = "button_stop"


def _in_session(press: Action, double: Action = Action.VOID) -> dict[Gesture, Action]:
    return {
        Gesture.PRESS: press,
        Gesture.DOUBLE: double,
        Gesture.HOLD: Action.STOP,
        Gesture.LONG_HOLD: Action.SHUT_DOWN,
    }


TABLE: dict[Row, dict[Gesture, Action]] = {
    Row.IDLE: {
        Gesture.PRESS: Action.START,
        Gesture.DOUBLE: Action.NEXT_PLAN,
        Gesture.HOLD: Action.SAY_WATCH,
        Gesture.LONG_HOLD: Action.SHUT_DOWN,
        Gesture.FIVE: Action.PAIR,
    },
    Row.WAITING: _in_session(Action.PAUSE),
    Row.NEEDS_SPOTTER: _in_session(Action.SPOTTER),
    Row.LANE_BLOCKED: _in_session(Action.LOOK_ANEW, Action.PAUSE),
    # A second tap must neither void the rep that the first one started nor the time that it took.
    Row.AWAITS_PRESS: _in_session(Action.GO, Action.GO),
    Row.AWAITS_RELEASE: _in_session(Action.PAUSE),
    Row.RUNNING: _in_session(Action.PAUSE_AFTER),
    Row.PAUSE_ASKED: _in_session(Action.NO_PAUSE),
    Row.BY_HAND: _in_session(Action.FINISH, Action.FINISH),
    Row.PAUSED: _in_session(Action.RESUME),
    Row.CUT_OFF: {
        Gesture.PRESS: Action.RECOVER,
        Gesture.DOUBLE: Action.SAY_BUTTON,
        Gesture.HOLD: Action.CLOSE,
        Gesture.LONG_HOLD: Action.SHUT_DOWN,
    },
}

AT_ONCE = frozenset((Row.AWAITS_PRESS, Row.BY_HAND))
"""Here a press counts when the button goes down, without waiting for a second one."""

COMMANDS: dict[Action, inputs.Command] = {
    Action.RECOVER: inputs.Recover(),
    Action.CLOSE: inputs.CloseInterrupted(),
    Action.PAUSE: inputs.Pause(),
    Action.PAUSE_AFTER: inputs.Pause(),
    Action.NO_PAUSE: inputs.Resume(),
    Action.RESUME: inputs.Resume(),
    Action.SPOTTER: inputs.Spotter(),
    Action.LOOK_ANEW: inputs.Start(),
    Action.GO: inputs.Start(),
    Action.FINISH: inputs.ManualFinish(),
    Action.VOID: inputs.Void(),
    Action.STOP: inputs.Stop(),
}
"""The actions that are the session's; the others are the box's."""

_GESTURE_WORDS = {
    Gesture.PRESS: "press",
    Gesture.DOUBLE: "double press",
    Gesture.HOLD: "hold 2 s",
    Gesture.LONG_HOLD: "hold 10 s",
    Gesture.FIVE: "five presses",
}
_ROW_WORDS = {
    Row.IDLE: "no session",
    Row.WAITING: "rest, or before a go",
    Row.NEEDS_SPOTTER: "a start waits: watch lost",
    Row.LANE_BLOCKED: "a start waits: lane not clear",
    Row.AWAITS_PRESS: "a start waits for the press",
    Row.AWAITS_RELEASE: "a start waits for the athlete",
    Row.RUNNING: "in a rep",
    Row.PAUSE_ASKED: "in a rep, a pause asked for",
    Row.BY_HAND: 'in a rep (rolling: anybody on the course) on the belt, with the watch lost, or after "lane not seen"',
    Row.PAUSED: "paused",
    Row.CUT_OFF: "after a power cut",
}
_ACTION_WORDS = {
    Action.START: "start the chosen plan",
    Action.NEXT_PLAN: "choose the next plan and say it",
    Action.SAY_WATCH: "say what the watch covers",
    Action.PAIR: "say a PIN: a phone may be paired",
    Action.SAY_BUTTON: "say what the button does",
    Action.SHUT_DOWN: "shut the box down",
    Action.RECOVER: "go on with the session",
    Action.CLOSE: "close the session",
    Action.PAUSE: "pause",
    Action.PAUSE_AFTER: "pause after this rep",
    Action.NO_PAUSE: "no pause after all",
    Action.RESUME: "go on",
    Action.SPOTTER: "a spotter is there: start",
    Action.LOOK_ANEW: "the box was moved: look at the lane anew",
    Action.GO: "go, at once",
    Action.FINISH: "stop the clock, at once",
    Action.VOID: "void the rep, or the last one",
    Action.STOP: "stop the session",
}


def row_of(state: SessionState | None) -> Row:
    """The table's row for the present session, or for none."""
    if state is None or state.phase in ENDED or state.phase is Phase.IDLE:
        return Row.IDLE
    if state.phase is Phase.RECOVERABLE:
        return Row.CUT_OFF
    lost = state.watch_state is SensorState.LOST
    by_hand = _ends_by_hand(state)
    may_go = state.phase is Phase.AWAIT_PRESS and (state.spotter or not lost)
    if state.rolling and by_hand and not may_go:
        # Whatever else waits for a press can wait longer than who runs.
        return Row.BY_HAND
    if state.phase is Phase.PAUSED:
        return Row.PAUSED
    if state.phase is Phase.AWAIT_PRESS:
        return Row.AWAITS_PRESS
    if state.phase is Phase.AWAIT_RELEASE:
        return Row.AWAITS_RELEASE
    if state.phase is Phase.LANE_CHECK and lost and not state.spotter:
        return Row.NEEDS_SPOTTER
    if state.phase is Phase.LANE_CHECK and state.level is not Level.CLEAR and state.told_ns is not None:
        return Row.LANE_BLOCKED
    if state.running is None:
        return Row.WAITING
    if by_hand:
        return Row.BY_HAND
    return Row.PAUSE_ASKED if state.pause_after else Row.RUNNING


def _ends_by_hand(state: SessionState) -> bool:
    """Whether somebody runs whose end the box may not see."""
    if state.running is None or not state.running.comes:
        return False
    unseen = any(one.unseen_ns is not None for one in state.on_course)
    return unseen or state.watch_state is SensorState.LOST or state.rules.timing is Placement.BELT


def markdown_table() -> str:
    """The table for the documentation; docs/button.md holds it as it is here."""
    lines = [
        f"| state | {' | '.join(_GESTURE_WORDS[gesture] for gesture in Gesture)} |",
        f"|---|{'---|' * len(Gesture)}",
    ]
    for row, cells in TABLE.items():
        told = " | ".join(_ACTION_WORDS[cells[gesture]] if gesture in cells else "–" for gesture in Gesture)
        lines.append(f"| {_ROW_WORDS[row]} | {told} |")
    return "\n".join(lines) + "\n"
