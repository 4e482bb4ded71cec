"""Writes the fixture of the present schema: `python -m tests.store.results.make_fixture`, once VERSION has been raised.

What it writes is never changed afterwards: it stands for the boxes that a program of that version has left behind.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from retro_timer.store.results.schema import APPLICATION_ID, VERSION

FIXTURES = Path(__file__).parent / "fixtures"
_PROGRAM = (sys.executable, "-P", "-c", "from retro_timer.cli.main import main; main()")
_ANOTHER_BOOT = "00000000-0000-4000-8000-000000000000"
_ROSTER = "Ann\nBea\n"
_PUT_RIGHT = (
    "results edit 1 1 --give Bea",
    "results edit 1 3 --note windy",
    "results undo",
    "results edit 2 --started 2026-11-22T17:30",
    "athletes rename Ann Anna --born 1990 --forward 20:3.4",
    "athletes add Annie",
    "athletes merge Annie Anna",
)


def main() -> None:
    """A group with a drop-out, a solo session, and one that kill -9 has cut off."""
    with tempfile.TemporaryDirectory() as folder:
        state, roster = Path(folder, "state"), Path(folder, "roster.csv")
        roster.write_text(_ROSTER)
        env = {**os.environ, "RETRO_TIMER_STATE": str(state), "RETRO_TIMER_CONFIG": str(Path(folder, "config"))}
        simulate = [*_PROGRAM, "simulate", "demo"]
        subprocess.run([*simulate, "--scenario", "drop-out", "--roster", str(roster)], env=env, check=True)
        subprocess.run([*simulate, "--seed", "7"], env=env, check=True)
        _cut_off([*simulate, "--speed", "20"], env)
        for words in _PUT_RIGHT:
            subprocess.run([*_PROGRAM, *words.split()], env=env, check=True)
        with contextlib.closing(sqlite3.connect(state / "results.db")) as db:
            dump = [*db.iterdump(), f"PRAGMA user_version = {VERSION};", f"PRAGMA application_id = {APPLICATION_ID};"]
        _keep(f"v{VERSION}.sql", "\n".join(dump) + "\n")
        _keep(f"v{VERSION}.jsonl", (state / "reps.jsonl").read_text(encoding="utf-8"))


def _keep(name: str, text: str) -> None:
    """Whoever opens the fixture is on another machine, or at least in another of its boots."""
    here = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    FIXTURES.mkdir(exist_ok=True)
    (FIXTURES / name).write_text(text.replace(here, _ANOTHER_BOOT), encoding="utf-8")


def _cut_off(command: list[str], env: dict[str, str]) -> None:
    """End a session with kill -9 during its second rep: one is finished and one is open."""
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as session:
        assert session.stdout is not None
        for line in session.stdout:
            if "crossing, rep 2" in line:
                break
        session.send_signal(signal.SIGKILL)


if __name__ == "__main__":
    main()
