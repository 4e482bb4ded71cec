"""A timer that is killed again and again loses nothing that it has announced, and its session goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.rig.container import Container
from tests.service.box import SERVICE, announced, kept, status

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

SEED, KILLS = 7, 20
FEWEST_ANNOUNCED = 5


def test_killed_twenty_times_in_a_session_it_keeps_every_time_that_it_announced(box: Container) -> None:
    box.put(Path(__file__).parent / "fault_injector.py", "/root/fault_injector.py")
    python = "/opt/retro-timer/venv/bin/python"
    said = box.check([python, "/root/fault_injector.py", str(SEED), str(KILLS)], timeout_s=400)
    heard = {int(rep): str(time_s) for rep, time_s in json.loads(said)["announced"].items()}
    assert len(heard) >= FEWEST_ANNOUNCED, f"too few to prove anything: {heard}"
    assert box.unit(SERVICE)["NRestarts"] == str(KILLS)
    saved = kept(box)
    assert heard.items() <= saved.items()
    assert announced(box).items() <= saved.items()
    assert status(box)["phase"] == "recoverable"
    assert len(json.loads(box.check("retro-timer results list --json"))) == 1
