"""A Wi-Fi that can be lost: between a phone and the page, whose bytes it holds back for as long as it is told."""

from __future__ import annotations

import contextlib
import socket
import threading
from urllib.parse import urlsplit

_CHUNK = 65_536


class StallingAir:
    """Forwards TCP connections. While it stalls nothing is refused and nothing closed: nothing arrives."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._there = (parts.hostname or "", parts.port or 80)
        self._clear = threading.Event()
        self._clear.set()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def stall(self) -> None:
        """Out of range."""
        self._clear.clear()

    def go_on(self) -> None:
        """Back; what was on its way arrives."""
        self._clear.set()

    def close(self) -> None:
        """Hang everybody up."""
        self._clear.set()
        self._listener.close()
        for each in self._open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                phone, _ = self._listener.accept()
                page = socket.create_connection(self._there)
                self._open += [phone, page]
                for ends in ((phone, page), (page, phone)):
                    threading.Thread(target=self._forward, args=ends, daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                self._clear.wait()
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
