"""Runs the boxes, the load and the usual ways."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, nullcontext
from pathlib import Path

import msgspec

from benchmarks.growth.bulk import fill
from benchmarks.latency.baselines import WAYS, BaselineOrder, BaselineReport
from benchmarks.latency.box import BoxOrder, BoxReport
from benchmarks.latency.figures import Baseline, Phase, baseline_of, phase_of
from benchmarks.latency.load import EXPORTED_REPS, Card, Exports, following
from benchmarks.latency.phones import phones
from benchmarks.latency.visits import QUICK_VISITS, SLOW_VISITS, Timetable
from benchmarks.processes import ordered, running
from retro_timer.beacon.control.client import BeaconClient
from retro_timer.beacon.control.protocol import answers, requests
from retro_timer.errors import RetroTimerError

_SETTINGS = """\
[[sensors]]
name = "rear"
placement = "belt"
role = "both"
budget_ms = 20.0
period_ms = 24.0
[watch]
tick = "never"
[session]
countdown_s = 1
get_ready_s = 2.0
[voice]
kind = "speech"
rate_wpm = 260
"""
_PLAN = """\
title = "Test"
purpose = "People appear behind a walker."
source = "benchmarks/latency"
safety = "None."
gait = "walk"
[[blocks]]
reps = 1
duration_s = 3600
"""
_GO_S = 60.0
_END_S = 30.0
_AFTER_S = 3.2

Step = Callable[[float], None]
"""Takes the seconds of measuring that have passed since it was called last."""


class Laboratory:
    """A folder in which boxes run, one at a time."""

    def __init__(self, folder: Path, step: Step = lambda _s: None, reps: int = EXPORTED_REPS) -> None:
        self._folder = folder
        self._step = step
        self._state = folder / "state"
        (folder / "config.toml").write_text(_SETTINGS, encoding="utf-8")
        (folder / "plan.toml").write_text(_PLAN, encoding="utf-8")
        fill(self._state, reps)

    def watch(self, name: str, visits: int, *, busy: bool, realtime: bool = True, on_page: int = 0) -> Phase:
        """One box for so many visits. `on_page`: so many phones are on the coach's page besides."""
        phase, _ = self._run(name, visits, busy=busy, realtime=realtime, on_page=on_page)
        return phase

    def compare(self, name: str, visits: int, baselines: int) -> tuple[Phase, list[Baseline]]:
        """A busy box, and after its visits the usual ways on the same machine under the same load."""
        return self._run(name, visits, busy=True, realtime=True, baselines=baselines)

    def _run(
        self, name: str, visits: int, *, busy: bool, realtime: bool, baselines: int = 0, on_page: int = 0
    ) -> tuple[Phase, list[Baseline]]:
        place = self._folder / name.replace(" ", "-")
        place.mkdir()
        card = Card(place)
        timetable = msgspec.structs.replace(QUICK_VISITS, visits=visits)
        arguments = ["--config", str(self._folder / "config.toml"), "--plan", str(self._folder / "plan.toml")]
        order = BoxOrder(
            timetable, str(place / "report.json"), ["run", "--board", "twin", *arguments], busy, realtime=realtime
        )
        environment = self._environment(card)
        found: list[Baseline] = []
        work: dict[str, int] = {}
        try:
            with running(ordered("benchmarks.latency.box", order, place), environment, place / "output.txt") as box:
                socket = self._state / "run" / "beacon.sock"
                with self._load(socket, environment, place, busy=busy, on_page=on_page) as done:
                    self._wait_for_go(socket, box)
                    self._wait(_length_s(timetable) + _AFTER_S)
                    found = self._baselines(baselines, place) if baselines else []
                    work = done()
        finally:
            card.close()
        report = msgspec.json.decode((place / "report.json").read_bytes(), type=BoxReport)
        return phase_of(name, report, work), found

    @contextmanager
    def _load(
        self, socket: Path, environment: dict[str, str], place: Path, *, busy: bool, on_page: int
    ) -> Iterator[Callable[[], dict[str, int]]]:
        """What else the machine does; what it has done so far."""
        if not busy:
            yield dict
            return
        with (
            closing(following(socket)) as followers,
            closing(Exports(environment)) as exports,
            phones(place, environment, on_page) if on_page else nullcontext() as on_the_page,
        ):
            yield lambda: {
                "exports": exports.done,
                "lines to clients": followers.lines,
                **({} if on_the_page is None else on_the_page.done),
            }

    def _baselines(self, visits: int, place: Path) -> list[Baseline]:
        """The usual ways side by side, each with a sensor and a sound card of its own."""
        timetable = msgspec.structs.replace(SLOW_VISITS, visits=visits)
        with ExitStack() as opened:
            processes = [self._begin(way, timetable, place / way, opened) for way in WAYS]
            self._wait(_length_s(timetable))
            for process in processes:
                process.wait(_END_S)
        reports = [(place / way / "report.json").read_bytes() for way in WAYS]
        return [
            baseline_of(way, msgspec.json.decode(report, type=BaselineReport))
            for way, report in zip(WAYS, reports, strict=True)
        ]

    def _begin(self, way: str, timetable: Timetable, folder: Path, opened: ExitStack) -> subprocess.Popen[bytes]:
        folder.mkdir()
        card = opened.enter_context(closing(Card(folder)))
        order = BaselineOrder(way, timetable, str(folder / "report.json"))
        command = ordered("benchmarks.latency.baselines", order, folder)
        return opened.enter_context(running(command, self._environment(card), folder / "output.txt"))

    def _environment(self, card: Card) -> dict[str, str]:
        """State, run-time files, speech and sound in the laboratory's folder."""
        places = {"RETRO_TIMER_STATE": self._state, "XDG_CACHE_HOME": self._folder / "cache"}
        kept = {name: value for name, value in os.environ.items() if name not in ("XDG_RUNTIME_DIR", "NOTIFY_SOCKET")}
        return kept | {name: str(path) for name, path in places.items()} | card.environment

    def _wait(self, seconds: float) -> None:
        end_s = time.monotonic() + seconds
        while (left_s := end_s - time.monotonic()) > 0.0:
            time.sleep(min(1.0, left_s))
            self._step(min(1.0, left_s))

    def _wait_for_go(self, socket: Path, box: subprocess.Popen[bytes]) -> None:
        """Raises RetroTimerError when the box does not come to its go."""
        deadline = time.monotonic() + _GO_S
        while time.monotonic() < deadline and box.poll() is None:
            try:
                with BeaconClient(socket) as beacon:
                    if beacon.ask(requests.Status(), answers.Status).status.running_s is not None:
                        return
            except RetroTimerError:
                pass
            self._wait(0.2)
        raise RetroTimerError(f"the benchmark's box came to no go; see {self._folder}")


def _length_s(timetable: Timetable) -> float:
    low, high = timetable.every_s
    return timetable.visits * (low + high) / 2.0 + timetable.stays_s
