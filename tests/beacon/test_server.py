"""The Unix socket: JSON lines both ways; garbage is answered, and no client holds another up."""

from __future__ import annotations

import json
import os
import shutil
import socket
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retro_timer.beacon.control.client import BeaconClient
from retro_timer.beacon.control.server import Client, Server
from retro_timer.errors import RetroTimerError

TIMEOUT_S = 20.0
MOST_CLIENTS = 64


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition, with a deadline."""
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline, what
        threading.Event().wait(0.002)


class Echo:
    """A server that answers every request with itself, and keeps its clients."""

    def __init__(self) -> None:
        # A Unix socket's path may have 107 bytes at most, so no pytest directory.
        self.directory = Path(tempfile.mkdtemp(prefix="rt"))
        self.path = self.directory / "run" / "beacon.sock"
        self.clients: list[Client] = []
        self.server = Server(self.path, self.take)
        self.server.start()

    def take(self, message: dict[str, Any], client: Client) -> None:
        if client not in self.clients:
            self.clients.append(client)
        client.send({"ok": True, "echo": message})

    def close(self) -> None:
        self.server.close()
        shutil.rmtree(self.directory)


@pytest.fixture
def echo() -> Iterator[Echo]:
    made = Echo()
    yield made
    made.close()


@pytest.fixture(scope="module")
def lasting() -> Iterator[Echo]:
    made = Echo()
    yield made
    made.close()


class Line:
    """A plain connection."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(TIMEOUT_S)
        self.socket.connect(str(path))
        self.file = self.socket.makefile("rb")

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()
        self.socket.close()

    def send(self, data: bytes) -> Line:
        self.socket.sendall(data)
        return self

    def answer(self) -> dict[str, Any] | None:
        line = self.file.readline()
        return json.loads(line) if line else None


def test_each_request_is_answered_with_one_line(echo: Echo) -> None:
    with Line(echo.path) as line:
        for number in range(20):
            line.send(json.dumps({"n": number}).encode() + b"\n")
            assert line.answer() == {"ok": True, "echo": {"n": number}}


def test_requests_may_come_in_pieces_or_all_at_once(echo: Echo) -> None:
    with Line(echo.path) as line:
        for piece in (b'{"n"', b": 1", b"}", b'\n{"n": 2}\n{"n": 3}', b"\n"):
            line.send(piece)
        assert [line.answer() for _ in range(3)] == [{"ok": True, "echo": {"n": n}} for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("request_", "complaint"),
    [
        (b"hello\n", "not JSON"),
        (b"\n", "not JSON"),
        (b"\xff\xfe\x00\n", "not JSON"),
        (b'{"a": \n', "not JSON"),
        (b"[" * 30_000 + b"\n", "not JSON"),
        (b"9" * 5_000 + b"\n", "not JSON"),
        (b"[1, 2]\n", "not an object"),
        (b'"ctl"\n', "not an object"),
        (b"null\n", "not an object"),
    ],
)
def test_garbage_is_answered_with_what_was_expected_and_the_connection_goes_on(
    echo: Echo, request_: bytes, complaint: str
) -> None:
    with Line(echo.path) as line:
        refused = line.send(request_).answer()
        assert refused is not None
        assert refused["ok"] is False
        assert complaint in refused["error"]
        assert "expected" in refused["error"]
        assert line.send(b'{"n": 1}\n').answer() == {"ok": True, "echo": {"n": 1}}


@given(st.lists(st.binary(max_size=200), max_size=8))
@settings(max_examples=100)
def test_whatever_bytes_come_the_next_client_is_served(lasting: Echo, pieces: list[bytes]) -> None:
    with Line(lasting.path) as line:
        for piece in pieces:
            line.send(piece)
        line.send(b"\n")
    with Line(lasting.path) as line:
        assert line.send(b'{"n": 1}\n').answer() == {"ok": True, "echo": {"n": 1}}


def test_a_request_without_end_is_refused_and_hung_up_on(echo: Echo) -> None:
    with Line(echo.path) as line:
        try:
            for _ in range(100):
                line.send(b"x" * 10_000)
        except OSError:
            pass
        else:
            raise AssertionError("a megabyte without a line's end was taken")
    with Line(echo.path) as line:
        assert line.send(b"{}\n").answer() == {"ok": True, "echo": {}}


def test_a_client_that_never_reads_loses_its_connection_and_costs_nobody_time(echo: Echo) -> None:
    with Line(echo.path) as slow, Line(echo.path) as quick:
        slow.send(b"{}\n").answer()
        (client,) = echo.clients
        gone = threading.Event()
        client.on_close(gone.set)
        event = {"event": "said", "text": "x" * 1000}
        for _ in range(2_000):
            client.send(event)
        assert gone.wait(TIMEOUT_S)
        assert quick.send(b'{"n": 1}\n').answer() == {"ok": True, "echo": {"n": 1}}
        assert client.waiting < 1_000_000


def test_a_client_that_reads_late_but_in_time_misses_nothing(echo: Echo) -> None:
    with Line(echo.path) as line:
        line.send(b"{}\n").answer()
        (client,) = echo.clients
        for number in range(500):
            client.send({"n": number, "text": "x" * 300})
        got = [line.answer() for _ in range(500)]
    assert [answer["n"] for answer in got if answer is not None] == list(range(500))


def test_a_client_that_dies_is_forgotten(echo: Echo) -> None:
    line = Line(echo.path).send(b"{}\n")
    line.answer()
    (client,) = echo.clients
    gone = threading.Event()
    client.on_close(gone.set)
    line.file.close()
    line.socket.close()
    assert gone.wait(TIMEOUT_S)
    client.send({"event": "late"})
    with Line(echo.path) as other:
        assert other.send(b"{}\n").answer() is not None


def served(path: Path) -> bool:
    """Whether a new client gets an answer."""
    try:
        with Line(path) as line:
            return line.send(b"{}\n").answer() is not None
    except OSError:
        return False


def test_more_clients_than_allowed_are_turned_away_and_the_others_stay(echo: Echo) -> None:
    lines = []
    for _ in range(MOST_CLIENTS):
        lines.append(Line(echo.path))
        assert lines[-1].send(b"{}\n").answer() is not None
    assert not served(echo.path)
    assert lines[0].send(b"{}\n").answer() is not None
    lines.pop().__exit__()
    until(lambda: served(echo.path), "no place became free")
    for line in lines:
        line.__exit__()


def test_a_handler_that_fails_takes_the_socket_down_for_nobody(echo: Echo) -> None:
    failed = threading.Event()
    works = echo.server._handler

    def failing_once(_message: dict[str, Any], _client: Client) -> None:
        echo.server._handler = works
        failed.set()
        raise ValueError("embedded null byte")

    echo.server._handler = failing_once
    with Line(echo.path) as line:
        line.send(b'{"ctl": "start", "plan": "\\u0000/x"}\n')
        assert failed.wait(TIMEOUT_S)
        with Line(echo.path) as other:
            other.socket.settimeout(5.0)
            assert other.send(b"{}\n").answer() == {"ok": True, "echo": {}}


def test_the_socket_belongs_to_its_owner_and_group_only(echo: Echo) -> None:
    mode = stat.S_IMODE(echo.path.stat().st_mode)
    assert mode == 0o660


def test_a_socket_that_a_crash_left_behind_is_replaced() -> None:
    first = Echo()
    try:
        os.link(first.path, first.directory / "left")
        first.server.close()
        (first.directory / "left").rename(first.path)
        again = Server(first.path, first.take)
        again.start()
        with Line(first.path) as line:
            assert line.send(b"{}\n").answer() is not None
        again.close()
    finally:
        shutil.rmtree(first.directory)


def test_a_closed_server_hangs_up_and_removes_its_socket() -> None:
    made = Echo()
    with Line(made.path) as line:
        line.send(b"{}\n").answer()
        made.server.close()
        assert line.answer() is None
    assert not made.path.exists()
    made.server.close()
    shutil.rmtree(made.directory)


def test_a_path_that_is_too_long_for_a_socket_is_one_line_of_complaint(tmp_path: Path) -> None:
    with pytest.raises(RetroTimerError) as caught:
        Server(tmp_path / ("x" * 120) / "beacon.sock", lambda _message, _client: None)
    assert "\n" not in str(caught.value)


def test_the_client_says_that_no_timer_runs(tmp_path: Path) -> None:
    with pytest.raises(RetroTimerError, match=r"no timer runs here .*retro-timer run"):
        BeaconClient(tmp_path / "beacon.sock")


def test_the_client_says_when_the_timer_goes_away_while_it_waits(echo: Echo) -> None:
    with BeaconClient(echo.path) as client:
        echo.server._handler = lambda _message, one: one.connection.shutdown(socket.SHUT_RDWR)
        with pytest.raises(RetroTimerError, match="gave no answer"):
            client.ask({"status": True})


def test_the_client_passes_a_refusal_on(echo: Echo) -> None:
    echo.server._handler = lambda _message, client: client.send({"ok": False, "error": "Not possible now."})
    with BeaconClient(echo.path) as client, pytest.raises(RetroTimerError, match=r"^Not possible now\.$"):
        client.ask({"ctl": "pause"})
