"""Killed at any step while somebody is forgotten, nothing is torn, and asking again completes it."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from retro_timer.errors import BadInputError
from retro_timer.store.results.athletes import People
from retro_timer.store.results.journal import Journal
from tests.helpers.forgotten import ALL_OF_ANN, forgotten, lived_in, naming, without_people
from tests.helpers.results_made import opened

KILLED_BEFORE = ("os.rename", "os.remove", "sqlite3.connect", "open")


def killed_at(step: int, directory: Path) -> bool:
    """Forget in a process that is killed before its so many-th step on files; whether it was."""
    child = os.fork()
    if child == 0:
        _forget_until(step, directory)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def _forget_until(step: int, directory: Path) -> None:
    steps = itertools.count(1)

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event in KILLED_BEFORE and str(directory) in str(args[0]) and next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    done = False
    try:
        forgotten(directory, "zita")
        done = True
    finally:
        os._exit(0 if done else 1)


def kill_and_complete(step: int, state: Path) -> bool:
    """Forget, killed before a step, and again; whether there was such a step."""
    lived_in(state)
    before = without_people(state)
    killed = killed_at(step, state)
    opened(state)
    assert without_people(state) == before
    with contextlib.closing(Journal(state)) as journal:
        first = People.of(journal.database).rows[0]
    assert (first.name, first.team, first.removed) in (("Zita", "Owls", False), ("removed 1", "", True))
    # Where the log was exchanged all was done, and the name means nobody any more.
    with contextlib.suppress(BadInputError):
        forgotten(state, "zita")
    assert naming(state, *ALL_OF_ANN) == [], f"step {step}"
    assert without_people(state) == before
    return killed


@pytest.mark.parametrize("step", [9, 24])
def test_killed_in_the_middle_nothing_is_torn_and_again_completes_it(tmp_path: Path, step: int) -> None:
    assert kill_and_complete(step, tmp_path)


@pytest.mark.slow
def test_killed_at_any_step_nothing_is_torn_and_again_completes_it(tmp_path: Path) -> None:
    steps = list(itertools.takewhile(lambda step: kill_and_complete(step, tmp_path / str(step)), itertools.count(1)))
    assert len(steps) > 25
