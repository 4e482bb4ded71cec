"""`retro-timer coach` and `pin` as somebody types them."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from retro_timer.coach.serving import address_of, listening, url_of
from retro_timer.errors import BadInputError, RetroTimerError
from tests.helpers.command import Outcome, here


@pytest.mark.parametrize(
    ("listen", "address"),
    [
        ("127.0.0.1:8765", ("127.0.0.1", 8765)),
        ("0.0.0.0:0", ("0.0.0.0", 0)),
        ("[::1]:8765", ("::1", 8765)),
        ("localhost:65535", ("localhost", 65_535)),
    ],
)
def test_where_it_listens(listen: str, address: tuple[str, int]) -> None:
    assert address_of(listen) == address


@pytest.mark.parametrize("listen", ["", "8765", ":8765", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536"])
def test_what_is_no_address_is_one_line_and_code_2(capsys: pytest.CaptureFixture[str], listen: str) -> None:
    outcome = here(capsys, "coach", "--listen", listen)
    assert outcome.code == 2
    assert f"--listen '{listen}': no address; expected HOST:PORT" in outcome.one_line()


def test_a_port_that_is_taken_is_one_line_and_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        outcome = here(capsys, "coach", "--listen", f"127.0.0.1:{other.getsockname()[1]}")
    assert outcome.code == 1
    assert "no page can be served there (Address already in use); another port: --listen" in outcome.one_line()


def test_an_address_of_no_machine_is_one_line() -> None:
    with pytest.raises(RetroTimerError, match="no page can be served there"):
        listening("192.0.2.1:0")


def test_a_free_port_is_told_as_it_is() -> None:
    with listening("127.0.0.1:0") as listener:
        assert url_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_who_listens_everywhere_is_told_by_an_address_that_a_phone_can_type() -> None:
    with listening("0.0.0.0:0") as listener:
        assert url_of(listener).startswith("http://")
        assert "0.0.0.0" not in url_of(listener)


def test_no_address_is_an_input_error() -> None:
    with pytest.raises(BadInputError):
        address_of("nonsense")


def test_without_a_timer_no_pin_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = here(capsys, "pin")
    assert outcome.code == 1
    assert "no timer runs here" in outcome.one_line()


def test_without_a_page_there_is_no_address_to_show(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = here(capsys, "qr")
    assert outcome.code == 1
    assert "no page runs here: start one with `retro-timer coach`" in outcome.one_line()


def left(state_dir: Path, url: str) -> None:
    (state_dir / "coach").mkdir(parents=True, exist_ok=True)
    (state_dir / "coach" / "url").write_text(f"{url}\n")


def test_the_address_is_shown_as_a_code_and_in_figures(capsys: pytest.CaptureFixture[str], state_dir: Path) -> None:
    left(state_dir, "http://192.168.4.1:8765")
    outcome = here(capsys, "qr")
    assert outcome.code == 0
    assert outcome.lines[-1] == "http://192.168.4.1:8765"
    assert len(outcome.lines) > 10
    assert outcome.err == ""


def test_a_page_for_this_machine_alone_is_told_to_be_one(capsys: pytest.CaptureFixture[str], state_dir: Path) -> None:
    left(state_dir, "http://127.0.0.1:8765")
    assert "only this machine can open it" in here(capsys, "qr").err


def test_the_code_is_drawn_into_a_file(capsys: pytest.CaptureFixture[str], state_dir: Path, tmp_path: Path) -> None:
    left(state_dir, "http://192.168.4.1:8765")
    assert here(capsys, "qr", "--svg", tmp_path / "page.svg").code == 0
    assert ElementTree.parse(tmp_path / "page.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"


def test_a_file_that_cannot_be_written_is_one_line(capsys: pytest.CaptureFixture[str], state_dir: Path) -> None:
    left(state_dir, "http://192.168.4.1:8765")
    outcome = here(capsys, "qr", "--svg", state_dir / "nowhere" / "page.svg")
    assert outcome.code == 1
    assert "cannot be written (No such file or directory)" in outcome.one_line()


def served(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *args: object) -> Outcome:
    """A page that ends as soon as it answers."""

    def serve(_coach: object, listener: socket.socket, serves: Callable[[], None]) -> None:
        with listener:
            serves()

    monkeypatch.setattr("retro_timer.coach.serving.serve", serve)
    return here(capsys, "coach", "--listen", "127.0.0.1:0", *args)


def full(path: Path, _data: bytes) -> None:
    raise OSError(errno.ENOSPC, "No space left on device", str(path))


def test_a_full_disk_keeps_no_page_from_starting(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retro_timer.cli.coach.write_whole", full)
    outcome = served(capsys, monkeypatch)
    assert outcome.code == 0
    assert outcome.lines[-1].startswith("http://127.0.0.1:")
    assert "cannot be written (No space left on device): `retro-timer qr` does not find this page" in outcome.err


def test_who_asked_for_the_address_in_a_file_is_told_that_there_is_none(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("retro_timer.cli.coach.write_whole", full)
    outcome = served(capsys, monkeypatch, "--url-file", tmp_path / "page.url")
    assert outcome.code == 1
    assert "page.url: cannot be written (No space left on device)" in outcome.one_line()
