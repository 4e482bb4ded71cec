"""Files that go while the timer runs: noticed, told, and everything that was announced is in the new ones."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from retro_timer.errors import RetroTimerError
from retro_timer.store.results.database import open_for_reading
from retro_timer.store.results.journal import Journal
from retro_timer.store.results.repair import Cause, Repair
from retro_timer.store.results.writer import JournalWriter
from tests.helpers.asked_writer import TIMEOUT_S, AskedWriter, rep
from tests.helpers.results_made import WALL_NS, fill, fill_by_log, kept, numbers, opened


def delete_database(state: Path) -> None:
    (state / "results.db").unlink()


def delete_database_with_its_tails(state: Path) -> None:
    for path in state.glob("results.db*"):
        path.unlink()


def move_database(state: Path) -> None:
    (state / "results.db").rename(state.parent / "elsewhere.db")


def delete_log(state: Path) -> None:
    (state / "reps.jsonl").unlink()


def delete_both(state: Path) -> None:
    delete_database_with_its_tails(state)
    delete_log(state)


def delete_everything(state: Path) -> None:
    shutil.rmtree(state)


def move_everything(state: Path) -> None:
    state.rename(state.parent / "elsewhere")


def empty_the_log(state: Path) -> None:
    os.truncate(state / "reps.jsonl", 0)


def put_a_log_in_its_place(state: Path) -> None:
    new = state / "new"
    new.write_bytes((state / "reps.jsonl").read_bytes()[:700])
    new.replace(state / "reps.jsonl")


def delete_write_ahead_log(state: Path) -> None:
    (state / "results.db-wal").unlink()


def delete_its_index(state: Path) -> None:
    (state / "results.db-shm").unlink()


WAYS: list[Callable[[Path], None]] = [
    delete_database, delete_database_with_its_tails, move_database, delete_log, delete_both, delete_everything,
    move_everything, empty_the_log, put_a_log_in_its_place, delete_write_ahead_log, delete_its_index,
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_what_is_taken_away_is_told_as_not_saved_and_everything_is_in_the_new_files(
    tmp_path: Path, way: Callable[[Path], None]
) -> None:
    asked = AskedWriter(tmp_path / "state")
    asked.begin()
    for n in (1, 2):
        assert asked.save(rep(n)) == ""
    way(asked.directory)
    trouble = asked.save(rep(3))
    assert "while the timer ran" in trouble
    assert "Traceback" not in trouble
    assert asked.wait(5)[-1] == ("rep 3", ""), "and heard again when it is in the new file"
    assert asked.save(rep(4)) == ""
    asked.end()
    asked.writer.close()
    assert asked.kept() == [1, 2, 3, 4]
    before = kept(asked.directory)
    assert numbers(before) == [1]
    (asked.directory / "results.db").unlink()
    opened(asked.directory)
    assert kept(asked.directory) == before, "the log has it all as well"


@pytest.mark.parametrize("way", [delete_both, delete_everything], ids=lambda way: way.__name__)
def test_what_is_taken_between_the_look_and_the_write_is_in_the_new_files_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: Callable[[Path], None]
) -> None:
    """SQLite stumbles over it before anybody has looked again; the open log is all that has the reps so far."""
    asked = AskedWriter(tmp_path / "state")
    asked.begin()
    for n in (1, 2):
        assert asked.save(rep(n)) == ""
    look = Journal.check_in_place
    taken: list[Callable[[Path], None]] = []

    def look_then_lose(journal: Journal) -> None:
        look(journal)
        if not taken:
            taken.append(way)
            way(asked.directory)

    monkeypatch.setattr(Journal, "check_in_place", look_then_lose)
    asked.save(rep(3))
    assert asked.save(rep(4)) == ""
    asked.end()
    asked.writer.close()
    assert taken
    assert asked.kept() == [1, 2, 3, 4]


@pytest.mark.parametrize("way", [delete_database, delete_everything], ids=lambda way: way.__name__)
def test_it_is_noticed_also_while_nothing_is_saved(
    tmp_path: Path, way: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retro_timer.store.results.journal_thread._RETRY_S", 0.02)
    asked, repairs = mended(tmp_path / "state")
    asked.begin()
    asked.save(rep(1))
    way(asked.directory)
    repair = repairs.get(timeout=TIMEOUT_S)
    assert (repair.cause, repair.reps) == (Cause.MOVED_AWAY, 1)
    assert asked.save(rep(2)) == ""
    asked.writer.close()
    assert asked.kept() == [1, 2]


def mended(directory: Path) -> tuple[AskedWriter, queue.SimpleQueue[Repair]]:
    """A writer, and what its writer tells of repairs."""
    asked, repairs = AskedWriter(directory), queue.SimpleQueue[Repair]()
    asked.writer.close()
    asked.writer = JournalWriter(directory, lambda: WALL_NS, repairs.put)
    return asked, repairs


def test_a_database_that_was_cut_off_is_looked_at_while_nothing_waits(tmp_path: Path) -> None:
    """A whole look takes long on a small computer: the box is ready before, and nothing that is saved waits for it."""
    fill(tmp_path, 3)
    spoil_silently(tmp_path / "results.db")
    (tmp_path / "results.db-wal").write_bytes(b"\0" * 64)
    asked, repairs = mended(tmp_path)
    asked.begin()
    repair = repairs.get(timeout=TIMEOUT_S)
    assert (repair.cause, repair.reps) == (Cause.DAMAGED, 9)
    assert asked.save(rep(1)) == ""
    asked.writer.close()
    assert numbers(kept(tmp_path)) == [1, 2, 3, 4]


def test_an_older_copy_put_over_the_database_while_it_runs_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retro_timer.store.results.journal_thread._RETRY_S", 0.02)
    fill(tmp_path, 1)
    older = (tmp_path / "results.db").read_bytes()
    before = fill_by_log(tmp_path, 60)
    asked, repairs = mended(tmp_path)
    asked.begin()
    asked.save(rep(1))
    (tmp_path / "results.db").write_bytes(older)
    repair = repairs.get(timeout=TIMEOUT_S)
    assert repair.reps == 61 * 3 + 1
    assert asked.save(rep(2)) == ""
    asked.writer.close()
    assert set(kept(tmp_path)) > set(before)


def spoil_silently(path: Path) -> None:
    """Damage that only a look at the whole file shows: a page that no start touches."""
    whole = bytearray(path.read_bytes())
    place = bytes(whole).rindex(b"Ann") // 4096 * 4096
    whole[place + 3 : place + 8] = b"\xff" * 5
    path.write_bytes(bytes(whole))


READ_ONLY = """
import os, sys, threading
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from tests.helpers.results_made import PLAN
from retro_timer.store.results.writer import JournalWriter
os.setgid(65534)
os.setuid(65534)
writer = JournalWriter(Path(sys.argv[1]), lambda: 5)
writer.begin(PLAN, ("Ann",), "sim", lambda trouble: print(trouble or "saved", flush=True))
writer.close()
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root becomes somebody else")
def test_a_directory_that_may_only_be_read_is_trouble_and_costs_nothing(tmp_path: Path) -> None:
    before = fill(tmp_path)
    for path in (tmp_path, *tmp_path.iterdir()):
        path.chmod(0o555 if path.is_dir() else 0o444)
    for parent in list(tmp_path.parents)[:3]:
        parent.chmod(0o755)
    helpers = Path(__file__).parents[2] / "helpers"
    done = subprocess.run(
        [sys.executable, "-P", "-c", READ_ONLY, tmp_path, helpers, Path(__file__).parents[3]],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "saved" not in done.stdout.splitlines(), done.stdout
    assert "ermission denied" in done.stdout or "readonly" in done.stdout, done.stdout + done.stderr
    assert kept(tmp_path) == before


def test_a_folder_in_the_databases_place_is_called_one_and_not_gone(tmp_path: Path) -> None:
    (tmp_path / "results.db").mkdir()
    (tmp_path / "reps.jsonl").write_text("{}\n")
    with pytest.raises(RetroTimerError, match=r"results\.db: a folder where the results' file should be: move it away"):
        open_for_reading(tmp_path)
