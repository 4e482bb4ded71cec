"""What a call of the journal has returned for outlives a kill -9 of its process."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from retro_timer.store.results.cut_off import cut_off
from retro_timer.store.results.database import open_for_reading
from retro_timer.store.results.entries import RepKept
from retro_timer.store.results.journal import Journal
from retro_timer.store.results.queries import reps
from retro_timer.store.results.reps_log import read_log


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path)
    yield made
    made.close()


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.helpers.plans_made import block, plan
from retro_timer.store.results.journal import Journal
from retro_timer.training.gaits import Gait
from retro_timer.training.record import RepRecord, RepStatus
journal = Journal(Path(sys.argv[1]))
session = journal.begin(plan(block(reps=99)), ("Runner",), "sim", 1)
for rep in range(1, 100000):
    record = RepRecord(rep, 1, rep, "Runner", 20.0, None, Gait.JOG, RepStatus.FINISHED, rep, 8_000_000_000 + rep)
    journal.save(session, record, rep)
    print(rep, flush=True)
"""


def kill_a_writer_at_random(directory: Path, draw: random.Random) -> int:
    """How many reps a writer said were durable before it was killed."""
    helpers = Path(__file__).parents[2] / "helpers"
    writer = subprocess.Popen(
        [sys.executable, "-P", "-c", WRITER, str(directory), str(helpers)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    said = 0
    for _ in range(draw.randint(1, 40)):
        said = int(writer.stdout.readline())
    # Somewhere within the next saves; the exact moment is the machine's choice.
    os.kill(writer.pid, 9)
    rest = writer.stdout.read().split()
    writer.wait()
    return int(rest[-1]) if rest else said


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 5))])
def test_what_a_call_returned_for_survives_kill_9(tmp_path: Path, seed: int) -> None:
    said = kill_a_writer_at_random(tmp_path, random.Random(seed))
    reading = open_for_reading(tmp_path)
    assert reading is not None
    kept = [record.rep for _, record, *_ in reps(reading)]
    assert kept[:said] == list(range(1, said + 1))
    assert len(kept) in (said, said + 1)
    logged = [entry.rep for entry in read_log(tmp_path) if isinstance(entry, RepKept)]
    assert logged[:said] == kept[:said]
    journal = Journal(tmp_path)
    assert [entry.id for entry in cut_off(journal, "sim")] == [1]
    journal.close()
