"""The installer's question for the network, asked of somebody at a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ASK = """
. "$1/firmware/boot/installer/network.sh"
say() { printf '%s\\n' "$*"; }
nmcli() { :; }
dry_run='' old=$2 in_use=$3
offer_network
"""


@pytest.fixture
def in_use(tmp_path: Path) -> Path:
    """A program that writes down each word that it is called with, and then does what `ends` says."""
    program = tmp_path / "in use/bin/retro-timer"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >>"{tmp_path}/asked"\nexit $(cat "{tmp_path}/ends")\n')
    program.chmod(0o755)
    (tmp_path / "asked").touch()
    (tmp_path / "ends").write_text("0")
    return program.parent.parent


def answered(in_use: Path, typed: str, old: str = "") -> tuple[list[str], str]:
    """What the program was called with, and what somebody was told, who typed this."""
    told, terminal = pty.openpty()
    try:
        os.write(told, typed.encode())
        done = subprocess.run(
            ["sh", "-euc", ASK, "sh", ROOT, old, in_use], stdin=terminal, capture_output=True, text=True, timeout=60
        )
    finally:
        os.close(told)
        os.close(terminal)
    assert done.returncode == 0, done.stderr
    return (in_use.parent / "asked").read_text().splitlines(), done.stdout


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("h\nDE\n", ["network", "hotspot", "--country", "DE"]),
        ("H\n\n", ["network", "hotspot"]),
        ("j\nSports; hall's\nGB\n", ["network", "join", "Sports; hall's", "--country", "GB"]),
        ("n\n", []),
        ("\n", []),
    ],
)
def test_the_answer_is_what_the_program_is_told(in_use: Path, typed: str, asked: list[str]) -> None:
    assert answered(in_use, typed)[0] == asked


def test_a_network_that_does_not_come_up_leaves_the_timer_installed(in_use: Path) -> None:
    (in_use.parent / "ends").write_text("1")
    assert "no network: try again" in answered(in_use, "h\n\n")[1]


def test_an_upgrade_asks_nothing(in_use: Path) -> None:
    assert answered(in_use, "h\nDE\n", old="/opt/retro-timer/0.1.0") == ([], "")


def test_without_a_terminal_nothing_is_asked_and_the_command_is_told(in_use: Path) -> None:
    done = subprocess.run(
        ["sh", "-euc", ASK, "sh", ROOT, "", in_use],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "a Wi-Fi of the box's own, for phones: sudo retro-timer network hotspot --country CC\n"
    assert (in_use.parent / "asked").read_text() == ""
