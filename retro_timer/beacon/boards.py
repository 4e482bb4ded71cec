"""Finds boards and voices by their entry points, so that the program knows none of them by import."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import msgspec

from retro_timer.errors import BadInputError, BoardMissingError, RetroTimerError, near_miss
from retro_timer.ports import Board, Clock, Voice
from retro_timer.settings.calibration import Calibration
from retro_timer.settings.model import Settings

BOARDS = "retro_timer.boards"
VOICES = "retro_timer.voices"
DEFAULT_SEED = 1
_EXTRAS = {"pi": "pi", "twin": "twin", "speech": "speech"}


class BoardRequest(msgspec.Struct, frozen=True):
    """What a board is opened with."""

    settings: Settings
    calibration: Calibration = Calibration()
    scenario: str | None = None
    """sim and twin: a scenario's name or file."""
    seed: int = DEFAULT_SEED
    """sim and twin: what their people and sensors draw from."""
    trace: Path | None = None
    """replay: the recording."""
    wiring_known: bool = True
    """Whether the settings' pins are somebody's word; where they are a guess none is driven."""


def open_board(name: str, request: BoardRequest) -> Board:
    """A board by name. Raises BadInputError for an unknown one, BoardMissingError for one that is not installed."""
    found = _find(BOARDS, name, "board")
    with _said_if_missing(found, "board"):
        make: Callable[[BoardRequest], Board] = found.load()
    return make(request)


def open_voice(settings: Settings, clock: Clock, cache: Path, show: Callable[[str], None]) -> Voice:
    """The voice that the settings name. `show` gets what cannot be spoken."""
    found = _find(VOICES, settings.voice.kind, "voice")
    with _said_if_missing(found, "voice"):
        make: Callable[[Settings, Clock, Path, Callable[[str], None]], Voice] = found.load()
    return make(settings, clock, cache, show)


def open_voice_or_text(
    settings: Settings, clock: Clock, cache: Path, show: Callable[[str], None], *, forgiving: bool = False
) -> tuple[Voice, str]:
    """The voice that the settings name; the printing one, and why, where that is not installed.

    Speech that is missing is no reason not to time. One that nobody knows is refused, unless `forgiving`.
    """
    try:
        return open_voice(settings, clock, cache, show), ""
    except BadInputError as error:
        if not forgiving and not isinstance(error, BoardMissingError):
            raise
        text = msgspec.structs.replace(settings.voice, kind="text")
        return open_voice(msgspec.structs.replace(settings, voice=text), clock, cache, show), str(error)


def board_names() -> list[str]:
    """Every board that this installation knows."""
    return sorted(point.name for point in entry_points(group=BOARDS))


def _find(group: str, name: str, what: str) -> EntryPoint:
    known = {point.name: point for point in entry_points(group=group)}
    if name not in known:
        raise BadInputError(
            f"{what} '{name}'", f"not known{near_miss(name, known)}", f"one of {', '.join(sorted(known))}"
        )
    return known[name]


@contextlib.contextmanager
def _said_if_missing(point: EntryPoint, what: str) -> Iterator[None]:
    """What cannot be imported is a part that is not installed, named with the extra that brings it."""
    try:
        yield
    except ImportError as error:
        extra = _EXTRAS.get(point.name, point.name)
        raise BoardMissingError(
            f"{what} '{point.name}'",
            f"not installed ({error.name or error} is missing)",
            f"the extra that brings it: pip install 'retro-timer[{extra}]'",
        ) from None


@contextlib.contextmanager
def holding(lock: Path) -> Iterator[None]:
    """Hold the board's lock. Raises RetroTimerError when another process has it."""
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise RetroTimerError(
            f"{lock}: the board's lock cannot be made ({error.strerror}): RETRO_TIMER_STATE names another place"
        ) from None
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(fd, 32, 0).decode(errors="replace").strip() or "another process"
            raise RetroTimerError(
                f"{lock}: the board is held by process {holder}; use `retro-timer ctl` and `status`, or stop that one"
            ) from None
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(fd)
