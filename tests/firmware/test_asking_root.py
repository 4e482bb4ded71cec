"""How the box has itself switched off and its clock set: by a file that root's own service takes away."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

pytest.importorskip("VL53L1X", reason="the driver is missing: pip install 'retro-timer[twin]'")

from retro_firmware.pi import PiBoard

from retro_timer.errors import RetroTimerError


class Root:
    """Whoever obeys, between two looks of the one who waits."""

    def __init__(self, run: Path, *, obeys: bool = True) -> None:
        self.run = run
        self.obeys = obeys
        self.read: dict[str, str] = {}

    def work(self, _seconds: float) -> None:
        for request in self.run.iterdir():
            if self.obeys:
                self.read[request.name] = request.read_text()
                request.unlink()


@pytest.fixture
def board() -> PiBoard:
    return object.__new__(PiBoard)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    made = Root(tmp_path)
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    monkeypatch.setattr(PiBoard, "_sleep", made.work)
    return made


def test_the_clock_is_asked_for_by_the_seconds_alone(board: PiBoard, root: Root) -> None:
    now_s = round(time.time())
    board.set_clock(now_s)
    assert root.read == {"clock": f"{now_s}\n"}


def test_a_clock_that_shows_another_time_afterwards_was_not_set(board: PiBoard, root: Root) -> None:
    with pytest.raises(RetroTimerError, match="the clock was not set"):
        board.set_clock(round(time.time()) + 3_600)


def test_the_end_is_asked_for_by_an_empty_file(board: PiBoard, root: Root) -> None:
    board.power_off()
    assert root.read == {"poweroff": ""}


def test_what_nobody_takes_away_is_taken_back_and_told(board: PiBoard, root: Root) -> None:
    root.obeys = False
    with pytest.raises(RetroTimerError, match=r"nobody sets the clock; .* retro-timer-clock\.path"):
        board.set_clock(round(time.time()))
    with pytest.raises(RetroTimerError, match=r"nobody switches the box off; .* retro-timer-poweroff\.path"):
        board.power_off()
    assert list(root.run.iterdir()) == []


def test_a_folder_in_which_nothing_can_be_written_is_told(
    board: PiBoard, root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(root.run / "gone"))
    with pytest.raises(RetroTimerError, match="not written"):
        board.set_clock(round(time.time()))
