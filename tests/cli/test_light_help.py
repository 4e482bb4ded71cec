"""The help loads nothing heavy, and `run` loads no more than it needs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.helpers.command import environment_with

pytestmark = pytest.mark.slow

HEAVY = ("rich", "starlette", "uvicorn", "jinja2", "gpiozero", "sqlite3", "asyncio", "msgspec", "numpy", "pyttsx3")

COMMANDS = ("run", "simulate", "replay", "plans", "results", "status")
PROBE = """
import contextlib, sys
from retro_timer.cli.main import main
try:
    for args in eval(sys.argv[1]):
        with contextlib.suppress(SystemExit):
            main([*args])
finally:
    print("LOADED " + " ".join(sorted(sys.modules)), file=sys.stderr)
"""


def loaded_by(*args: str) -> set[str]:
    """Modules that a command has loaded when it ends."""
    return loaded_by_each([args])


def loaded_by_each(commands: Sequence[tuple[str, ...]]) -> set[str]:
    """Modules that a process has loaded that carries out one command after the other."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", PROBE, repr(commands)],
        env=environment_with(None),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "LOADED" in done.stderr, done.stderr
    return set(done.stderr.partition("LOADED ")[2].split())


@pytest.mark.parametrize("args", [("--help",), ("-h",), ("--version",), ("bogus",)], ids=" ".join)
def test_the_help_loads_nothing_heavy(args: tuple[str, ...]) -> None:
    loaded = loaded_by(*args)
    assert sorted(name for name in HEAVY if name in loaded) == []
    own = {name for name in loaded if name.startswith("retro_timer")}
    assert own <= {
        f"retro_timer{name}" for name in ("", ".cli", ".cli.main", ".cli.output", ".cli.output.streams", ".errors")
    }


def test_the_help_of_a_command_loads_no_firmware_and_no_web() -> None:
    loaded = loaded_by_each([(command, "--help") for command in COMMANDS])
    assert not loaded & {"rich", "starlette", "uvicorn", "gpiozero", "asyncio", "retro_firmware"}


def test_a_simulation_without_a_terminal_loads_no_terminal_arts() -> None:
    assert not loaded_by("simulate", "demo", "--json") & {"rich", "starlette", "gpiozero", "asyncio", "numpy"}


def test_the_pages_address_is_shown_without_a_server() -> None:
    loaded = loaded_by("qr")
    assert "retro_timer.coach.addresses" in loaded
    assert not loaded & {"starlette", "uvicorn", "jinja2", "rich"}


def test_a_replay_loads_no_database_and_no_terminal_arts(tmp_path: Path) -> None:
    path = tmp_path / "day.csv"
    path.write_text("t_s,range_mm,status,signal_kcps,ambient_kcps\n0,2000,,,\n")
    assert not loaded_by("replay", str(path)) & {"rich", "asyncio", "sqlite3", "gpiozero"}


def test_the_box_loads_no_stand_in_for_its_parts() -> None:
    probe = """
import sys
from importlib.metadata import entry_points
from retro_timer.sensors.known import driver_of, kinds
next(iter(entry_points(group="retro_timer.boards", name="pi"))).load()
for kind in kinds():
    driver_of(kind.name)
print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-P", "-c", probe], capture_output=True, text=True, check=True, timeout=60)
    stand_ins = ("retro_timer.sim", "gpiozero.pins.mock")
    loaded = set(done.stdout.split())
    assert "retro_firmware.pi" in loaded
    twins = {"twin", "staged", "twin_stage"}
    assert [n for n in loaded if n.startswith(stand_ins) or not twins.isdisjoint(n.split("."))] == []
