"""`retro-timer coach` and `pin` as somebody types them."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from retro_timer.coach import addresses
from retro_timer.coach.addresses import bound_url, shown_url
from retro_timer.coach.serving import address_of, listening
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


def test_a_phone_waits_for_no_second_packet() -> None:
    async def undelayed() -> int:
        loop = asyncio.get_running_loop()
        told: asyncio.Future[int] = loop.create_future()

        class Answering(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                phone: socket.socket = transport.get_extra_info("socket")
                told.set_result(phone.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
                transport.close()

        listener = listening("127.0.0.1:0")
        async with await loop.create_server(Answering, sock=listener):
            with socket.create_connection(listener.getsockname()):
                return await told

    assert asyncio.run(undelayed())


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
        assert shown_url(bound_url(listener)) == f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_who_listens_everywhere_is_told_by_an_address_that_a_phone_can_type() -> None:
    with listening("0.0.0.0:0") as listener:
        assert bound_url(listener).startswith("http://0.0.0.0:")
        assert "0.0.0.0" not in shown_url(bound_url(listener))


def of_interfaces(monkeypatch: pytest.MonkeyPatch, *found: str) -> None:
    """A machine with these addresses and no way to any other network."""

    def no_way(_socket: object, _address: object) -> None:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr("retro_timer.coach.addresses.socket.socket.connect", no_way, raising=False)
    monkeypatch.setattr(addresses, "interface_addresses", lambda _probe: list(found))


@pytest.mark.parametrize(
    ("found", "url"),
    [
        (("127.0.0.1", "10.42.0.1", "192.168.4.1"), "http://10.42.0.1:8765"),
        (("127.0.0.1",), "http://127.0.0.1:8765"),
        ((), "http://127.0.0.1:8765"),
    ],
)
def test_a_box_with_a_network_of_its_own_is_told_by_its_address_there(
    monkeypatch: pytest.MonkeyPatch, found: tuple[str, ...], url: str
) -> None:
    of_interfaces(monkeypatch, *found)
    assert shown_url("http://0.0.0.0:8765") == url
    assert shown_url("http://[::]:8765") == url
    assert shown_url("http://192.168.4.1:8765") == "http://192.168.4.1:8765"


def test_the_interfaces_of_this_machine_are_known() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        assert "127.0.0.1" in addresses.interface_addresses(probe)


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


@pytest.fixture
def page(state_dir: Path) -> Iterator[int]:
    """Something that is well and has left that it listens everywhere. Its port."""

    def answer() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    is_well = connection.recv(4_096).startswith(b"GET /healthz ")
                    connection.sendall(b"HTTP/1.1 %d x\r\ncontent-length: 0\r\n\r\n" % (200 if is_well else 404))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer)
        thread.start()
        port = listener.getsockname()[1]
        left(state_dir, f"http://0.0.0.0:{port}")
        yield port
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def left(state_dir: Path, url: str) -> None:
    (state_dir / "coach").mkdir(parents=True, exist_ok=True)
    (state_dir / "coach.url").write_text(f"{url}\n")


def test_the_address_is_shown_as_a_code_and_in_figures_as_it_is_now(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    for address in ("192.168.4.1", "10.42.0.1"):
        monkeypatch.setattr(addresses, "own_address", lambda address=address: address)
        outcome = here(capsys, "qr")
        assert outcome.code == 0
        assert outcome.lines[-1] == f"http://{address}:{page}"
        assert len(outcome.lines) > 10
        assert outcome.err == ""


def test_a_page_that_left_its_address_and_does_not_answer_is_not_shown(
    capsys: pytest.CaptureFixture[str], state_dir: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    left(state_dir, f"http://0.0.0.0:{port}")
    outcome = here(capsys, "qr")
    assert outcome.code == 1
    assert f"the page at http://0.0.0.0:{port} does not answer: start it anew" in outcome.one_line()


@pytest.mark.parametrize("url", ["", "nonsense", "http://", "http://x:99999999"])
def test_what_is_no_address_is_no_page(capsys: pytest.CaptureFixture[str], state_dir: Path, url: str) -> None:
    left(state_dir, url)
    assert "does not answer" in here(capsys, "qr").one_line()


def test_a_page_for_this_machine_alone_is_told_to_be_one(
    capsys: pytest.CaptureFixture[str], state_dir: Path, page: int
) -> None:
    left(state_dir, f"http://127.0.0.1:{page}")
    told = here(capsys, "qr").err
    assert "only this machine can open it" in told
    assert "for the whole network: retro-timer coach --listen 0.0.0.0:8765" in told


def test_a_page_that_listens_everywhere_without_a_network_is_not_told_to_listen_everywhere(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr(addresses, "own_address", lambda: "127.0.0.1")
    outcome = here(capsys, "qr")
    assert outcome.lines[-1] == f"http://127.0.0.1:{page}"
    assert "only this machine can open it; this machine has no address in a network yet" in outcome.err
    assert "--listen" not in outcome.err


@pytest.mark.parametrize(("host", "told"), [("127.0.1.1", True), ("::1", True), ("192.168.4.1", False), ("box", False)])
def test_an_address_of_this_machine_alone_is_known(host: str, told: bool) -> None:
    assert addresses.is_loopback(host) is told


@pytest.mark.usefixtures("page")
def test_the_code_is_drawn_into_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert here(capsys, "qr", "--svg", tmp_path / "page.svg").code == 0
    assert ElementTree.parse(tmp_path / "page.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.usefixtures("page")
def test_a_file_that_cannot_be_written_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, state_dir: Path
) -> None:
    monkeypatch.setattr(addresses, "own_address", lambda: "192.168.4.1")
    outcome = here(capsys, "qr", "--svg", state_dir / "nowhere" / "page.svg")
    assert outcome.code == 1
    assert "cannot be written (No such file or directory)" in outcome.one_line()


def served(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *args: object) -> Outcome:
    """A page that ends as soon as it answers."""

    def serve(_coach: object, listeners: list[socket.socket], serves: Callable[[], None]) -> None:
        with listeners[0]:
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
