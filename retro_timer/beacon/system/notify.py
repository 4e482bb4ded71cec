"""Talks to systemd: ready, status, and the watchdog's food. Does nothing where no systemd listens."""

from __future__ import annotations

import os
import socket
import sys


def under_service() -> bool:
    """Whether systemd has started this process as a service, so that nobody reads what it prints."""
    if sys.stderr is not None and sys.stderr.isatty():
        return False
    return bool(os.environ.get("NOTIFY_SOCKET")) or _into_the_journal()


def _into_the_journal() -> bool:
    """A shell that a service has started inherits the variable, and not the stream that it names."""
    try:
        found = os.fstat(2)
    except OSError:
        return False
    return os.environ.get("JOURNAL_STREAM", "") == f"{found.st_dev}:{found.st_ino}"


class Notifier:
    """Sends to the socket that NOTIFY_SOCKET names (sd_notify's protocol)."""

    def __init__(self) -> None:
        address = os.environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) if address else None
        if self._socket is not None:
            self._socket.setblocking(False)
        limit = os.environ.get("WATCHDOG_USEC", "")
        own = os.environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self.watchdog_ns = int(limit) * 1000 if limit.isdigit() and own else 0
        """How long systemd waits for food; 0 when it does not watch."""

    def send(self, *lines: str) -> None:
        """Send assignments such as `READY=1`; a full or vanished socket is no reason to stop timing."""
        if self._socket is None:
            return
        try:
            self._socket.sendto("\n".join(lines).encode(), self._address)
        except OSError:
            return

    def close(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            self._socket.close()
