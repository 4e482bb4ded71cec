"""The Unix socket: JSON lines both ways. A slow or dead client loses its connection, never the beacon's time."""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

from retro_timer.beacon.control.protocol import wire
from retro_timer.beacon.control.protocol.answers import AnyAnswer, Error
from retro_timer.beacon.control.protocol.requests import AnyRequest
from retro_timer.beacon.events import BeaconEvent
from retro_timer.errors import RetroTimerError

log = logging.getLogger("retro_timer")

_LONGEST_REQUEST = 65_536
_LONGEST_BACKLOG = 262_144
_MOST_CLIENTS = 64

Handler = Callable[[AnyRequest, "Client"], None]
"""Gets each request; answers by `client.send`, at once or later, from any thread."""


class Client:
    """One connection. `send` and `on_close` may be called from any thread."""

    def __init__(self, connection: socket.socket, wake: Callable[[], None]) -> None:
        self.connection = connection
        self.received = bytearray()
        self.outgoing: deque[bytes] = deque()
        self.waiting = 0
        """Bytes that the client has not taken."""
        self.too_slow = False
        self.wants_write = False
        self._on_close: Callable[[], None] = lambda: None
        self._gone = False
        self._wake = wake
        self._lock = threading.Lock()

    def on_close(self, action: Callable[[], None]) -> None:
        """What is to be done when the connection has gone, which it may have already."""
        with self._lock:
            self._on_close = action
            gone = self._gone
        if gone:
            action()

    def gone(self) -> None:
        """The connection has gone."""
        with self._lock:
            self._gone = True
            action = self._on_close
        action()

    def send(self, message: AnyAnswer | BeaconEvent) -> None:
        """Queue a line; a client that has too many of them waiting is given up."""
        line = wire.line_of(message)
        with self._lock:
            if self.waiting + len(line) > _LONGEST_BACKLOG:
                self.too_slow = True
            else:
                self.outgoing.append(line)
                self.waiting += len(line)
        self._wake()

    def flush(self) -> bool:
        """Send what the connection takes; True when something still waits."""
        with self._lock:
            while self.outgoing:
                line = self.outgoing[0]
                try:
                    sent = self.connection.send(line)
                except BlockingIOError:
                    return True
                self.waiting -= sent
                if sent < len(line):
                    self.outgoing[0] = line[sent:]
                    return True
                self.outgoing.popleft()
        return False


class Server:
    """Listens in a thread of its own."""

    def __init__(self, path: Path, handler: Handler) -> None:
        self._path = path
        self._handler = handler
        self._selector = selectors.DefaultSelector()
        self._clients: set[Client] = set()
        self._closing = False
        self._wake_read, self._wake_write = socket.socketpair()
        self._wake_read.setblocking(False)
        self._wake_write.setblocking(False)
        self._listener = self._listen()
        self._selector.register(self._listener, selectors.EVENT_READ, "listener")
        self._selector.register(self._wake_read, selectors.EVENT_READ, "wake")
        self._thread = threading.Thread(target=self._run, name=self._path.stem, daemon=True)

    def _listen(self) -> socket.socket:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Whoever holds the board's lock owns the socket's path: one that is still there is left from a crash.
        self._path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listener.bind(os.fspath(self._path))
        except OSError as error:
            listener.close()
            raise RetroTimerError(f"{self._path}: no socket can be made there ({error})") from None
        self._path.chmod(0o660)
        listener.listen(16)
        listener.setblocking(False)
        return listener

    @property
    def connected(self) -> bool:
        """Whether anybody is, as the page's process for as long as it lives; from any thread."""
        return bool(self._clients)

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def close(self) -> None:
        """Hang up on everybody and remove the socket."""
        self._closing = True
        self._wake()
        if self._thread.is_alive():
            self._thread.join(timeout=2.0)
        for client in tuple(self._clients):
            # The last answers, such as that to a shut-down.
            with contextlib.suppress(OSError):
                client.flush()
            self._drop(client)
        self._listener.close()
        self._selector.close()
        self._path.unlink(missing_ok=True)

    def _wake(self) -> None:
        # A full pipe means that the thread will wake anyway.
        with contextlib.suppress(BlockingIOError, OSError):
            self._wake_write.send(b"x")

    def _run(self) -> None:
        while not self._closing:
            for key, _ in self._selector.select(timeout=1.0):
                if key.data == "listener":
                    self._accept()
                elif key.data == "wake":
                    with contextlib.suppress(BlockingIOError):
                        self._wake_read.recv(4096)
                else:
                    self._serve(key.data)
            for client in tuple(self._clients):
                self._flush(client)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            connection, _ = self._listener.accept()
            if len(self._clients) >= _MOST_CLIENTS:
                connection.close()
                return
            connection.setblocking(False)
            client = Client(connection, self._wake)
            self._clients.add(client)
            self._selector.register(connection, selectors.EVENT_READ, client)

    def _serve(self, client: Client) -> None:
        try:
            data = client.connection.recv(65_536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop(client)
            return
        client.received += data
        while (end := client.received.find(b"\n")) >= 0:
            line = bytes(client.received[:end])
            del client.received[: end + 1]
            self._take(client, line)
        if len(client.received) > _LONGEST_REQUEST:
            client.send(Error(error=f"a request of more than {_LONGEST_REQUEST} bytes", why="malformed"))
            self._flush(client)
            self._drop(client)

    def _take(self, client: Client, line: bytes) -> None:
        try:
            self._handler(wire.request_of(line), client)
        except RetroTimerError as error:
            client.send(wire.error_of(error))
        except Exception:
            # A request that nobody thought of must not take the socket down for everybody.
            log.exception("a request failed")
            client.send(Error(error="the timer failed on this request: see its log", why="failed"))

    def _flush(self, client: Client) -> None:
        try:
            waiting = client.flush()
        except OSError:
            self._drop(client)
            return
        if client.too_slow:
            self._drop(client)
            return
        if waiting is not client.wants_write:
            client.wants_write = waiting
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if waiting else 0)
            self._selector.modify(client.connection, wanted, client)

    def _drop(self, client: Client) -> None:
        if client not in self._clients:
            return
        self._clients.discard(client)
        client.gone()
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(client.connection)
        client.connection.close()
