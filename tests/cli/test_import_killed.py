"""`retro-timer results import`, or the timer that takes it, killed at any moment: what was told as kept is there and
whole, and the same file brings the rest.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from retro_timer.beacon.control.client import BeaconClient
from retro_timer.beacon.control.protocol import answers, requests, wire
from retro_timer.store.exchange.portions import portions
from retro_timer.store.results.edits import AnyEdit, CorrectRep
from retro_timer.store.results.journal import Journal
from retro_timer.training.corrections import NoteRep
from tests.helpers.boxes import Boxes, long_session
from tests.helpers.command import PROGRAM, environment_with, quietly
from tests.helpers.results_made import fill_by_log
from tests.helpers.timer_process import DEADLINE_S, Timer, new_home, raw_connection, timer, until

SESSIONS = 600
REPS = 1000


@pytest.fixture
def boxes(tmp_path: Path) -> Boxes:
    return Boxes(tmp_path)


@pytest.fixture
def home() -> Iterator[Path]:
    made = new_home()
    yield made
    shutil.rmtree(made)


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


def made(box: Timer, edit: AnyEdit) -> answers.Edited:
    """What the timer told when it was durable."""
    with BeaconClient(box.socket) as asking:
        return asking.ask(requests.Edit(edit, "edit"), answers.Edited, within_s=DEADLINE_S)


def killed_amid(box: Timer, edit: AnyEdit, draw: random.Random) -> None:
    """Killed while it has this in work, or just before or after."""
    with contextlib.closing(raw_connection(box.socket)) as asking:
        asking.sendall(wire.line_of(requests.Edit(edit, "edit")))
        for _ in range(draw.randint(0, 1_000_000)):
            # The machine decides how far it comes meanwhile.
            pass
        box.signal(signal.SIGKILL)
        assert box.ended() == -signal.SIGKILL


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_timer_killed_amid_an_import_has_every_portion_and_correction_that_it_told(
    boxes: Boxes, home: Path, seed: int
) -> None:
    file, draw = long_session(boxes, REPS), random.Random(seed)
    parts = [part.portion for part in portions(file, match_names=False)]
    last = draw.randrange(1, len(parts))
    told, corrections = 0, set[str]()
    with timer(home=home) as box:
        box.ready()
        for portion in parts[:last]:
            merged = made(box, portion).done.merged
            assert merged is not None
            told += merged.reps
            correction = made(box, CorrectRep(1, NoteRep(told, f"rep {told}"))).done.revision
            assert correction is not None
            corrections.add(correction)
        killed_amid(box, parts[last], draw)
    with timer(home=home) as again:
        again.ready()
        kept = len(again.results())
        assert told <= kept <= told + len(parts[last].sessions[0].reps)
        history = json.loads(quietly("results", "history", "1", "--json", env=again.env).out)
        assert corrections == {row["id"] for row in history}
        brought = quietly("results", "import", file, env=again.env)
        assert f"reps: {REPS - kept} " in brought.lines[0], brought.out + brought.err
        assert quietly("results", "import", file, env=again.env).lines[0].startswith("new sessions: 0; reps: 0 ")
        assert len(again.results()) == REPS
        assert again.stop() == 0
        verified = quietly("results", "verify", env=again.env)
        assert verified.code == 0, verified.out + verified.err
