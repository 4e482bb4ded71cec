"""The form from which most plans can be made: its fields as they were typed, and the plan's text of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.training.gaits import Gait
from retro_timer.training.plan import Order, Part, StartMethod
from retro_timer.training.plan_text import (
    BlockFigures,
    OrderFigures,
    PlanFigures,
    read_lengths,
    read_target,
    read_wave_size,
    walk,
)

Choice = TypeVar("Choice", bound=StrEnum)

AS_IT_BEGINS: dict[str, str] = {
    "name": "",
    "title": "",
    "purpose": "",
    "gait": str(Gait.JOG),
    "start": str(StartMethod.COUNTDOWN),
    "order": str(Order.ROTATION),
    "every_s": "",
    "lanes_apart": "",
    "wave_size": "",
    "distance_m": "20",
    "crossings_s": "",
    "relay": "",
    "reps": "4",
    "sets": "1",
    "rest_s": "25",
    "recovery_s": "180",
    "target_s": "",
    "warm_up_min": "0",
    "cool_down_min": "0",
}
"""What stands in the fields of an empty form, by their names, in order."""
CHOSEN: dict[str, type[StrEnum]] = {"gait": Gait, "start": StartMethod, "order": Order}
"""The fields in which one of a few is chosen."""
_TICKED = "yes"
_FIELD_OF_KEY = {
    "crossings": "crossings_s",
    "duration_s": "crossings_s",
    "relay": "relay",
    "distances_m": "distance_m",
    "every_s": "every_s",
    "lanes_apart": "lanes_apart",
    "target_s": "target_s",
    "wave_size": "wave_size",
}
"""Where on the form a plan's key is asked for, of those that do not go with every other one."""
_LABELS = {
    **{field: field for field in AS_IT_BEGINS},
    "name": "file_name",
    "title": "plan_called",
    "purpose": "link_for",
    "start": "start_by",
    "order": "group_order",
    "relay": "relay_legs",
    "reps": "reps_in_set",
    "distances_m": "distance_m",
    "duration_s": "crossings_s",
}
"""The keys of the page's words beside each field, and for a plan's keys that have none of their own name."""
_CHOICE = re.compile(r"\b(order|start) = '([a-z-]+)'")
_KEY = re.compile(rf"\b({'|'.join(key for key in (*_FIELD_OF_KEY, 'distance_m') if '_' in key)})\b(?: = true)?")
_LONGEST = 12
"""Of a number."""
_OFTEN = 3


def given_in(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed into each field."""
    return {name: form.get(name, begins).strip() for name, begins in AS_IT_BEGINS.items()}


def plan_text(given: Mapping[str, str]) -> str:
    """TOML, to be checked as any other. Raises BadInputError, whose place is the field."""
    lengths = read_lengths(given["distance_m"])
    duration_s = _number(given, "crossings_s", 7200.0) or None if given["crossings_s"] else None
    if len(lengths) > 1 and duration_s is not None:
        raise BadInputError("crossings_s", "there is a ladder of distances as well", "one distance, or nothing here")
    sets = _whole(given, "sets", 0)
    block = BlockFigures(
        lengths_m=lengths,
        reps=_whole(given, "reps", 1),
        sets=sets,
        target=read_target(given["target_s"]),
        duration_s=duration_s,
        relay=given["relay"] == _TICKED,
    )
    cool_down = walk(Part.COOL_DOWN, _number(given, "cool_down_min", 120.0)) if sets else ()
    return PlanFigures(
        title=given["title"] or given["name"].replace("-", " ").capitalize(),
        purpose=given["purpose"] or "own training",
        gait=_chosen(given, "gait", Gait),
        start=_chosen(given, "start", StartMethod),
        rest_s=_number(given, "rest_s", 3600.0),
        recovery_s=_number(given, "recovery_s", 3600.0),
        often=_OFTEN,
        blocks=(*walk(Part.WARM_UP, _number(given, "warm_up_min", 120.0)), block, *cool_down),
        order=_order(given),
    ).text()


def beside_field(wrong: RetroTimerError | None) -> BadInputError | None:
    """What a check has found in the plan's text, with the field as its place; None where no field asks for that."""
    if not isinstance(wrong, BadInputError):
        return None
    field = _FIELD_OF_KEY.get(wrong.where.replace(": ", ".").rpartition(".")[2])
    return None if field is None else BadInputError(field, wrong.problem, wrong.expected)


def in_words(wrong: BadInputError, shown: Callable[[str], str]) -> str:
    """What is wrong with a field, for whoever sees the form and no plan's text: what they chose and filled in by what
    stands beside it there. `shown`: the page's words by their keys."""

    def chosen(found: re.Match[str]) -> str:
        # What was typed is told as well, and may be anything.
        if found[2] not in list(CHOSEN[found[1]]):
            return found[0]
        return f"“{_label(found[1], shown)}: {shown(f'{found[1]}_{found[2]}')}”"

    field, _, more = wrong.where.partition(" ")
    text = f"{wrong.problem}; expected {wrong.expected}" if wrong.expected else wrong.problem
    text = _KEY.sub(lambda found: f"“{_label(found[1], shown)}”", _CHOICE.sub(chosen, text.removeprefix("true ")))
    return f"{_label(field, shown)}{more and ' '}{more}: {text}"


def _label(field: str, shown: Callable[[str], str]) -> str:
    return shown(_LABELS[field]) if field in _LABELS else field


def _order(given: Mapping[str, str]) -> OrderFigures:
    return OrderFigures(
        order=_chosen(given, "order", Order),
        every_s=_number(given, "every_s", 3600.0) if given["every_s"] else None,
        lanes_apart=given["lanes_apart"] == _TICKED,
        wave_size=read_wave_size(given["wave_size"]),
    )


def _number(given: Mapping[str, str], field: str, most: float) -> float:
    text = given[field].replace(",", ".")
    try:
        number = float(text) if len(text) <= _LONGEST else -1.0
    except ValueError:
        number = -1.0
    if not 0.0 <= number <= most:
        raise BadInputError(field, f"'{text[:_LONGEST]}' is no such number", f"one from 0 to {most:g}")
    return number


def _whole(given: Mapping[str, str], field: str, least: int) -> int:
    number = _number(given, field, 99.0)
    if number != int(number) or number < least:
        raise BadInputError(field, f"'{given[field][:_LONGEST]}' is no such number", f"a whole one from {least} to 99")
    return int(number)


def _chosen(given: Mapping[str, str], field: str, kind: type[Choice]) -> Choice:
    try:
        return kind(given[field])
    except ValueError:
        raise BadInputError(field, "not a choice", f"one of {', '.join(kind)}") from None
