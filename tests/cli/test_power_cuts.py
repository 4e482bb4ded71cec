"""Whatever ends a session, and whenever: what was announced is there, and the next start offers to go on."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from retro_timer.store.results.database import open_for_reading
from retro_timer.store.results.entries import RepKept
from retro_timer.store.results.queries import sessions
from retro_timer.store.results.reps_log import read_log
from tests.helpers.command import PROGRAM, environment_with
from tests.helpers.plans_made import plan_text
from tests.helpers.results_made import foreign_database
from tests.helpers.timer_process import DEADLINE_S, Timer, furnished, new_home, timer, until

pytestmark = pytest.mark.slow

MOST = int(os.environ.get("RETRO_TIMER_KILLS", "25"))
"""How many random moments: 25 in CI, 200 by hand."""

Told = list[dict[str, Any]]


@pytest.fixture
def home() -> Iterator[Path]:
    """A home with a plan of 60 reps, and nothing running in it."""
    made = furnished(new_home())
    path = made / "config" / "plans" / "many.toml"
    path.write_text(plan_text("sets = 3\nreps = 20\ndistance_m = 10", gait="run"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


def killed_session(home: Path, draw: random.Random) -> Told:
    """What a simulated session had told when it was killed somewhere after a random one of its lines."""
    places = {"RETRO_TIMER_STATE": str(home / "state"), "RETRO_TIMER_CONFIG": str(home / "config")}
    program = subprocess.Popen(
        [str(PROGRAM), "simulate", "many", "--json", "--seed", str(draw.randint(1, 99))],
        stdout=subprocess.PIPE,
        env=environment_with(places),
    )
    assert program.stdout is not None
    data = b"".join(program.stdout.readline() for _ in range(draw.randint(1, 120)))
    for _ in range(draw.randint(0, 20_000)):
        # The machine decides how far the session comes meanwhile.
        pass
    program.kill()
    data += program.stdout.read()
    program.stdout.close()
    assert program.wait(DEADLINE_S) == -signal.SIGKILL
    return [json.loads(line) for line in data[: data.rfind(b"\n") + 1].splitlines()]


def announced(told: Told) -> dict[int, float]:
    """Times of the reps that were announced as finished."""
    return {event["rep"]: event["time_s"] for event in told if event["event"] == "finish"}


def kept(box: Timer) -> dict[int, float]:
    """Times of the reps that are kept as finished."""
    return {rep["rep"]: rep["time_s"] for rep in box.results() if rep["status"] == "finished"}


def any_session(state: Path) -> bool:
    """Whether a session's beginning is on disk."""
    reading = open_for_reading(state)
    return reading is not None and any(sessions(reading))


@pytest.mark.parametrize("moment", range(MOST))
def test_kill_9_loses_nothing_announced_and_the_next_start_offers_to_go_on(home: Path, moment: int) -> None:
    told = announced(killed_session(home, random.Random(1000 + moment)))
    with timer(home=home) as box:
        box.ready()
        if not told and not any_session(box.state):
            # It was killed before its beginning was on disk: nothing has happened yet.
            assert box.status()["phase"] == "idle"
            return
        box.phase("recoverable")
        assert box.status()["title"] == "Test plan"
        saved = kept(box)
        assert told.items() <= saved.items()
        assert len(saved) - len(told) in (0, 1)
        assert box.status()["reps_done"] == len(saved)
        box.ctl("close")
        assert box.stop() == 0
        assert kept(box) == saved
        assert "Traceback" not in box.err


@pytest.mark.parametrize("seed", [0, 1])
def test_a_power_cut_that_tears_the_log_and_ruins_the_database_loses_no_whole_line_and_offers_to_go_on(
    home: Path, seed: int
) -> None:
    """A card may lose what was written last, and whole blocks of a file that was being written to."""
    draw = random.Random(seed)
    told = announced(killed_session(home, draw))
    log = home / "state" / "reps.jsonl"
    whole = log.read_bytes()
    last = whole.rstrip(b"\n").rpartition(b"\n")[2]
    log.write_bytes(whole[: -draw.randint(2, len(last))])
    lines = list(read_log(log.parent))
    database = home / "state" / "results.db"
    database.write_bytes(draw.randbytes(4096) + database.read_bytes()[4096:])
    for tail in ("-wal", "-shm"):
        database.with_name(database.name + tail).unlink(missing_ok=True)
    ends = [line for line in lines if isinstance(line, RepKept) and line.status == "finished"]
    in_log = {line.rep: line.time_ns / 1e9 for line in ends if line.time_ns is not None}
    with timer(home=home) as box:
        box.ready().phase("recoverable")
        assert "results.db was damaged" in box.out
        assert kept(box) == in_log
        assert len(told) - len(in_log.keys() & told.keys()) <= 1
        box.ctl("recover")
        box.to_go()
        until(lambda: len(kept(box)) > len(in_log), "the next finish is on disk")
        assert box.stop() == 0
    assert len(list(read_log(log.parent))) > len(lines)


def emptied(state: Path) -> None:
    (state / "results.db").write_bytes(b"")
    (state / "results.db-wal").unlink(missing_ok=True)


def removed(state: Path) -> None:
    (state / "results.db").unlink()


def another_programs(state: Path) -> None:
    removed(state)
    foreign_database(state / "results.db")


def log_removed(state: Path) -> None:
    (state / "reps.jsonl").unlink()


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        (emptied, "results.db was empty: rebuilt"),
        (removed, "results.db was gone: rebuilt"),
        (another_programs, "results.db was another program's file: set aside"),
        (log_removed, "results.db was fuller than reps.jsonl"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_power_cut_that_costs_a_whole_file_costs_nothing_announced_and_that_is_said_before_ready(
    home: Path, loss: Callable[[Path], None], words: str
) -> None:
    told = announced(killed_session(home, random.Random(7)))
    loss(home / "state")
    with timer(home=home) as box:
        box.ready().phase("recoverable")
        assert told.items() <= kept(box).items()
        assert box.out.count(words) == 1
        box.ctl("close")
        box.ctl("start", plan="one")
        box.to_go()
        assert box.stop() == 0
    with contextlib.closing(sqlite3.connect(home / "state" / "results.db")) as db:
        assert db.execute("SELECT id FROM session ORDER BY id").fetchall() == [(1,), (2,)]


def test_results_deleted_during_a_session_are_told_as_not_saved_and_are_all_there_at_its_end(home: Path) -> None:
    with timer("--plan", "longer", home=home) as box:
        box.ready().to_go()
        until(lambda: "rep 1: " in box.out, "the first finish")
        box.to_go()
        for name in ("results.db", "results.db-wal", "results.db-shm", "reps.jsonl"):
            (box.state / name).unlink()
        until(lambda: "is NOT SAVED" in box.out, "not saved")
        until(lambda: "results.db was taken away while the timer ran: rebuilt" in box.out, "begun anew")
        until(lambda: "all reps are saved now" in box.out, "saved after all")
        until(lambda: "rep 2: " in box.out, "the second finish")
        assert box.stop() == 0
        assert [rep["status"] for rep in box.results()][:2] == ["finished", "finished"]
        assert "Traceback" not in box.err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)], ids=["Ctrl-C", "SIGTERM"])
def test_a_signal_in_the_middle_of_a_rep_loses_nothing_and_the_next_start_offers_to_go_on(
    home: Path, number: int, code: int
) -> None:
    with timer("--plan", "longer", "--json", home=home) as box:
        box.ready().to_go()
        until(lambda: announced(box.events), "the first finish")
        box.to_go()
        box.signal(number)
        assert box.ended() == code
        told = announced(box.events)
        assert kept(box) == told
    with timer(home=home) as again:
        again.ready().phase("recoverable")
        assert again.status()["reps_done"] == len(told)
        assert again.stop() == 0
