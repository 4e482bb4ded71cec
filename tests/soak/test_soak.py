"""Hours of training: what the timer uses stays flat.

RETRO_TIMER_SOAK_S sets the real seconds of each live soak: 60, and 600 with `make field`.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from retro_timer.errors import RetroTimerError
from tests.helpers.command import PROGRAM, environment_with, process
from tests.helpers.plans_made import plan_text
from tests.helpers.timer_process import Timer, raw_connection, timer, until
from tests.helpers.vitals import Vitals

LIVE_S = float(os.environ.get("RETRO_TIMER_SOAK_S", "60"))
WARM_UP_S = 20.0
HOURS = 8
MB = 1_000_000
REP_BYTES = 4000
"""What the session remembers of each of its reps, with all that Python adds."""
READING_BYTES = 400
"""What the ring buffer of the last ten minutes takes for each reading."""
SLACK_BYTES = 1 * MB
"""What the allocator may keep or give back at any moment."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(LIVE_S + 540)]


def test_eight_simulated_hours_of_one_session_use_no_more_than_the_first(tmp_path: Path) -> None:
    """One session of several hundred reps: what is remembered of each may grow, and nothing else."""
    path = tmp_path / "long.toml"
    path.write_text(plan_text("sets = 11\nreps = 90\ndistance_m = 10", rest_s=25.0, recovery_s=180.0))
    program = subprocess.Popen(
        [str(PROGRAM), "simulate", str(path), "--json"], stdout=subprocess.PIPE, env=environment_with(None), text=True
    )
    assert program.stdout is not None
    vitals = Vitals(program.pid)
    reps, warm_up_reps = 0, 0
    with program:
        for line in program.stdout:
            event = json.loads(line)
            if event["event"] == "finish":
                vitals.look(event["t_s"])
                reps += 1
                warm_up_reps += event["t_s"] < 3600.0
            if event["t_s"] >= HOURS * 3600.0:
                program.kill()
    assert vitals.looks[-1].at_s >= (HOURS - 0.1) * 3600.0, f"only {vitals.looks[-1].at_s / 3600.0:.1f} h"
    growth = vitals.memory_growth_bytes(3600.0)
    later = reps - warm_up_reps
    print(
        f"memory grew by {growth / 1000:.0f} kB in {later} reps of the last {HOURS - 1} h: {growth / later:.0f} B each"
    )
    assert growth <= REP_BYTES * later + SLACK_BYTES
    vitals.assert_handles_flat(3600.0)
    assert vitals.looks[-1].memory_bytes < 60 * MB


@pytest.mark.parametrize("board", ["sim", "twin"])
def test_a_live_timer_uses_no_more_after_many_sessions_and_clients(board: str) -> None:
    if board == "twin" and importlib.util.find_spec("VL53L1X") is None:
        pytest.skip("the driver is missing: pip install 'retro-timer[twin]'")
    with timer(board=board) as box:
        box.ready()
        vitals = Vitals(box.process.pid)
        began, rounds = time.monotonic(), 0
        samples: list[int] = []
        while (at_s := time.monotonic() - began) < LIVE_S:
            one_round(box, rounds)
            rounds += 1
            samples.append(box.status()["samples"] if at_s >= WARM_UP_S else 0)
            vitals.look(time.monotonic() - began)
        readings = samples[-1] - next(count for count in samples if count)
        growth = vitals.memory_growth_bytes(WARM_UP_S)
        print(f"{board}: {rounds} rounds, {readings} readings, memory grew by {growth / 1000:.0f} kB")
        assert growth <= READING_BYTES * readings + SLACK_BYTES
        vitals.assert_handles_flat(WARM_UP_S)
        assert box.stop() == 0
        assert "Traceback" not in box.err


def one_round(box: Timer, number: int) -> None:
    """About a second of a busy day: clients come, ask, follow and vanish; sessions begin, go on, and are stopped."""
    followers = [raw_connection(box.socket) for _ in range(3)]
    for follower in followers:
        follower.sendall(b'{"request": "follow"}\n')
    phase = box.status()["phase"]
    with contextlib.suppress(RetroTimerError):
        if phase in ("idle", "done", "stopped"):
            box.ctl("start", plan="one")
        elif phase in ("brief", "get-ready", "rest"):
            box.ctl("skip")
        elif number % 5 == 4:
            box.ctl("stop")
    if number % 20 == 19:
        assert process("keep", env=box.env).code == 0
    before = box.status()["samples"]
    until(lambda: box.status()["samples"] > before + 10, "readings go on")
    for follower in followers:
        follower.close()
