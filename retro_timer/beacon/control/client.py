"""The other end of the socket: asks a running beacon."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from retro_timer.errors import RetroTimerError

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

    def ask(self, message: dict[str, Any], within_s: float = _ANSWER_S) -> dict[str, Any]:
        """One request and its answer. Raises RetroTimerError when it is refused or the beacon goes away."""
        try:
            self._socket.settimeout(within_s)
            self._socket.sendall(json.dumps(message).encode() + b"\n")
            answer = self._read()
        except OSError as error:
            raise RetroTimerError(
                f"the timer gave no answer ({error}): is it hanging? `systemctl status retro-timer`"
            ) from None
        if not answer.get("ok"):
            raise RetroTimerError(str(answer.get("error", "refused")))
        return answer

    def follow(self) -> Iterator[dict[str, Any]]:
        """The status first, then each event, until the beacon ends."""
        yield self.ask({"follow": True})["status"]
        self._socket.settimeout(None)
        while True:
            line = self._file.readline()
            if not line:
                return
            yield json.loads(line)

    def _read(self) -> dict[str, Any]:
        line = self._file.readline()
        if not line:
            raise ConnectionResetError("connection closed")
        answer: dict[str, Any] = json.loads(line)
        return answer
