"""The processes that the benchmark starts: beacons and its own modules, each ended when its block is."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from retro_timer.errors import RetroTimerError

PROGRAM = str(Path(sys.executable).with_name("retro-timer"))
_NOT_PASSED_ON = ("XDG_RUNTIME_DIR", "NOTIFY_SOCKET", "PYTHONDONTWRITEBYTECODE")
_PATIENCE_S = 30.0


def ordered(module: str, order: object, folder: Path) -> list[str]:
    """The command that has one of the benchmark's modules carry out an order, which is written into a folder."""
    file = folder / "order.json"
    file.write_text(json.dumps(msgspec.to_builtins(order)), encoding="utf-8")
    return [sys.executable, "-m", module, str(file)]


def environment_of(folder: Path, compiled: Path) -> dict[str, str]:
    """What a process leaves lies in the folder; its modules, compiled as pip leaves them on a box, in `compiled`."""
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_PASSED_ON}
    return kept | {
        "RETRO_TIMER_STATE": str(folder / "state"),
        "RETRO_TIMER_CONFIG": str(folder / "config"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "PYTHONPYCACHEPREFIX": str(compiled),
    }


@contextmanager
def running(
    command: Sequence[str],
    environment: Mapping[str, str],
    output: Path,
    end: Callable[[subprocess.Popen[bytes]], None] = subprocess.Popen.terminate,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process whose words go into a file; when the block ends it is asked to end, or as `end` says."""
    with output.open("wb") as words:
        process = subprocess.Popen(command, env=environment, stdout=words, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            end(process)
            process.wait(_PATIENCE_S)


@contextmanager
def notified(folder: Path) -> Iterator[socket.socket]:
    """systemd's end of the notification socket."""
    path = folder / "notify.sock"
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind(str(path))
        notify.settimeout(_PATIENCE_S)
        yield notify


def wait_until_ready(notify: socket.socket) -> float:
    """Raises RetroTimerError when the beacon does not become ready."""
    try:
        while b"READY=1" not in notify.recv(4096):
            pass
    except TimeoutError:
        raise RetroTimerError(f"the benchmark's box was not ready within {_PATIENCE_S:.0f} s") from None
    return time.monotonic()
