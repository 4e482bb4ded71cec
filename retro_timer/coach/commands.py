"""The commands as forms, made from the protocol: one that is new there is on the page as soon as it is."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from retro_timer.beacon.control.protocol.commands import COMMANDS, AnyCommand
from retro_timer.coach.figures import whole
from retro_timer.errors import BadInputError
from retro_timer.settings.tables import convert

_NOT_ASKED = frozenset(("version",))
ALWAYS = ("halt", "stop")
"""Shown apart, whatever happens."""
PRESSED = "pressed_ms"
"""The field in which a page's script tells when a button was pressed, by the box's clock in milliseconds."""
LATE_S = 3.0
"""A command that comes so long after its press was meant for another moment: a network that hung must not skip a rep of
now. Shorter, and a slow Wi-Fi's retries are refused."""
_NEVER_LATE = frozenset((*ALWAYS, "pause"))
_WAITING = frozenset(("brief", "get-ready", "lane-check", "await-press", "await-release", "rest", "recovery"))
_OVER = frozenset(("done", "stopped"))
NO_SESSION = _OVER | {"idle"}
"""Phases in which nothing can be ended."""
AT_HAND: dict[str, frozenset[str]] = {
    "start": NO_SESSION,
    "recover": frozenset(("recoverable",)),
    "close": frozenset(("recoverable",)),
    "finish": frozenset(("running",)),
    "resume": frozenset(("paused",)),
    "spotter": frozenset(("lane-check",)),
    "pause": _WAITING | {"countdown", "set", "running"},
    "skip": _WAITING | {"running"},
    "void": _WAITING | {"running", "paused"},
    "undo": _WAITING | {"running", "paused"},
}
"""In which phases a button is large; all the others are below it. The box refuses what is not possible and says why."""
WITH_RUNNERS = frozenset(("finish",))
"""Large in every phase in which anybody is on the course: of several in nearly all of them."""


class Field(msgspec.Struct, frozen=True):
    """What a command wants to know."""

    name: str
    is_number: bool
    needed: bool


class Form(msgspec.Struct, frozen=True):
    """A command."""

    tag: str
    help: str
    """The command's own line, in English."""
    fields: tuple[Field, ...]

    @property
    def plain(self) -> bool:
        """Whether a press is all that it needs."""
        return not any(field.needed for field in self.fields)


def _form_of(tag: str, kind: type[AnyCommand]) -> Form:
    fields = [field for field in msgspec.structs.fields(kind) if field.name not in _NOT_ASKED]
    return Form(tag, " ".join((kind.__doc__ or "").split()), tuple(map(_field_of, fields)))


def _field_of(field: msgspec.structs.FieldInfo) -> Field:
    schema = msgspec.json.schema(field.type)
    kinds = {each.get("type") for each in (schema, *schema.get("anyOf", ()))}
    return Field(field.name, bool(kinds & {"integer", "number"}), field.required)


FORMS: dict[str, Form] = {tag: _form_of(tag, kind) for tag, kind in COMMANDS.items()}
"""By the command's name, in the protocol's order."""


def command_of(tag: str, sent: Mapping[str, str]) -> AnyCommand:
    """The command of a form that was sent; what was left empty is not said. Raises BadInputError."""
    kind = COMMANDS.get(tag)
    if kind is None:
        raise BadInputError(tag, "no such command", f"one of {', '.join(COMMANDS)}")
    given: dict[str, str | int] = {"request": tag}
    for field in FORMS[tag].fields:
        text = sent.get(field.name, "").strip()
        if text:
            given[field.name] = _number(text, field.name) if field.is_number else text
    return convert(given, kind, tag)


def is_late(tag: str, sent: Mapping[str, str], now_ns: int) -> bool:
    """Whether a command's press is too long ago at `now_ns` of the box's clock. What holds the session never is, nor a
    form without a script, which tells no time. Raises BadInputError.
    """
    pressed = sent.get(PRESSED, "")
    if not pressed or tag in _NEVER_LATE:
        return False
    return now_ns / 1e6 - _number(pressed, PRESSED, 15) > LATE_S * 1e3


def _number(text: str, where: str, most_figures: int = 9) -> int:
    number = whole(text, most_figures)
    if number is None:
        raise BadInputError(where, f"'{text[:20]}' is no number", "a whole number")
    return number
