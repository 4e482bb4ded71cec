"""Safe shutdown: the long hold ends the program as an orderly stop does, and only then switches the box off."""

from __future__ import annotations

from pathlib import Path

import pytest

from retro_timer.beacon.boards import BoardRequest
from retro_timer.beacon.button import ButtonEdge
from retro_timer.cli.run import _Timer
from retro_timer.cli.tellers import LineTeller
from retro_timer.errors import RetroTimerError
from retro_timer.phrases import load_catalogue
from retro_timer.settings import places
from retro_timer.settings.model import Settings, VoiceSettings
from retro_timer.settings.starting import StartFiles
from retro_timer.sim.board import SimBoard

S = 1_000_000_000
REQUEST = BoardRequest(Settings(voice=VoiceSettings(kind="text", rate_wpm=300)))


class Box(SimBoard):
    """A simulated board with a switch."""

    def __init__(self) -> None:
        super().__init__(REQUEST)
        self.happened: list[str] = []

    def close(self) -> None:
        super().close()
        self.happened.append("closed")

    def power_off(self) -> None:
        self.happened.append("off")


def held_for_eleven_seconds(board: SimBoard) -> _Timer:
    timer = _Timer(
        board,
        REQUEST,
        StartFiles(places.state_dir(), forgiving=False),
        load_catalogue("en"),
        LineTeller(as_json=False),
        None,
        lambda _name: None,
    )
    timer.service.inbox.put(ButtonEdge(True, board.clock.monotonic_ns() - 11 * S))
    return timer


def test_the_box_is_switched_off_when_all_is_written_and_closed(capsys: pytest.CaptureFixture[str]) -> None:
    board = Box()
    assert held_for_eleven_seconds(board).run(None, once=False) == 0
    assert board.happened == ["closed", "off"]
    assert '"Shutting down now."' in capsys.readouterr().out


def test_a_board_without_a_switch_only_says_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert held_for_eleven_seconds(SimBoard(REQUEST)).run(None, once=False) == 0
    assert '"Shutting down now."' in capsys.readouterr().out


def test_a_power_off_that_is_refused_is_told(state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: Box) -> None:
        raise RetroTimerError("power-off refused")

    monkeypatch.setattr(Box, "power_off", refuse)
    with pytest.raises(RetroTimerError, match="power-off refused"):
        held_for_eleven_seconds(Box()).run(None, once=False)
