"""A member of the box's group reads the results while the service runs, after it has ended, and after it was killed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from retro_timer.errors import RetroTimerError
from retro_timer.store.results import database
from retro_timer.store.results.database import NAME, open_for_reading
from retro_timer.store.results.journal import Journal
from retro_timer.store.results.private_copy import open_private_copy
from retro_timer.store.results.queries import sessions
from retro_timer.store.results.snapshot import leave_snapshot
from retro_timer.store.space import SNAPSHOT
from tests.helpers.plans_made import plan

BOX, GROUP, COACH, STRANGERS = 61_001, 61_002, 61_003, 61_004
"""Numbers that nobody here has."""


@pytest.fixture
def state() -> Iterator[Path]:
    """A state directory as the service makes it: its user's, open to its group for reading."""
    if os.geteuid() != 0:
        pytest.skip("only root can be two users")
    home = Path(tempfile.mkdtemp(prefix="rt"))
    home.chmod(0o755)
    folder = home / "state"
    folder.mkdir()
    yield folder
    shutil.rmtree(home)


def hand_over(folder: Path) -> None:
    """To the box's user and group, with the service's umask."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, BOX, GROUP)
        path.chmod(0o750 if path.is_dir() else 0o640)


def seen_by_the_coach(folder: Path, group: int = GROUP, *, copying: bool = True) -> str:
    """How many sessions another user sees, in a process of their own, or what is told instead.

    Without `copying` it is an error if they copy the database.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([group])
            os.setgid(COACH)
            os.setuid(COACH)
            copy = open_private_copy if copying else _no_copy
            with mock.patch.object(database, "open_private_copy", copy):
                connection = open_for_reading(folder)
            told = "nothing" if connection is None else f"{len(list(sessions(connection)))}"
        except RetroTimerError as error:
            told = str(error)
        except BaseException as error:  # noqa: BLE001
            told = repr(error)
        os.write(writing, told.encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as pipe:
        return pipe.read()


def _no_copy(path: Path) -> sqlite3.Connection:
    raise AssertionError(f"{path} is copied")


def written(folder: Path, count: int) -> Journal:
    journal = Journal(folder)
    for _ in range(count):
        journal.begin(plan(), ("Ann",), "sim", 1)
    hand_over(folder)
    return journal


def test_the_coach_sees_every_session_whether_the_service_runs_has_ended_or_was_killed(state: Path) -> None:
    journal = written(state, 2)
    assert seen_by_the_coach(state) == "2"
    killed = state.with_name("killed")
    shutil.copytree(state, killed)
    journal.close()
    hand_over(state)
    assert not (state / f"{NAME}-wal").exists()
    assert seen_by_the_coach(state) == "2"
    (killed / f"{NAME}-shm").unlink(missing_ok=True)
    hand_over(killed)
    assert (killed / f"{NAME}-wal").stat().st_size > 0
    assert seen_by_the_coach(killed) == "2"


def test_where_no_timer_has_ever_run_the_coach_sees_that_there_is_nothing(state: Path) -> None:
    hand_over(state)
    assert seen_by_the_coach(state) == "nothing"


def test_the_coach_copies_nothing_where_the_timer_has_left_a_snapshot_and_misses_nothing_where_that_is_older(
    state: Path,
) -> None:
    written(state, 2).close()
    leave_snapshot(state / NAME, lambda: True)
    hand_over(state)
    assert seen_by_the_coach(state, copying=False) == "2"
    killed = state.with_name("killed")
    journal = written(state, 1)
    shutil.copytree(state, killed)
    journal.close()
    (killed / f"{NAME}-shm").unlink(missing_ok=True)
    hand_over(killed)
    assert seen_by_the_coach(killed) == "3"
    (killed / SNAPSHOT).chmod(0o600)
    assert seen_by_the_coach(killed) == "3", "whoever may not read it does without"


def test_who_is_not_in_the_group_is_told_how_to_get_in(state: Path) -> None:
    written(state, 1).close()
    hand_over(state)
    assert "no permission: `sudo usermod -aG retro-timer $USER`" in seen_by_the_coach(state, STRANGERS)


def test_a_copy_that_was_torn_by_the_writer_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path)
    journal.begin(plan(), ("Ann",), "sim", 1)
    copyfile, copies = shutil.copyfile, list[Path]()

    def disturbed(source: Path, target: Path) -> None:
        copyfile(source, target)
        copies.append(source)
        if len(copies) == 1:
            journal.begin(plan(), ("Bea",), "sim", 1)

    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("shutil.copyfile", disturbed)
    connection = open_private_copy(tmp_path / NAME)
    assert connection.execute("SELECT count(*) FROM session").fetchone() == (2,)
    assert len(copies) == 4
    assert not list((tmp_path / "tmp").iterdir()), "the copy outlasts its reader"
    connection.close()
    journal.close()
    with sqlite3.connect(tmp_path / NAME) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
