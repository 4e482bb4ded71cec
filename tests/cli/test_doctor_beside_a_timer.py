"""`retro-timer doctor` beside a running timer, which it asks."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.command import PROGRAM, Outcome, environment_with, quietly
from tests.helpers.doctor_asked import ASKED, findings, needs_twin
from tests.helpers.timer_process import Timer, add_entry_point, timer, until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def running() -> Iterator[Timer]:
    with timer(board="sim") as made:
        yield made.ready()


def ask(running: Timer, *args: object) -> Outcome:
    """A doctor beside the timer."""
    return quietly("doctor", *args, env=running.env)


def test_the_running_timer_is_asked_and_goes_on(running: Timer) -> None:
    before = running.status()["samples"]
    told = ask(running, "--for", "1", "--json")
    assert told.code == 0, told.err
    assert findings(told)["gate: rate"]["verdict"] in ("ok", "poor"), "as many as a busy machine lets come"
    until(lambda: running.status()["samples"] > before, "it reads on")


def test_its_board_and_settings_are_its_own(running: Timer, tmp_path: Path) -> None:
    for args in (("--board", "twin"), ("--config", str(tmp_path / "x.toml")), ("--scenario", "demo")):
        told = ask(running, *args)
        assert told.code == 2
        assert "a timer runs here on the board 'sim', with its own settings" in told.one_line()
    assert ask(running, "--board", "sim", "--for", "0.5").code == 0


def test_the_running_timer_beeps_speaks_and_shows_its_range(running: Timer) -> None:
    assert ask(running, "--beep").lines == ["beep: ready", "beep: go"]
    assert ask(running, "--say", "from far away").code == 0
    until(lambda: "from far away" in running.out, "it was said by the timer")
    assert "gate" in ask(running, "--watch", "--for", "0.5").out


def test_during_a_session_it_is_looked_at_and_left_in_peace(running: Timer) -> None:
    running.ctl("start", plan="one")
    try:
        for trial in ("--beep", "--hear"):
            told = ask(running, trial)
            assert told.code == 1
            assert "a session is under way" in told.err
            assert told.out == ""
        assert ask(running, "--for", "0.5").code == 0
    finally:
        running.ctl("stop")


PRESSED = """
import pathlib, threading, time
from retro_firmware import twin

def open_board(request):
    board = twin.open_twin(request)
    pin = board.factory.pin(request.settings.button.pin)
    def press():
        while not pathlib.Path(__file__).with_name("press").exists():
            time.sleep(0.02)
        pin.drive_low()
        time.sleep(0.5)
        pin.drive_high()
    threading.Thread(target=press, daemon=True).start()
    return board
"""

"""The twin, with a finger on its button once a file is there: its pins can only be moved from within."""


@needs_twin
def test_a_press_on_the_running_box_answers_the_sound_check_and_starts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pressed_twin.py").write_text(PRESSED)
    add_entry_point(tmp_path, "retro_timer.boards", "pressed", "pressed_twin:open_board")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with timer(board="pressed") as running:
        running.ready()
        checking = subprocess.Popen(
            [PROGRAM, "doctor", "--hear", "--for", "30"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            env=environment_with(running.env),
        )
        assert checking.stdout is not None
        while ASKED not in checking.stdout.readline():
            assert checking.poll() is None
        (tmp_path / "press").touch()
        out, _ = checking.communicate(timeout=60)
        assert (checking.returncode, out.splitlines()[-1]) == (0, "heard")
        assert running.status()["phase"] == "idle"
