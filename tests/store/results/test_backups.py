"""Copies of the results are kept by what is in them."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from retro_timer.errors import RetroTimerError
from retro_timer.store.results.backups import back_up
from tests.helpers.results_made import WALL_NS, delete_session, fill, kept, numbers, opened


def test_seven_hours_of_an_emptied_database_push_out_no_fuller_copy(tmp_path: Path) -> None:
    fill(tmp_path)
    for hour in range(3):
        fill(tmp_path, 1)
        back_up(tmp_path, WALL_NS + hour * 3600 * 10**9)
    before = kept(tmp_path)
    for path in tmp_path.glob("*"):
        if path.is_file():
            path.unlink()
    (tmp_path / "aside").mkdir()
    (tmp_path / "backups").rename(tmp_path / "aside" / "backups")
    fill(tmp_path, 1)
    (tmp_path / "aside" / "backups").rename(tmp_path / "backups")
    for hour in range(3, 20):
        back_up(tmp_path, WALL_NS + hour * 3600 * 10**9)
    assert len(list((tmp_path / "backups").iterdir())) == 4
    for name in ("results.db", "reps.jsonl"):
        (tmp_path / name).unlink()
    opened(tmp_path)
    assert kept(tmp_path) == before


def test_eight_fuller_copies_leave_no_room_for_an_emptier_one(tmp_path: Path) -> None:
    fill(tmp_path, 1)
    shutil.copytree(tmp_path, tmp_path / "older")
    for hour in range(8):
        fill(tmp_path, 1)
        back_up(tmp_path, WALL_NS + hour * 3600 * 10**9)
    copies = sorted(path.name for path in (tmp_path / "backups").iterdir())
    assert len(copies) == 7
    shutil.copy(tmp_path / "older" / "results.db", tmp_path / "results.db")
    with pytest.raises(RetroTimerError, match="3 reps, fewer than in the copies"):
        back_up(tmp_path, WALL_NS + 9 * 3600 * 10**9)
    assert sorted(path.name for path in (tmp_path / "backups").iterdir()) == copies


def test_a_copy_that_says_the_same_takes_the_place_of_the_last(tmp_path: Path) -> None:
    fill(tmp_path)
    first = back_up(tmp_path, WALL_NS)
    second = back_up(tmp_path, WALL_NS + 3600 * 10**9)
    assert first != second
    assert list((tmp_path / "backups").iterdir()) == [second]


def test_a_deletion_makes_copies_of_before_it_no_fuller(tmp_path: Path) -> None:
    fill(tmp_path)
    back_up(tmp_path, WALL_NS)
    delete_session(tmp_path, 2)
    opened(tmp_path)
    fill(tmp_path, 1)
    newest = back_up(tmp_path, WALL_NS + 1)
    (tmp_path / "reps.jsonl").unlink()
    (tmp_path / "results.db").unlink()
    repair = opened(tmp_path)
    assert repair is not None
    assert repair.backup == newest
    assert numbers(kept(tmp_path)) == [1, 3]


@pytest.mark.parametrize("damage", [b"", b"x", b"no database" * 500])
def test_a_damaged_database_is_never_copied(tmp_path: Path, damage: bytes) -> None:
    fill(tmp_path)
    back_up(tmp_path, WALL_NS)
    (tmp_path / "results.db").write_bytes(damage)
    with pytest.raises((RetroTimerError, sqlite3.Error)):
        back_up(tmp_path, WALL_NS + 3600 * 10**9)
    assert [path.suffix for path in (tmp_path / "backups").iterdir()] == [".db"]
