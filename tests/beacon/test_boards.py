"""Boards and voices by their entry points, and the lock that only one process holds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from retro_timer.beacon.boards import BoardRequest, board_names, holding, open_board, open_voice
from retro_timer.beacon.clock import RealClock
from retro_timer.errors import BadInputError, RetroTimerError
from retro_timer.settings.model import Settings, VoiceSettings


def test_the_boards_of_the_design_are_known() -> None:
    assert board_names() == ["pi", "replay", "sim", "twin"]


def test_the_simulated_board_opens_and_measures() -> None:
    board = open_board("sim", BoardRequest(Settings()))
    assert board.name == "sim"
    (bus,) = board.buses
    (sensor,) = bus.sensors
    sensor.start()
    sample = sensor.read()
    assert sample is not None
    assert sample.t_ns <= board.clock.monotonic_ns()
    board.close()
    board.close()


def test_an_unknown_board_is_told_with_the_nearest_one() -> None:
    with pytest.raises(BadInputError, match=r"board 'simm': not known \(did you mean 'sim'\?\); expected one of"):
        open_board("simm", BoardRequest(Settings()))


def test_an_unknown_voice_is_told_with_the_nearest_one(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"voice 'txt': not known \(did you mean 'text'\?\)"):
        open_voice(Settings(voice=VoiceSettings(kind="txt")), RealClock(), tmp_path, print)


def test_the_text_voice_prints_and_takes_as_long_as_speaking_would(tmp_path: Path) -> None:
    shown: list[str] = []
    voice = open_voice(Settings(voice=VoiceSettings(kind="text")), RealClock(), tmp_path, shown.append)
    voice.say("Set one of two.")
    assert shown == ["Set one of two."]
    assert voice.speaking
    voice.cut()
    assert not voice.speaking
    assert voice.trouble() == ""


def test_one_process_holds_the_board_and_another_is_told_which(tmp_path: Path) -> None:
    lock = tmp_path / "run" / "board.lock"
    holder = subprocess.Popen(
        [
            sys.executable,
            "-P",
            "-c",
            "import sys; from pathlib import Path; from retro_timer.beacon.boards import holding\n"
            f"with holding(Path({str(lock)!r})):\n    print('held', flush=True); sys.stdin.read()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(RetroTimerError, match=f"held by process {holder.pid}"), holding(lock):
        pass
    holder.kill()
    holder.communicate()
    with holding(lock):
        assert lock.read_text().strip() == str(os.getpid())
    with holding(lock):
        pass


def test_a_lock_that_cannot_be_made_is_one_line_of_complaint(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RetroTimerError) as caught, holding(tmp_path / "file" / "run" / "board.lock"):
        pass
    assert "\n" not in str(caught.value)
    assert str(tmp_path / "file") in str(caught.value)
