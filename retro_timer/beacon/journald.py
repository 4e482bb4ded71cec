"""Structured lines for systemd's journal: one an event worth keeping, nothing per reading."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_SOCKET = "/run/systemd/journal/socket"
_PRIORITIES = {
    "obstacle": 5,
    "sensor": 4,
    "not_saved": 3,
    "saved_after_all": 5,
    "clock_set": 5,
    "database_rebuilt": 3,
    "trouble": 4,
}
_INFO = 6


class JournaldLines:
    """Speaks the journal's native protocol."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def send(self, message: str, event: str, fields: Mapping[str, Any]) -> bool:
        """One entry with MESSAGE and a field RETRO_TIMER_<NAME> for each value; False when the journal takes none."""
        lines = [
            _field("MESSAGE", message),
            _field("PRIORITY", str(_PRIORITIES.get(event, _INFO))),
            _field("SYSLOG_IDENTIFIER", "retro-timer"),
            _field("RETRO_TIMER_EVENT", event),
        ]
        for name, value in fields.items():
            if isinstance(value, str | int | float | bool):
                lines.append(_field(f"RETRO_TIMER_{name.upper()}", str(value)))
        try:
            self._socket.sendto(b"".join(lines), _SOCKET)
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
    return "JOURNAL_STREAM" in os.environ and Path(_SOCKET).exists()
