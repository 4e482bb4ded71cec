"""The Unix socket: JSON lines both ways; garbage is answered, and no client holds another up."""

from __future__ import annotations

import json
import os
import shutil
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retro_timer.beacon.control.protocol import requests, wire
from retro_timer.beacon.control.server import Client, Server
from retro_timer.beacon.events import Said
from retro_timer.errors import RetroTimerError
from tests.helpers.echo_server import Echo

TIMEOUT_S = 60.0
MOST_CLIENTS = 64


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition, with a deadline."""
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline, what
        threading.Event().wait(0.002)


def said(number: int) -> bytes:
    """The line that asks for this number to be said."""
    return wire.line_of(requests.Say(str(number)))


def echoed(number: int) -> dict[str, Any]:
    """The answer to it."""
    return {"answer": "calibrated", "ok": True, "file": str(number)}


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
            line.send(said(number))
            assert line.answer() == echoed(number)


def test_requests_may_come_in_pieces_or_all_at_once(echo: Echo) -> None:
    with Line(echo.path) as line:
        for piece in (b'{"request"', b': "say", "text": "1"', b"}", b"\n" + said(2) + said(3)[:-1], b"\n"):
            line.send(piece)
        assert [line.answer() for _ in range(3)] == [echoed(n) for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("request_", "complaint", "why"),
    [
        (b"hello\n", "not JSON", "malformed"),
        (b"\n", "not JSON", "malformed"),
        (b"\xff\xfe\x00\n", "not JSON", "malformed"),
        (b'{"a": \n', "not JSON", "malformed"),
        (b"[" * 30_000 + b"\n", "not JSON", "malformed"),
        (b"9" * 5_000 + b"\n", "not JSON", "malformed"),
        (b"[1, 2]\n", "not an object", "malformed"),
        (b'"ctl"\n', "not an object", "malformed"),
        (b"null\n", "not an object", "malformed"),
        (b"{}\n", "no request named; expected one of status, follow, log, keep, edit, newer", "unknown"),
        (b'{"request": 7}\n', "no request named", "unknown"),
        (b'{"request": "statsu"}\n', "no request 'statsu' (did you mean 'status'?); expected one of", "unknown"),
        (b'{"status": true}\n', "no request named; expected one of status", "unknown"),
        (b'{"request": "say"}\n', "request 'say': text: missing; expected a value for it", "malformed"),
        (b'{"request": "say", "text": 3}\n', "request 'say': text: 3 is a whole number; expected text", "malformed"),
        (b'{"request": "volume", "percent": 101}\n', "request 'volume': percent: 101 is out of range", "malformed"),
        (b'{"request": "readings", "after_ns": "now"}\n', "request 'readings': after_ns: 'now' is text", "malformed"),
        (b'{"request": "lend_button", "seconds": true}\n', "request 'lend_button': seconds: True is", "malformed"),
        (b'{"request": "beep", "which": "loud"}\n', "request 'beep': which: 'loud' is not a choice", "malformed"),
        (b'{"request": "calibrate", "sensors": []}\n', "request 'calibrate': sensors: a list", "malformed"),
        (b'{"request": "status", "version": 2}\n', "protocol 2 is not spoken here; expected 1", "version"),
        (b'{"request": "conquer", "version": 2}\n', "protocol 2 is not spoken here; expected 1", "version"),
        (b'{"request": "status", "version": "x"}\n', "protocol", "version"),
    ],
)
def test_garbage_is_answered_with_what_was_expected_and_the_connection_goes_on(
    echo: Echo, request_: bytes, complaint: str, why: str
) -> None:
    with Line(echo.path) as line:
        refused = line.send(request_).answer()
        assert refused is not None
        assert refused["ok"] is False
        assert complaint in refused["error"]
        assert "expected" in refused["error"]
        assert refused["why"] == why
        assert line.send(said(1)).answer() == echoed(1)


@given(st.lists(st.binary(max_size=200), max_size=8))
@settings(max_examples=100)
def test_whatever_bytes_come_the_next_client_is_served(lasting: Echo, pieces: list[bytes]) -> None:
    with Line(lasting.path) as line:
        for piece in pieces:
            line.send(piece)
        line.send(b"\n")
    with Line(lasting.path) as line:
        assert line.send(said(1)).answer() == echoed(1)


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
        assert line.send(said(0)).answer() == echoed(0)


def test_a_client_that_never_reads_loses_its_connection_and_costs_nobody_time(echo: Echo) -> None:
    with Line(echo.path) as slow, Line(echo.path) as quick:
        slow.send(said(0)).answer()
        (client,) = echo.clients
        gone = threading.Event()
        client.on_close(gone.set)
        event = Said(0, "cue", "x" * 1000)
        for _ in range(2_000):
            client.send(event)
        assert gone.wait(TIMEOUT_S)
        assert quick.send(said(1)).answer() == echoed(1)
        assert client.waiting < 1_000_000


def test_a_client_that_reads_late_but_in_time_misses_nothing(echo: Echo) -> None:
    with Line(echo.path) as line:
        line.send(said(0)).answer()
        (client,) = echo.clients
        for number in range(500):
            client.send(Said(number, "cue", "x" * 300))
        got = [line.answer() for _ in range(500)]
    assert [answer["t_ns"] for answer in got if answer is not None] == list(range(500))


def test_a_client_that_dies_is_forgotten(echo: Echo) -> None:
    line = Line(echo.path).send(said(0))
    line.answer()
    (client,) = echo.clients
    gone = threading.Event()
    client.on_close(gone.set)
    line.file.close()
    line.socket.close()
    assert gone.wait(TIMEOUT_S)
    late = threading.Event()
    client.on_close(late.set)
    assert late.is_set()
    client.send(Said(0, "cue", "late"))
    with Line(echo.path) as other:
        assert other.send(said(0)).answer() is not None


def served(path: Path) -> bool:
    """Whether a new client gets an answer."""
    try:
        with Line(path) as line:
            return line.send(said(0)).answer() is not None
    except OSError:
        return False


def test_more_clients_than_allowed_are_turned_away_and_the_others_stay(echo: Echo) -> None:
    lines = []
    for _ in range(MOST_CLIENTS):
        lines.append(Line(echo.path))
        assert lines[-1].send(said(0)).answer() is not None
    assert not served(echo.path)
    assert lines[0].send(said(0)).answer() is not None
    lines.pop().__exit__()
    until(lambda: served(echo.path), "no place became free")
    for line in lines:
        line.__exit__()


def test_a_handler_that_fails_takes_the_socket_down_for_nobody(echo: Echo) -> None:
    failed = threading.Event()
    works = echo.server._handler

    def failing_once(_request: requests.AnyRequest, _client: Client) -> None:
        echo.server._handler = works
        failed.set()
        raise ValueError("embedded null byte")

    echo.server._handler = failing_once
    with Line(echo.path) as line:
        line.send(said(1))
        assert failed.wait(TIMEOUT_S)
        with Line(echo.path) as other:
            other.socket.settimeout(5.0)
            assert other.send(said(0)).answer() == echoed(0)


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
            assert line.send(said(0)).answer() is not None
        again.close()
    finally:
        shutil.rmtree(first.directory)


def test_a_closed_server_hangs_up_and_removes_its_socket() -> None:
    made = Echo()
    with Line(made.path) as line:
        line.send(said(0)).answer()
        made.server.close()
        assert line.answer() is None
    assert not made.path.exists()
    made.server.close()
    shutil.rmtree(made.directory)


def test_a_path_that_is_too_long_for_a_socket_is_one_line_of_complaint(tmp_path: Path) -> None:
    with pytest.raises(RetroTimerError) as caught:
        Server(tmp_path / ("x" * 120) / "beacon.sock", lambda _message, _client: None)
    assert "\n" not in str(caught.value)


def test_what_a_newer_program_adds_to_a_request_is_passed_over(echo: Echo) -> None:
    with Line(echo.path) as line:
        assert line.send(b'{"request": "say", "text": "1", "loudly": true}\n').answer() == echoed(1)
