"""Writes down, at once and where no power cut reaches, what the timer announces; runs in the guest.

Each line that the timer's socket tells goes to /run/rig/told.jsonl, a folder of the host. With the argument `coach` it
is also a quarrelsome coach: each result is given to the other athlete and taken back several times, as the last one
and by its number, so that many words on reps are saved in a short time, and what can be skipped is skipped.
"""

from __future__ import annotations

import json
import os
import queue
import socket
import sys
import threading
import time
from typing import Any

SOCKET = "/run/retro-timer/beacon.sock"
TOLD = "/run/rig/told.jsonl"
ATHLETES = ("Ann", "Bea")
QUARRELS = (20, 2)
"""Each second rep at length, so that a cut falls between two commits; else shortly, so that it falls into a rep."""


def connected() -> socket.socket:
    """A connection, as soon as the timer listens."""
    while True:
        made = socket.socket(socket.AF_UNIX)
        try:
            made.connect(SOCKET)
        except OSError:
            made.close()
            time.sleep(0.2)
        else:
            return made


def command(action: str, **more: str | int) -> None:
    """One command of the coach; what is refused is refused."""
    with connected() as asking:
        asking.sendall(json.dumps({"request": action, **more}).encode() + b"\n")
        asking.recv(65536)


def coach(heard: queue.SimpleQueue[dict[str, Any]]) -> None:
    """Quarrel about each result; let only the rest after a recovery pass in full."""
    patient = False
    while True:
        event = heard.get()
        if event["event"] == "recovered":
            patient = True
        elif event["event"] == "go":
            patient = False
        elif event["event"] == "phase" and event["phase"] in ("brief", "get-ready"):
            command("skip")
        elif event["event"] == "finish" and not patient:
            rep, owner = event["rep"], event["record"]["athlete"]
            other = next(name for name in ATHLETES if name != owner)
            for _ in range(QUARRELS[rep % len(QUARRELS)]):
                command("give", name=other)
                command("undo")
                command("give", name=other, rep=rep)
                command("give", name=owner, rep=rep)
            command("skip")


def witness(heard: queue.SimpleQueue[dict[str, Any]]) -> None:
    """Follow the timer, and the next one once it has ended."""
    ledger = os.open(TOLD, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    while True:
        with connected() as following, following.makefile("rb") as lines:
            following.sendall(b'{"request":"follow"}\n')
            for line in lines:
                os.write(ledger, line)
                told = json.loads(line)
                if "event" in told:
                    heard.put(told)


if __name__ == "__main__":
    listening: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    if "coach" in sys.argv:
        threading.Thread(target=coach, args=(listening,), daemon=True).start()
    witness(listening)
