"""What the coach's page costs and how soon it answers: `retro-timer coach` beside a box on the simulated board."""

from __future__ import annotations

import statistics
import subprocess
import time
from contextlib import AbstractContextManager, ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from benchmarks.cost.measure import memory_of
from benchmarks.growth.bulk import fill
from benchmarks.page.crowd import PAGES, Crowd
from benchmarks.page.phones import Line
from benchmarks.page.screen import screen_ms
from benchmarks.processes import PROGRAM, environment_of, notified, running, wait_until_ready
from retro_timer.coach.access import Access, Role
from retro_timer.coach.guard import COOKIE
from retro_timer.errors import RetroTimerError

FIRST = "/pair"
"""What a stranger sees."""
_PATIENCE_S = 30.0


class Size(msgspec.Struct, frozen=True):
    """How much."""

    starts: int
    reps: int
    """In the results."""
    streams: int
    phones: int
    settled_s: float
    """From the last stream's begin to the look at the memory."""
    seconds: float
    """For which the phones ask."""
    alone: int
    """Times that a page is asked for by one phone."""
    shown: int
    """Changes that are waited for on a screen."""


class Answers(msgspec.Struct, frozen=True):
    """How long a page, or all of them, took; in milliseconds."""

    what: str
    asked: int
    p50_ms: float
    p99_ms: float


class PageFigures(msgspec.Struct, frozen=True):
    """Everything measured."""

    first_ms: float
    """From the process's start to the end of its first page; median."""
    first_worst_ms: float
    idle_mb: float
    followed_mb: float
    """PSS with the streams."""
    alone: list[Answers]
    crowd: Answers
    screen_ms: list[float]
    """From a request to the frame that shows what it did; empty where there is no Chromium."""


def measure_page(folder: Path, size: Size) -> PageFigures:
    """Everything. Raises RetroTimerError."""
    fill(folder / "state", size.reps)
    with ExitStack() as opened:
        notify = opened.enter_context(notified(folder))
        environment = _environment(folder)
        told = environment | {"NOTIFY_SOCKET": notify.getsockname()}
        box = [PROGRAM, "run", "--board", "sim", "--voice", "text"]
        opened.enter_context(running(box, told, folder / "box.txt"))
        wait_until_ready(notify)
        cookie = f"{COOKIE}={Access(folder / 'state').let_in(Role.COACH, 'benchmark')}"
        _compile(folder, cookie)
        firsts = [_first_page(folder) for _ in range(size.starts)]
        process = opened.enter_context(_page(folder))
        host = host_in(folder)
        one = Line(host, 0, cookie)
        alone = [_answers(path, [one.get(path) for _ in range(size.alone)]) for path in PAGES]
        idle_mb = memory_of(process.pid, "page").pss_mb
        streams = [Line(host, number, cookie) for number in range(size.streams)]
        following = [stream.follow() for stream in streams]
        time.sleep(size.settled_s)
        followed_mb = memory_of(process.pid, f"page with {len(following)} streams").pss_mb
        for stream in streams[size.phones :]:
            stream.close()
        crowd = _crowd(host, cookie, size)
        shown_ms = screen_ms(f"http://{host}/", cookie, folder / "state" / "run" / "beacon.sock", size.shown)
    return PageFigures(statistics.median(firsts), max(firsts), idle_mb, followed_mb, alone, crowd, shown_ms)


def _crowd(host: str, cookie: str, size: Size) -> Answers:
    with closing(Crowd(host, cookie, size.streams, size.phones)) as crowd:
        time.sleep(size.seconds)
    return _answers(f"all of them, {size.phones} phones", crowd.taken_ms)


def _answers(what: str, taken: list[float]) -> Answers:
    if not taken:
        raise RetroTimerError("no phone of the benchmark was answered")
    ordered = sorted(taken)
    return Answers(what, len(ordered), statistics.median(ordered), ordered[int(0.99 * (len(ordered) - 1))])


def _environment(folder: Path) -> dict[str, str]:
    """As its unit has it."""
    return environment_of(folder, folder / "compiled") | {"MALLOC_ARENA_MAX": "1"}


def _page(folder: Path) -> AbstractContextManager[subprocess.Popen[bytes]]:
    url = folder / "url"
    url.unlink(missing_ok=True)
    command = [PROGRAM, "coach", "--listen", "127.0.0.1:0", "--url-file", str(url)]
    return running(command, _environment(folder), folder / "page.txt")


def _compile(folder: Path, cookie: str) -> None:
    """As an installed box has every module: what compiles one while it runs keeps that memory."""
    with _page(folder):
        line = Line(host_in(folder), 0, cookie)
        for path in (FIRST, *PAGES):
            line.get(path)
        line.close()


def _first_page(folder: Path) -> float:
    began = time.monotonic()
    with _page(folder):
        line = Line(host_in(folder), 0)
        line.get(FIRST)
        took_ms = 1000.0 * (time.monotonic() - began)
        line.close()
    return took_ms


def host_in(folder: Path) -> str:
    """Where the page listens, as soon as it does. Raises RetroTimerError."""
    url, end_s = folder / "url", time.monotonic() + _PATIENCE_S
    while time.monotonic() < end_s:
        if url.is_file() and (text := url.read_text(encoding="ascii").strip()):
            return urlsplit(text).netloc
        time.sleep(0.002)
    raise RetroTimerError(f"the benchmark's page was not there within {_PATIENCE_S:.0f} s")
