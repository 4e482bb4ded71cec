"""The other end of the socket: asks a running beacon."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from retro_timer.beacon.control.protocol import wire
from retro_timer.beacon.control.protocol.answers import AnyAnswer, Error, RequestRefusedError
from retro_timer.beacon.control.protocol.base import Answer, Request
from retro_timer.beacon.events import BeaconEvent
from retro_timer.errors import RetroTimerError

A = TypeVar("A", bound=Answer)
_ANSWER_S = 10.0


class NoTimerError(RetroTimerError):
    """No timer runs on this machine."""


class BeaconClient:
    """A connection to the beacon of this machine. Raises RetroTimerError when none runs."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(_ANSWER_S)
        try:
            self._socket.connect(str(path))
        except PermissionError:
            raise RetroTimerError(
                f"{path}: no permission: `sudo usermod -aG retro-timer $USER`, then log in again"
            ) from None
        except OSError:
            raise NoTimerError(
                f"no timer runs here ({path}): start one with `retro-timer run` or `sudo systemctl start retro-timer`"
            ) from None
        self._file = self._socket.makefile("rb")

    def __enter__(self) -> BeaconClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._socket.close()

    def ask(self, request: Request, kind: type[A], within_s: float = _ANSWER_S) -> A:
        """One request and its answer, which is of this kind.

        Raises RequestRefusedError when it is refused, RetroTimerError when the beacon goes away.
        """
        try:
            self._socket.settimeout(within_s)
            self._socket.sendall(wire.line_of(request))
            line = self._read()
        except TimeoutError:
            raise RetroTimerError(
                f"the timer gave no answer within {within_s:g} s: is it hanging? `systemctl status retro-timer`"
            ) from None
        except OSError:
            raise RetroTimerError("the timer went away before it answered: `systemctl status retro-timer`") from None
        return expected(wire.answer_of(line), kind, request)

    def events(self) -> Iterator[BeaconEvent]:
        """After Follow was asked: each event as it comes, until the beacon ends."""
        self._socket.settimeout(None)
        while line := self._file.readline():
            event = wire.event_of(line)
            if event is not None:
                yield event

    def _read(self) -> bytes:
        line = self._file.readline()
        if not line:
            raise ConnectionResetError("connection closed")
        return line


def expected(answer: AnyAnswer, kind: type[A], request: Request) -> A:
    """The answer, which is of this kind. Raises RequestRefusedError for a refusal, RetroTimerError for another one."""
    if isinstance(answer, kind):
        return answer
    if isinstance(answer, Error):
        raise RequestRefusedError(answer.why, answer.error)
    raise RetroTimerError(f"no answer to '{request.tag}' but '{answer.tag}': have program and timer of one release")
