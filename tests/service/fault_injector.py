"""Runs inside the box, as root: kills the timer at chosen moments of its session and notes what it had announced.

fault_injector.py SEED KILLS: prints {"announced": {rep: time_s}, "kills": n}.
Standard library and the timer's own client.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from retro_timer.beacon.control.client import BeaconClient
from retro_timer.beacon.control.protocol import answers, commands, requests
from retro_timer.beacon.events import BeaconEvent
from retro_timer.errors import RetroTimerError
from retro_timer.training.session.events import Crossing, Finish

SOCKET = Path("/run/retro-timer/beacon.sock")
COMES_BACK_WITHIN_S = 20.0
FIRST_REP_WITHIN_S = 30.0


def main_pid() -> int:
    command = ["systemctl", "show", "--value", "--property=MainPID", "retro-timer.service"]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def until_it_is(phase: str) -> None:
    """Wait until the timer sees and its session is in this phase; raises TimeoutError when that does not come."""
    give_up_s = time.monotonic() + COMES_BACK_WITHIN_S
    while time.monotonic() < give_up_s:
        try:
            with BeaconClient(SOCKET) as client:
                status = client.ask(requests.Status(), answers.Status).status
            if (status.watch.state, status.phase) == ("ok", phase):
                return
        except RetroTimerError:
            pass
        time.sleep(0.02)
    raise TimeoutError("the timer does not come back")


def order(*actions: str) -> None:
    """Give orders; what cannot be skipped is not."""
    for action in actions:
        try:
            with BeaconClient(SOCKET) as client:
                client.ask(commands.COMMANDS[action].typed(["sprints"] if action == "start" else []), answers.Done)
        except RetroTimerError:
            if action != "skip":
                raise


def followed(events: Iterator[BeaconEvent], announced: dict[int, float], crossed: Callable[[], None]) -> None:
    """Note each time that is announced, until the timer is dead."""
    try:
        for event in events:
            if isinstance(event, Finish):
                announced[event.rep] = event.time_s
            elif isinstance(event, Crossing):
                crossed()
    except (OSError, ValueError):
        return


def torment(chance: random.Random, kills: int) -> dict[int, float]:
    """Kill the timer that often; returns what it announced."""
    announced: dict[int, float] = {}
    for number in range(kills):
        until_it_is("recoverable" if number else "idle")
        pid = main_pid()
        crossing = threading.Event()
        with BeaconClient(SOCKET) as client:
            client.ask(requests.Follow(), answers.Following)
            follower = threading.Thread(target=followed, args=(client.events(), announced, crossing.set))
            follower.start()
            order("recover" if number else "start", "skip")
            if number % 3 < 2:
                # While the time is worked out, written and told.
                crossing.wait(FIRST_REP_WITHIN_S)
                time.sleep(chance.uniform(0.0, 0.8))
            else:
                time.sleep(chance.uniform(0.0, 2.5))
            os.kill(pid, signal.SIGKILL)
            follower.join()
    until_it_is("recoverable")
    return announced


print(json.dumps({"announced": torment(random.Random(int(sys.argv[1])), int(sys.argv[2]))}))
