"""The page and the JSON Schema of the socket's messages, from their structs."""

from __future__ import annotations

import ast
import inspect
import json
import re
import textwrap
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from docs.socket_page.examples import Examples
from retro_timer.beacon.control.protocol import answers, commands, requests
from retro_timer.beacon.control.protocol.base import VERSION, Answer, Request
from retro_timer.beacon.control.protocol.facts import SensorFacts, SensorReadings
from retro_timer.beacon.events import EVENTS, BeaconEvent, Logged, Tone
from retro_timer.beacon.system.strain import Strain
from retro_timer.ports import RangeSample, SensorSpec
from retro_timer.settings.calibration import SensorCalibration
from retro_timer.store.results.athlete_edits import Done, Known
from retro_timer.store.results.edits import AnyEdit
from retro_timer.store.results.forgetting import Forgetting
from retro_timer.training.corrections import AnyCorrection
from retro_timer.training.record import RepRecord
from retro_timer.training.session.events import Event

DOCS = Path(__file__).parent.parent
PAGE, SCHEMA = DOCS / "socket.md", DOCS / "socket.schema.json"
_LONGEST_LINE = 600
_ROOMS = ("retro_timer.training.session.events", "retro_timer.beacon.control.protocol.commands")
"""Packages of messages, by whose names the schema tells apart what is called alike."""
_PARTS: tuple[type[msgspec.Struct], ...] = (
    answers.TimerStatus, answers.WatchStatus, answers.VolumeStatus, answers.SensorStatus, answers.AthleteStatus,
    Strain, Logged, RepRecord, SensorFacts, SensorReadings, SensorSpec, RangeSample, SensorCalibration,
    *get_args(AnyEdit), *get_args(AnyCorrection), Known, Done, Forgetting,
)  # fmt: skip
_HEAD = f"""# The socket

Made by `make socket` from the program's own messages; the lines are from a simulated session. Their
[JSON Schema](socket.schema.json).

The running timer listens at `/run/retro-timer/beacon.sock` (off the box `$RETRO_TIMER_STATE/run/beacon.sock`), for its
user and the group `retro-timer`. `page.sock` (on an installed box in `/run/retro-timer-page`, for the page's user,
elsewhere beside the other) answers the coach's page, which may ask for `status`, `follow`, `log`, `facts`,
`open_pairing`, `try_pin`, `set_clock`, `shut_down`, `beep`, `say` of a name, every command, and an `edit` of a rep, a
session's note, a plan, a roster or the language; the rest is refused there. Each line is one JSON object, either way.
To try it:

```
echo '{{"request":"status"}}' | socat - UNIX-CONNECT:/run/retro-timer/beacon.sock
```

- A request is answered once, with an answer of its own, `done` or `error`; `follow` is answered with `following`, and
  then events come until somebody hangs up. Answers to what takes a while (`keep`, commands) may overtake each other.
- The protocol's version is {VERSION}: `version` in a request says what the asker speaks, and left out that it speaks
  this timer's. Another one is refused as `version`. It grows when a message loses a field or changes its meaning.
- What is only added keeps the version: pass over fields and events that you do not know. The timer passes over
  fields that it does not know.
- † may be left out of a request or be null; an answer or event always has it.
- Times `t_ns`, `until_ns`, `after_ns`, `now_ns` are nanoseconds of the timer's monotonic clock; `origin_ns` is when it
  began.
- A line of more than 65,536 bytes, or 262,144 bytes that a client does not read, end the connection; there may be 64.
"""


def page(lines: Examples) -> str:
    """docs/socket.md."""
    parts = [_HEAD, "## Requests\n"]
    looks = [kind for kind in requests.REQUESTS.values() if not issubclass(kind, commands.Command)]
    parts += [_message(kind, lines.requests, lines.answered) for kind in looks]
    parts.append("## Commands\n\nRequests that are answered with `done`, or with `error` and why not.\n")
    parts += [_message(kind, lines.requests, {}) for kind in commands.COMMANDS.values()]
    parts.append("## Answers\n\n`ok` is false in `error` and true in all others.\n")
    parts += [_message(kind, lines.answers, {}) for kind in get_args(answers.AnyAnswer)]
    parts.append("## Events\n")
    parts += [_event(kind, lines) for kind in EVENTS.values() if kind is not Tone]
    parts.append("## Parts\n\nWhat stands in the messages; settings and calibration as in the schema.\n")
    parts += ["\n".join([f"### {kind.__name__}\n", f"{inspect.getdoc(kind)}\n", *_table(kind)]) for kind in _PARTS]
    return "\n".join(parts)


def schema() -> str:
    """docs/socket.schema.json."""
    told = tuple(kind for kind in EVENTS.values() if kind is not Tone)
    (request, answer, event), defs = msgspec.json.schema_components(
        (requests.AnyRequest, answers.AnyAnswer, _union(told)), ref_template="#/$defs/{name}"
    )
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A line on the socket of Retro Timer, protocol {VERSION}",
        "anyOf": [{"title": "request", **request}, {"title": "answer", **answer}, {"title": "event", **event}],
        "$defs": defs,
    }
    return _by_room(json.dumps(whole, indent=1, ensure_ascii=False)) + "\n"


def shape(text: str) -> str:
    """A page without its numbers: a better detector finds other times, and the page is as true as before."""
    return re.sub(r"-?\d+(\.\d+)?(e-?\d+)?", "0", re.sub(r".*…|\b[0-9a-f]{16}\b", "0", text))


def _by_room(text: str) -> str:
    """A schema whose names are those of rooms, not of the files in them: a file may be split and the names stay."""
    return re.sub(rf"({'|'.join(map(re.escape, _ROOMS))})\.\w+(?=\.[A-Z])", r"\1", text)


def _union(kinds: tuple[type, ...]) -> Any:
    whole: Any = kinds[0]
    for kind in kinds[1:]:
        whole = whole | kind
    return whole


def _event(kind: type[Event], lines: Examples) -> str:
    note = "Not in that session: its values are made up.\n\n" if kind.__struct_config__.tag in lines.made_up else ""
    return _message(kind, lines.events, {}).replace("```json", f"{note}```json", 1)


def _message(kind: type[msgspec.Struct], lines: dict[str, str], answered: dict[str, str]) -> str:
    name = str(kind.__struct_config__.tag)
    text = [f"### {name}\n", f"{inspect.getdoc(kind)}\n"]
    text += _table(kind)
    shown = [lines[name], *filter(None, [answered.get(name)])]
    text += ["```json", *map(_cut, shown), "```", ""]
    return "\n".join(text)


def _cut(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…"


def _table(kind: type[msgspec.Struct]) -> list[str]:
    rows = _rows(kind)
    return ["| field | is | |\n|---|---|---|", *rows, ""] if rows else []


def _rows(kind: type[msgspec.Struct]) -> list[str]:
    told, hints = _field_docs(kind), get_type_hints(kind, include_extras=True)
    shared = {name for base in (Request, Answer, Event) if issubclass(kind, base) for name in base.__struct_fields__}
    config = kind.__struct_config__
    named = config.tag is not None and not issubclass(kind, Request | Answer | Event)
    return [f"| `{config.tag_field}` | `{config.tag}` | |"] * named + [
        f"| `{field.name}` | {_words(hints[field.name])}{'' if field.required else ' †'} | {told.get(field.name, '')} |"
        for field in msgspec.structs.fields(kind)
        if field.name not in shared
    ]


def _words(hint: Any) -> str:
    """A field's type as a reader of JSON would say it."""
    if get_origin(hint) is Annotated:
        kind, meta = get_args(hint)
        limits = {
            "at least": meta.ge,
            "at most": meta.le,
            "not empty": "" if meta.pattern == r"\S" else None,
            "up to": meta.max_length,
        }
        told = [f"{words} {limit}".strip() for words, limit in limits.items() if limit is not None]
        return ", ".join([_words(kind), *told])
    if get_origin(hint) is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(hint))
    if get_origin(hint) in (Union, UnionType):
        members = [member for member in get_args(hint) if member is not msgspec.UnsetType]
        return "an event" if hint == BeaconEvent else " or ".join(map(_words, members))
    if get_origin(hint) is tuple:
        return f"list of {_words(get_args(hint)[0])}"
    if get_origin(hint) is dict:
        return f"object of {_words(get_args(hint)[1])}, by name"
    plain = {str: "text", int: "whole number", float: "number", bool: "true or false", type(None): "null"}
    return plain.get(hint) or f"{hint.__name__}"


def _field_docs(kind: type[msgspec.Struct]) -> dict[str, str]:
    """What stands under each field."""
    found: dict[str, str] = {}
    for base in kind.__mro__:
        if base in (msgspec.Struct, Request, Answer, Event, object) or not issubclass(base, msgspec.Struct):
            continue
        (made,) = ast.parse(textwrap.dedent(inspect.getsource(base))).body
        assert isinstance(made, ast.ClassDef)
        for field, text in zip(made.body, made.body[1:], strict=False):
            if not (isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)):
                continue
            if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
                found.setdefault(field.target.id, " ".join(str(text.value.value).split()))
    return found
