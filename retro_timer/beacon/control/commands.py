"""Control messages as commands: what `ctl`, a button or a page may ask of the session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from retro_timer.beacon.messages import SayButton, SetVolume, StartPlan
from retro_timer.errors import BadInputError, near_miss
from retro_timer.training.roster import MOST_ATHLETES, checked_name
from retro_timer.training.session import inputs

PLAIN: dict[str, type[inputs.Command]] = {
    "pause": inputs.Pause,
    "resume": inputs.Resume,
    "skip": inputs.Skip,
    "void": inputs.Void,
    "finish": inputs.ManualFinish,
    "undo": inputs.Undo,
    "spotter": inputs.Spotter,
    "repeat": inputs.Repeat,
    "stop": inputs.Stop,
    "recover": inputs.Recover,
    "close": inputs.CloseInterrupted,
    "help": SayButton,
}
"""Commands without an argument."""
NAMED: dict[str, Callable[[str], inputs.Command]] = {
    "give": inputs.Give,
    "absent": inputs.Absent,
    "present": inputs.Present,
    "add": lambda name: inputs.Add(checked_name(name.strip(), "ctl add")),
}
"""Commands with an athlete's name."""
ACTIONS = ("start", *PLAIN, *NAMED, "order", "volume")
MakeStart = Callable[[str | None], StartPlan]
"""Reads a plan by its name, or the default one."""


def command_of(message: dict[str, Any], make_start: MakeStart) -> inputs.Command | StartPlan:
    """The command in a message {"ctl": action, ...}. Raises BadInputError for one that is not understood."""
    action = message.get("ctl")
    if not isinstance(action, str) or action not in ACTIONS:
        raise BadInputError(
            "ctl", f"no action '{action}'{near_miss(str(action), ACTIONS)}", f"one of {', '.join(ACTIONS)}"
        )
    if action in PLAIN:
        return PLAIN[action]()
    if action == "start":
        plan = message.get("plan")
        if plan is not None and not isinstance(plan, str):
            raise BadInputError("ctl start", "the plan is not a text", "a plan's name")
        return make_start(plan)
    if action == "volume":
        return SetVolume(percent_of(message.get("percent")))
    name = message.get("name")
    if not isinstance(name, str) or not name.strip():
        raise BadInputError(f"ctl {action}", "no athlete named", f"ctl {action} NAME")
    if action == "order":
        return inputs.Order(name, place_of(message.get("place")))
    return NAMED[action](name)


def place_of(value: Any) -> int:
    """A place in the order of turns. Raises BadInputError for what is no whole number from 1 to the most athletes."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_ATHLETES:
        problem = "no place named" if value is None else f"'{value}' is no place"
        raise BadInputError("ctl order", problem, f"ctl order NAME N, with N from 1 to {MOST_ATHLETES}")
    return value


def percent_of(value: Any) -> int:
    """A volume. Raises BadInputError for what is no whole number from 0 to 100."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100:
        problem = "no volume named" if value is None else f"'{value}' is no volume"
        raise BadInputError("ctl volume", problem, "a whole number from 0 to 100")
    return value
