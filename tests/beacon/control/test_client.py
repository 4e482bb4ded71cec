"""What a client is told when no timer answers, or one of another release."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from retro_timer.beacon.control.client import BeaconClient
from retro_timer.beacon.control.protocol import answers, commands, requests
from retro_timer.errors import RetroTimerError
from retro_timer.training.session.events import Crossing, Recall
from tests.helpers.echo_server import Echo


@pytest.fixture
def echo() -> Iterator[Echo]:
    made = Echo()
    yield made
    made.close()


def test_the_client_says_that_no_timer_runs(tmp_path: Path) -> None:
    with pytest.raises(RetroTimerError, match=r"no timer runs here .*retro-timer run"):
        BeaconClient(tmp_path / "beacon.sock")


def test_the_client_says_when_the_timer_goes_away_while_it_waits(echo: Echo) -> None:
    with BeaconClient(echo.path) as client:
        echo.server._handler = lambda _message, one: one.connection.shutdown(socket.SHUT_RDWR)
        with pytest.raises(RetroTimerError, match="went away before it answered"):
            client.ask(requests.Status(), answers.Status)


def test_the_client_passes_a_refusal_on(echo: Echo) -> None:
    echo.server._handler = lambda _message, client: client.send(answers.Error(error="Not possible now.", why="refused"))
    with BeaconClient(echo.path) as client, pytest.raises(RetroTimerError, match=r"^Not possible now\.$"):
        client.ask(commands.Pause(), answers.Done)


def answering(line: bytes, directory: Path) -> tuple[BeaconClient, socket.socket]:
    """A client of a timer that answers with this line, and that timer's end."""
    path = directory / "beacon.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        listener.listen()
        client = BeaconClient(path)
        other, _ = listener.accept()
    other.sendall(line)
    return client, other


@pytest.fixture
def short() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="rt"))
    yield made
    shutil.rmtree(made)


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        (b'{"ok": false, "error": "no request understood"}\n', "of another release than this program: sudo systemctl"),
        (b'{"answer": "gone", "ok": true}\n', "the timer's answer 'gone' is not as expected"),
        (b'{"answer": "status", "ok": true}\n', "the timer's answer 'status' is not as expected"),
        (b'{"answer": "done", "ok": true}\n', "no answer to 'status' but 'done'"),
        (b"hello\n", "of another release than this program"),
        (b"\xff\xfe\n", "of another release than this program"),
    ],
)
def test_an_answer_that_this_program_cannot_read_is_one_line(short: Path, answer: bytes, complaint: str) -> None:
    client, other = answering(answer, short)
    with client, other, pytest.raises(RetroTimerError) as caught:
        client.ask(requests.Status(), answers.Status)
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_events_of_a_newer_timer_are_passed_over_and_its_new_fields_too(short: Path) -> None:
    lines = [
        b'{"event": "lap", "t_ns": 1, "rep": 1}',
        b'{"event": "crossing", "t_ns": 2, "rep": 1, "athlete": "Ann", "wind": 3}',
        b'{"event": "recall", "t_ns": 3}',
    ]
    client, other = answering(b"\n".join([*lines, b""]), short)
    other.close()
    with client:
        assert list(client.events()) == [Crossing(2, 1, "Ann"), Recall(3)]


def test_an_event_that_is_none_is_told_in_one_line(short: Path) -> None:
    client, other = answering(b'{"event": "crossing", "t_ns": 2, "rep": "one"}\n', short)
    with client, other, pytest.raises(RetroTimerError, match=r"^the timer's event 'crossing' cannot be read"):
        list(client.events())
