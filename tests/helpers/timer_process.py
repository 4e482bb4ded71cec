"""`retro-timer run` as a real process with a state directory of its own; every wait has a deadline and a condition."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from retro_timer.beacon.control.client import A, BeaconClient
from retro_timer.beacon.control.protocol import answers, commands, requests
from retro_timer.beacon.control.protocol.base import Request
from retro_timer.beacon.control.protocol.facts import Facts
from retro_timer.errors import RetroTimerError
from tests.helpers.command import PROGRAM, environment_with, quietly
from tests.helpers.plans_made import plan_text

DEADLINE_S = 60.0
QUICK = "[session]\ncountdown_s = 1\nget_ready_s = 2\nchangeover_s = 5\n[voice]\nkind = 'hasty'\n"
HASTY_VOICE = """
class Hasty:
    speaking = False
    def __init__(self, show): self.say = show
    def prepare(self, texts): pass
    def seconds(self, text): return 0.0
    def cut(self): pass
    def trouble(self): return ""
    def close(self): pass

def open_voice(settings, clock, cache, show):
    return Hasty(show)
"""
"""A voice that takes no time, so that nobody waits for words; found by its entry point as any other is."""


def add_entry_point(directory: Path, group: str, name: str, target: str) -> None:
    """Install a distribution into a directory that has nothing but one entry point."""
    info = directory / f"{name}_by_test-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-by-test\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{group}]\n{name} = {target}\n")


def until(condition: Callable[[], Any], what: str, within_s: float = DEADLINE_S) -> Any:
    """Wait until a condition gives something true, and return it."""
    deadline = time.monotonic() + within_s
    pause = threading.Event()
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {within_s:g} s: {what}"
        pause.wait(0.03)
    return found


def new_home() -> Path:
    """An empty directory. A Unix socket's path may have 107 bytes at most, so it is none of pytest's."""
    return Path(tempfile.mkdtemp(prefix="rt"))


def furnished(home: Path, *, quick: bool = True) -> Path:
    """A timer's home with settings, the plans `one`, `short` and `longer`, and a hasty voice, unless it has them.

    The second rep of `longer` takes six seconds, for those who do something while it runs; all others take two.
    """
    config, voices = home / "config", home / "voices"
    if not voices.exists():
        add_entry_point(voices, "retro_timer.voices", "hasty", "hasty_voice:open_voice")
        (voices / "hasty_voice.py").write_text(HASTY_VOICE)
    if not config.exists():
        (config / "plans").mkdir(parents=True)
        reps = {
            "one": "reps = 1\ndistance_m = 5",
            "short": "reps = 3\ndistance_m = 5",
            "longer": "distances_m = [5, 20, 5]",
        }
        for name, block in reps.items():
            text = plan_text(block, gait="run", rest_s=1.0)
            (config / "plans" / f"{name}.toml").write_text(text)
        if quick:
            (config / "config.toml").write_text(QUICK)
    return home


class Timer:
    """A running timer on the simulated board."""

    def __init__(
        self,
        *args: object,
        home: Path | None = None,
        env: Mapping[str, str | None] | None = None,
        stdout: int | None = None,
        terminal: int | None = None,
        quick: bool = True,
        board: str = "sim",
        wrap: Sequence[str] = (),
    ) -> None:
        self.home = furnished(home or new_home(), quick=quick)
        self.own_home = home is None
        self.state = self.home / "state"
        config, voices = self.home / "config", self.home / "voices"
        paths = os.pathsep.join([str(voices), *filter(None, [os.environ.get("PYTHONPATH")])])
        places = {"RETRO_TIMER_STATE": str(self.state), "RETRO_TIMER_CONFIG": str(config), "PYTHONPATH": paths}
        self.env: dict[str, str | None] = {**places, **(env or {})}
        self.out_path, self.err_path = self.home / "out", self.home / "err"
        with self.out_path.open("ab") as out, self.err_path.open("ab") as err:
            self.process = subprocess.Popen(
                [*wrap, str(PROGRAM), "run", "--board", board, *(str(arg) for arg in args)],
                stdin=subprocess.DEVNULL if terminal is None else terminal,
                stdout=terminal or stdout or out,
                stderr=terminal or err,
                env=environment_with(self.env),
            )

    @property
    def socket(self) -> Path:
        """Its socket."""
        return self.state / "run" / "beacon.sock"

    @property
    def out(self) -> str:
        """What it has printed."""
        return self.out_path.read_text(encoding="utf-8", errors="replace")

    @property
    def err(self) -> str:
        """What it has complained of."""
        return self.err_path.read_text(encoding="utf-8", errors="replace")

    @property
    def events(self) -> list[dict[str, Any]]:
        """Whole lines of JSON that it has printed."""
        return [json.loads(line) for line in self.out.splitlines(keepends=True) if line.endswith("\n")]

    def ask(self, request: Request, kind: type[A]) -> A:
        """One request. Raises RetroTimerError when it is refused."""
        with BeaconClient(self.socket) as client:
            return client.ask(request, kind)

    def ctl(self, action: str, **more: Any) -> None:
        """A command that must be taken."""
        self.ask(commands.COMMANDS[action](**more), answers.Done)

    def refusal(self, action: str, **more: Any) -> str:
        """Why a command is refused."""
        try:
            self.ctl(action, **more)
        except RetroTimerError as error:
            return str(error)
        raise AssertionError(f"'{action}' was taken")

    def status(self) -> dict[str, Any]:
        """What it does and sees now."""
        told: dict[str, Any] = msgspec.to_builtins(self.ask(requests.Status(), answers.Status).status)
        return told

    def facts(self) -> Facts:
        """What its diagnostics know."""
        return self.ask(requests.Facts(), Facts)

    def answers(self) -> bool:
        """Whether somebody answers at the socket."""
        with contextlib.suppress(RetroTimerError, OSError, ValueError):
            return bool(self.status())
        return False

    def ready(self) -> Timer:
        """Wait until it answers and sees."""

        def sees() -> bool:
            assert self.process.poll() is None, self.err
            return self.answers() and self.status()["watch"]["state"] == "ok"

        until(sees, "the timer answers and its watch sees")
        return self

    def phase(self, *wanted: str, within_s: float = DEADLINE_S) -> Timer:
        """Wait until the session is in one of these phases."""
        until(lambda: self.status()["phase"] in wanted, f"phase {' or '.join(wanted)}", within_s)
        return self

    def to_go(self) -> Timer:
        """Skip what can be skipped until a rep runs."""

        def runs() -> bool:
            phase: str = self.status()["phase"]
            if phase in ("brief", "get-ready", "rest", "recovery"):
                with contextlib.suppress(RetroTimerError):
                    self.ctl("skip")
            return phase == "running"

        until(runs, "a rep runs")
        return self

    def results(self) -> list[dict[str, Any]]:
        """`results reps --json` of its state directory."""
        reps: list[dict[str, Any]] = json.loads(quietly("results", "reps", "--json", env=self.env).out)
        return reps

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def ended(self, within_s: float = DEADLINE_S) -> int:
        """Wait for its end; its exit code."""
        return self.process.wait(timeout=within_s)

    def stop(self) -> int:
        """SIGTERM, and its exit code."""
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        return self.ended()

    def close(self) -> None:
        """Whatever happened, nothing is left."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.own_home:
            shutil.rmtree(self.home, ignore_errors=True)


@contextlib.contextmanager
def timer(*args: object, **options: Any) -> Iterator[Timer]:
    """A timer for as long as the block lasts."""
    made = Timer(*args, **options)
    try:
        yield made
    finally:
        made.close()


def raw_connection(path: Path) -> socket.socket:
    """A plain connection to a timer's socket."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    made.settimeout(DEADLINE_S)
    made.connect(os.fspath(path))
    return made
