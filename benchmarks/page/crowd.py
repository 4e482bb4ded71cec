"""Phones on the coach's page that ask for one page after the other, and somebody who downloads all there is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

from benchmarks.page.phones import Line

PAGES = ("/", "/results", "/results/1", "/results/1/1", "/athletes/1", "/plans", "/rosters", "/box")
_EXPORT = "/download/csv"
_EVERY_S = 2.0
"""A phone asks for a page so often: somebody in a hurry."""


class Crowd:
    """None asks at the instant of another; until it is closed."""

    def __init__(self, host: str, cookie: str, first: int, count: int, *, downloads: bool = False) -> None:
        """`first` is the number of the first line that is free. `downloads`: one more exports all results all along."""
        self.taken_ms: list[float] = []
        """Of each page, from the request to the last byte."""
        self.downloaded = 0
        self._closing = threading.Event()
        lines = [Line(host, first + number, cookie) for number in range(count + downloads)]
        work: list[Callable[[], None]] = [
            partial(self._ask, line, number, number / count) for number, line in enumerate(lines[:count])
        ]
        work += [partial(self._download, lines[-1])] if downloads else []
        self._threads = [threading.Thread(target=each, daemon=True) for each in work]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """They go, each with its answer."""
        self._closing.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, line: Line, turn: int, share: float) -> None:
        self._closing.wait(_EVERY_S * share)
        while not self._closing.is_set():
            self.taken_ms.append(line.get(PAGES[turn % len(PAGES)]))
            turn += 1
            self._closing.wait(_EVERY_S)
        line.close()

    def _download(self, line: Line) -> None:
        while not self._closing.is_set():
            line.get(_EXPORT)
            self.downloaded += 1
        line.close()
