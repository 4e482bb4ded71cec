"""What the log has lost it gets back from the database; what is damaged in it costs no other line."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from retro_timer.store.results.journal import Journal
from tests.helpers.results_made import Kept, fill, kept, numbers, opened

DATABASE, LOG = "results.db", "reps.jsonl"


def another_boxs(log: Path) -> None:
    other = log.parent / "other"
    Journal(other).close()
    fill(other, 1)
    shutil.copy(other / LOG, log)


LOG_DAMAGES: dict[str, Callable[[Path], object]] = {
    "removed": Path.unlink,
    "0 bytes": lambda path: path.write_bytes(b""),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:1500]),
    "garbage": lambda path: path.write_bytes(os.urandom(20_000)),
    "another box's": another_boxs,
}


@pytest.mark.parametrize("kind", LOG_DAMAGES)
def test_what_the_log_has_lost_is_written_into_it_from_the_database(tmp_path: Path, kind: str) -> None:
    before = fill(tmp_path)
    LOG_DAMAGES[kind](tmp_path / LOG)
    repair = opened(tmp_path)
    assert repair is not None
    assert set(kept(tmp_path)) >= set(before)
    after = kept(tmp_path)
    (tmp_path / DATABASE).unlink()
    opened(tmp_path)
    assert sorted(without_numbers(kept(tmp_path))) == sorted(without_numbers(after))
    assert opened(tmp_path) is None


def without_numbers(found: Kept) -> list[str]:
    """What is kept, by the sessions' ids: numbers may differ when two boxes' logs were mixed."""
    names = {row[0]: row[1] for row in found if isinstance(row[1], str)}
    return [str((names[row[0]], *row[1:])) for row in found]


def test_garbage_in_the_middle_costs_no_line_but_its_own_and_is_told_of(tmp_path: Path) -> None:
    fill(tmp_path, 3)
    lines = (tmp_path / LOG).read_bytes().splitlines(keepends=True)
    begin_of_second = next(n for n, line in enumerate(lines) if b'"session":2' in line)
    lines[begin_of_second] = b"\xa5" * len(lines[begin_of_second])
    lines[2] = b"\0" * 512 + b"\n"
    (tmp_path / LOG).write_bytes(b"".join(lines))
    (tmp_path / DATABASE).unlink()
    repair = opened(tmp_path)
    assert repair is not None
    assert "lines of reps.jsonl that cannot be read: 2" in repair.words
    found = kept(tmp_path)
    assert numbers(found) == [1, 2, 3]
    assert len(found) - 3 >= 8, "the reps of a session whose beginning is lost are kept"


def test_a_torn_last_line_is_passed_over_and_the_next_one_is_whole(tmp_path: Path) -> None:
    fill(tmp_path)
    path = tmp_path / LOG
    path.write_bytes(path.read_bytes()[:-20])
    (tmp_path / DATABASE).unlink()
    opened(tmp_path)
    after = fill(tmp_path, 1)
    (tmp_path / DATABASE).unlink()
    opened(tmp_path)
    assert kept(tmp_path) == after


@pytest.mark.parametrize("last", [False, True], ids=["before its end", "after its end"])
def test_a_beginning_that_stands_after_its_reps_is_the_true_one(tmp_path: Path, last: bool) -> None:
    fill(tmp_path, 1)
    log = tmp_path / "reps.jsonl"
    before, lines = kept(tmp_path), log.read_bytes().splitlines(keepends=True)
    (begin,) = [line for line in lines if b'"kind":"begin"' in line]
    lines.remove(begin)
    lines.insert(len(lines) if last else len(lines) - 1, begin)
    log.write_bytes(b"".join(lines))
    (tmp_path / "results.db").unlink()
    opened(tmp_path)
    assert kept(tmp_path) == before
