"""What every test of doctor knows of its answers."""

from __future__ import annotations

import importlib.util
import json
from typing import Any

import pytest

from tests.helpers.command import Outcome

needs_twin = pytest.mark.skipif(
    importlib.util.find_spec("VL53L1X") is None, reason="the driver is missing: pip install 'retro-timer[twin]'"
)

PRINTED = '[voice]\nkind = "text"\nrate_wpm = 300\n'
"""Settings of a machine that may have no speaker."""
ASKED = "Can you hear this at the start line?"


def findings(outcome: Outcome) -> dict[str, dict[str, Any]]:
    """By name, of --json."""
    told = json.loads(outcome.out)
    assert told["keeps_watch"] is (outcome.code == 0)
    return {finding["name"]: finding for finding in told["findings"]}
