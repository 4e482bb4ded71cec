"""Results that would be lost are told of at power-on, aloud and by doctor, before anybody runs."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from retro_timer.store.results.ground import Ground, lasting
from tests.helpers.command import quietly
from tests.helpers.timer_process import timer, until

SHM = Path("/dev/shm")


@pytest.fixture
def memory() -> Iterator[Path]:
    """A home on a real file system in memory."""
    if not SHM.is_dir() or lasting(SHM).ground is not Ground.MEMORY:
        pytest.skip("/dev/shm is not in memory here")
    home = Path(tempfile.mkdtemp(prefix="rt", dir=SHM))
    yield home
    shutil.rmtree(home)


def test_results_in_memory_are_told_at_ready_and_by_doctor(memory: Path) -> None:
    with timer(home=memory) as box:
        until(lambda: '"Ready."' in box.out, "it is ready", 30.0)
        assert box.out.index('"Results are lost at power-off."') < box.out.index('"Ready."')
        findings = json.loads(quietly("doctor", "--json", "--for", "0.5", env=box.env).out)["findings"]
        (disk,) = [finding for finding in findings if finding["name"] == "disk"]
        assert disk["verdict"] == "wrong"
        assert "results are lost at power-off" in disk["found"]


def test_a_state_directory_that_cannot_be_is_told_before_ready() -> None:
    home = Path(tempfile.mkdtemp(prefix="rt"))
    try:
        (home / "state").touch()
        with timer(home=home, env={"RUNTIME_DIRECTORY": str(home / "run")}) as box:
            until(lambda: '"Ready."' in box.out, "it is ready", 30.0)
            told = '"Results cannot be saved: the disk may not be written."'
            assert box.out.index(told) < box.out.index('"Ready."')
    finally:
        shutil.rmtree(home)
