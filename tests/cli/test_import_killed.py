"""`retro-timer results import` killed at any moment: what is in stays whole, and the same file brings the rest."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
from pathlib import Path

import pytest

from retro_timer.store.results.journal import Journal
from tests.helpers.boxes import Boxes
from tests.helpers.command import PROGRAM, environment_with
from tests.helpers.results_made import fill_by_log
from tests.helpers.timer_process import until

SESSIONS = 600


@pytest.fixture
def boxes(tmp_path: Path) -> Boxes:
    return Boxes(tmp_path)


def of_many_sessions(boxes: Boxes) -> Path:
    """A file that takes several portions, of a box whose sessions are over."""
    Journal(boxes.a).close()
    fill_by_log(boxes.a, SESSIONS)
    with contextlib.closing(sqlite3.connect(boxes.a / "results.db")) as db, db:
        db.execute("UPDATE session SET outcome = 'done', ended_wall_ns = started_wall_ns")
    return boxes.exported(boxes.a)


def killed_at(boxes: Boxes, file: Path, log_bytes: int) -> None:
    """An import, killed when it has written so much, if it is not over by then."""
    log = boxes.b / "reps.jsonl"
    taking = subprocess.Popen(
        [str(PROGRAM), "results", "import", str(file)],
        env=environment_with({"RETRO_TIMER_STATE": str(boxes.b)}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until(
        lambda: taking.poll() is not None or (log.exists() and log.stat().st_size >= log_bytes),
        f"{log_bytes} bytes are written",
    )
    if taking.poll() is None:
        os.kill(taking.pid, signal.SIGKILL)
    taking.wait()


@pytest.mark.slow
def test_what_is_in_stays_whole_and_the_same_file_brings_the_rest_once(boxes: Boxes) -> None:
    file = of_many_sessions(boxes)
    draw, whole = random.Random(7), (boxes.a / "reps.jsonl").stat().st_size
    for at in sorted(draw.randrange(whole) for _ in range(4)):
        killed_at(boxes, file, at)
        # As the next start does it: the log, which is written first, completes the database.
        Journal(boxes.b).close()
        checked = boxes.do(boxes.b, "verify")
        assert checked.code == 0, checked.out + checked.err
    brought = boxes.brought(boxes.b, file)[0]
    assert "are here already" in brought, brought
    assert boxes.brought(boxes.b, file)[0].startswith("new sessions: 0; reps: 0 ")
    assert boxes.exported(boxes.b).read_bytes() == file.read_bytes()
