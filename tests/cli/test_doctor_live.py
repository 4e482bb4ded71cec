"""`retro-timer doctor --live`: the range as it is read, as lines, as objects, as a bar."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.command import PROGRAM, Outcome, environment_with
from tests.helpers.doctor_asked import needs_twin
from tests.helpers.terminal import Terminal

# They measure in real time.


pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("words_are_printed")]
BOARDS = ["sim", pytest.param("twin", marks=needs_twin)]
Doctor = Callable[..., Outcome]


@pytest.mark.parametrize("board", BOARDS)
def test_the_live_range_is_plain_lines_without_a_terminal(
    doctor: Doctor, scenario: Callable[[str], Path], board: str
) -> None:
    told = doctor("--board", board, "--watch", "--scenario", scenario(""))
    assert told.code == 0
    assert [line.split()[2] for line in told.lines] == ["gate"] * len(told.lines)
    assert all("1.2" in line and line.endswith("ok") and "\x1b" not in line for line in told.lines)


def test_the_live_range_as_json_is_an_object_a_reading(doctor: Doctor) -> None:
    told = doctor("--board", "sim", "--watch", "--json")
    first = json.loads(told.lines[0])
    assert (first["sensor"], first["state"], first["range_m"]) == ("gate", "ok", None)
    assert first["ambient_kcps"] > 1000.0


LANES = '[[sensors]]\nmodel = "tf-luna"\n[course]\nlanes = 4\n'


@pytest.mark.parametrize("board", BOARDS)
def test_the_live_range_tells_in_which_lane_somebody_stands(
    doctor: Doctor, scenario: Callable[[str], Path], config_dir: Path, board: str
) -> None:
    (config_dir / "config.toml").write_text(LANES)
    somebody = scenario("[[intruders]]\nstays_s = 600.0\nrange_m = 2.1\n")
    told = doctor("--board", board, "--watch", "--scenario", somebody)
    assert {line.partition("m  lane ")[2][:1] for line in told.lines} == {"2"}
    told = doctor("--board", board, "--watch", "--json")
    assert json.loads(told.lines[0])["lane"] is None


def test_ctrl_c_ends_the_live_range() -> None:
    watching = subprocess.Popen(
        [PROGRAM, "doctor", "--board", "sim", "--watch"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment_with(None),
    )
    assert watching.stdout is not None
    watching.stdout.readline()
    watching.send_signal(signal.SIGINT)
    _, err = watching.communicate(timeout=60)
    assert (watching.returncode, err.strip()) == (130, "")


def test_the_live_range_is_a_bar_on_a_terminal(scenario: Callable[[str], Path]) -> None:
    terminal = Terminal("doctor", "--board", "sim", "--watch", "--for", "1", "--scenario", scenario(""))
    terminal.until("\x1b[1A").until("| 1.4 m  ok")
    assert terminal.ended() == 0
    bars = [line for line in terminal.text.replace("\x1b[2K", "").splitlines() if "|" in line]
    filled = bars[0].partition("|")[2].partition("|")[0]
    assert len(bars[0]) < 80
    assert filled.count("#") / len(filled) == pytest.approx(1.2 / 1.36, abs=0.05)
