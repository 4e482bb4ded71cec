"""Safe shutdown: the long hold ends the program as an orderly stop does, and only then switches the box off."""

from __future__ import annotations

from pathlib import Path

import pytest

from retro_timer.beacon.app import make_timer
from retro_timer.beacon.boards import BoardRequest
from retro_timer.beacon.equipment import Equipment
from retro_timer.beacon.messages import ButtonEdge, StartPlan
from retro_timer.beacon.output.text_voice import TextVoice
from retro_timer.beacon.timer import Surroundings
from retro_timer.cli.output.reporters import LineReporter
from retro_timer.errors import RetroTimerError
from retro_timer.phrases import load_catalogue
from retro_timer.settings import paths
from retro_timer.settings.group import Group, Roster
from retro_timer.settings.model import Settings, VoiceSettings
from retro_timer.sim.board import SimBoard
from retro_timer.training.listed import Listed
from retro_timer.training.roster import SOLO

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


def no_plan(name: str | None) -> StartPlan:
    raise AssertionError(f"the plan {name} was started")


def run_and_hold_for_eleven_seconds(board: SimBoard) -> None:
    reporter = LineReporter(as_json=False)
    made_of = Equipment(
        board=board,
        settings=REQUEST.settings,
        voice=TextVoice(board.clock, 300, reporter.spoken),
        catalogue=load_catalogue("en"),
        results_dir=paths.state_dir(),
    )
    around = Surroundings(
        make_start=no_plan,
        group=Group(Roster(tuple(map(Listed, SOLO)))),
        plans=list,
        socket=paths.socket_path(),
        page_socket=paths.page_socket_path(),
        tell=reporter.trouble,
    )
    timer = make_timer(made_of, around, None)
    reporter.attach(timer.core, timer.origin_ns)
    timer.inbox.put(ButtonEdge(True, board.clock.monotonic_ns() - 11 * S))
    timer.run(once=False)


def test_the_box_is_switched_off_when_all_is_written_and_closed(capsys: pytest.CaptureFixture[str]) -> None:
    board = Box()
    run_and_hold_for_eleven_seconds(board)
    assert board.happened == ["closed", "off"]
    assert '"Shutting down now."' in capsys.readouterr().out


def test_a_board_without_a_switch_only_says_it(capsys: pytest.CaptureFixture[str]) -> None:
    run_and_hold_for_eleven_seconds(SimBoard(REQUEST))
    assert '"Shutting down now."' in capsys.readouterr().out


def test_a_power_off_that_is_refused_is_told(state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: Box) -> None:
        raise RetroTimerError("power-off refused")

    monkeypatch.setattr(Box, "power_off", refuse)
    with pytest.raises(RetroTimerError, match="power-off refused"):
        run_and_hold_for_eleven_seconds(Box())
