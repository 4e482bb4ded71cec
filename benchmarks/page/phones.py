"""Phones on the line to the coach's page, each from an address of its own as far as the page lets so many in."""

from __future__ import annotations

import http.client
import socket
import time

from retro_timer.coach.limits import MOST_OF_ONE_ADDRESS
from retro_timer.errors import RetroTimerError

_PATIENCE_S = 30.0


class Line:
    """A connection that is kept open."""

    def __init__(self, host: str, number: int, cookie: str = "") -> None:
        self._headers = {"cookie": cookie} if cookie else {}
        # Half as many of an address as it may have: those of before may not have gone yet.
        source = (f"127.0.1.{1 + number // (MOST_OF_ONE_ADDRESS // 2)}", 0)
        self._connection = http.client.HTTPConnection(host, timeout=_PATIENCE_S, source_address=source)

    def get(self, path: str) -> float:
        """Milliseconds until all of a page is there. Raises RetroTimerError where it is none."""
        began = time.perf_counter()
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        answer.read()
        if answer.status != http.client.OK:
            raise RetroTimerError(f"the benchmark's page answered {answer.status} to {path}")
        return 1000.0 * (time.perf_counter() - began)

    def follow(self) -> http.client.HTTPResponse:
        """A stream that has begun, and is open for as long as the answer is kept."""
        self._connection.request("GET", "/events", headers=self._headers)
        answer = self._connection.getresponse()
        answer.readline()
        return answer

    @property
    def socket(self) -> socket.socket:
        """Its connection, for who reads a stream as it comes."""
        assert self._connection.sock is not None
        return self._connection.sock

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
