"""What the log has beyond a mark that somebody else gives: any mark at all, also one that no reader can have."""

from __future__ import annotations

from pathlib import Path

import pytest

from retro_timer.store.results import newer
from retro_timer.store.results.apply import Mark
from retro_timer.store.results.newer import Newer, newer_than


@pytest.mark.parametrize("last_start", [11, 2**63, 2**64 - 1])
def test_a_last_line_beyond_what_was_read_is_of_another_log(tmp_path: Path, last_start: int) -> None:
    log = tmp_path / "reps.jsonl"
    log.write_bytes(b"one\ntwo\n")
    assert newer_than(log, Mark(4, last_start, 1, 1), 8) is None


def test_of_nothing_read_everything_is_newer(tmp_path: Path) -> None:
    log = tmp_path / "reps.jsonl"
    log.write_bytes(b"one\ntwo\n")
    assert newer_than(log, Mark(0, 0, 0, 0), 8) == Newer(b"one\ntwo\n", more=False)


def test_a_portion_that_ends_with_what_is_durable_has_nothing_of_the_line_behind_it(tmp_path: Path) -> None:
    log, durable = tmp_path / "reps.jsonl", b"x" * (newer._PORTION_BYTES - 1) + b"\n"
    log.write_bytes(durable + b"half of a li")
    assert newer_than(log, Mark(0, 0, 0, 0), len(durable)) == Newer(durable, more=False)


def test_a_line_that_a_portion_would_cut_is_in_it_whole(tmp_path: Path) -> None:
    log, long = tmp_path / "reps.jsonl", b"x" * newer._PORTION_BYTES + b"\n"
    log.write_bytes(long + b"next\n")
    assert newer_than(log, Mark(0, 0, 0, 0), len(long) + 5) == Newer(long, more=True)
