"""Whoever holds the board: the running timer, asked over its socket, or this process itself while it checks."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from retro_timer.beacon.app import Workbench
from retro_timer.beacon.boards import BoardRequest, holding, open_board, open_voice_or_text
from retro_timer.beacon.control.client import BeaconClient, NoTimerError, expected
from retro_timer.beacon.control.diagnostics import Diagnostics
from retro_timer.beacon.control.protocol import requests
from retro_timer.beacon.control.protocol.base import Answer
from retro_timer.beacon.control.protocol.facts import Facts, Readings
from retro_timer.beacon.equipment import Equipment
from retro_timer.detection.events import SensorState
from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.phrases import load_catalogue
from retro_timer.ports import Board, RangeSample
from retro_timer.settings import paths
from retro_timer.settings.calibration import load_calibration
from retro_timer.settings.loading import load_settings

A = TypeVar("A", bound=Answer)

DEFAULT_BOARD = "pi"
_FIRST_LOOK_S = 3.0
"""How long the sensors may take to their first reading."""
_POLL_S = 0.1


class Ask(Protocol):
    """Asks whoever holds the board."""

    def __call__(self, request: requests.ToDiagnostics, kind: type[A]) -> A:
        """The answer, which is of this kind. Raises RetroTimerError when the request is refused or nobody answers."""


class BoardFaultError(RetroTimerError):
    """The board is installed and free, and yet it does not open: its pins cannot be had."""


class Wanted(msgspec.Struct, frozen=True):
    """Which board, as the command line has it; None for what it leaves open."""

    board: str | None = None
    config: Path | None = None
    scenario: str | None = None


class Holder:
    """Asks whoever holds the board. Every request raises RetroTimerError when it is refused or nobody answers."""

    def __init__(self, ask: Ask, *, running: bool) -> None:
        self.ask = ask
        self.running = running
        """Whether that is the running timer and not this process."""

    def facts(self) -> Facts:
        """The board, and what its holder knows."""
        return self.ask(requests.Facts(), Facts)

    def readings(self, after_ns: int | None) -> Readings:
        """Each sensor's readings after an instant of the board's clock; None for the last one of each."""
        return self.ask(requests.Readings(after_ns), Readings)

    def wait_until_it_sees(self) -> Facts:
        """Wait until every sensor has given a reading, has failed to start, or has had the time to do either."""
        deadline = time.monotonic() + _FIRST_LOOK_S
        while True:
            facts = self.facts()
            failed = {s.spec.name for s in facts.sensors if s.trouble or s.state is SensorState.LOST}
            missing = {sensor.name for sensor in self.readings(None).sensors if not sensor.samples}
            if missing <= failed or time.monotonic() >= deadline:
                return facts
            pause(_POLL_S)

    def collect(self, seconds: float) -> dict[str, list[RangeSample]]:
        """Every reading of the coming seconds, by sensor."""
        found: dict[str, list[RangeSample]] = {}
        for came in self.follow(seconds):
            for name, samples in came.items():
                found.setdefault(name, []).extend(samples)
        return found

    def follow(self, seconds: float) -> Iterator[dict[str, list[RangeSample]]]:
        """The same as it comes, a few times a second."""
        after: dict[str, int] = {}
        now_ns = self.readings(None).now_ns
        deadline = time.monotonic() + seconds
        left_s = seconds
        while left_s > 0.0:
            pause(min(left_s, 2.5 * _POLL_S))
            left_s = deadline - time.monotonic()
            answer = self.readings(min(after.values(), default=now_ns))
            came: dict[str, list[RangeSample]] = {}
            for sensor in answer.sensors:
                last_ns = after.setdefault(sensor.name, now_ns)
                came[sensor.name] = [sample for sample in sensor.samples if sample.t_ns > last_ns]
                if came[sensor.name]:
                    after[sensor.name] = came[sensor.name][-1].t_ns
            yield came


@contextlib.contextmanager
def holder(wanted: Wanted, show: Callable[[str], None]) -> Iterator[Holder]:
    """Whoever holds the board. `show` gets words that cannot be spoken.

    Raises BadInputError when a timer runs on another board than wanted, RetroTimerError for a board that cannot be had.
    """
    try:
        client = BeaconClient(paths.socket_path())
    except NoTimerError:
        with _held(wanted, show) as own:
            yield own
        return
    with client:
        there = Holder(client.ask, running=True)
        _check_same(wanted, there.facts().board)
        yield there


def pause(seconds: float) -> None:
    """Let time pass; Ctrl-C ends it."""
    time.sleep(seconds)


def _check_same(wanted: Wanted, board: str) -> None:
    """The running timer has its board and settings; it cannot be asked about others."""
    asked = {"--board": wanted.board if wanted.board != board else None, "--config": wanted.config}
    for option, value in {**asked, "--scenario": wanted.scenario}.items():
        if value is not None:
            raise BadInputError(
                f"{option} {value}",
                f"a timer runs here on the board '{board}', with its own settings",
                f"no {option}, or the timer stopped first: sudo systemctl stop retro-timer",
            )


@contextlib.contextmanager
def _held(wanted: Wanted, show: Callable[[str], None]) -> Iterator[Holder]:
    """Hold the board in this process: its threads run, its session's loop has nothing to do."""
    settings = load_settings(wanted.config)
    calibration = load_calibration(paths.state_dir())
    request = BoardRequest(settings, calibration, wanted.scenario)
    with (
        holding(paths.lock_path()),
        tempfile.TemporaryDirectory() as scrap,
        _opened(wanted.board or DEFAULT_BOARD, request) as board,
    ):
        voice, missing = open_voice_or_text(settings, board.clock, paths.cache_dir(), show)
        made_of = Equipment(
            board=board,
            settings=settings,
            voice=voice,
            catalogue=load_catalogue(settings.voice.language),
            # No session is held here: what the journal writes all the same is for nobody.
            results_dir=Path(scrap),
            calibration=calibration,
            voice_missing=missing,
        )
        workbench = Workbench(made_of, paths.state_dir())
        workbench.start()
        try:
            yield Holder(_asking(workbench.diagnostics), running=False)
        finally:
            workbench.close()


@contextlib.contextmanager
def _opened(name: str, request: BoardRequest) -> Iterator[Board]:
    try:
        board = open_board(name, request)
    except BadInputError:
        raise
    except RetroTimerError as error:
        raise BoardFaultError(str(error)) from None
    try:
        yield board
    finally:
        board.close()


def _asking(diagnostics: Diagnostics) -> Ask:
    """As over a socket."""

    def ask(request: requests.ToDiagnostics, kind: type[A]) -> A:
        return expected(diagnostics.answer(request), kind, request)

    return ask
