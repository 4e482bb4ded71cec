"""The real page with a second socket from systemd, as at the hotspot: probes, portal and page at one port."""

from __future__ import annotations

import contextlib
import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.command import PROGRAM

pytestmark = pytest.mark.slow

HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.argv[2], sys.argv[2:])
"""
"""As systemd starts a service: the socket is its file 3."""
STARTS_WITHIN_S = 60.0


@pytest.fixture
def hotspot(tmp_path: Path, state_dir: Path) -> Iterator[tuple[str, int]]:
    told = tmp_path / "page.url"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        options = [PROGRAM, "coach", "--listen", "127.0.0.1:0", "--url-file", told]
        page = subprocess.Popen(
            [sys.executable, "-c", HAND_OVER, str(listener.fileno()), *map(str, options)],
            pass_fds=[listener.fileno()],
            stdout=subprocess.DEVNULL,
        )
        try:
            until_s = time.monotonic() + STARTS_WITHIN_S
            while not told.exists() and time.monotonic() < until_s:
                assert page.poll() is None
                time.sleep(0.05)
            yield listener.getsockname()
        finally:
            page.terminate()
            assert page.wait(timeout=STARTS_WITHIN_S) == 0


def ask(at: tuple[str, int], method: str, host: str, path: str) -> tuple[int, str, str]:
    with contextlib.closing(http.client.HTTPConnection(*at, timeout=STARTS_WITHIN_S)) as line:
        line.putrequest(method, path, skip_host=True)
        for name, value in (("Host", host), ("Origin", f"http://{host}"), ("Content-Length", "0")):
            line.putheader(name, value)
        line.endheaders()
        answer = line.getresponse()
        assert answer.getheader("set-cookie") is None
        return answer.status, answer.getheader("location") or "", answer.read().decode()


def test_a_phone_is_led_to_the_portal_presses_continue_and_finds_the_page(hotspot: tuple[str, int]) -> None:
    own = f"{hotspot[0]}:{hotspot[1]}"
    portal = f"http://{own}/portal"
    assert ask(hotspot, "GET", "connectivitycheck.gstatic.com", "/generate_204") == (302, portal, "")
    status, _, page = ask(hotspot, "GET", own, "/portal")
    assert (status, f"<code>http://{own}</code>" in page) == (200, True)
    assert ask(hotspot, "POST", own, "/portal")[:2] == (303, "/portal")
    assert ask(hotspot, "GET", "connectivitycheck.gstatic.com", "/generate_204") == (204, "", "")
    assert ask(hotspot, "HEAD", "captive.apple.com", "/hotspot-detect.html") == (200, "", "")
    assert ask(hotspot, "GET", "example.org", "/")[:2] == (302, portal)
    assert ask(hotspot, "GET", own, "/")[0] == 401
