"""Who may write: a command's lock keeps a timer waiting for a moment only, which then tells of it and tries again."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from retro_timer.store.results.writer import JournalWriter
from retro_timer.store.results.writer_lock import WriterLock
from tests.helpers.results_made import PLAN, WALL_NS

COMMAND = """
import sys
from pathlib import Path
from retro_timer.store.results.writer_lock import writing_alone
with writing_alone(Path(sys.argv[1])):
    print("locked", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def command(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that holds the lock alone until its input ends."""
    args = [sys.executable, "-c", COMMAND, str(tmp_path)]
    with subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"locked\n"
        yield process


def test_a_timer_beside_a_long_command_answers_with_the_trouble_and_writes_once_that_is_over(
    tmp_path: Path, command: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retro_timer.store.results.writer_lock._TIMER_WAIT_S", 0.0)
    monkeypatch.setattr("retro_timer.store.results.journal_thread._RETRY_S", 0.02)
    told, came, written = list[str](), threading.Event(), threading.Event()

    def answer(trouble: str) -> None:
        told.append(trouble)
        (came if trouble else written).set()

    writer = JournalWriter(tmp_path, lambda: WALL_NS)
    writer.begin(PLAN, ("Ann",), "sim", answer)
    assert came.wait(60.0)
    command.communicate()
    assert written.wait(60.0)
    writer.close()
    assert "a command writes the results anew" in told[0]
    assert told[1:] == [""]


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_a_lock_that_is_not_got_leaves_no_file_open(tmp_path: Path, command: subprocess.Popen[bytes]) -> None:
    times = iter((0.0, 0.5, 1.0))
    waited = list[float]()
    lock, before = WriterLock(tmp_path, lambda: next(times), waited.append), open_files()
    with pytest.raises(BlockingIOError):
        lock.take()
    assert (len(waited), open_files()) == (1, before)
    command.communicate()
