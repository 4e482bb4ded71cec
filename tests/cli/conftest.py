"""What the commands' tests share."""

from __future__ import annotations

import pytest

from tests.helpers.command import Command, here


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs the program in this process."""
    return lambda *args: here(capsys, *args)
