"""`retro-timer coach` as a real process beside a timer, and a phone that asks it over a real connection."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.helpers.command import PROGRAM, environment_with
from tests.helpers.timer_process import DEADLINE_S, Timer, timer, until


class CoachProcess:
    """A running page."""

    def __init__(self, home: Path, env: dict[str, str | None]) -> None:
        self.env = env
        self.url_file = home / "url"
        self.err_path = home / "coach.err"
        with self.err_path.open("ab") as err:
            self.process = subprocess.Popen(
                [str(PROGRAM), "coach", "--listen", "127.0.0.1:0", "--url-file", str(self.url_file)],
                stdout=subprocess.PIPE,
                stderr=err,
                text=True,
                env=environment_with(env),
            )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url, self.err_path.read_text()
        self.host = urlsplit(self.url).netloc

    def pin(self) -> str:
        """As `retro-timer pin` prints it."""
        made = subprocess.run(
            [str(PROGRAM), "pin"], env=environment_with(self.env), capture_output=True, text=True, check=True
        )
        return made.stdout[:6]

    def close(self) -> None:
        """End it, however it goes."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(timeout=DEADLINE_S)
        finally:
            if self.process.stdout is not None:
                self.process.stdout.close()


class PhoneOnAir:
    """A browser's connection to it."""

    def __init__(self, page: CoachProcess) -> None:
        self.page = page
        self.cookie = ""

    def paired(self) -> PhoneOnAir:
        """With a PIN, as a coach."""
        status, _ = self.post("/pair", pin=self.page.pin())
        assert status == 303
        return self

    def get(self, path: str) -> tuple[int, str]:
        """A page."""
        return self._ask("GET", path, "", {})

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        """A form."""
        headers = {"content-type": "application/x-www-form-urlencoded", "origin": self.page.url}
        return self._ask("POST", path, urlencode(fields), headers)

    def do(self, command: str, **fields: str) -> str:
        """A command, as the page's script sends it; nothing, or why it was refused."""
        headers = {"accept": "application/json", "origin": self.page.url}
        status, body = self._ask("POST", f"/do/{command}", urlencode(fields), headers)
        told = json.loads(body)
        assert (status == 200) is told["ok"]
        return "" if told["ok"] else str(told["text"])

    def _ask(self, method: str, path: str, body: str, headers: dict[str, str]) -> tuple[int, str]:
        connection = http.client.HTTPConnection(self.page.host, timeout=DEADLINE_S)
        try:
            connection.request(method, path, body or None, {**headers, **self._own()})
            answer = connection.getresponse()
            if found := re.match(r"(retro-timer=[^;]+)", answer.getheader("set-cookie") or ""):
                self.cookie = found[1]
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    @contextlib.contextmanager
    def stream(self, since: str = "") -> Iterator[Iterator[tuple[str, str, Any]]]:
        """The events as they come: id, name and what is in them."""
        connection = http.client.HTTPConnection(self.page.host, timeout=DEADLINE_S)
        try:
            connection.request("GET", "/events", headers={**self._own(), **({"Last-Event-ID": since} if since else {})})
            answer = connection.getresponse()
            assert answer.status == 200
            yield _messages(answer)
        finally:
            connection.close()

    def _own(self) -> dict[str, str]:
        return {"cookie": self.cookie} if self.cookie else {}


def _messages(answer: http.client.HTTPResponse) -> Iterator[tuple[str, str, Any]]:
    fields: dict[str, str] = {}
    while line := answer.readline().decode():
        if line == "\n":
            yield fields.get("id", ""), fields["event"], json.loads(fields["data"])
            fields = {}
        else:
            name, _, value = line.rstrip("\n").partition(": ")
            fields[name] = value


@contextlib.contextmanager
def page_of(box: Timer, state: Path | None = None) -> Iterator[CoachProcess]:
    """A page beside a timer, for as long as the block lasts. `state`: its own place for the timer's, as on a box."""
    made = CoachProcess(box.home, box.env if state is None else {**box.env, "RETRO_TIMER_STATE": str(state)})
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def box() -> Iterator[Timer]:
    """A timer on the simulated board that sees."""
    with timer() as made:
        yield made.ready()


@pytest.fixture
def page(box: Timer) -> Iterator[CoachProcess]:
    """Its page."""
    with page_of(box) as made:
        yield made


def seen(phone: PhoneOnAir, text: str) -> None:
    """Wait until the live page shows it."""
    until(lambda: text in phone.get("/")[1], f"'{text}' on the page")
