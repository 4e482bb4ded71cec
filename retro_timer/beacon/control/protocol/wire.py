"""Lines of JSON to messages and back; what is no message becomes one line that says why."""

from __future__ import annotations

import json

import msgspec

from retro_timer.beacon.control.protocol.answers import AnyAnswer, Error, RequestRefusedError
from retro_timer.beacon.control.protocol.base import VERSION, Request
from retro_timer.beacon.control.protocol.requests import REQUESTS, AnyRequest
from retro_timer.beacon.events import EVENTS, BeaconEvent
from retro_timer.errors import BadInputError, RetroTimerError, near_miss
from retro_timer.settings.tables import convert

_NO_MESSAGE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_ANSWERS: msgspec.json.Decoder[AnyAnswer] = msgspec.json.Decoder(AnyAnswer)
_EVENTS: msgspec.json.Decoder[BeaconEvent] = msgspec.json.Decoder(BeaconEvent)
_REQUESTS: msgspec.json.Decoder[AnyRequest] = msgspec.json.Decoder(AnyRequest)


class _Named(msgspec.Struct):
    """What a line says that it is."""

    answer: str = ""
    event: str = ""


_NAMES: msgspec.json.Decoder[_Named] = msgspec.json.Decoder(_Named)


def line_of(message: Request | AnyAnswer | BeaconEvent) -> bytes:
    """A message as its line, with the line's end."""
    try:
        return msgspec.json.encode(message) + b"\n"
    except UnicodeEncodeError:
        # A file's name that is no text, in a trouble or an error: JSON can carry it escaped.
        return json.dumps(msgspec.to_builtins(message), separators=(",", ":")).encode() + b"\n"


def request_of(line: bytes) -> AnyRequest:
    """The request in a line. Raises RequestRefusedError."""
    try:
        return _checked(_REQUESTS.decode(line))
    except _NO_MESSAGE:
        raise _refusal(line) from None


def _checked(request: AnyRequest) -> AnyRequest:
    if request.version != VERSION:
        raise _other_version(request.version)
    return request


def _other_version(version: object) -> RequestRefusedError:
    return RequestRefusedError(
        "version", f"protocol {version!r} is not spoken here; expected {VERSION}: have program and timer of one release"
    )


def _refusal(line: bytes) -> RequestRefusedError:
    """Why a line is no request: found in a second look, which only lines that are none cost."""
    try:
        table = msgspec.json.decode(line)
    except _NO_MESSAGE:
        return RequestRefusedError("malformed", "not JSON: expected one object a line")
    if not isinstance(table, dict):
        return RequestRefusedError("malformed", "not an object: expected one object a line")
    version = table.get("version", VERSION)
    if version != VERSION:
        return _other_version(version if isinstance(version, int) else "without a number")
    name = table.get("request")
    kind = REQUESTS.get(name) if isinstance(name, str) else None
    if kind is None:
        shown = f"no request '{name}'{near_miss(name, REQUESTS)}" if isinstance(name, str) else "no request named"
        return RequestRefusedError("unknown", f"{shown}; expected one of {', '.join(REQUESTS)}")
    try:
        convert(table, kind, f"request '{name}'")
    except BadInputError as error:
        return RequestRefusedError("malformed", str(error))
    return RequestRefusedError("malformed", f"request '{name}': not as docs/socket.md has it")


def answer_of(line: bytes) -> AnyAnswer:
    """The answer in a line. Raises RetroTimerError for one that this program cannot read."""
    try:
        return _ANSWERS.decode(line)
    except _NO_MESSAGE as error:
        raise _unreadable(line, error) from None


def _unreadable(line: bytes, error: Exception) -> RetroTimerError:
    name = _named(line).answer
    if not name:
        return RetroTimerError(
            "the running timer is of another release than this program: sudo systemctl restart retro-timer"
        )
    return RetroTimerError(
        f"the timer's answer '{name}' is not as expected ({error}): have program and timer of one release"
    )


def event_of(line: bytes) -> BeaconEvent | None:
    """The event in a line; None for one that only a newer release knows. Raises RetroTimerError for what is none."""
    try:
        return _EVENTS.decode(line)
    except _NO_MESSAGE as error:
        name = _named(line).event
        if name and name not in EVENTS:
            return None
        raise RetroTimerError(
            f"the timer's event '{name}' cannot be read ({error}): have program and timer of one release"
        ) from None


def _named(line: bytes) -> _Named:
    try:
        return _NAMES.decode(line)
    except _NO_MESSAGE:
        return _Named()


def error_of(error: RetroTimerError) -> Error:
    """What a request is answered with that was not taken."""
    why = error.why if isinstance(error, RequestRefusedError) else "refused"
    return Error(error=" ".join(str(error).split("\n")), why=why)
