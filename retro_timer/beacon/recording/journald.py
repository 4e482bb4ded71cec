"""Structured lines for systemd's journal: one an event worth keeping, nothing per reading."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections import deque
from collections.abc import Mapping
from pathlib import Path

SOCKET = "/run/systemd/journal/socket"
_PRIORITIES = {
    "obstacle": 5,
    "sensor": 4,
    "not_saved": 3,
    "saved_after_all": 5,
    "clock_set": 5,
    "strain": 4,
    "database_rebuilt": 3,
    "trouble": 4,
}
_INFO = 6
_MOST_WAITING = 200
"""A journal that is gone for good costs no more memory than this many lines."""


class JournaldLines:
    """Thread-safe; speaks the journal's native protocol: https://systemd.io/JOURNAL_NATIVE_PROTOCOL."""

    def __init__(self, path: str = SOCKET) -> None:
        self._path = path
        self._waiting: deque[bytes] = deque(maxlen=_MOST_WAITING)
        self._lock = threading.Lock()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def send(self, message: str, event: str, fields: Mapping[str, object]) -> bool:
        """One entry with MESSAGE and a field RETRO_TIMER_<NAME> for each value.

        False when the journal takes none now: it is busy, or restarts. The entry then goes before the next one.
        """
        lines = [
            _field("MESSAGE", message),
            _field("PRIORITY", str(_PRIORITIES.get(event, _INFO))),
            _field("SYSLOG_IDENTIFIER", "retro-timer"),
            _field("RETRO_TIMER_EVENT", event),
        ]
        for name, value in fields.items():
            if isinstance(value, str | int | float | bool):
                lines.append(_field(f"RETRO_TIMER_{name.upper()}", str(value)))
            elif isinstance(value, list | tuple):
                lines.append(_field(f"RETRO_TIMER_{name.upper()}", ",".join(map(str, value))))
        with self._lock:
            self._waiting.append(b"".join(lines))
            return self._flush()

    def _flush(self) -> bool:
        """Send what waits, oldest first. The lock is held."""
        try:
            while self._waiting:
                self._socket.sendto(self._waiting[0], self._path)
                self._waiting.popleft()
        except OSError:
            return False
        return True


def _field(name: str, value: str) -> bytes:
    data = value.encode()
    if b"\n" in data:
        return name.encode() + b"\n" + struct.pack("<Q", len(data)) + data + b"\n"
    return name.encode() + b"=" + data + b"\n"


def under_journald() -> bool:
    """Whether standard output goes to the journal of this machine."""
    return "JOURNAL_STREAM" in os.environ and Path(SOCKET).exists()
