"""What the commands' tests share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.command import Command, here
from tests.helpers.doctor_asked import PRINTED


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs the program in this process."""
    return lambda *args: here(capsys, *args)


@pytest.fixture
def doctor(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs doctor for a moment."""
    return lambda *args: here(capsys, "doctor", "--for", "0.6", *args)


@pytest.fixture
def words_are_printed(config_dir: Path) -> None:
    """This machine may have no speaker; whoever wants to speak says so."""
    config_dir.mkdir(parents=True, exist_ok=True)
    (config_dir / "config.toml").write_text(PRINTED)


@pytest.fixture
def scenario(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a scenario down: a wall at 1.2 m, and what is added."""

    def written(text: str) -> Path:
        path = tmp_path / "day.toml"
        path.write_text(f"background_m = 1.2\n{text}")
        return path

    return written
